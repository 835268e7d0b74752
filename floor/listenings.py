"""The one writer of `Listening`: a supervisor on a live call."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from core import wake
from floor import lease, offers
from floor.models import Command, Entry, Listening, Offer, Operator, Supervisor

Mode = Listening.Mode


def ask(supervisor: Supervisor, offer: Offer, *, for_help: bool, at: datetime) -> Listening:
    """Leaves the worker to ring the supervisor into the room. IntegrityError if either has one open."""
    listening = Listening.objects.create(
        entry=offer.entry,
        offer=offer,
        supervisor=supervisor,
        modes=[[str(Mode.LISTEN), at.isoformat()]],
        for_help=for_help,
        room_uuid=offer.room_uuid,
        asked_at=at,
        todo=Command.RING,
        todo_at=at,
        **offers.patience(Command.RING, at),
    )
    wake.worker()
    return listening


def joined(listening: Listening, *, at: datetime, **changes: Any) -> bool:
    """The supervisor hears the call from now on. False: known, or over."""
    changes |= {"joined_at": at, "due_at": at + timedelta(seconds=offers.CHECK_S)}
    # The command to ring has done its work, whatever the carrier still answers to it.
    changes |= {"todo": Command.NONE, "todo_at": None}
    return _change(listening, {"joined_at": None}, changes)


def turn(listening: Listening, mode: str, *, at: datetime, **changes: Any) -> bool:
    """Another mode; the worker tells the carrier. False: they are not there, or have taken the call over."""
    there = {"joined_at__isnull": False, "taken_at": None}
    modes = [*listening.modes, [str(mode), at.isoformat()]]
    told = {"todo": Command.SET, "todo_at": at, "tries": 0}
    return _change(listening, there, {"mode": mode, "modes": modes, **told, **changes})


def end(listening: Listening, *, at: datetime) -> bool:
    """They are out of the call, or not to come in; their leg is taken down. Guarded: it ends once."""
    return _change(listening, {}, {"ended_at": at, **offers.leg_down(at)})


def _change(listening: Listening, condition: dict[str, Any], changes: dict[str, Any]) -> bool:
    if Listening.objects.filter(pk=listening.pk, ended_at=None, **condition).update(**changes) != 1:
        return False
    for name, value in changes.items():
        setattr(listening, name, value)
    if changes.get("todo"):
        wake.worker()
    return True


def take_down(listening: Listening, leg_uuid: str, *, at: datetime) -> None:
    """Somebody picked up after it was over."""
    lease.order(listening, Command.DROP, at=at, leg_uuid=leg_uuid)


def whole() -> QuerySet[Listening]:
    """With what acting on one needs."""
    return Listening.objects.select_related(
        "entry__call", "entry__queue", "entry__callback", "offer__operator__user", "supervisor__user"
    )


def by_token(token: UUID) -> Listening | None:
    """The one an address of ours names."""
    return whole().filter(token=token).first()


def open_on(entry: Entry) -> Listening | None:
    """The supervisor who is on this call, or is being rung for it."""
    return next(iter(whole().filter(entry=entry, ended_at=None)), None)


def open_of(supervisor: Supervisor) -> Listening | None:
    """The call this supervisor is on, or is being rung for."""
    return whole().filter(supervisor=supervisor, ended_at=None).first()


def next_for_help(offer: Offer, since: datetime) -> Supervisor | None:
    """A supervisor who has not been rung for this call since help was asked for, and is on no other."""
    rung = Listening.objects.filter(entry_id=offer.entry_id, for_help=True, asked_at__gte=since).values("supervisor")
    busy = Listening.objects.filter(ended_at=None).values("supervisor")
    here = Supervisor.objects.filter(agency_id=offer.entry.agency_id, user__is_active=True)
    return here.exclude(pk__in=rung).exclude(pk__in=busy).order_by("pk").first()


def heard(operator: Operator, *, since: datetime) -> list[Listening]:
    """Who listened to this operator's conversations, newest first: what they may always see."""
    of_theirs = whole().filter(entry__offers__operator=operator, joined_at__gte=since).order_by("-joined_at").distinct()
    return [one for one in of_theirs if _while_talking(one, operator)]


def _while_talking(one: Listening, operator: Operator) -> bool:
    """Whether this operator was in the conversation while it was listened to."""
    theirs = Offer.objects.filter(entry_id=one.entry_id, operator=operator, connected_at__isnull=False)
    return any(
        (talk.ended_at is None or talk.ended_at > one.joined_at)
        and (one.ended_at is None or one.ended_at > talk.connected_at)
        for talk in theirs
    )


def overdue(at: datetime) -> list[Listening]:
    """Open ones about which something should have been heard by now."""
    return list(whole().filter(ended_at=None, due_at__lte=at)[:100])


def rings(token: UUID, *, at: datetime) -> None:
    """The phone rings now: from here on it has its seconds."""
    due = at + timedelta(seconds=offers.RING_S + offers.GRACE_S)
    Listening.objects.filter(token=token, joined_at=None, ended_at=None).update(due_at=due)


def look_again(listening: Listening, *, at: datetime) -> None:
    """It is live indeed; ask again later."""
    due = at + timedelta(seconds=offers.CHECK_S)
    Listening.objects.filter(pk=listening.pk, ended_at=None).update(due_at=due)
