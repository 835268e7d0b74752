"""The conductor: everything that can happen on the floor is one public function here.

Webhooks, desk, API and menus call only these. Each reads as the story of one event: a guarded change (zero rows: it was
told before, or too late, and nothing happens), its line in the ledger, the next match. What must be said to the carrier
is left on the row for the worker (`floor.outbox`); no function here waits for anybody outside.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection, transaction

from core import clock, live
from core.rows import each
from crm import services as facts
from crm.ledger import Kind
from crm.models import Call
from floor import callbacks, matching, offers, presence, waiting
from floor.models import Callback, Command, Entry, Offer, Operator, Queue, Stint

log = logging.getLogger(__name__)

_LOCK = 0x6B6C  # the floor's own space of advisory locks
_BATCH = 20  # pairs made under one lock


@contextmanager
def _the_floor(agency_id: int) -> Iterator[None]:
    """One change of the floor at a time, since strict order is part of the promise; so nothing here can deadlock.

    On SQLite the immediate transaction is the lock. Inside a menu's transaction no savepoint is made: what fails here
    must not leave half of the other.
    """
    with transaction.atomic(savepoint=False):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, agency_id])
        with live.together():
            yield
            live.publish(live.floor(agency_id))


# ---- callers ----------------------------------------------------------------------------------------------------


def arrive(
    call: Call,
    *,
    queue: str,
    language: str = "en",
    answers: Mapping[str, str] | None = None,
    at: datetime | None = None,
) -> Entry:
    """A caller leaves the menu for the line, with what the menu learned. Once per call; who calls this guards that."""
    at = at or clock.now()
    with _the_floor(call.agency_id):
        found = _queue(call.agency_id, queue)
        entry = waiting.enter(call, found, language=language, answers=dict(answers or {}), at=at)
        facts.record(call.pk, Kind.OFFERED, at=at, queue=entry.queue.slug)
        _match(call.agency_id, at, just_came=entry)
        if entry.state == Entry.State.WAITING and may_call_back(entry):  # else they will not hear of it
            facts.record(call.pk, Kind.CALLBACK_OFFERED, at=at, queue=entry.queue.slug)
    return entry


def call_back(entry: Entry, *, at: datetime | None = None) -> bool:
    """The caller would rather be called back: the place stays, the line may go down.

    False if it is too late for that (an operator is being reached) or there is no number to call.
    """
    at = at or clock.now()
    with _the_floor(entry.agency_id):
        if not may_call_back(entry):
            return False
        if not waiting.move(entry, to=Entry.State.CALLBACK, came_from=(Entry.State.WAITING,)):
            return False
        waited = _seconds(entry.entered_at, at)
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


def hung_up(call: Call, *, at: datetime | None = None) -> bool:
    """The caller's line is down. True if the call had come as far as a queue."""
    at = at or clock.now()
    entry = Entry.objects.select_related("call", "queue", "callback").filter(call=call).order_by("-pk").first()
    if entry is None:
        return False
    # Who asked to be called back may hang up; from then on the line we called them on counts.
    if entry.state != Entry.State.DONE and entry.promise is None:
        _gone(entry, at)
    return True


# ---- operators --------------------------------------------------------------------------------------------------


def ready(operator: Operator, *, at: datetime | None = None) -> bool:
    """An operator takes calls from now on. False if they are in the middle of one."""
    at = at or clock.now()
    with _the_floor(operator.agency_id):
        if not presence.appear(operator, to=Stint.State.READY, at=at):
            return False
        _match(operator.agency_id, at)
    return True


def away(operator: Operator, *, reason: str = "", offline: bool = False, at: datetime | None = None) -> bool:
    """An operator takes no calls from now on. False while one is being offered, or is not wrapped up."""
    at = at or clock.now()
    to = Stint.State.OFFLINE if offline else Stint.State.AWAY
    came_from = (Stint.State.READY, Stint.State.AWAY, Stint.State.OFFLINE)
    with _the_floor(operator.agency_id):
        return presence.move(operator, to=to, at=at, came_from=came_from, reason=reason)


