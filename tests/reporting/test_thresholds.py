"""The rule that opens and clears alerts, without a database."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from reporting.thresholds import QUIET, SILENCE, Rule, look
from tests.reporting.factories import at

NOON = at(12)
EVERY = 5
rules = some.builds(
    Rule,
    above=some.booleans(),
    limit=some.integers(0, 100).map(float),
    for_s=some.integers(0, 60),
    counts=some.booleans(),
)
values = some.none() | some.integers(0, 120).map(float)


def watched(rule, figures, every=EVERY):
    """(moment, figure, watch) after each look, `every` seconds apart; a cleared alert is forgotten."""
    watch, story = None, []
    for n, value in enumerate(figures):
        moment = NOON + timedelta(seconds=every * n)
        watch = look(rule, watch, value, moment)
        story.append((moment, value, watch))
        if watch is not None and watch.cleared_at is not None:
            watch = None
    return story


def words(story):
    return [
        "" if watch is None
        else "cleared" if watch.cleared_at
        else "open" if watch.opened_at
        else "noticed"
        for _moment, _value, watch in story
    ]  # fmt: skip


def test_it_must_last_before_anybody_is_told():
    assert words(watched(Rule(True, 10, for_s=10), [9, 11, 11, 11])) == ["", "noticed", "noticed", "open"]
    assert words(watched(Rule(True, 10, for_s=10), [11, 11, 10, 11, 11])) == [
        "noticed", "noticed", "", "noticed", "noticed",
    ]  # fmt: skip


def test_at_the_bound_is_within_it():
    assert words(watched(Rule(True, 10), [10, 10.1])) == ["", "open"]
    assert words(watched(Rule(False, 10), [10, 9.9])) == ["", "open"]


def test_a_figure_that_trembles_at_its_bound_is_one_alert():
    assert words(watched(Rule(True, 300), [301, 299, 301, 299, 290, 301, 299, 299, 299, 299])) == ["open"] * 10


def test_it_clears_when_it_has_been_well_for_a_while():
    assert words(watched(Rule(True, 300), [301, 285, 285, 285, 285])) == ["open"] * 4 + ["cleared"]
    assert words(watched(Rule(True, 300), [301, 285, 285, 286, 285, 285])) == ["open"] * 6


@pytest.mark.parametrize(("rule", "bad", "good"), [
    (Rule(True, 0, counts=True), 1, 0),
    (Rule(False, 1, counts=True), 0, 1),
    (Rule(False, 80.0), 79, 84),
    (Rule(True, 5.0), 5.1, None),
])  # fmt: skip
def test_every_bound_can_be_cleared(rule, bad, good):
    assert words(watched(rule, [bad, good, good, good, good]))[-1] == "cleared"


def test_what_nobody_looked_at_is_no_evidence():
    rule = Rule(True, 10, for_s=60)
    noticed = look(rule, None, 11, NOON)
    after = NOON + SILENCE + timedelta(seconds=31)
    assert look(rule, noticed, 11, after).opened_at is None
    opened = look(Rule(True, 10), None, 11, NOON)
    well = look(Rule(True, 10), opened, 0, NOON + timedelta(seconds=5))
    assert look(Rule(True, 10), well, 0, NOON + timedelta(hours=1)).cleared_at is None


@given(rules, some.lists(values, max_size=40), some.integers(1, 29))
def test_whatever_happens(rule, figures, every):
    story = watched(rule, figures, every)
    beyond_since = well_since = None
    before = None
    for moment, value, watch in story:
        beyond_since = (beyond_since or moment) if rule.beyond(value) else None
        well_since = (well_since or moment) if rule.well(value) else None
        if watch is not None and watch.opened_at == moment:
            assert before is None or before.opened_at is None, "opened twice"
            assert beyond_since is not None
            assert (moment - beyond_since).total_seconds() >= rule.for_s, "did not last"
        if watch is not None and watch.cleared_at is not None:
            assert before is not None
            assert before.opened_at is not None, "cleared what was never open"
            assert moment - well_since >= QUIET, "cleared too soon"
        if before is not None and before.opened_at is not None:
            assert watch is not None, "an open alert vanished"
            assert watch.opened_at == before.opened_at
        if beyond_since is not None and (moment - beyond_since).total_seconds() >= rule.for_s:
            assert watch is not None
            assert watch.opened_at is not None, "not told though it lasted"
        before = None if watch is None or watch.cleared_at else watch


@given(rules, values)
def test_beyond_is_never_well(rule, value):
    assert not (rule.beyond(value) and rule.well(value))
