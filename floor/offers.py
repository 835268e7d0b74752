"""The one writer of `Offer`: a call laid before one operator."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from core import wake
from crm.models import Call
from floor import presence
from floor.matching import Pair
from floor.models import Command, Entry, Offer, Operator, Stint

State = Offer.State
UNCONNECTED = (State.RESERVED, State.RINGING, State.ANSWERED)
HANDED_ON = "transfer"  # why an offer was made that no place in line led to

_OWN = (
    "token", "state", "made_at", "answered_at", "connected_at", "ended_at", "leg_uuid", "room_uuid", "todo", "todo_at",
    "tries", "then", "wrapped_at", "hold_wanted", "mute_wanted", "held_at", "held_s", "help_at", "member_id",
    "caller_member_id",
)  # fmt: skip
_OF_ENTRY = (
    "entry__state", "entry__agency_id", "entry__entered_at", "entry__passed_on_at", "entry__queue__slug",
    "entry__queue__wrap_s",
    "entry__call__carrier_uuid", "entry__call__to_number", "entry__call__from_number",
    "entry__call__direction", "entry__callback__kind",
    "entry__callback__number", "entry__callback__leg_uuid", "entry__callback__attempts",
    "entry__callback__token", "entry__callback__state",
    "entry__callback__zones", "entry__callback__agency_id", "entry__not_after",
)  # fmt: skip

RING_S = 20  # how long an operator's phone rings
GRACE_S = 5  # beyond it, before we stop believing in a callback from the carrier
QUEUE_S = 40  # before it: the carrier dials two a second, and eighty operators may be rung at once
DIAL_S = 90 + QUEUE_S  # reserved for a call-back: ring, a machine's greeting, "press 1"
JOIN_S = 30  # from "operator picked up" to "caller is in"
CHECK_S = 300  # a conversation nobody reported ended is asked after this often


def make(pair: Pair, stint: Stint, *, why: str, terms: dict[str, Any], at: datetime) -> None:
    """Reserves both sides and leaves the carrier's part to the worker.

    RuntimeError if either changed since it was read, which under the floor's lock cannot be.
    """
    ticket = pair.ticket
    came_from = Entry.State.CALLBACK if ticket.promised else Entry.State.WAITING
    taken = Entry.objects.filter(pk=ticket.pk, state=came_from).update(state=Entry.State.OFFERED) == 1
    if not taken or not presence.happens(presence.Event.OFFER, stint.operator, at=at):
        raise RuntimeError("a waiting caller or a ready operator changed under the floor's lock")
    command = Command.DIAL if ticket.promised else Command.RING
    Offer.objects.create(
        entry_id=ticket.pk,
        operator=stint.operator,
        state=State.RESERVED if ticket.promised else State.RINGING,
        made_at=at,
        why=why,
        terms=terms,
        todo=command,
        todo_at=at,
        **patience(command, at),
    )
    wake.worker()


def patience(command: str, at: datetime) -> dict[str, datetime]:
    """The change to a row by which something must have been heard of a command; none for one nobody waits on."""
    seconds = {Command.DIAL: DIAL_S, Command.RING: QUEUE_S + RING_S + GRACE_S, Command.JOIN: JOIN_S}.get(command)
    return {"due_at": at + timedelta(seconds=seconds)} if seconds else {}


def leg_down(at: datetime) -> dict[str, Any]:
    """The change to a row by which the worker takes the operator's leg down."""
    return {"todo": Command.DROP, "todo_at": at, "tries": 0}


def by_token(token: UUID) -> Offer | None:
    """The offer an address of ours names, with all that acting on it needs."""
    return next(iter(whole().filter(token=token)), None)


def open_for(entry: Entry) -> Offer | None:
    """The offer that is open for this entry, if any."""
    return next(iter(whole().filter(entry=entry, ended_at=None)), None)


def overdue(at: datetime) -> list[Offer]:
    """Open offers about which something should have been heard by now."""
    return list(whole().filter(ended_at=None, due_at__lte=at)[:100])


def move(offer: Offer, *, to: str, came_from: Collection[str], **changes: Any) -> bool:
    """Guarded change of state; `offer` in memory follows. False: it was in none of `came_from`."""
    moved = Offer.objects.filter(pk=offer.pk, state__in=came_from).update(state=to, **changes) == 1
    if moved:
        offer.state = to
        for name, value in changes.items():
            setattr(offer, name, value)
        if changes.get("todo"):
            wake.worker()
    return moved