def wrapped_up(operator: Operator, *, then_away: bool = False, reason: str = "", at: datetime | None = None) -> bool:
    """The operator has finished with the last call: ready again, or away as they wished. False: nothing to finish."""
    at = at or clock.now()
    to = Stint.State.AWAY if then_away else Stint.State.READY
    with _the_floor(operator.agency_id):
        if not presence.move(operator, to=to, at=at, came_from=(Stint.State.WRAPPING,), reason=reason):
            return False
        last = Offer.objects.filter(operator=operator, state=offers.State.ENDED).order_by("-ended_at", "-pk")
        offer = last.select_related("entry__queue", "operator__user").first()
        if offer is not None and offer.wrapped_at is None:
            Offer.objects.filter(pk=offer.pk).update(wrapped_at=at)
            _record(offer, Kind.WRAPPED, at=at, seconds=_seconds(offer.ended_at, at))
        _match(operator.agency_id, at)
    return True


def hang_up(operator: Operator, *, at: datetime | None = None) -> bool:
    """The operator ends the conversation at the desk. It is over when the carrier says so. False if there is none."""
    at = at or clock.now()
    with _the_floor(operator.agency_id):
        talk = Offer.objects.filter(operator=operator, state=offers.State.CONNECTED).first()
        if talk is None:
            return False
        offers.order(talk, Command.DROP, at=at)
        live.publish(live.desk(operator.pk))
    return True


# ---- an offer on its way ----------------------------------------------------------------------------------------


def answered(offer: Offer, *, leg_uuid: str, room_uuid: str, member_id: str = "", at: datetime | None = None) -> None:
    """The operator's leg is in the room: now the caller is brought in. A late answer, after release, is taken down."""
    at = at or clock.now()
    with _the_floor(offer.entry.agency_id):
        moved = offers.move(
            offer,
            to=offers.State.ANSWERED,
            came_from=(offers.State.RINGING,),
            answered_at=at,
            leg_uuid=leg_uuid,
            room_uuid=room_uuid,
            member_id=member_id,
            todo=Command.JOIN,
            todo_at=at,
            tries=0,
            **offers.patience(Command.JOIN, at),
        )
        if moved:  # no change of presence tells the desk of this
            live.publish(live.desk(offer.operator_id))
        elif offer.state in (offers.State.REFUSED, offers.State.WITHDRAWN):
            offers.order(offer, Command.DROP, at=at, leg_uuid=leg_uuid)


def connected(offer: Offer, *, key: str, at: datetime | None = None) -> None:
    """Caller and operator hear each other. `key` names the carrier's event."""
    at = at or clock.now()
    entry = offer.entry
    with _the_floor(entry.agency_id):
        moved = offers.move(
            offer,
            to=offers.State.CONNECTED,
            came_from=(offers.State.ANSWERED,),
            connected_at=at,
            due_at=at + timedelta(seconds=offers.CHECK_S),
            todo=Command.NONE,
            todo_at=None,
        )
        if not moved:
            return
        waiting.move(entry, to=Entry.State.TALKING, came_from=(Entry.State.OFFERED,), connected_at=at)
        presence.move(offer.operator, to=Stint.State.TALKING, at=at, came_from=(Stint.State.OFFERED,))
        if (promise := entry.promise) is not None:
            callbacks.end(promise, Callback.State.DONE, at=at)
        _record(offer, Kind.CONNECTED, at=at, seconds=_seconds(entry.entered_at, at), key=key)
        for other in callbacks.owed_to(entry.call.from_number, agency_id=entry.agency_id):
            callback_withdrawn(other, at=at)  # got through another way


