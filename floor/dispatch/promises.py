"""Call-backs: asked for, under way, missed, withdrawn."""

from datetime import datetime

from core import clock, live
from crm import services as facts
from crm.ledger import Kind
from floor import callbacks, offers, waiting
from floor.dispatch.lock import the_floor
from floor.dispatch.match import match, release, rest, seconds
from floor.dispatch.missed import declined, ended
from floor.models import Callback, Command, DebtAttempt, Entry, Offer, Queue

Result = DebtAttempt.Result


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


def callback_withdrawn(callback: Callback, *, reason: str = "caller", at: datetime | None = None) -> None:
    """It is not needed any more: said the person called back ("caller"), who may have got "through" otherwise; or
    our "staff" did not make it after all.
    """
    at = at or clock.now()
    with the_floor(callback.agency_id):
        result = Result.DECLINED if reason == "caller" else Result.ENDED
        ended_now = _end_callback(callback, Callback.State.CANCELLED, Kind.CALLBACK_CANCELLED, at, result)
        if ended_now and reason == "caller":
            declined(callback.entry, at=at)


def callback_missed(callback: Callback, *, result: str = Result.NO_ANSWER, at: datetime | None = None) -> None:
    """Nobody picked up, a machine did, or the line went down before anybody spoke: rest, try again, or give up.

    A missed caller is called once an order; whether there is another is for the list of the missed to say.
    """
    at = at or clock.now()
    entry = callback.entry
    callback.refresh_from_db(fields=["attempts"])
    if callback.kind == Callback.Kind.MISSED or callback.attempts >= callbacks.TRIES:
        _end_callback(callback, Callback.State.FAILED, Kind.CALLBACK_FAILED, at, result)
        return
    with the_floor(entry.agency_id):
        release(entry, at)
        rest(entry, at)
        match(entry.agency_id, at)


def _end_callback(callback: Callback, state: str, fate: Kind, at: datetime, result: str) -> bool:
    entry = callback.entry
    with the_floor(entry.agency_id):
        if not callbacks.end(callback, state, at=at):
            return False
        release(entry, at)
        waiting.move(entry, to=Entry.State.DONE, came_from=waiting.IN_LINE, ended_at=at)
        facts.record(entry.call_id, fate, at=at, queue=entry.queue.slug)
        facts.end_arranged_call(entry.call_id, at=at)
        ended(entry, fate, at=at, result=result)
        match(entry.agency_id, at)
    return True
