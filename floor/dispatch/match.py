"""The match, and what several events have in common: taking an offer back, letting a place rest, writing the ledger."""

from collections.abc import Collection
from datetime import datetime

from crm import services as facts
from crm.ledger import Kind
from floor import callbacks, matching, needs, offers, presence, waiting
from floor.matching import Pair
from floor.models import Entry, Offer


def match(agency_id: int, at: datetime, just_came: Entry | None = None) -> None:
    """Pairs the line with the idle, under the lock of the caller. `just_came` in memory follows."""
    stints = presence.idle(agency_id, at=at)
    if not stints:
        return
    levels = needs.levels([stint.operator_id for stint in stints])
    idle = [matching.Idle(stint.operator_id, stint.since, levels.get(stint.operator_id, {})) for stint in stints]
    by_operator = {stint.operator_id: stint for stint in stints}
    for pair in matching.pair(waiting.in_order(agency_id, at=at, idle=idle), idle, at):
        offers.make(pair, by_operator[pair.idle.operator], why=_why(pair), terms=_terms(pair), at=at)
        if just_came is not None and pair.ticket.pk == just_came.pk:
            just_came.state = Entry.State.OFFERED


def _why(pair: Pair) -> str:
    """Why this caller came to this operator, in a word that can be asked for later."""
    if pair.preferred:
        return "preferred"
    return pair.step or "turn"


def _terms(pair: Pair) -> dict:
    """What decided it, as it was at that moment: levels may be changed at any time."""
    return {"levels": dict(pair.idle.levels)} if pair.idle.levels else {}


def release(entry: Entry, at: datetime) -> bool:
    """Takes back the unconnected offer of an entry, if there is one; its operator is ready again."""
    offer = offers.open_for(entry)
    if offer is None:
        return False
    to, came_from = offers.State.WITHDRAWN, offers.UNCONNECTED
    if not offers.move(offer, to=to, came_from=came_from, ended_at=at, **offers.leg_down(at)):
        return False
    presence.happens(presence.Event.RELEASE, offer.operator, at=at)
    record(offer, Kind.RING_ENDED, at=at, seconds=seconds(offer.made_at, at))
    return True


def rest(
    entry: Entry,
    until: datetime,
    *,
    at: datetime,
    came_from: Collection[str] = (Entry.State.OFFERED, Entry.State.WAITING),
) -> None:
    """The place is kept, and nobody is dialled before `until`, nor outside the hours in which it is legal.

    Written down as well, since `not_before` is overwritten and the audit must know who could not be served when.
    """
    promise = entry.promise
    not_before, not_after = callbacks.legal_span(promise.agency, promise.zones, until)
    moved = waiting.move(
        entry, to=Entry.State.CALLBACK, came_from=came_from, not_before=not_before, not_after=not_after
    )
    if moved:
        rests(entry, not_before, at=at)


def rests(entry: Entry, until: datetime, *, at: datetime) -> None:
    """Says in the ledger that a place is passed over until then, if that is not now already."""
    if until > at:
        _write_rest(entry, until, at)


def rest_over(entry: Entry, *, at: datetime) -> None:
    """Says in the ledger that a place which was to be passed over for longer is not any more."""
    _write_rest(entry, at, at)


def _write_rest(entry: Entry, until: datetime, at: datetime) -> None:
    data = {"until": until.isoformat()}
    facts.record(entry.call_id, Kind.RESTED, at=at, seconds=seconds(at, until), queue=entry.queue.slug, data=data)


def record(offer: Offer, kind: Kind, *, at: datetime, seconds: float, key: str | None = None) -> None:
    """A line of the ledger about an offer."""
    facts.record(
        offer.entry.call_id,
        kind,
        at=at,
        seconds=seconds,
        queue=offer.entry.queue.slug,
        operator=offer.operator.user.get_username(),
        key=key,
    )


def seconds(since: datetime, until: datetime) -> float:
    """Between two moments."""
    return (until - since).total_seconds()