def refused(offer: Offer, *, why: str, at: datetime | None = None) -> bool:
    """The operator declined, did not pick up or cannot be reached: the caller keeps the place, the next one is rung.

    The operator is set away, with the reason: a phone that does not answer must not swallow caller after caller.
    """
    at = at or clock.now()
    entry = offer.entry
    with _the_floor(entry.agency_id):
        to, came_from = offers.State.REFUSED, (offers.State.RINGING, offers.State.ANSWERED)
        if not offers.move(offer, to=to, came_from=came_from, ended_at=at, **offers.leg_down(at)):
            return False
        # A call-back's caller who pressed 1 is on the line and waits like anybody else.
        waiting.move(entry, to=Entry.State.WAITING, came_from=(Entry.State.OFFERED,), seen_at=at)
        presence.move(offer.operator, to=Stint.State.AWAY, at=at, came_from=(Stint.State.OFFERED,), reason=why)
        _record(offer, Kind.RING_ENDED, at=at, seconds=_seconds(offer.made_at, at))
        _match(entry.agency_id, at)
    return True


def put_back(offer: Offer, *, at: datetime | None = None) -> bool:
    """The carrier could not be asked to ring or dial: as if the offer had not been made. Nobody is blamed.

    False if the story went on meanwhile. A call-back rests first, in case its phone rang after all.
    """
    at = at or clock.now()
    entry = offer.entry
    with _the_floor(entry.agency_id):
        promised = offer.state == offers.State.RESERVED
        if not Offer.objects.filter(pk=offer.pk, state=offer.state).exists() or not _release(entry, at):
            return False
        if promised:
            _rest(entry, at)
        else:
            waiting.move(entry, to=Entry.State.WAITING, came_from=(Entry.State.OFFERED,))
        _match(entry.agency_id, at)
    return True


def talk_over(offer: Offer, *, at: datetime | None = None) -> bool:
    """Either side left the conversation. False if it had not begun, or its end was told before."""
    at = at or clock.now()
    entry = offer.entry
    with _the_floor(entry.agency_id):
        if not offers.move(offer, to=offers.State.ENDED, came_from=(offers.State.CONNECTED,), ended_at=at):
            return False
        waiting.move(entry, to=Entry.State.DONE, came_from=(Entry.State.TALKING,), ended_at=at)
        presence.move(offer.operator, to=Stint.State.WRAPPING, at=at, came_from=(Stint.State.TALKING,))
        fate = Kind.ANSWERED if entry.promise is None else Kind.CALLBACK_DONE
        _record(offer, fate, at=at, seconds=_seconds(offer.connected_at, at))
    return True


# ---- call-backs under way ---------------------------------------------------------------------------------------


def callback_accepted(offer: Offer, *, at: datetime | None = None) -> bool:
    """The person called back pressed 1: the reserved operator is rung. False if the reservation has lapsed."""
    at = at or clock.now()
    with _the_floor(offer.entry.agency_id):
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
    callback.refresh_from_db(fields=["attempts"])
    if callback.attempts >= callbacks.TRIES:
        _end_callback(callback, Callback.State.FAILED, Kind.CALLBACK_FAILED, at)
        return
    with _the_floor(entry.agency_id):
        _release(entry, at)
        _rest(entry, at)
        _match(entry.agency_id, at)


# ---- time -------------------------------------------------------------------------------------------------------


def tick(*, at: datetime | None = None) -> None:
    """Does what has fallen due without anybody saying so. Safe to run twice, in parallel and after a crash."""
    at = at or clock.now()
    each(offers.overdue(at), lambda offer: _overdue(offer, at))
    each(waiting.agencies_with_rested_callbacks(at), lambda agency_id: _match_now(agency_id, at))


def _overdue(offer: Offer, at: datetime) -> None:
    if offer.todo and not offer.tries:
        return  # the worker has not got to it yet: nobody was rung who could have answered
    with _the_floor(offer.entry.agency_id):
        as_read = Offer.objects.filter(pk=offer.pk, state=offer.state, todo=offer.todo, due_at__lte=at)
        if not as_read.exists():
            return
        if offer.todo in (Command.RING, Command.DIAL):
            put_back(offer, at=at)  # the carrier would not take it all the while
        elif offer.state == offers.State.RESERVED:
            callback_missed(offer.entry.callback, at=at)
        elif offer.state == offers.State.RINGING:
            refused(offer, why="no answer", at=at)
        # An answered one may be a conversation of which we were not told: outbox.reconcile asks.


