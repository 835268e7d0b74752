"""When somebody may be called: within an agency's hours, on the clock of every zone their number may be in. Pure."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_MOST = 40  # turns; two suffice for zones that share any hour of the day
Span = tuple[datetime, datetime]


def span(zones: Iterable[ZoneInfo], at: datetime, *, calls_from: time, calls_until: time) -> Span:
    """The earliest span [start, end) with start >= `at` in which it is legal in all `zones` at once.

    ValueError if the zones share no hour of the day.
    """
    zones = tuple(zones)
    start = at
    for _ in range(_MOST):
        later = max(_first(zone, start, calls_from, calls_until) for zone in zones)
        if later == start:
            return start, min(_on(zone, start.astimezone(zone).date(), calls_until, start) for zone in zones)
        start = later
    raise ValueError("these zones share no hour in which calls are allowed")


def _first(zone: ZoneInfo, at: datetime, calls_from: time, calls_until: time) -> datetime:
    """The first legal moment in one zone, `at` itself if it is one."""
    local = at.astimezone(zone)
    if local.time() < calls_from:
        return _on(zone, local.date(), calls_from, at)
    if local.time() >= calls_until:
        return _on(zone, local.date() + timedelta(days=1), calls_from, at)
    return at


def _on(zone: ZoneInfo, day: date, moment: time, like: datetime) -> datetime:
    return datetime.combine(day, moment, tzinfo=zone).astimezone(like.tzinfo)
