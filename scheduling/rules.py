"""Who may have what, how long a seat is held, how far it is. Pure: no database, no clock."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple, Protocol

HOLD_S = 600  # a hold's full time; every step at the desk gives it anew
_EARTH_MILES = 3958.8  # mean radius


class Rule(Protocol):
    """What is asked of a rule; `EligibilityRule` is one."""

    min_age: int
    max_age: int | None
    category: str


class Verdict(NamedTuple):
    """May they, and the rules that say so: those that hold or, for a no, all there are, to be read to the caller."""

    ok: bool
    rules: Sequence[Rule]
    reasons: Sequence[str] = ()

    def __bool__(self) -> bool:
        return self.ok


def age_on(born_on: date, day: date) -> int:
    """Whole years. Who was born on 29 February is a year older on 1 March where there is no such day."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def holds(rule: Rule, *, age: int, category: str = "") -> bool:
    """Whether the age is in its range and the category, where it names one, is the caller's."""
    if age < rule.min_age or (rule.max_age is not None and age > rule.max_age):
        return False
    return not rule.category or rule.category == category


def judge(rules: Iterable[Rule], *, born_on: date, day: date, category: str = "") -> Verdict:
    """Any rule that holds is enough; none at all means everybody. Nobody is eligible before they are born."""
    rules = tuple(rules)
    age = age_on(born_on, day)
    good = tuple(rule for rule in rules if age >= 0 and holds(rule, age=age, category=category))
    if good or (not rules and age >= 0):
        return Verdict(True, good)
    return Verdict(False, rules)


def held_until(at: datetime) -> datetime:
    """When a hold made or renewed at `at` runs out."""
    return at + timedelta(seconds=HOLD_S)


def miles(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Great-circle distance in miles of two points in degrees (haversine)."""
    north, other_north = radians(latitude), radians(other_latitude)
    half_up, half_across = (other_north - north) / 2, radians(other_longitude - longitude) / 2
    chord = sin(half_up) ** 2 + cos(north) * cos(other_north) * sin(half_across) ** 2
    return 2 * _EARTH_MILES * asin(min(1.0, sqrt(chord)))
