"""The one writer of `Consult`: somebody is asked to take a conversation."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from core import wake
from floor import lease, offers
from floor.models import Command, Consult, Offer, Operator

State, Side = Consult.State, Consult.Side
IN_ROOM = (State.RINGING, State.JOINED)  # the operator who asks is there as well


def ask(offer: Offer, *, operator: Operator | None, number: str, cold: bool, at: datetime) -> Consult:
    """Leaves the worker to ring whoever is asked. IntegrityError if this offer or that operator has one open."""
    consult = Consult.objects.create(
        offer=offer,
        operator=operator,
        number=number,
        cold=cold,
        room_uuid=offer.room_uuid,
        asked_at=at,
        todo=Command.RING,
        todo_at=at,
        **offers.patience(Command.RING, at),
    )
    wake.worker()
    return consult


def move(consult: Consult, *, to: str, came_from: Collection[str], **changes: Any) -> bool:
    """Guarded change of state; `consult` in memory follows. False: it was in none of `came_from`."""
    if Consult.objects.filter(pk=consult.pk, state__in=came_from).update(state=to, **changes) != 1:
        return False
    consult.state = to
    for name, value in changes.items():
        setattr(consult, name, value)
    if changes.get("todo"):
        wake.worker()
    return True


def turn(consult: Consult, side: str, *, at: datetime) -> None:
    """Who talks with whom, as long as all three are there."""
    lease.order(consult, Command.SET, at=at, side=side)


def whole() -> QuerySet[Consult]:
    """With what acting on one needs."""
    return Consult.objects.select_related(
        "offer__entry__call", "offer__entry__queue", "offer__entry__callback", "offer__operator__user", "operator__user"
    )


def by_token(token: UUID) -> Consult | None:
    """The one an address of ours names."""
    return whole().filter(token=token).first()


def open_of(offer: Offer) -> Consult | None:
    """Whom the operator of this conversation is asking, if anybody."""
    return next(iter(whole().filter(offer=offer, ended_at=None, state__in=IN_ROOM)), None)


def asked(operator: Operator) -> Consult | None:
    """By whom this operator is being asked, if by anybody."""
    return whole().filter(operator=operator, ended_at=None).first()


def overdue(at: datetime) -> list[Consult]:
    """Open ones about which something should have been heard by now."""
    return list(whole().filter(ended_at=None, due_at__lte=at)[:100])


def rings(token: UUID, *, at: datetime) -> None:
    """The phone rings now: from here on it has its seconds."""
    due = at + timedelta(seconds=offers.RING_S + offers.GRACE_S)
    Consult.objects.filter(token=token, state=State.RINGING).update(due_at=due)


def look_again(consult: Consult, *, at: datetime) -> None:
    """It is live indeed; ask again later."""
    due = at + timedelta(seconds=offers.CHECK_S)
    Consult.objects.filter(pk=consult.pk, ended_at=None).update(due_at=due)
