"""The audits of fairness: made on demand, and at night by the worker, which keeps them. Writer of `FairnessAudit`."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from core import clock
from core.models import Agency
from core.rows import each
from reporting import fairness, line_facts
from reporting.daily import day_bounds
from reporting.fairness import Audit
from reporting.models import FairnessAudit

AFTER_S = 7200  # past midnight: whoever was being rung then is long with somebody
BACK_DAYS = 7  # that a worker which stood still makes up for
SLACK = timedelta(seconds=1)  # the moment of an event is read before the floor's lock is waited for


def of_day(agency: Agency, day: date, *, drill: bool) -> Audit:
    """The audit of a day in the agency's zone, made now; nothing is written."""
    start, end = day_bounds(day, agency.zone)
    return between(agency, start, end, drill=drill, slack=SLACK)


def between(agency: Agency, start: datetime, end: datetime, *, drill: bool, slack: timedelta) -> Audit:
    """The audit of [start, end)."""
    places = line_facts.places(agency, start, end, drill=drill)
    ready_since = line_facts.ready_since(agency, start, end)
    return fairness.audit(places, start, end, ready_since=ready_since, slack=slack)


def kept(agency: Agency, day: date) -> FairnessAudit | None:
    """The audit that was made of this day, if one was."""
    return FairnessAudit.objects.filter(agency=agency, day=day).first()


def keep(agency: Agency, day: date, found: Audit, *, at: datetime) -> bool:
    """Writes it down. False if this day had one already: the first stands."""
    try:
        with transaction.atomic():
            FairnessAudit.objects.create(
                agency=agency,
                day=day,
                made_at=at,
                takings=found.takings,
                callers=found.callers,
                totals=dict(found.by_reason),
                unexplained=found.unexplained,
                cases=[
                    {"overtaken": one.overtaken, "by": one.by, "operator": one.operator, "at": one.at.isoformat()}
                    for one in found.cases
                ],
                most=[list(pair) for pair in found.most],
            )
    except IntegrityError:
        return False
    return True


def nightly(*, at: datetime | None = None) -> None:
    """Audits the days just past that have not been yet. Safe to run again, and in parallel."""
    at = at or clock.now()
    each(list(Agency.objects.order_by("pk")), lambda agency: _catch_up(agency, at))


def _catch_up(agency: Agency, at: datetime) -> None:
    today = (at - timedelta(seconds=AFTER_S)).astimezone(agency.zone).date()
    days = [today - timedelta(days=back) for back in range(BACK_DAYS, 0, -1)]
    have = set(FairnessAudit.objects.filter(agency=agency, day__in=days).values_list("day", flat=True))
    for day in days:
        if day not in have and (found := of_day(agency, day, drill=settings.SANDBOX)).takings:
            keep(agency, day, found, at=at)
