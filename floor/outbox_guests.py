"""The worker's part for whoever is in a conversation beside its caller and its operator. Called by `floor.outbox`."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.db import InterfaceError, OperationalError

from core.rows import each
from floor import consults, dispatch, lease, listenings, offers
from floor.models import Command, Consult, Listening
from telephony.addresses import address
from telephony.carrier import Carrier, CarrierError

log = logging.getLogger(__name__)

Guest = Consult | Listening
AGAIN_S, SETTLE_S, TRIES = 1, 5, 3  # as for an operator's leg: see floor.outbox


def run(carrier: Callable[[], Carrier], at: datetime) -> int:
    """Carries out the commands that are due; returns how many it took on."""
    taken = 0
    for rows in (consults.whole(), listenings.whole()):
        for guest in rows.filter(todo_at__lte=at).order_by("todo_at", "pk")[:50]:
            patience = {} if guest.tries else offers.patience(guest.todo, at)
            if lease.claim(guest, at, **patience):
                taken += 1
                _carry_out(carrier(), guest, at)
    return taken


def reconcile(carrier: Callable[[], Carrier], at: datetime) -> None:
    """Asks about whoever is in a conversation and has not been heard of: nobody listens for ever."""
    each(consults.overdue(at), partial(_look_into, carrier, at))
    each(listenings.overdue(at), partial(_look_into, carrier, at))


def _look_into(carrier: Callable[[], Carrier], at: datetime, guest: Guest) -> None:
    if guest.joined_at is None:
        return  # dispatch.tick takes it back
    rows = consults if isinstance(guest, Consult) else listenings
    if not guest.leg_uuid or _is_live(carrier(), guest.leg_uuid):
        rows.look_again(guest, at=at)
    else:
        _gone(guest, at)


def _is_live(carrier: Carrier, leg_uuid: str) -> bool:
    try:
        return carrier.is_live(leg_uuid)
    except CarrierError:
        return True  # in doubt


def _carry_out(carrier: Carrier, guest: Guest, at: datetime) -> None:
    try:
        _COMMANDS[guest.todo](carrier, guest, at)
    except CarrierError as error:
        _not_done(guest, error, at)
    except (OperationalError, InterfaceError):
        raise  # nothing can be written down; the lease runs out and the command is still there
    except Exception:  # one row must not take the worker down
        log.exception("command %s of %s broke", guest.todo, guest)
        _not_done(guest, CarrierError("our own fault", retryable=True, ambiguous=True), at)


def _not_done(guest: Guest, error: CarrierError, at: datetime) -> None:
    certain_ring = guest.todo == Command.RING and error.retryable and not error.ambiguous
    if certain_ring or ((error.retryable or error.ambiguous) and guest.tries < TRIES):
        pause = SETTLE_S if error.ambiguous else AGAIN_S * min(guest.tries, SETTLE_S)
        lease.mine(guest).update(todo_at=at + timedelta(seconds=pause))
        return
    log.warning("command %s of %s could not be carried out: %s", guest.todo, guest, error)
    if lease.done(guest) and guest.todo == Command.RING:
        _gone(guest, at, why="line trouble" if error.ambiguous or error.gone else dispatch.UNREACHABLE)


def _gone(guest: Guest, at: datetime, why: str = "no answer") -> None:
    if isinstance(guest, Consult):
        dispatch.consult_left(guest, why=why, at=at)
    else:
        dispatch.listening_over(guest, at=at)


def _ring(carrier: Carrier, guest: Guest, at: datetime) -> None:
    asked = isinstance(guest, Consult)
    entry, name = (guest.offer.entry, "consult") if asked else (guest.entry, "listening")
    own_phone = guest.device.startswith("sip:") or (asked and guest.operator is None)  # a stranger knows no "press 1"
    leg = _already_live(carrier, guest) or carrier.invite(
        role="agent" if asked else "supervisor",
        room_uuid=guest.room_uuid,
        to=guest.device,
        from_=entry.call.to_number,
        ring_timeout_s=offers.RING_S,
        leg_url=address(f"{name}-leg", guest.token),
        room_url=address(f"{name}-room", guest.token),
        prompt_url="" if own_phone else address(f"{name}-prompt", guest.token),
    )
    if lease.done(guest, leg_uuid=leg, **offers.patience(Command.RING, at)):
        return
    # Answered or taken back while the carrier was still replying.
    now = type(guest).objects.get(pk=guest.pk)
    if not now.leg_uuid:
        type(guest).objects.filter(pk=guest.pk, leg_uuid="").update(leg_uuid=leg)
    if now.ended_at is not None and now.joined_at is None:
        carrier.hang_up(leg)


def _set(carrier: Carrier, guest: Guest, at: datetime) -> None:
    if isinstance(guest, Consult):
        _set_member(carrier, guest, hold=guest.side == Consult.Side.CALLER)
    else:
        coaches = guest.mode in (Listening.Mode.LISTEN, Listening.Mode.WHISPER)
        _set_member(carrier, guest, mute=guest.mode == Listening.Mode.LISTEN, coach=coaches)
        if guest.taken_at is not None and guest.offer.hold_wanted:
            caller_off_hold(carrier, guest.offer)
    lease.done(guest)


def _set_member(carrier: Carrier, guest: Guest, **wanted: bool) -> None:
    member = guest.member_id or carrier.member(room_uuid=guest.room_uuid, call_uuid=guest.leg_uuid)
    if not member:
        raise CarrierError("not in the room", gone=True)
    carrier.set_member(room_uuid=guest.room_uuid, member_id=member, **wanted)


def caller_off_hold(carrier: Carrier, offer) -> None:
    """The caller hears the room."""
    caller = offer.caller_member_id or carrier.member(room_uuid=offer.room_uuid, call_uuid=offer.entry.caller_leg)
    if caller:
        carrier.set_member(room_uuid=offer.room_uuid, member_id=caller, hold=False)


def _drop(carrier: Carrier, guest: Guest, at: datetime) -> None:
    if guest.leg_uuid:
        carrier.hang_up(guest.leg_uuid)
    lease.done(guest)


_COMMANDS = {Command.RING: _ring, Command.SET: _set, Command.DROP: _drop}


def _already_live(carrier: Carrier, guest: Guest) -> str:
    """Before a second attempt: the leg the first one may have made after all."""
    return "" if guest.tries < 2 else next(iter(carrier.live_to(guest.device)), "")
