"""What operators do at their desks, and what follows when a desk falls silent or a wrap-up's time is over."""

from datetime import datetime, timedelta

from core import clock, live
from crm import handling
from crm.ledger import Kind
from floor import offers, presence
from floor.dispatch.lock import the_floor
from floor.dispatch.match import match, record, seconds
from floor.models import Command, Offer, Operator
from floor.presence import Event

TYPING_S = 60  # so long after the last letter somebody may still be writing: the wrap-up waits for them


def ready(operator: Operator, *, at: datetime | None = None) -> bool:
    """An operator takes calls from now on. False if they are in the middle of one."""
    with the_floor(operator.agency_id, at) as at:
        if not presence.happens(Event.READY, operator, at=at):
            return False
        presence.reports(operator, at=at)
        match(operator.agency_id, at)
    return True


def away(operator: Operator, *, reason: str = "", offline: bool = False, at: datetime | None = None) -> bool:
    """An operator takes no calls from now on. False while one is being offered, or is not wrapped up.

    `reason`: the slug of an away reason; a word that is none is kept as it is.
    """
    with the_floor(operator.agency_id, at) as at:
        if offline:
            return presence.happens(Event.LEAVE, operator, at=at)
        return presence.rest(operator, reason, at=at)


def wrapped_up(operator: Operator, *, then_away: bool = False, reason: str = "", at: datetime | None = None) -> bool:
    """The operator has finished with the last call: ready again, or away as they wished. False: nothing to finish."""
    with the_floor(operator.agency_id, at) as at:
        return _finish(operator, offers.last_ended(operator), then_away, reason, at)


def wish(offer: Offer, *, then: str) -> None:
    """What the operator wishes to be after this call: the slug of an away reason, or "" for ready."""
    with the_floor(offer.entry.agency_id):
        offers.wish(offer, then)


def more_time(operator: Operator, *, why: str, at: datetime | None = None) -> bool:
    """The wrap-up takes longer; `why`: a `WrapExtension.Reason`, else ValueError. False: no limit, or no wrap-up."""
    with the_floor(operator.agency_id, at) as at:
        return presence.more_time(operator, why, at=at)


def desk_seen(operator: Operator, *, at: datetime | None = None) -> None:
    """The desk shows a sign of life without a socket. Not a change of the floor: it takes no lock."""
    presence.seen(operator, at=at or clock.now())


def lapse(operator: Operator, *, at: datetime) -> bool:
    """The time for the wrap-up is over: the operator goes on, what they have not finished stays open as a draft.

    False if it is not, or they are still typing.
    """
    with the_floor(operator.agency_id):
        last = offers.last_ended(operator)
        if not presence.has_lapsed(operator, at=at) or _is_typing(operator, last, at):
            return False
        _keep_draft(operator, last, at)
        wished = last.then if last is not None else ""
        return _finish(operator, last, bool(wished), wished, at)


def fall_asleep(operator: Operator, *, at: datetime) -> bool:
    """The desk shows no sign of life: away, with the reason, before any caller is sent there. False: it does."""
    with the_floor(operator.agency_id):
        if not presence.is_asleep(operator, at=at):
            return False
        if presence.is_wrapping(operator):
            last = offers.last_ended(operator)
            _keep_draft(operator, last, at)
            _wrapped(last, at)
        return presence.happens(Event.SLEEP, operator, at=at, reason=presence.ASLEEP)


def hang_up(operator: Operator, *, at: datetime | None = None) -> bool:
    """The operator ends the conversation at the desk. It is over when the carrier says so. False if there is none."""
    with the_floor(operator.agency_id, at) as at:
        talk = Offer.objects.filter(operator=operator, state=offers.State.CONNECTED).first()
        if talk is None:
            return False
        offers.order(talk, Command.DROP, at=at)
        live.publish(live.desk(operator.pk))
    return True


def _finish(operator: Operator, last: Offer | None, then_away: bool, reason: str, at: datetime) -> bool:
    if then_away:
        finished = presence.rest(operator, reason, at=at, after_wrap_up=True)
    else:
        finished = presence.happens(Event.FINISH, operator, at=at)
    if finished:
        _wrapped(last, at)
        match(operator.agency_id, at)
    return finished


def _wrapped(last: Offer | None, at: datetime) -> None:
    if last is not None and offers.wrapped(last, at=at):
        record(last, Kind.WRAPPED, at=at, seconds=seconds(last.ended_at, at))


def _is_typing(operator: Operator, last: Offer | None, at: datetime) -> bool:
    saved_at = handling.last_saved(last.entry.call, operator.user) if last is not None else None
    return saved_at is not None and saved_at > at - timedelta(seconds=TYPING_S)


def _keep_draft(operator: Operator, last: Offer | None, at: datetime) -> None:
    """There is something to finish later, even if nothing has been written yet."""
    if last is not None:
        handling.open_for(last.entry.call, operator.user, at)
