"""The one writer of `Stint`: what each operator is doing, since when."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import F, QuerySet

from core import live
from floor.models import Operator, Stint

State = Stint.State
MISSES = 2  # rings not taken in a row, after which an operator is set away


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


def is_in(operator: Operator, state: str) -> bool:
    """Whether this is what they are doing now."""
    return Stint.objects.filter(operator_id=operator.pk, until=None, state=state).exists()


def missed(operator: Operator) -> int:
    """One more ring this operator did not take; how many that makes since they last took one."""
    Operator.objects.filter(pk=operator.pk).update(misses=F("misses") + 1)
    return Operator.objects.values_list("misses", flat=True).get(pk=operator.pk)


def took(operator: Operator) -> None:
    """They are there: rings not taken are forgotten."""
    Operator.objects.filter(pk=operator.pk, misses__gt=0).update(misses=0)


def idle(agency_id: int, *, at: datetime) -> list[Stint]:
    """Open ready stints of those who can be rung, with their operators, longest idle first."""
    return list(_can_be_rung(at).filter(agency_id=agency_id).order_by("since", "pk").select_related("operator"))


def agencies_with_idle(at: datetime) -> set[int]:
    """Agencies where somebody is ready and can be rung."""
    return set(_can_be_rung(at).order_by().values_list("agency_id", flat=True).distinct())


def _can_be_rung(at: datetime) -> QuerySet[Stint]:
    return Stint.objects.filter(state=State.READY, until=None)


def _begin(operator: Operator, state: str, at: datetime, reason: str) -> None:
    Stint.objects.create(
        operator_id=operator.pk, agency_id=operator.agency_id, state=state, since=at, reason=reason[:60]
    )
    live.publish(live.desk(operator.pk))
