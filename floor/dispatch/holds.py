"""Hold and mute: wished for at the desk, made so by the worker, believed once the carrier says so."""

from datetime import datetime

from core import live
from crm.ledger import Kind
from floor import consults, offers, presence
from floor.dispatch.lock import the_floor
from floor.dispatch.match import record, seconds
from floor.models import Offer


def hold(offer: Offer, on: bool, *, at: datetime | None = None) -> bool:
    """The caller is to hear music, or the operator again. False if nobody talks, or somebody is being consulted:
    then `talk_to` says who hears whom."""
    with the_floor(offer.entry.agency_id, at) as at:
        return consults.open_of(offer) is None and want_hold(offer, on, at)


def mute(offer: Offer, on: bool, *, at: datetime | None = None) -> bool:
    """The operator is not to be heard, or again. False if nobody talks."""
    with the_floor(offer.entry.agency_id, at) as at:
        if not offers.want(offer, mute_wanted=on, at=at):
            return False
        live.publish(live.desk(offer.operator_id))
    return True


def want_hold(offer: Offer, on: bool, at: datetime) -> bool:
    """Under the lock of the caller."""
    wished = offers.want(offer, hold_wanted=on, at=at)
    live.publish(live.desk(offer.operator_id))
    return wished


def held(offer: Offer, on: bool, *, at: datetime | None = None) -> bool:
    """The carrier says the caller is on hold, or is not any more. What contradicts the last wish is old news.

    False if it was known, or is old.
    """
    with the_floor(offer.entry.agency_id, at) as at:
        fresh = offers.open_for(offer.entry)
        if fresh is None or fresh.pk != offer.pk or fresh.state != offers.State.CONNECTED or fresh.hold_wanted != on:
            return False
        if (fresh.held_at is not None) == on:
            return False
        if on:
            offers.note(fresh, held_at=at)
            presence.happens(presence.Event.HOLD, fresh.operator, at=at)
            return True
        held_s = seconds(fresh.held_at, at)
        offers.note(fresh, held_at=None, held_s=fresh.held_s + held_s)
        record(fresh, Kind.HELD, at=at, seconds=held_s)
        presence.happens(presence.Event.RESUME, fresh.operator, at=at)
    return True


def not_set(offer: Offer, *, at: datetime | None = None) -> None:
    """The carrier would not: the wish for a hold is as things are."""
    with the_floor(offer.entry.agency_id, at) as at:
        fresh = Offer.objects.get(pk=offer.pk)
        offers.note(offer, hold_wanted=fresh.held_at is not None)
        live.publish(live.desk(offer.operator_id))
