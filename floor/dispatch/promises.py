"""Call-backs: asked for, under way, missed, withdrawn."""

from datetime import datetime

from core import clock, live
from crm import services as facts
from crm.ledger import Kind
from floor import callbacks, offers, waiting
from floor.dispatch.lock import the_floor
from floor.dispatch.match import match, release, rest, seconds
from floor.dispatch.parting import leave_line
from floor.models import Callback, Command, Entry, Offer, Queue


def call_back(entry: Entry, *, at: datetime | None = None) -> bool:
    """The caller would rather be called back: the place stays, the line may go down.

    False if it is too late for that (an operator is being reached) or there is no number to call.
    """
    at = at or clock.now()
    with the_floor(entry.agency_id):
        if not may_call_back(entry):
            return False
        if not waiting.move(entry, to=Entry.State.CALLBACK, came_from=(Entry.State.WAITING,)):
            return False
        waited = seconds(entry.entered_at, at)
        facts.record(entry.call_id, Kind.CALLBACK_ASKED, at=at, seconds=waited, queue=entry.queue.slug)
        if callbacks.promise(entry, entry.call.from_number, at=at) is None:
            # The number is owed a call-back already: that earlier place stands, this contact is folded into it.
            waiting.move(entry, to=Entry.State.DONE, came_from=(Entry.State.CALLBACK,), ended_at=at)
            facts.record(entry.call_id, Kind.CALLBACK_CANCELLED, at=at, queue=entry.queue.slug)
    return True


def may_call_back(entry: Entry) -> bool:
    """Whether this caller can be offered to keep the place and be called back; who has been called back cannot."""
    if entry.queue.callback_mode == Queue.CallbackMode.OFF or not entry.call.from_number:
        return False
    return entry.promise is None


def callback_accepted(offer: Offer, *, at: datetime | None = None) -> bool:
    """The person called back pressed 1: the reserved operator is rung. False if the reservation has lapsed."""
    at = at or clock.now()
    with the_floor(offer.entry.agency_id):
        moved = offers.move(
            offer,
            to=offers.State.RINGING,
            came_from=(offers.State.RESERVED,),
            todo=Command.RING,
            todo_at=at,
            tries=0,
            **offers.patience(Command.RING, at),
        )
        if moved:  # no change of presence tells the desk of this
            live.publish(live.desk(offer.operator_id))
        return moved


def callback_withdrawn(callback: Callback, *, at: datetime | None = None) -> None:
    """The person called back does not need us any more."""
    _end_callback(callback, Callback.State.CANCELLED, Kind.CALLBACK_CANCELLED, at or clock.now())


def callback_missed(callback: Callback, *, at: datetime | None = None) -> None:
    """Nobody picked up, a machine did, or the line went down before anybody spoke: rest, try again, or give up."""
    at = at or clock.now()
    entry = callback.entry
    if entry.passed_on_at is not None:  # they were reached, and passed on: now they have hung up
        with the_floor(entry.agency_id):
            leave_line(entry, at)
        return
    callback.refresh_from_db(fields=["attempts"])
    if callback.attempts >= callbacks.TRIES:
        _end_callback(callback, Callback.State.FAILED, Kind.CALLBACK_FAILED, at)
        return
    with the_floor(entry.agency_id):
        release(entry, at)
        rest(entry, at)
        match(entry.agency_id, at)


def _end_callback(callback: Callback, state: str, fate: Kind, at: datetime) -> None:
    entry = callback.entry
    with the_floor(entry.agency_id):
        if not callbacks.end(callback, state, at=at):
            return
        release(entry, at)
        waiting.move(entry, to=Entry.State.DONE, came_from=waiting.IN_LINE, ended_at=at)
        facts.record(entry.call_id, fate, at=at, queue=entry.queue.slug)
        match(entry.agency_id, at)
