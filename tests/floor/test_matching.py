"""The choice itself, by table: who fits, who is first, who waits."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floor.matching import AVOID_S, NOTHING, Idle, Need, Pair, Step, Ticket, fit, need, pair

NOW = datetime(2026, 11, 10, 15, tzinfo=UTC)
SPANISH = Need({"spanish": 3}, (Step(60, "level", {"spanish": 1}), Step(300, "anyone", {})))


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def pairs(line, idle) -> list[tuple[int, int]]:
    return [(one.ticket.pk, one.idle.operator) for one in pair(line, idle, NOW)]


def ticket(pk: int, waited: float = 0, what: Need = NOTHING, **more) -> Ticket:
    return Ticket(pk, ago(waited), need=what, **more)


def idle(operator: int, since: float = 0, **levels: int) -> Idle:
    return Idle(operator, ago(since), levels)


def test_the_head_of_the_line_goes_to_the_operator_idle_longest():
    assert pairs([ticket(1), ticket(2), ticket(3)], [idle(7), idle(8)]) == [(1, 7), (2, 8)]


def test_no_more_of_the_line_is_read_than_there_are_operators():
    def line():
        yield ticket(1)
        raise AssertionError("read on")

    assert pairs(line(), [idle(7)]) == [(1, 7)]
    assert pairs(line(), []) == []


def test_who_needs_more_than_anybody_has_waits_and_the_next_is_served():
    assert pairs([ticket(1, 10, SPANISH), ticket(2)], [idle(7, spanish=2)]) == [(2, 7)]


def test_among_those_who_fit_the_longest_idle():
    assert pairs([ticket(1, 10, SPANISH)], [idle(7), idle(8, spanish=3), idle(9, spanish=5)]) == [(1, 8)]


@pytest.mark.parametrize(
    ("waited", "levels", "expected"),
    [
        (0, {"spanish": 3}, (True, None)),
        (0, {"spanish": 2}, (False, None)),
        (59.9, {"spanish": 2}, (False, None)),
        (60, {"spanish": 2}, (True, "level")),
        (60, {}, (False, None)),
        (300, {}, (True, "anyone")),
        (300, {"spanish": 3}, (True, None)),
    ],
)
def test_a_demand_is_relaxed_in_timed_steps(waited, levels, expected):
    assert fit(SPANISH, waited, levels) == expected


def test_several_skills_are_needed_all_of_them():
    both = Need({"spanish": 1, "booking": 2})
    assert not fit(both, 0, {"spanish": 5})[0]
    assert fit(both, 0, {"spanish": 1, "booking": 2})[0]


def test_the_preferred_operator_comes_before_the_longest_idle_and_needs_no_skill():
    (found,) = pair([ticket(1, 0, SPANISH, preferred=8)], [idle(7, spanish=5), idle(8)], NOW)
    assert (found.idle.operator, found.preferred) == (8, True)


def test_without_the_preferred_one_anybody_who_fits():
    assert pairs([ticket(1, preferred=8)], [idle(7)]) == [(1, 7)]


@pytest.mark.parametrize(("kept_until", "served"), [(NOW + timedelta(seconds=1), []), (NOW, [(1, 7)])])
def test_a_place_kept_for_somebody_goes_to_others_only_when_that_is_over(kept_until, served):
    assert pairs([ticket(1, preferred=8, kept_until=kept_until)], [idle(7)]) == served


def test_who_did_not_take_a_caller_is_not_rung_for_them_again_in_a_row():
    refused = {"refused_by": 7, "refused_at": ago(5)}
    assert pairs([ticket(1, 10, **refused)], [idle(7, 5)]) == []
    assert pairs([ticket(1, 10, **refused)], [idle(7, 5), idle(8)]) == [(1, 8)]
    assert pairs([ticket(1, 10, **refused), ticket(2)], [idle(7, 5)]) == [(2, 7)]
    assert pairs([ticket(1, 10, **refused)], [idle(7, 4)]) == [(1, 7)], "ready by their own doing since"


def test_better_late_than_never():
    refused = {"refused_by": 7, "refused_at": ago(AVOID_S)}
    assert pairs([ticket(1, AVOID_S, **refused)], [idle(7, AVOID_S)]) == [(1, 7)]


def test_equal_needs_are_spelled_alike_and_read_back():
    other = Need({"b": 1, "a": 2}, SPANISH.steps)
    assert other.text() == Need({"a": 2, "b": 1}, SPANISH.steps).text()
    assert need(other.text()) == other
    assert need("") == NOTHING


SKILLS = st.sampled_from(["en", "es", "book"])
needs = st.builds(
    Need,
    st.dictionaries(SKILLS, st.integers(1, 5), max_size=2),
    st.lists(
        st.builds(Step, st.sampled_from([0, 60, 300]), st.just("level"), st.dictionaries(SKILLS, st.integers(1, 5))),
        max_size=2,
    ).map(tuple),
)
lines = st.lists(st.tuples(st.integers(0, 400), needs), max_size=8).map(
    lambda rows: [ticket(n, waited, what) for n, (waited, what) in enumerate(rows)]
)
crews = st.lists(st.dictionaries(SKILLS, st.integers(1, 5)), max_size=5).map(
    lambda rows: [Idle(n, ago(100 - n), levels) for n, levels in enumerate(rows)]
)


@given(lines, crews)
def test_nobody_waits_for_whom_somebody_is_left_and_nobody_is_overtaken_without_a_reason(line, crew):
    made = pair(line, crew, NOW)
    _each_once(made)
    served = {one.ticket.pk: one.idle for one in made}
    left = [one for one in crew if one not in served.values()]
    for place in line:
        able = [one for one in crew if _fits(place, one)]
        if place.pk not in served:
            assert not [one for one in left if one in able]
            behind = [served[other.pk] for other in line[place.pk + 1 :] if other.pk in served]
            assert not [one for one in behind if one in able], "overtaken by somebody their operator could have served"
        else:
            assert served[place.pk] in able


def _fits(place: Ticket, one: Idle) -> bool:
    return fit(place.need, (NOW - place.virtual_start).total_seconds(), one.levels)[0]


def _each_once(made: list[Pair]) -> None:
    assert len({one.ticket.pk for one in made}) == len(made) == len({one.idle.operator for one in made})
