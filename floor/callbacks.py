"""The one writer of `Callback`: a promise to call back."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F

from floor.models import Callback, Entry

State = Callback.State
TRIES = 2  # attempts before a promise counts as failed
REST_S = 300  # between two attempts


def promise(entry: Entry, number: str, *, kind: str = Callback.Kind.ASKED, at: datetime) -> Callback | None:
    """None if this number is owed a call-back already: the database allows one, and the earlier place is the better."""
    if Callback.objects.filter(agency_id=entry.agency_id, number=number, ended_at=None).exists():
        return None
    return Callback.objects.create(entry=entry, agency_id=entry.agency_id, number=number, kind=kind, asked_at=at)


def by_token(token: UUID) -> Callback | None:
    """The call-back an address of ours names."""
    return Callback.objects.select_related("entry__call", "entry__queue").filter(token=token).first()


def owed_to(number: str, *, agency_id: int) -> list[Callback]:
    """Open promises to a number."""
    if not number:
        return []
    mine = Callback.objects.filter(agency_id=agency_id, number=number, ended_at=None)
    return list(mine.select_related("entry__call", "entry__queue"))


def attempt(callback: Callback) -> None:
    """Counts a try; written before the carrier is asked, so that a crash cannot make us dial without end."""
    Callback.objects.filter(pk=callback.pk).update(attempts=F("attempts") + 1, leg_uuid="")


def not_attempted(callback: Callback) -> None:
    """Takes a try back: the same turn will ask the carrier again, and one turn is one try."""
    Callback.objects.filter(pk=callback.pk).update(attempts=F("attempts") - 1)


def dialled(callback: Callback, leg_uuid: str) -> None:
    """The carrier took the call."""
    Callback.objects.filter(pk=callback.pk).update(leg_uuid=leg_uuid)


def end(callback: Callback, state: str, *, at: datetime) -> bool:
    """Guarded: a promise ends once."""
    return Callback.objects.filter(pk=callback.pk, state=State.PENDING).update(state=state, ended_at=at) == 1


def next_try(at: datetime) -> datetime:
    """When an attempt in vain may be followed by the next."""
    return at + timedelta(seconds=REST_S)
