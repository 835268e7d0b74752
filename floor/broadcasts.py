"""The one writer of `Broadcast` and `BroadcastSeen`: one line a supervisor tells every desk."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from core import live
from floor.models import Broadcast, BroadcastSeen, Operator


def put_up(agency_id: int, text: str, *, by_id: int, at: datetime, until: datetime) -> Broadcast:
    """A new line on every desk, in place of the one before."""
    _open(agency_id).update(ended=at)
    line = Broadcast.objects.create(agency_id=agency_id, text=text, by_id=by_id, at=at, until=until)
    _changed(agency_id)
    return line


def take_down(line: Broadcast, *, at: datetime) -> bool:
    """Off every desk. False: it was gone already."""
    if _open(line.agency_id).filter(pk=line.pk).update(ended=at) != 1:
        return False
    _changed(line.agency_id)
    return True


def over(at: datetime) -> QuerySet[Broadcast]:
    """Lines whose time is over and which nobody has taken down yet."""
    return Broadcast.objects.filter(ended=None, until__lte=at)


def seen(line_id: int, operator: Operator, *, at: datetime) -> bool:
    """The operator has read this line. False: it is no longer up, or they said so before."""
    if not _open(operator.agency_id).filter(pk=line_id, until__gt=at).exists():
        return False
    _row, fresh = BroadcastSeen.objects.get_or_create(
        broadcast_id=line_id, operator_id=operator.pk, defaults={"at": at}
    )
    if fresh:
        live.publish(live.desk(operator.pk))
    return fresh


def shown_to(operator: Operator, *, at: datetime) -> Broadcast | None:
    """The line on this operator's desk, with `was_seen`; None if there is none. One statement."""
    mine = BroadcastSeen.objects.filter(broadcast=OuterRef("pk"), operator_id=operator.pk)
    return _open(operator.agency_id).filter(until__gt=at).annotate(was_seen=Exists(mine)).first()


def _open(agency_id: int) -> QuerySet[Broadcast]:
    return Broadcast.objects.filter(agency_id=agency_id, ended=None)


def _changed(agency_id: int) -> None:
    """Every desk of the agency is read anew."""
    for operator_id in Operator.objects.filter(agency_id=agency_id).values_list("pk", flat=True):
        live.publish(live.desk(operator_id))
