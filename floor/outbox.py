"""What the worker tells the carrier. The row is the outbox; delivery is at least once, and an attempt is written first.

Nothing here holds a transaction while the carrier is asked. An attempt that may have happened (a time-out, a crash in
the middle) is settled by asking the carrier what is live before anything is dialled again.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.db.models import F, QuerySet

from core import clock
from core.rows import each
from crm import services as facts
from crm.ledger import Kind
from floor import callbacks, dispatch, offers, waiting
from floor.models import Command, DebtAttempt, Entry, Offer
from telephony.addresses import address
from telephony.carrier import Carrier, CarrierError, get_carrier

log = logging.getLogger(__name__)

Result = DebtAttempt.Result

AGAIN_S = 1  # after the carrier said "not now"
SETTLE_S = 5  # after it may have happened: what the carrier still queues is not live yet, and would be dialled twice
TRIES = 3  # of what may have happened; what certainly did not is tried until its time is over
SILENT_S = 75  # three rounds of the wait loop without a sign of the caller


def run(*, at: datetime | None = None) -> int:
    """Carries out the commands that are due; returns how many it took on. Many workers may run it at once."""
    due = offers.whole().filter(todo_at__lte=at or clock.now()).order_by("todo_at", "pk")[:50]
    taken = 0
    for offer in due:
        moment = at or clock.now()  # its own for each: a slow carrier must not make the later leases short
        if _claim(offer, moment):
            taken += 1
            _carry_out(offer, moment)
    return taken


def reconcile(*, at: datetime | None = None) -> None:
    """Asks the carrier about callers and conversations it has been silent about: no call is immortal."""
    at = at or clock.now()
    each(waiting.silent(before=at - timedelta(seconds=SILENT_S)), lambda entry: _ask_after(entry, at))
    each(offers.overdue(at), lambda offer: _look_into(offer, at))


def _ask_after(entry: Entry, at: datetime) -> None:
    if is_live(entry.caller_leg):
        waiting.seen(entry, at)
    elif entry.promise:
        dispatch.callback_missed(entry.promise, result=Result.NOT_CONFIRMED, at=at)
    else:
        facts.end_call(entry.call, hangup_code="", at=at)
        dispatch.hung_up(entry.call, at=at)


def _look_into(offer: Offer, at: datetime) -> None:
    if offer.state == offers.State.CONNECTED:
        _still_talking(offer, at)
    # Not before the worker has asked for the join, nor while another worker is asking.
    elif offer.state == offers.State.ANSWERED and (not offer.todo or (offer.tries and offer.todo_at <= at)):
        _joined_unheard(offer, at)


def _still_talking(offer: Offer, at: datetime) -> None:
    if is_live(offer.entry.caller_leg):
        offers.look_again(offer, at=at)
    else:
        dispatch.talk_over(offer, at=at)


def _joined_unheard(offer: Offer, at: datetime) -> None:
    """The operator picked up, and nothing was heard since: perhaps they are talking, and only the notice was lost."""
    try:
        there = offer.entry.caller_leg in get_carrier().members(offer.room_uuid)
    except CarrierError as error:
        if not error.gone:
            return  # in doubt a conversation goes on
        there = False
    if there:
        dispatch.connected(offer, key=f"found:{offer.token}", at=at)
    else:
        dispatch.refused(offer, why="line trouble", at=at)


def lease_time() -> timedelta:
    """Longer than the two requests that a second attempt makes may take, connecting (2 s) included."""
    return timedelta(seconds=2 * (2 + settings.PLIVO_TIMEOUT_S) + 5)


def _claim(offer: Offer, at: datetime) -> bool:
    """A lease: whoever dies with it leaves the command to the next.

    What is heard of a first attempt is awaited from now on: no operator is blamed for the worker's absence.
    """
    lease = at + lease_time()
    patience = {} if offer.tries else offers.patience(offer.todo, at)
    if _mine(offer).update(todo_at=lease, tries=F("tries") + 1, **patience) != 1:
        return False
    offer.todo_at, offer.tries = lease, offer.tries + 1
    return True


def _mine(offer: Offer) -> QuerySet[Offer]:
    """The row, as long as it holds the very command and lease that this worker read."""
    return Offer.objects.filter(pk=offer.pk, todo=offer.todo, todo_at=offer.todo_at)


def _carry_out(offer: Offer, at: datetime) -> None:
    try:
        _COMMANDS[offer.todo](get_carrier(), offer, at)
    except CarrierError as error:
        _not_done(offer, error, at)
    except (OperationalError, InterfaceError):
        raise  # nothing can be written down; the lease runs out and the command is still there
    except Exception:  # one row must not take the worker, and with it everybody else's calls, down
        log.exception("command %s of offer %s broke", offer.todo, offer.pk)
        _not_done(offer, CarrierError("our own fault", retryable=True, ambiguous=True), at)


def _done(offer: Offer, **changes) -> bool:
    """Takes the command off the row, unless the story went on meanwhile and left another."""
    return _mine(offer).update(todo=Command.NONE, todo_at=None, tries=0, **changes) == 1


def _not_done(offer: Offer, error: CarrierError, at: datetime) -> None:
    """Again later, as long as the trouble is the carrier's; nobody on the floor pays for an outage.

    What certainly did not happen is tried until `dispatch.tick` finds the command's time over and puts both sides back.
    """
    if _again(offer, error):
        pause = SETTLE_S if error.ambiguous else AGAIN_S * min(offer.tries, SETTLE_S)
        _mine(offer).update(todo_at=at + timedelta(seconds=pause))
        return
    log.warning("command %s of offer %s could not be carried out: %s", offer.todo, offer.pk, error)
    if not _done(offer):
        return  # the story went on meanwhile
    if offer.todo == Command.RING and error.ambiguous:
        dispatch.put_back(offer, at=at)
    elif offer.todo == Command.RING:
        dispatch.refused(offer, why=dispatch.UNREACHABLE, at=at)
    elif offer.todo == Command.DIAL:
        dispatch.callback_missed(offer.entry.callback, result=Result.FAILED, at=at)
    elif offer.todo == Command.JOIN and error.gone and not is_live(offer.entry.caller_leg):
        _caller_gone(offer, at)  # and not the room: then the operator left, and the caller keeps the place
    elif offer.todo == Command.JOIN:
        dispatch.refused(offer, why="line trouble", at=at)


def _again(offer: Offer, error: CarrierError) -> bool:
    """Whether the command stays on the row: without a limit if it certainly did not happen and has a deadline."""
    if error.retryable and not error.ambiguous and offer.todo != Command.DROP:
        return True
    return (error.retryable or error.ambiguous) and offer.tries < TRIES


# ---- the four commands ------------------------------------------------------------------------------------------


def _ring(carrier: Carrier, offer: Offer, at: datetime) -> None:
    leg = _already_live(carrier, offer, offer.operator.device) or carrier.ring(
        room=offer.room,
        to=offer.operator.device,
        from_=offer.entry.call.to_number,
        ring_timeout_s=offers.RING_S,
        leg_url=address("leg", offer.token),
        room_url=address("room", offer.token),
        prompt_url="" if offer.operator.device.startswith("sip:") else address("prompt", offer.token),
    )
    if _done(offer, leg_uuid=leg, **offers.patience(Command.RING, at)):
        return
    # Answered or taken back while the carrier was still replying.
    Offer.objects.filter(pk=offer.pk, leg_uuid="").update(leg_uuid=leg)
    if Offer.objects.filter(pk=offer.pk, state__in=(offers.State.WITHDRAWN, offers.State.REFUSED)).exists():
        carrier.hang_up(leg)


def _join(carrier: Carrier, offer: Offer, at: datetime) -> None:
    carrier.bring_in(room_uuid=offer.room_uuid, call_uuid=offer.entry.caller_leg, room_url=address("room", offer.token))
    _done(offer)


def _drop(carrier: Carrier, offer: Offer, at: datetime) -> None:
    if offer.leg_uuid:
        carrier.hang_up(offer.leg_uuid)
    _done(offer)


def _dial(carrier: Carrier, offer: Offer, at: datetime) -> None:
    promise = offer.entry.callback
    leg = _already_live(carrier, offer, promise.number)
    if not leg:
        callbacks.attempt(promise)
        try:
            leg = carrier.dial(
                to=promise.number,
                from_=offer.entry.call.to_number,
                answer_url=address("callback-answer", promise.token),
                hangup_url=address("callback-hangup", promise.token),
                machine_url=address("callback-machine", promise.token),
                ring_timeout_s=offers.RING_S,
            )
        except CarrierError as error:
            if _again(offer, error):
                callbacks.not_attempted(promise)  # one turn is one try, however often the carrier is asked
            raise
    facts.record(offer.entry.call_id, Kind.CALLBACK_DIALLED, at=at, queue=offer.entry.queue.slug)
    callbacks.dialled(promise, leg)
    _done(offer, **offers.patience(Command.DIAL, at))


_COMMANDS = {Command.RING: _ring, Command.JOIN: _join, Command.DROP: _drop, Command.DIAL: _dial}


# ---- asking -----------------------------------------------------------------------------------------------------


def _already_live(carrier: Carrier, offer: Offer, number: str) -> str:
    """Before a second attempt: the leg the first one may have made after all."""
    if offer.tries < 2:
        return ""
    return next(iter(carrier.live_to(number)), "")


def _caller_gone(offer: Offer, at: datetime) -> None:
    if offer.entry.promise:
        dispatch.callback_missed(offer.entry.promise, result=Result.NOT_CONFIRMED, at=at)
    elif Entry.objects.filter(pk=offer.entry_id, state=Entry.State.OFFERED).exists():
        dispatch.hung_up(offer.entry.call, at=at)


def is_live(leg_uuid: str) -> bool:
    """Whether the carrier has this line up. In doubt it has: its silence must not cost a caller the place."""
    if not leg_uuid:
        return False
    try:
        return get_carrier().is_live(leg_uuid)
    except CarrierError:
        return True
