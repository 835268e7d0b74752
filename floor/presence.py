"""The one writer of `Stint`: what each operator is doing, since when."""

from collections.abc import Collection
from datetime import datetime

from core import live
from floor.models import Operator, Stint

State = Stint.State


def move(
    operator: Operator, *, to: str, at: datetime, came_from: Collection[str] = tuple(State.values), reason: str = ""
) -> bool:
    """Ends the operator's present stint, if it is in one of `came_from`, and begins the next. False: it was not."""
    now = Stint.objects.filter(operator_id=operator.pk, until=None, state__in=came_from)
    if now.update(until=at) != 1:
        return False
    _begin(operator, to, at, reason)
    return True


def appear(operator: Operator, *, to: str, at: datetime) -> bool:
    """For whoever may have no stint yet: begins the first, or moves on from being away or offline."""
    if move(operator, to=to, at=at, came_from=(State.AWAY, State.OFFLINE)):
        return True
    if Stint.objects.filter(operator_id=operator.pk, until=None).exists():
        return False
    _begin(operator, to, at, "")
    return True


def idle(agency_id: int, *, limit: int) -> list[Stint]:
    """Open ready stints with their operators, longest idle first."""
    ready = Stint.objects.filter(agency_id=agency_id, state=State.READY, until=None)
    return list(ready.order_by("since", "pk").select_related("operator")[:limit])


def _begin(operator: Operator, state: str, at: datetime, reason: str) -> None:
    Stint.objects.create(
        operator_id=operator.pk, agency_id=operator.agency_id, state=state, since=at, reason=reason[:60]
    )
    live.publish(live.desk(operator.pk))
