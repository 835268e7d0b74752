from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from scheduling import rules


def rule(min_age=0, max_age=None, category=""):
    return SimpleNamespace(min_age=min_age, max_age=max_age, category=category)


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        ("1961-01-21", "2026-01-20", 64),
        ("1961-01-21", "2026-01-21", 65),
        ("1961-12-31", "2026-01-01", 64),
        ("2026-01-01", "2026-01-01", 0),
        ("2026-01-02", "2026-01-01", -1),
        ("2004-02-29", "2022-02-28", 17),
        ("2004-02-29", "2022-03-01", 18),
        ("2004-02-29", "2024-02-29", 20),
    ],
)
def test_age_on_a_day(born, day, age):
    assert rules.age_on(date.fromisoformat(born), date.fromisoformat(day)) == age


@pytest.mark.parametrize(
    ("age", "category", "expected"),
    [(17, "", False), (18, "", False), (18, "health", True), (64, "health", True), (65, "health", False)]
    + [(40, "teacher", False)],
)
def test_a_rule_of_age_and_category(age, category, expected):
    assert rules.holds(rule(18, 64, "health"), age=age, category=category) is expected


SENIORS, WORKERS = rule(65), rule(18, 64, "health")


@pytest.mark.parametrize(
    ("which", "born", "category", "ok", "named"),
    [
        ([SENIORS, WORKERS], 1950, "", True, (SENIORS,)),
        ([SENIORS, WORKERS], 1990, "", False, (SENIORS, WORKERS)),
        ([SENIORS, WORKERS], 1990, "health", True, (WORKERS,)),
        ([], 1990, "", True, ()),
        ([], 2027, "", False, ()),
        ([rule()], 2027, "", False, None),
    ],
)
def test_any_rule_that_holds_is_enough_and_none_means_everybody(which, born, category, ok, named):
    verdict = rules.judge(which, born_on=date(born, 1, 1), day=date(2026, 11, 10), category=category)
    assert bool(verdict) is ok
    assert verdict.rules == (tuple(which) if named is None else named)


def test_a_hold_lasts_ten_minutes():
    at = datetime(2026, 11, 10, 15, tzinfo=UTC)
    assert rules.held_until(at) == datetime(2026, 11, 10, 15, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("one", "other", "miles"),
    [
        ((32.30, -90.18), (32.30, -90.18), 0),
        ((32.2988, -90.1848), (34.2576, -88.7034), 160.4),  # Jackson to Tupelo, as the crow flies
        ((0, 0), (0, 180), 12437.0),  # half way round: the root must not leave its range
    ],
)
def test_miles(one, other, miles):
    assert rules.miles(*one, *other) == pytest.approx(miles, rel=0.005)
    assert rules.miles(*other, *one) == pytest.approx(rules.miles(*one, *other))
