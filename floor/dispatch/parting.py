"""What the ends of a conversation have in common: an operator's part, whoever else was there, a caller who left."""

from datetime import datetime, timedelta
from typing import Any

from core import live
from crm import services as facts
from crm.ledger import Kind
from crm.missed import Missed
from floor import consults, listenings, offers, presence, waiting
from floor.dispatch.match import match, record, release, seconds
from floor.dispatch.missed import ended, missed
from floor.models import Consult, Entry, Offer
from floor.presence import Event


def part(offer: Offer, kind: Kind, *, at: datetime, **changes: Any) -> bool:
    """An operator's part in a conversation is over and written down as `kind`, less what the caller spent on hold.

    False if it had not begun, or its end was told before.
    """
    offer.refresh_from_db(fields=["connected_at", "held_at", "held_s"])  # somebody else may have read it long ago
    held_s = offer.held_s + (seconds(offer.held_at, at) if offer.held_at else 0)
    over = {"ended_at": at, "held_s": held_s, "help_at": None, **changes}
    if not offers.move(offer, to=offers.State.ENDED, came_from=(offers.State.CONNECTED,), **over):
        return False
    if offer.held_at:
        record(offer, Kind.HELD, at=at, seconds=seconds(offer.held_at, at))
    limit_s = offer.entry.queue.wrap_s
    due_at = at + timedelta(seconds=limit_s) if limit_s else None
    presence.happens(Event.PART, offer.operator, at=at, due_at=due_at)
    record(offer, kind, at=at, seconds=max(0.0, seconds(offer.connected_at, at) - held_s))
    return True


def fate_of_served(entry: Entry) -> Kind:
    """How a contact ends that an operator has served."""
    return Kind.ANSWERED if entry.promise is None else Kind.CALLBACK_DONE


def clear(offer: Offer, at: datetime) -> None:
    """The conversation is over: whoever else was in it, or was to come, leaves it."""
    listening = listenings.open_on(offer.entry)
    if listening is not None:
        listenings.end(listening, at=at)
    clear_asked(offer, at)


def clear_asked(offer: Offer, at: datetime) -> None:
    """Whoever was asked to take the conversation, or is being rung for it, leaves it."""
    consult = consults.open_of(offer)
    if consult is not None:
        let_go(consult, consults.State.CANCELLED, at)


def let_go(consult: Consult, to: str, at: datetime, *, missed: bool = False, why: str = "") -> bool:
    """Whoever was asked is out of it again; a colleague is ready, or away if they `missed`. False if that was known."""
    if not consults.move(consult, to=to, came_from=consults.IN_ROOM, ended_at=at, **offers.leg_down(at)):
        return False
    joined = consult.joined_at
    kind, since = (Kind.CONSULTED, joined) if joined else (Kind.RING_ENDED, consult.asked_at)
    write(consult, kind, at=at, seconds=seconds(since, at))
    live.publish(live.desk(consult.offer.operator_id))
    if consult.operator is not None:
        # Not wrapping: there is nothing of theirs to write down.
        released = Event.MISS if missed else Event.RELEASE
        presence.happens(Event.FREE if joined else released, consult.operator, at=at, reason=why)
        match(consult.offer.entry.agency_id, at)
    return True


def write(consult: Consult, kind: Kind, *, at: datetime, seconds: float) -> None:
    """A line of the ledger about whoever was asked; a number outside has no name there."""
    entry = consult.offer.entry
    name = consult.operator.user.get_username() if consult.operator else ""
    facts.record(entry.call_id, kind, at=at, seconds=seconds, queue=entry.queue.slug, operator=name)


def not_taken(entry: Entry, at: datetime) -> None:
    """Writes down that nobody took a caller who was passed on, and that their contact, served before, is over."""
    fate = fate_of_served(entry)
    about = {"queue": entry.queue, "language": entry.language, "waited_s": seconds(entry.passed_on_at, at)}
    missed(entry.call, Missed.TRANSFER_MISSED, key=f"passed_on:{entry.pk}", at=at, **about)
    facts.record(entry.call_id, fate, at=at, seconds=0, queue=entry.queue.slug)
    ended(entry, fate, at=at)


def leave_line(entry: Entry, at: datetime) -> bool:
    """The caller left before somebody talked with them; or, passed on by an operator, before the next one did.

    False: they were not in line.
    """
    in_line = (Entry.State.WAITING, Entry.State.OFFERED)
    if not waiting.move(entry, to=Entry.State.DONE, came_from=in_line, ended_at=at):
        return False
    facts.end_arranged_call(entry.call_id, at=at)
    if entry.passed_on_at is None:
        fate, waited = Kind.ABANDONED, seconds(entry.entered_at, at)
        facts.record(entry.call_id, fate, at=at, seconds=waited, queue=entry.queue.slug)
        ended(entry, fate, at=at, waited_s=waited)
    else:  # served once already: the wait has its mean, and the debt its line
        not_taken(entry, at)
    if release(entry, at):
        match(entry.agency_id, at)
    return True
