"""Call-backs: planned, asked for, under way, missed, withdrawn, expired."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core import clock, live
from crm import services as facts
from crm.ledger import Kind
from floor import callbacks, capacity, offers, outlook, waiting
from floor.callbacks import Reason, Result, Terms
from floor.dispatch.lock import the_floor
from floor.dispatch.match import match, release, rest, rests, seconds
from floor.dispatch.missed import declined, ended
from floor.dispatch.parting import leave_line
from floor.models import Callback, Command, DebtAttempt, Entry, Offer, Queue
from floor.promising import Span

Missed = DebtAttempt.Result  # what a call to somebody we missed came to


@dataclass(frozen=True, slots=True)
class Plan:
    """When a call-back would be dialled: in [not_before, not_after), and within the window, if one is told."""

    zones: str
    not_before: datetime
    not_after: datetime
    expires_at: datetime
    window: Span | None = None
    closed: bool = False  # it rests until the queue opens again


def may_call_back(entry: Entry, *, at: datetime | None = None) -> bool:
    """Whether this caller can be offered a call-back now: nothing is offered that closing time would break.

    Who has been called back already cannot. A window may be on another day, so it can always be offered; likewise
    where it is closing time, since the place then rests until the queue opens again.
    """
    at = at or clock.now()
    mode, modes = entry.queue.callback_mode, Queue.CallbackMode
    if mode == modes.OFF or entry.promise is not None:
        return False
    if mode == modes.WINDOWED or outlook.opens_again(entry.queue, at) is not None:
        return True
    return capacity.may_keep_place(entry, at)


def plan_call_back(entry: Entry, number: str, *, at: datetime) -> Plan | None:
    """What could be promised to this number now; None if nothing can. Reads only."""
    if not number or not may_call_back(entry, at=at):
        return None
    terms, zones = callbacks.terms_of(entry.agency_id), callbacks.zones_of(entry, number)
    opens = outlook.opens_again(entry.queue, at)
    begins = opens or at
    window = None
    if entry.queue.callback_mode == Queue.CallbackMode.WINDOWED:
        window = capacity.window(entry, zones, terms, begins)
        if window is None:
            return None
    legal = callbacks.legal_span(entry.queue.agency, zones, window[0] if window else begins, terms)
    expires_at = window[1] + timedelta(minutes=terms.grace_min) if window else begins + timedelta(hours=terms.keep_h)
    return Plan(zones, *legal, expires_at, window, closed=opens is not None)


def call_back(entry: Entry, *, number: str = "", at: datetime | None = None) -> bool:
    """The caller would rather be called back, at `number` or where they ring from: the place stays, the line may go.

    False if it is too late for that (an operator is being reached), there is no number to call, or nothing can be
    promised.
    """
    number = number or entry.call.from_number
    with the_floor(entry.agency_id, at) as at:
        plan = plan_call_back(entry, number, at=at)
        if plan is None:
            return False
        held = {"not_before": plan.not_before, "not_after": plan.not_after}
        if not waiting.move(entry, to=Entry.State.CALLBACK, came_from=(Entry.State.WAITING,), **held):
            return False
        waited = seconds(entry.entered_at, at)
        facts.record(entry.call_id, Kind.CALLBACK_ASKED, at=at, seconds=waited, queue=entry.queue.slug)
        rests(entry, plan.not_before, at=at)
        entry.closing = plan.closed
        kind = callbacks.Kind.WINDOW if plan.window else callbacks.Kind.ASKED
        terms = Terms(kind, *(plan.window or (None, None)), expires_at=plan.expires_at)
        if callbacks.promise(entry, number, terms=terms, zones=plan.zones, at=at) is None:
            # The number is owed a call-back already: that earlier place stands, this contact is folded into it.
            waiting.move(entry, to=Entry.State.DONE, came_from=(Entry.State.CALLBACK,), ended_at=at)
            facts.record(entry.call_id, Kind.CALLBACK_CANCELLED, at=at, queue=entry.queue.slug)
            ended(entry, Kind.CALLBACK_CANCELLED, at=at)
    return True


def dial_begins(offer: Offer, *, at: datetime) -> bool:
    """The worker is about to dial. False if it must not any more: the promise ended or the operator was set free.

    An outage may have lasted until it was too late in the day; then the place rests until it is legal again.
    """
    entry = offer.entry
    with the_floor(entry.agency_id):
        if not Offer.objects.filter(pk=offer.pk, state=offers.State.RESERVED).exists():
            return False
        if entry.not_after is not None and at >= entry.not_after:
            if release(entry, at):
                rest(entry, at, at=at)
                match(entry.agency_id, at)
            return False
        return callbacks.attempt(entry.promise, offer.operator, at=at)


def callback_accepted(offer: Offer, *, at: datetime | None = None) -> bool:
    """The person called back pressed 1: the reserved operator is rung. False if the reservation has lapsed."""
    with the_floor(offer.entry.agency_id, at) as at:
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


def callback_withdrawn(callback: Callback, *, reason: str = Reason.CALLER, at: datetime | None = None) -> bool:
    """The person does not need us any more, or got through another way; or staff calls an order off.

    False if the promise had ended.
    """
    with the_floor(callback.agency_id, at) as at:
        said_so = reason == Reason.CALLER
        result = Missed.DECLINED if said_so else Missed.ENDED
        if not _end(callback, Callback.State.CANCELLED, reason, at, result):
            return False
        if said_so:
            declined(callback.entry, at=at)
    return True


def callback_missed(callback: Callback, *, result: str = Result.NO_ANSWER, at: datetime | None = None) -> None:
    """A try came to `result` before anybody spoke: rest as that result asks for, try again, or give up.

    Without a try under way (nobody was dialled after all) the place just rests. Whom we missed is called once an order:
    whether there is another is for the list of the missed to say.
    """
    entry = callback.entry
    if entry.passed_on_at is not None and not callbacks.is_open(callback):  # reached, and passed on: now they hang up
        with the_floor(entry.agency_id, at) as at:
            leave_line(entry, at)
        return
    with the_floor(entry.agency_id, at) as at:
        again = at + timedelta(seconds=callbacks.REST_S)
        if callbacks.settle(callback, result, at=at):
            once = callback.kind == callbacks.Kind.MISSED
            again = None if once else callbacks.next_try(callback, result, at=at)
        if again is None:
            _end(callback, Callback.State.FAILED, Reason.TRIES, at, result)
            return
        release(entry, at)
        rest(entry, again, at=at)
        match(entry.agency_id, at)


def callback_expired(callback: Callback, *, at: datetime | None = None) -> bool:
    """The promise was not kept in time. False if it has ended, or somebody is just being reached for it."""
    with the_floor(callback.agency_id, at) as at:
        held = Entry.objects.filter(pk=callback.entry_id, state=Entry.State.CALLBACK).exists()
        return held and _end(callback, Callback.State.FAILED, Reason.EXPIRED, at)


def callback_removed(callback: Callback, *, who: str, why: str, at: datetime | None = None) -> bool:
    """A supervisor takes it off the list, with the reason. False if it has ended, or they are talking already."""
    with the_floor(callback.agency_id, at) as at:
        if not callbacks.by_staff(callback, who, why):
            return False
        return _end(callback, Callback.State.CANCELLED, Reason.STAFF, at)


def callback_moved_up(callback: Callback, *, who: str, why: str, at: datetime | None = None) -> bool:
    """A supervisor has it called next, with the reason, as soon as it is legal. False if it is not held any more."""
    entry = callback.entry
    with the_floor(callback.agency_id, at) as at:
        not_before, not_after = callbacks.legal_span(callback.agency, callback.zones, at)
        if not waiting.to_the_front(entry, not_before=not_before, not_after=not_after):
            return False
        callbacks.by_staff(callback, who, why, moved_up_at=at)
        facts.record(entry.call_id, Kind.CALLBACK_MOVED_UP, at=at, queue=entry.queue.slug, operator=who)
        match(callback.agency_id, at)
    return True


def next_legal_hours(entry: Entry, *, at: datetime | None = None) -> None:
    """The hours in which this kept place may be called are over: the next ones are found."""
    with the_floor(entry.agency_id, at) as at:
        if entry.promise is not None:
            rest(entry, at, at=at, came_from=(Entry.State.CALLBACK,))


def take_place(callback: Callback, at: datetime) -> Entry | None:
    """Who is owed this call-back rings again: it ends, and its place is free for the new call. Under the lock.

    None if it is not to be had: they are on the line with us by it already, or it is not a place they took by ringing.
    """
    held = Entry.objects.filter(pk=callback.entry_id, state=Entry.State.CALLBACK).exists()
    dialling = Offer.objects.filter(entry=callback.entry_id, ended_at=None, state=offers.State.RESERVED).exists()
    rang_in = callback.kind in (callbacks.Kind.ASKED, callbacks.Kind.WINDOW)
    if not rang_in or not (held or dialling):
        return None
    return callback.entry if _close(callback, Callback.State.CANCELLED, Reason.RANG, at) else None


def _end(callback: Callback, state: str, reason: str, at: datetime, result: str = "") -> bool:
    with the_floor(callback.agency_id):
        if not _close(callback, state, reason, at, result):
            return False
        match(callback.agency_id, at)
    return True


_FATES = {Callback.State.FAILED: Kind.CALLBACK_FAILED, Callback.State.CANCELLED: Kind.CALLBACK_CANCELLED}


def _close(callback: Callback, state: str, reason: str, at: datetime, result: str = "") -> bool:
    """Ends a promise with its place and its contact; the match is the caller's. `result`: of a call of ours."""
    entry = callback.entry
    if not callbacks.end(callback, state, reason, at=at):
        return False
    release(entry, at)
    waiting.move(entry, to=Entry.State.DONE, came_from=waiting.IN_LINE, ended_at=at)
    fate = _FATES[Callback.State(state)]
    facts.record(entry.call_id, fate, at=at, queue=entry.queue.slug)
    facts.end_arranged_call(entry.call_id, at=at)
    ended(entry, fate, at=at, result=result)
    return True
