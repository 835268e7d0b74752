"""Cuts a clinic's day into slots. Pure.

A clinic opens and closes by its own wall clock, but slots are walked in UTC: the night the clocks go back has four more
quarter hours, the night they go forward four fewer, and no slot falls on a time that does not exist.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Span(NamedTuple):
    """From a moment up to, not including, another. UTC."""

    starts_at: datetime
    ends_at: datetime


def session_span(day: date, opens: time, closes: time, zone: ZoneInfo) -> Span | None:
    """The clinic that opens on `day`; closing at or before opening is the next day's.

    A time that comes twice is the first of the two; one the clock skips is as much later. None if nothing is left
    between them, as in the hour skipped.
    """
    closing_day = day if closes > opens else day + timedelta(days=1)
    starts_at, ends_at = _instant(day, opens, zone), _instant(closing_day, closes, zone)
    return Span(starts_at, ends_at) if starts_at < ends_at else None


def cut(span: Span, minutes: int) -> list[Span]:
    """Slots of `minutes`, one behind the other; what is left at the end is too short for anybody."""
    if minutes < 1:
        raise ValueError(f"a slot of {minutes} minutes")
    step = timedelta(minutes=minutes)
    count = (span.ends_at - span.starts_at) // step
    return [Span(span.starts_at + n * step, span.starts_at + (n + 1) * step) for n in range(count)]


def _instant(day: date, local: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, local, tzinfo=zone).astimezone(UTC)