def _match_now(agency_id: int, at: datetime) -> None:
    with _the_floor(agency_id):
        _match(agency_id, at)


# ---- inside -----------------------------------------------------------------------------------------------------


def _match(agency_id: int, at: datetime, just_came: Entry | None = None) -> None:
    """Pairs the line with the idle, in batches, under the lock of the caller."""
    while idle := presence.idle(agency_id, limit=_BATCH):
        line = waiting.in_order(agency_id, at=at, limit=len(idle))
        pairs = matching.pair(line, idle)
        for entry, stint in pairs:
            offers.make(entry, stint, at=at)
            if just_came is not None and entry.pk == just_came.pk:
                just_came.state = entry.state
        if len(pairs) < _BATCH:
            return


def _gone(entry: Entry, at: datetime) -> None:
    """The caller of an open entry left: whatever was being done for them ends here."""
    with _the_floor(entry.agency_id):
        if waiting.move(entry, to=Entry.State.DONE, came_from=(Entry.State.WAITING, Entry.State.OFFERED), ended_at=at):
            waited = _seconds(entry.entered_at, at)
            facts.record(entry.call_id, Kind.ABANDONED, at=at, seconds=waited, queue=entry.queue.slug)
            if _release(entry, at):
                _match(entry.agency_id, at)
        elif (offer := offers.open_for(entry)) is not None:
            talk_over(offer, at=at)


def _release(entry: Entry, at: datetime) -> bool:
    """Takes back the unconnected offer of an entry, if there is one; its operator is ready again."""
    offer = offers.open_for(entry)
    if offer is None:
        return False
    to, came_from = offers.State.WITHDRAWN, offers.UNCONNECTED
    if not offers.move(offer, to=to, came_from=came_from, ended_at=at, **offers.leg_down(at)):
        return False
    presence.move(offer.operator, to=Stint.State.READY, at=at, came_from=(Stint.State.OFFERED,))
    _record(offer, Kind.RING_ENDED, at=at, seconds=_seconds(offer.made_at, at))
    return True


def _rest(entry: Entry, at: datetime) -> None:
    """The place is kept, and nobody is dialled for a while."""
    came_from = (Entry.State.OFFERED, Entry.State.WAITING)
    waiting.move(entry, to=Entry.State.CALLBACK, came_from=came_from, not_before=callbacks.next_try(at))


def _end_callback(callback: Callback, state: str, fate: Kind, at: datetime) -> None:
    entry = callback.entry
    with _the_floor(entry.agency_id):
        if not callbacks.end(callback, state, at=at):
            return
        _release(entry, at)
        waiting.move(entry, to=Entry.State.DONE, came_from=waiting.IN_LINE, ended_at=at)
        facts.record(entry.call_id, fate, at=at, queue=entry.queue.slug)
        _match(entry.agency_id, at)


def _queue(agency_id: int, slug: str) -> Queue:
    """The queue a menu names; if it is gone, any of the agency: a caller must not fall through a gap in the set-up."""
    queues = Queue.objects.filter(agency_id=agency_id)
    found = queues.filter(slug=slug).first()
    if found is None:
        log.error("a menu of agency %s names a queue that does not exist: %s", agency_id, slug)
        found = queues.earliest("pk")
    return found


def _record(offer: Offer, kind: Kind, *, at: datetime, seconds: float, key: str | None = None) -> None:
    facts.record(
        offer.entry.call_id,
        kind,
        at=at,
        seconds=seconds,
        queue=offer.entry.queue.slug,
        operator=offer.operator.user.get_username(),
        key=key,
    )


def _seconds(since: datetime, until: datetime) -> float:
    return (until - since).total_seconds()
