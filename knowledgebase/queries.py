"""Reads what the program knows."""

from datetime import datetime, time

from core.models import Agency
from knowledgebase.models import Holiday, OpeningHours

_MIDNIGHT = time(0)


def is_open(agency: Agency, slug: str, at: datetime) -> bool:
    """Whether the set of hours `slug` is open at `at`. A set without any row is closed: silence must not mean open."""
    local = at.astimezone(agency.zone)
    if Holiday.objects.filter(agency=agency, slug=slug, date=local.date()).exists():
        return False
    spans = OpeningHours.objects.filter(
        agency=agency, slug=slug, weekday=local.weekday(), opens__lte=local.time()
    ).values_list("closes", flat=True)
    return any(closes == _MIDNIGHT or local.time() < closes for closes in spans)
