"""How long a caller will wait, as a range that may be said aloud. Pure: numbers in, a range or silence out.

The model (docs/metrics.md, "Estimated wait"): with q tickets ahead, operators set one free at the rate N/AHT, and the
live callers among them give up at the rate live/patience each. The wait is then a sum of q + 1 exponential times, whose
mean and variance are sums; its median and 85 % point are read off the gamma distribution with the same two.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

AHT_S, PATIENCE_S = 360.0, 450.0  # while there is no history
PRIOR = 20  # how many calls those two weigh as much as
DOUBT = 0.10  # of the mean: what the model does not know (who logs off, whether calls go on being that long)
VAGUE = 1.5, 300  # a range wider than so many times its lower figure and so many seconds says nothing
STEPS_MIN = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 35, 40, 50, 60, 75, 90)  # what one says aloud
LONG_S = STEPS_MIN[-1] * 60  # beyond that, silence: such a number helps nobody and is never right

_STEPS = tuple(60 * minutes for minutes in STEPS_MIN)
_MIDDLES = tuple((low + high) / 2 for low, high in zip(_STEPS, _STEPS[1:], strict=False))
_UPPER = 1.0364  # the normal distribution's 85 % point: rounding up to a step makes nine in ten of it


@dataclass(frozen=True, slots=True)
class Range:
    """A waiting time as it is said: whole steps, in seconds.

    `low_s` is about the median; nine in ten are served by `high_s`.
    """

    low_s: int
    high_s: int


@dataclass(frozen=True, slots=True)
class Ahead:
    """Who stands before a caller and for how many operators they wait together. `live` of the `tickets` may give up."""

    tickets: int
    live: int
    operators: int


@dataclass(frozen=True, slots=True)
class Group:
    """Tickets with one need ahead of a caller, and the operators who can serve them."""

    tickets: int
    live: int
    operators: frozenset[int]


def binding(own: Group, others: Sequence[Group]) -> Ahead:
    """What a caller really waits for, where needs share operators.

    In strict order of rank three bounds decide: those with the same need before the operators who have it; everybody
    who competes for these before all operators of theirs; or, if fewer wait for them, before those who serve this need
    alone. (Counting an operator in shares of the queues they serve would be wrong at both ends: ten Spanish callers do
    not keep sixty English-only operators busy, nor do forty English ones fill up the bilingual ones first.)
    """
    rivals = [group for group in others if group.tickets and group.operators & own.operators]
    mine = Ahead(own.tickets, own.live, len(own.operators))
    if not rivals:
        return mine
    union = own.operators.union(*(group.operators for group in rivals))
    pooled = Ahead(
        own.tickets + sum(group.tickets for group in rivals), own.live + sum(group.live for group in rivals), len(union)
    )
    alone = len(own.operators.difference(*(group.operators for group in rivals)))
    shared = min([pooled, *([Ahead(own.tickets, own.live, alone)] if alone else [])], key=_load)
    return max(mine, shared, key=_load)


def _load(ahead: Ahead) -> float:
    return (ahead.tickets + 1) / max(ahead.operators, 0.001)


def moments(ahead: Ahead, *, aht_s: float, patience_s: float) -> tuple[float, float]:
    """Mean and variance of the wait, in s and s². `operators` must not be 0."""
    served = ahead.operators / aht_s
    leaving = ahead.live / max(1, ahead.tickets) / patience_s  # of each ticket, some of which are held for a call-back
    mean = variance = 0.0
    for still_ahead in range(ahead.tickets + 1):
        time = 1 / (served + still_ahead * leaving)
        mean += time
        variance += time * time
    return mean, variance


def quantiles(mean: float, variance: float) -> tuple[float, float]:
    """Median and 85 % point of the gamma distribution with these moments (Wilson and Hilferty)."""
    ninth = variance / (9 * mean * mean)

    def point(z: float) -> float:
        return mean * max(0.0, 1 - ninth + z * sqrt(ninth)) ** 3

    return point(0.0), point(_UPPER)


def estimate(ahead: Ahead, *, aht_s: float = AHT_S, patience_s: float = PATIENCE_S, calls: int = 1000) -> Range | None:
    """The range for somebody behind `ahead`; None where nobody works, or where it would be very long or very vague.

    `calls`: how many conversations `aht_s` was learned from; with few of them the range is wider. The upper figure is
    rounded up, so that it is kept; the lower one to the nearest step: rounded up too it would be a second upper one.
    """
    if ahead.operators <= 0:
        return None
    mean, variance = moments(ahead, aht_s=aht_s, patience_s=patience_s)
    doubt = DOUBT**2 + 1 / (PRIOR + calls)
    low, high = quantiles(mean, variance + doubt * mean * mean)
    if high > LONG_S:
        return None
    found = Range(_STEPS[bisect_left(_MIDDLES, low)], _STEPS[bisect_left(_STEPS, high)])
    times, more = VAGUE
    return found if found.high_s - found.low_s <= times * found.low_s + more else None


def announced(new: Range | None, before: Range | None, *, open_for_s: float | None = None) -> Range | None:
    """What is said now, given what this caller heard `before`: the upper figure never grows. None: say nothing.

    `open_for_s`: nobody is served later than that from now; None where closing does not cut anybody off.
    """
    if new is None:
        return None
    high = min(new.high_s, before.high_s) if before else new.high_s
    if open_for_s is not None:
        steps_left = bisect_right(_STEPS, open_for_s)
        if not steps_left or new.low_s > open_for_s:
            return None
        high = min(high, _STEPS[steps_left - 1])
    low = min(new.low_s, before.low_s if before else new.low_s, high)
    return Range(low, high)


def history(total_s: float, count: int, *, default_s: float) -> float:
    """A mean in s that begins at a sane default and gives way to what was counted."""
    return (default_s * PRIOR + total_s) / (PRIOR + count)
