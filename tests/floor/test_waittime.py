"""The waiting time that is announced: when it speaks, how it moves, and that it does not grow."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floor import waittime
from floor.waittime import STEPS_MIN, Ahead, Group, Range, announced, binding, estimate

tickets = st.integers(0, 300)
operators = st.integers(1, 120)
aht = st.floats(60, 1800)
patience = st.floats(60, 3600)
ranges = st.tuples(st.sampled_from(STEPS_MIN), st.sampled_from(STEPS_MIN)).map(
    lambda two: Range(60 * min(two), 60 * max(two))
)


@given(tickets, tickets, operators, aht, patience)
def test_the_mean_is_the_one_of_the_definition(q, live, n, aht_s, patience_s):
    live = min(live, q)
    mean, _ = waittime.moments(Ahead(q, live, n), aht_s=aht_s, patience_s=patience_s)
    by_hand = sum(1 / (n / aht_s + (i * live / max(1, q)) / patience_s) for i in range(q + 1))
    assert mean == pytest.approx(by_hand)


@given(tickets, operators, aht, patience)
def test_what_is_said_is_made_of_steps_and_in_order(q, n, aht_s, patience_s):
    said = estimate(Ahead(q, q, n), aht_s=aht_s, patience_s=patience_s)
    if said is not None:
        assert said.low_s <= said.high_s
        assert {said.low_s // 60, said.high_s // 60} <= set(STEPS_MIN)
        assert said.low_s % 60 == said.high_s % 60 == 0


@given(tickets, st.integers(1, 50), operators, aht, patience)
def test_more_people_ahead_never_make_it_shorter(q, more, n, aht_s, patience_s):
    fewer = waittime.quantiles(*waittime.moments(Ahead(q, q, n), aht_s=aht_s, patience_s=patience_s))
    longer = waittime.quantiles(*waittime.moments(Ahead(q + more, q + more, n), aht_s=aht_s, patience_s=patience_s))
    assert longer[0] >= fewer[0]
    assert longer[1] >= fewer[1]


@given(tickets, operators, st.integers(1, 50))
def test_more_operators_never_make_it_longer(q, n, more):
    few, many = estimate(Ahead(q, q, n)), estimate(Ahead(q, q, n + more))
    if few and many:
        assert many.high_s <= few.high_s
        assert many.low_s <= few.low_s


@given(st.lists(st.tuples(st.none() | ranges, st.none() | st.floats(0, 20_000)), max_size=20))
def test_it_never_grows_for_the_same_caller_and_never_lies_beyond_closing(rounds):
    before = None
    for new, open_for_s in rounds:
        said = announced(new, before, open_for_s=open_for_s)
        if said is None:
            continue
        assert before is None or (said.high_s <= before.high_s and said.low_s <= before.low_s)
        assert said.low_s <= said.high_s
        assert open_for_s is None or said.high_s <= open_for_s
        before = said


@pytest.mark.parametrize(
    "ahead",
    [Ahead(0, 0, 0), Ahead(200, 200, 1), Ahead(2000, 0, 20)],
    ids=["nobody works", "hours for one operator", "very long"],
)
def test_it_is_silent_where_it_cannot_know(ahead):
    assert estimate(ahead, patience_s=1e9) is None


def test_little_history_makes_the_range_wider_and_a_vague_one_is_not_said():
    known, new = estimate(Ahead(40, 40, 20), calls=1000), estimate(Ahead(40, 40, 20), calls=0)
    assert new.high_s - new.low_s >= known.high_s - known.low_s
    assert estimate(Ahead(0, 0, 1), aht_s=1800, calls=0) is None


def test_half_of_the_waits_lie_under_the_one_and_85_percent_under_the_other():
    dice = random.Random(7)
    n, q, aht_s, patience_s = 8, 12, 300, 600
    mean, variance = waittime.moments(Ahead(q, q, n), aht_s=aht_s, patience_s=patience_s)
    low, high = waittime.quantiles(mean, variance)
    rates = [n / aht_s + i / patience_s for i in range(q + 1)]
    waits = [sum(dice.expovariate(rate) for rate in rates) for _ in range(4000)]
    assert sum(wait <= low for wait in waits) / 4000 == pytest.approx(0.5, abs=0.03)
    assert sum(wait <= high for wait in waits) / 4000 == pytest.approx(0.85, abs=0.02)


ENGLISH, SPANISH = frozenset(range(80)), frozenset(range(20))


@pytest.mark.parametrize(
    ("own", "others", "expected"),
    [
        (Group(10, 10, SPANISH), [Group(40, 40, ENGLISH)], Ahead(50, 50, 80)),
        (Group(40, 40, SPANISH), [Group(10, 10, ENGLISH)], Ahead(40, 40, 20)),
        (Group(40, 40, ENGLISH), [Group(10, 10, SPANISH)], Ahead(50, 50, 80)),
        (Group(10, 10, ENGLISH), [Group(40, 40, SPANISH)], Ahead(10, 10, 60)),
        (Group(5, 5, SPANISH), [Group(99, 99, frozenset({200}))], Ahead(5, 5, 20)),
        (Group(5, 5, SPANISH), [], Ahead(5, 5, 20)),
    ],
    ids=["served in turn", "too many for the few", "pooled", "the few are busy anyway", "nothing shared", "alone"],
)
def test_whom_one_really_waits_for_where_operators_are_shared(own, others, expected):
    assert binding(own, others) == expected


@settings(max_examples=50)
@given(st.floats(0, 1e6), st.integers(0, 10_000))
def test_history_begins_at_the_default_and_lies_between(total_s, count):
    mean = waittime.history(total_s, count, default_s=360)
    assert waittime.history(0, 0, default_s=360) == 360
    counted = total_s / count if count else 360
    # Without a count there is nothing to have lasted.
    if count:
        assert min(360, counted) - 1e-6 <= mean <= max(360, counted) + 1e-6
