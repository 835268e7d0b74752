"""When a figure beyond its bound becomes an alert, and when that is over. Pure: figures and moments in, decisions out.

An alert opens once a figure has been beyond its bound for as long as the bound says, and clears once the figure has
been well within it, by a twentieth, for a quarter of a minute: so a figure that trembles at its bound rings nobody's
bell twice. Between two looks nobody knows; after a silence (no worker ran) both times begin anew.
"""

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from reporting.facts import State
from reporting.floor_now import Floor
from reporting.models import Threshold

QUIET = timedelta(seconds=15)  # well for so long before an alert clears
SILENCE = timedelta(seconds=30)  # without a look: what was before is no evidence
MARGIN = 0.05  # of the bound, in whole numbers where the figure counts
ENOUGH = 20  # contacts: a rate of fewer says little
Metric = Threshold.Metric
_RATES = {Metric.SERVICE_LEVEL: "sl_20", Metric.ABANDON_RATE: "abandon_rate", Metric.LOST_RATE: "lost_rate"}
_COUNTS = (Metric.WAITING, Metric.CALLBACKS_OWED, Metric.DEBTS_OPEN, Metric.OPERATORS_READY, Metric.NO_OPERATOR)
_AT_WORK = (State.READY, State.OFFERED, State.TALKING, State.HOLD, State.WRAPPING)


class Unknown(Exception):
    """The figure cannot be told just now: what is, stays."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A bound. `counts`: the figure is a whole number."""

    above: bool
    limit: float
    for_s: float = 0
    counts: bool = False

    def beyond(self, value: float | None) -> bool:
        """Whether somebody should know. None (nothing to say) is never beyond."""
        return value is not None and (value > self.limit if self.above else value < self.limit)

    def well(self, value: float | None) -> bool:
        """Whether it is well within, and not just within."""
        margin = self.limit * MARGIN
        margin = math.floor(margin) if self.counts else margin
        return value is None or (value <= self.limit - margin if self.above else value >= self.limit + margin)


@dataclass(frozen=True, slots=True)
class Watch:
    """A bound that was passed, as it was at the last look."""

    noticed_at: datetime
    seen_at: datetime
    opened_at: datetime | None = None
    well_since: datetime | None = None
    cleared_at: datetime | None = None


def rule_of(threshold: Threshold) -> Rule:
    """The bound an admin has set."""
    above = threshold.comparison == Threshold.Comparison.ABOVE
    return Rule(above, threshold.value, threshold.for_s, counts=threshold.metric in _COUNTS)


def look(rule: Rule, watch: Watch | None, value: float | None, at: datetime) -> Watch | None:
    """What is to be remembered after a look at `at`; None: nothing (more). Later than any look before."""
    if watch is None or watch.opened_at is None:
        if not rule.beyond(value):
            return None
        since = at if watch is None or _silent(watch, at) else watch.noticed_at
        lasted = (at - since).total_seconds() >= rule.for_s
        return Watch(noticed_at=since, seen_at=at, opened_at=at if lasted else None)
    if not rule.well(value):
        return replace(watch, seen_at=at, well_since=None)
    since = at if watch.well_since is None or _silent(watch, at) else watch.well_since
    return replace(watch, seen_at=at, well_since=since, cleared_at=at if at - since >= QUIET else None)


def _silent(watch: Watch, at: datetime) -> bool:
    return at - watch.seen_at > SILENCE


def figure(floor: Floor, metric: str, queue: str = "") -> float | None:
    """The figure of a queue by its slug, or of all ("") together; None if there is nothing to say. Raises Unknown."""
    if metric in _RATES:
        return _rate(floor, _RATES[Metric(metric)], queue)
    waiting = [place for place in floor.waiting if queue in ("", place.queue)]
    owed = [place for place in floor.owed if queue in ("", place.queue)]
    if metric == Metric.WAITING:
        return len(waiting)
    if metric == Metric.LONGEST_WAIT:
        return floor.seconds(waiting[0].entered_at) if waiting else 0.0
    if metric == Metric.CALLBACKS_OWED:
        return len(owed)
    if metric == Metric.OLDEST_CALLBACK:
        return floor.seconds(owed[0].entered_at) if owed else 0.0
    if metric == Metric.DEBTS_OPEN:
        return floor.debts[0]
    at_work = [one.state for one in floor.operators if one.state in _AT_WORK]
    if metric == Metric.OPERATORS_READY:
        return at_work.count(State.READY)
    return 0 if at_work else len(waiting)


def _rate(floor: Floor, name: str, queue: str) -> float | None:
    """In per cent."""
    if not floor.today.adds_up:
        raise Unknown
    rates = floor.today.by_queue.get(queue, {}) if queue else floor.today.total
    if (rates.get("offered") or 0) < ENOUGH or rates.get(name) is None:
        return None
    return rates[name] * 100
