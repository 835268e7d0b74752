"""Announced against actual: how well the waiting times callers were told came true.

A promise counts from the moment it was made to the moment an operator connected. A caller who left before (hung up,
asked to be called back, went elsewhere) would have waited longer than they did, nobody knows how long: *censored*.
The plain shares are of those served. The other ones use the censored too, by the estimate of Kaplan and Meier.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from zoneinfo import ZoneInfo

from core import clock
from core.models import Agency
from reporting import facts
from reporting.facts import Promise

_PLACES = 4


@dataclass(frozen=True, slots=True)
class Score:
    """What became of some promises; shares are fractions of 1, None where nobody was served."""

    promises: int
    callers: int
    served: int
    censored: int
    still_waiting: int
    at_or_under_upper: float | None
    under_lower: float | None
    at_or_under_upper_censored: float | None
    under_lower_censored: float | None
    median_low_s: float | None
    median_width_s: float | None
    median_excess_width_s: float | None  # of the width over 1.2 times the lower figure: up to 180 s is well


def score(promises: Sequence[Promise], now: datetime) -> Score:
    """Scores promises as seen at `now`. Who still waits is censored there."""
    waits = [(promise, ((promise.end or now) - promise.made_at).total_seconds()) for promise in promises]
    served = [(promise, wait) for promise, wait in waits if promise.served]
    widths = [promise.high_s - promise.low_s for promise in promises]
    return Score(
        promises=len(promises),
        callers=len({promise.call_id for promise in promises}),
        served=len(served),
        censored=sum(not promise.served and promise.end is not None for promise in promises),
        still_waiting=sum(promise.end is None for promise in promises),
        at_or_under_upper=_share(served, lambda promise, wait: wait <= promise.high_s),
        under_lower=_share(served, lambda promise, wait: wait < promise.low_s),
        at_or_under_upper_censored=_kept([(p.served, wait / p.high_s) for p, wait in waits]),
        under_lower_censored=_kept([(p.served, wait / p.low_s) for p, wait in waits]),
        median_low_s=median(promise.low_s for promise in promises) if promises else None,
        median_width_s=median(widths) if promises else None,
        median_excess_width_s=median(p.high_s - 2.2 * p.low_s for p in promises) if promises else None,
    )


def accuracy(
    agency: Agency, start: datetime, end: datetime, *, drill: bool = False, at: datetime | None = None
) -> dict:
    """The figures of [start, end) for report.json: of each caller's first promise, of all, and of the first by hour.

    The first is what a caller plans by. Later ones only ever fall, so they err on the short side by construction.
    """
    at = at or clock.now()
    told = facts.promises(agency, start, end, drill=drill)
    first = firsts(told)
    return {
        **_figures(score(first, at)),
        "all": _figures(score(told, at)),
        "by_hour": [
            {"hour": hour.isoformat(), **_figures(score(mine, at))}
            for hour, mine in by_hour(first, agency.zone).items()
        ],
    }


def firsts(promises: Sequence[Promise]) -> list[Promise]:
    """What each caller was told first; `promises` in order of time."""
    found: dict[int, Promise] = {}
    for promise in promises:
        found.setdefault(promise.call_id, promise)
    return list(found.values())


def by_hour(promises: Sequence[Promise], zone: ZoneInfo) -> dict[datetime, list[Promise]]:
    """By the hour of the wall clock in which they were made."""
    hours: dict[datetime, list[Promise]] = defaultdict(list)
    for promise in promises:
        hours[promise.made_at.astimezone(zone).replace(minute=0, second=0, microsecond=0)].append(promise)
    return dict(hours)


def _share(served: Sequence[tuple[Promise, float]], holds: Callable[[Promise, float], bool]) -> float | None:
    return sum(holds(promise, wait) for promise, wait in served) / len(served) if served else None


def _kept(ratios: Sequence[tuple[bool, float]]) -> float | None:
    """The share served by a figure (a ratio of 1), with those who left first counted as long as they stayed."""
    if not any(served for served, _ in ratios):
        return None
    still, at_risk = 1.0, len(ratios)
    # At one ratio the served come before those who left.
    for served, ratio in sorted(ratios, key=lambda one: (one[1], not one[0])):
        if ratio > 1:
            break
        if served:
            still *= 1 - 1 / at_risk
        at_risk -= 1
    return 1 - still


def _figures(found: Score) -> dict:
    return {
        name: round(value, _PLACES) if isinstance(value, float) else value
        for name in Score.__slots__
        for value in (getattr(found, name),)
    }