def order(offer: Offer, command: str, *, at: datetime, **changes: Any) -> None:
    """Leaves the worker a command about an offer whose state does not change."""
    Offer.objects.filter(pk=offer.pk).update(todo=command, todo_at=at, tries=0, **changes)
    wake.worker()


def whole() -> QuerySet[Offer]:
    """Offers with what acting on one needs, and no more of it: four rows are read at every turn of a call."""
    return Offer.objects.select_related("entry__call", "entry__queue", "entry__callback", "operator__user").only(
        *_OWN, *_OF_ENTRY, "operator__device", "operator__agency_id", "operator__user__username"
    )


def last_ended(operator: Operator) -> Offer | None:
    """The operator's last conversation that is over."""
    return next(iter(whole().filter(operator=operator, state=State.ENDED).order_by("-ended_at", "-pk")[:1]), None)


def wrapped(offer: Offer, *, at: datetime) -> bool:
    """The wrap-up after it is over. False: it was before."""
    return Offer.objects.filter(pk=offer.pk, wrapped_at=None).update(wrapped_at=at) == 1


def wish(offer: Offer, then: str) -> None:
    """What the operator wishes to be after it: the slug of an away reason, or "" for ready; too late once they are."""
    Offer.objects.filter(pk=offer.pk, wrapped_at=None).update(then=then)


def last_talked_to(call: Call, *, since: datetime) -> int | None:
    """The key of the operator who last spoke with this call's number, if their conversation ended after `since`."""
    if not call.from_number:
        return None
    theirs = Offer.objects.filter(
        entry__call__from_number=call.from_number,
        entry__agency_id=call.agency_id,
        state=State.ENDED,
        ended_at__gte=since,
    )
    return theirs.order_by("-ended_at").values_list("operator_id", flat=True).first()


def in_room(entry: Entry, room_uuid: str) -> Offer | None:
    """The conversation this entry has in that very room, if it has."""
    return next(iter(whole().filter(entry=entry, room_uuid=room_uuid, state=State.CONNECTED)), None)


def of_leg(leg_uuid: str) -> Offer | None:
    """The conversation whose operator is on this leg."""
    return next(iter(whole().filter(leg_uuid=leg_uuid, state=State.CONNECTED)), None) if leg_uuid else None


def take_over(offer: Offer, operator: Operator, *, legs: dict[str, str], asked_at: datetime, at: datetime) -> Offer:
    """The second operator's part of a conversation: in the room already, and heard by the caller as soon as may be.

    IntegrityError unless the first operator's part has ended. `legs`: ids of the carrier, by field.
    """
    second = Offer.objects.create(
        entry=offer.entry,
        operator=operator,
        state=State.CONNECTED,
        made_at=asked_at,
        why=HANDED_ON,
        answered_at=at,
        connected_at=at,
        due_at=at + timedelta(seconds=CHECK_S),
        caller_member_id=offer.caller_member_id,
        **legs,
    )
    if offer.hold_wanted:
        want(second, at=at, hold_wanted=False)
    return second


def want(offer: Offer, *, at: datetime, **wishes: bool) -> bool:
    """`hold_wanted` or `mute_wanted`, for the worker to make it so. False: no conversation, or it is being ended."""
    talk = Offer.objects.filter(pk=offer.pk, state=State.CONNECTED, todo__in=(Command.NONE, Command.SET))
    changes = {"todo": Command.SET, "todo_at": at, "tries": 0, **wishes}
    if talk.update(**changes) != 1:
        return False
    for name, value in changes.items():
        setattr(offer, name, value)
    wake.worker()
    return True


def note(offer: Offer, **changes: Any) -> None:
    """A fact about an offer that changes neither its state nor what is to do; `offer` in memory follows."""
    Offer.objects.filter(pk=offer.pk).update(**changes)
    for name, value in changes.items():
        setattr(offer, name, value)


def rings(token: UUID, *, at: datetime) -> None:
    """The operator's phone rings now: from here on it has its seconds, however long the carrier's own queue was."""
    ringing = Offer.objects.filter(token=token, state=State.RINGING)
    ringing.update(due_at=at + timedelta(seconds=RING_S + GRACE_S))


def look_again(offer: Offer, *, at: datetime) -> None:
    """The conversation is live indeed; ask again later."""
    Offer.objects.filter(pk=offer.pk, ended_at=None).update(due_at=at + timedelta(seconds=CHECK_S))
