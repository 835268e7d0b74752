"""The one writer of `ClinicSession` and of new `Slot` rows: weekly templates become clinics on days.

What exists is never touched: a clinic that was closed, or whose seats were changed by hand, stays as it is.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from django.db import transaction

from core.models import Agency
from knowledgebase.models import Holiday
from scheduling.models import ClinicSession, ClinicTemplate, Slot
from scheduling.slots import Span, cut, session_span

HOURS = "main"  # clinics keep the holidays of this set of opening hours
_BATCH = 2000


class Made(NamedTuple):
    """How many rows are new."""

    sessions: int
    slots: int


def make_sessions(
    agency: Agency, *, weeks: int, start: date, progress: Callable[[date, Made], None] = lambda until, made: None
) -> Made:
    """Clinics of the `weeks` weeks from `start` on. Again: adds what is missing, and only that.

    One transaction a week, so that a desk on SQLite never waits long for its turn.
    """
    sessions = slots = 0
    for week in range(weeks):
        first = start + timedelta(weeks=week)
        made = _week(agency, [first + timedelta(days=n) for n in range(7)])
        sessions, slots = sessions + made.sessions, slots + made.slots
        progress(first + timedelta(days=6), Made(sessions, slots))
    return Made(sessions, slots)


def _week(agency: Agency, days: list[date]) -> Made:
    with transaction.atomic():
        Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)  # two at once would make the same rows
        holidays = set(Holiday.objects.filter(agency=agency, slug=HOURS, date__in=days).values_list("date", flat=True))
        new = list(_missing(agency, [day for day in days if day not in holidays]))
        sessions = ClinicSession.objects.bulk_create([session for session, _ in new], batch_size=_BATCH)
        slots = [
            Slot(session=session, starts_at=span.starts_at, ends_at=span.ends_at, capacity=template.capacity)
            for session, template in new
            for span in cut(Span(session.starts_at, session.ends_at), template.slot_minutes)
        ]
        Slot.objects.bulk_create(slots, batch_size=_BATCH)
    return Made(len(sessions), len(slots))


def _missing(agency: Agency, days: list[date]) -> Iterator[tuple[ClinicSession, ClinicTemplate]]:
    """Not there yet: neither a clinic of this template on that day (its hours may have changed), nor at that moment."""
    templates = list(
        ClinicTemplate.objects.filter(
            active=True, site__agency=agency, site__active=True, service__active=True
        ).select_related("site", "service")
    )
    there = ClinicSession.objects.filter(site__agency=agency)
    days_of = set(there.filter(service_date__in=days).values_list("template_id", "service_date"))
    moments = set(there.filter(service_date__in=days).values_list("site_id", "service_id", "starts_at"))
    for day in days:
        for template in templates:
            if template.weekday != day.weekday() or (template.pk, day) in days_of:
                continue
            span = session_span(day, template.opens, template.closes, template.site.zone)
            if span is None or (template.site_id, template.service_id, span.starts_at) in moments:
                continue
            moments.add((template.site_id, template.service_id, span.starts_at))
            yield _session(template, day, span), template


def _session(template: ClinicTemplate, day: date, span: Span) -> ClinicSession:
    return ClinicSession(
        site=template.site,
        service=template.service,
        template=template,
        service_date=day,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
    )
