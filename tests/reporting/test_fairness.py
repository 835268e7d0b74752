"""Who was overtaken and why: each reason by a small story, and any history at all against an audit that goes through
the line one by one."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from floor.matching import NOTHING, Need, Step, fit, need
from reporting.fairness import Place, Reason, Taking, audit

NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)
SPANISH = Need({"spanish": 3}, (Step(60, "level", {"spanish": 1}),))
OP, OTHER = 7, 8


def s(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def place(pk, start, *takings, head_start=0, ended=None, what=NOTHING, **more) -> Place:
    """Takings: (pk, at, ended, how it ended, operator, levels), the last three optional."""
    offers = []
    for number, at, over, *how in takings:
        end, operator, levels = (*how, *("served", OP, {})[len(how) :])
        offers.append(
            Taking(
                number,
                pk,
                operator,
                s(at),
                None if over is None else s(over),
                end == "served",
                end == "refused",
                levels,
            )
        )
    ended = None if ended is None else s(ended)
    return Place(
        pk, pk * 100, s(start), s(start - head_start), s(start), ended, what.text() if what.levels else "",
        takings=tuple(offers), **more,
    )  # fmt: skip


def found(*places, slack=0, ready=None, until=10_000):
    return audit(
        places, NOON, s(until), ready_since=ready or {OP: [s(0)], OTHER: [s(0)]}, slack=timedelta(seconds=slack)
    )


def reasons(*places, **more) -> dict:
    """Reasons that were found, with how often; the unexplained under their own name."""
    told = found(*places, **more)
    return {str(name): times for name, times in told.by_reason.items() if times} | (
        {"unexplained": told.unexplained} if told.unexplained else {}
    )


def test_who_comes_first_and_is_served_first_overtakes_nobody():
    assert reasons(place(1, 0, (1, 10, 60)), place(2, 5, (2, 20, 90))) == {}


def test_an_overtake_without_a_reason_is_named_by_call_and_operator():
    told = found(place(1, 0, (2, 20, 60)), place(2, 5, (1, 10, 90)))
    assert (told.unexplained, sum(told.by_reason.values())) == (1, 0)
    (case,) = told.cases
    assert (case.overtaken, case.by, case.operator, case.at) == (100, 200, OP, s(10))
    assert told.most == ((100, 1),)
    assert (told.takings, told.callers) == (2, 1)


def test_who_left_or_has_not_come_was_not_overtaken():
    assert reasons(place(1, 0, ended=9), place(2, 5, (1, 10, 90))) == {}
    assert reasons(place(1, 0, ended=10), place(2, 5, (1, 10, 90))) == {}, "gone in that very moment"
    assert reasons(place(1, 11), place(2, 5, (1, 10, 90))) == {}


def test_who_talks_is_not_in_line():
    assert reasons(place(1, 0, (1, 6, 60), ended=60), place(2, 5, (2, 10, 90))) == {}


def test_two_served_in_one_moment_overtake_nobody():
    assert reasons(place(1, 0, (2, 10, 60)), place(2, 5, (1, 10, 90))) == {}


@pytest.mark.parametrize(
    ("levels", "waits_until", "reason"),
    [
        ({}, 100, "skill"),
        ({"spanish": 2}, 30, "relaxed"),
        ({"spanish": 2}, 60, "unexplained"),
        ({"spanish": 3}, 30, "unexplained"),
    ],
)
def test_what_the_operator_can_and_how_long_was_waited(levels, waits_until, reason):
    other = place(2, 5, (1, waits_until, 500, "served", OP, levels))
    assert reasons(place(1, 0, what=SPANISH), other) == {reason: 1}


def test_a_head_start():
    assert reasons(place(1, 0), place(2, 5, (1, 10, 90), head_start=6)) == {"head_start": 1}
    assert reasons(place(1, 0), place(2, 5, (1, 10, 90), head_start=4)) == {"unexplained": 1}
    assert reasons(place(1, 0, head_start=30), place(2, 5, (1, 10, 90), head_start=31)) == {"unexplained": 1}


def test_kept_for_an_operator_they_know():
    assert reasons(place(1, 0, preferred=OTHER, kept_until=s(20)), place(2, 5, (1, 10, 90))) == {"preferred": 1}
    assert reasons(place(1, 0, preferred=OTHER, kept_until=s(9)), place(2, 5, (1, 10, 90))) == {"unexplained": 1}
    assert reasons(place(1, 0, preferred=OP, kept_until=s(20)), place(2, 5, (1, 10, 90))) == {"unexplained": 1}


REFUSED = (1, 1, 10, "refused", OP)


def test_an_operator_who_has_just_not_taken_them():
    assert reasons(place(1, 0, REFUSED), place(2, 5, (2, 12, 90))) == {"refused_ring": 1}
    assert reasons(place(1, 0, REFUSED), place(2, 5, (2, 70, 90))) == {"unexplained": 1}, "a minute later"
    assert reasons(place(1, 0, REFUSED), place(2, 5, (2, 12, 90, "served", OTHER))) == {"unexplained": 1}
    assert reasons(place(1, 0, REFUSED), place(2, 5, (2, 12, 90)), ready={OP: [s(0), s(10), s(11)]}) == {
        "unexplained": 1
    }, "they had shown that they are there"


def test_in_the_moment_of_a_refusal():
    assert reasons(place(1, 0, REFUSED), place(2, 5, (2, 10, 90))) == {"refused_ring": 1}
    assert reasons(place(1, 0, REFUSED), place(2, 5, (2, 10, 90, "served", OTHER))) == {"put_back": 1}


def test_while_a_ring_that_came_to_nothing_was_under_way():
    withdrawn = (1, 1, 10, "withdrawn", OTHER)
    assert reasons(place(1, 0, withdrawn), place(2, 5, (2, 7, 90))) == {"put_back": 1}
    assert reasons(place(1, 0, withdrawn), place(2, 5, (2, 11, 90))) == {"unexplained": 1}
    assert reasons(place(1, 0, withdrawn, ended=10), place(2, 5, (2, 7, 90))) == {}, "they hung up"


def test_a_ring_refused_at_once_and_the_next_in_the_same_moment_cost_nothing():
    twice = ((1, 1, 1, "refused", OP), (2, 1, 60, "served", OTHER))
    assert reasons(place(1, 0, *twice, ended=60), place(2, 0.5, (3, 1, 90))) == {}


def test_a_call_back_at_rest_and_due_again():
    rests = ((s(8), s(20)),)
    assert reasons(place(1, 0, rests=rests), place(2, 5, (1, 10, 90))) == {"resting": 1}
    assert reasons(place(1, 0, rests=rests), place(2, 5, (1, 20, 90))) == {"unexplained": 1}
    assert reasons(place(1, 0, rests=rests), place(2, 5, (1, 7, 90))) == {"unexplained": 1}


def test_moved_by_a_supervisor():
    assert reasons(place(1, 0, moved=s(3)), place(2, 5, (1, 10, 90))) == {"moved": 1}
    assert reasons(place(1, 0), place(2, 5, (1, 10, 90), moved=s(6), head_start=50)) == {"moved": 1}
    assert reasons(place(1, 0), place(2, 5, (1, 10, 90), moved=s(11))) == {"unexplained": 1}, "only later"


def test_what_is_written_within_the_slack_accuses_nobody():
    assert reasons(place(1, 4.5), place(2, 4.9, (1, 5, 90)), slack=1) == {}
    assert reasons(place(1, 0, ended=5.5), place(2, 1, (1, 5, 90)), slack=1) == {}
    assert reasons(place(1, 0, ended=6.5), place(2, 1, (1, 5, 90)), slack=1) == {"unexplained": 1}
    assert reasons(place(1, 0, (1, 1, 4.5, "withdrawn", OTHER)), place(2, 2, (2, 5, 90)), slack=1) == {"put_back": 1}


def test_only_takings_of_the_range_are_judged():
    assert reasons(place(1, 0), place(2, 5, (1, 10, 90)), until=10) == {}


# ---- against an audit that goes through the line ------------------------------------------------------------------

SKILLS = st.dictionaries(st.sampled_from(["a", "b"]), st.integers(1, 3), max_size=2)
NEEDS = st.builds(
    Need, SKILLS, st.lists(st.builds(Step, st.integers(1, 8), st.just("level"), SKILLS), max_size=2).map(tuple)
)


@st.composite
def histories(draw):
    """Places as a floor could have left them: takings one after the other, a conversation last."""
    places, numbers = [], iter(range(1, 1000))
    for pk in range(1, draw(st.integers(2, 7)) + 1):
        start = draw(st.integers(0, 12))
        now, takings = start, []
        for _ in range(draw(st.integers(0, 2))):
            now += draw(st.integers(0, 3))
            over = now + draw(st.integers(0, 3))
            end = draw(st.sampled_from(["refused", "withdrawn"]))
            takings.append((now, over, end, draw(st.sampled_from([OP, OTHER])), draw(SKILLS)))
            now = over
        ended = None
        if draw(st.booleans()):
            now += draw(st.integers(0, 4))
            ended = now + 2
            takings.append((now, ended, "served", OP, draw(SKILLS)))
        elif draw(st.booleans()):
            ended = now + draw(st.integers(0, 4))
        rests = draw(st.sampled_from([(), ((s(start + 2), s(start + 5)),)]))
        places.append((pk, start, takings, ended, rests, draw(st.sampled_from([0, 0, 3])), draw(NEEDS)))
    order = sorted((at, pk, n) for pk, _, takings, *_ in places for n, (at, *_) in enumerate(takings))
    number = {(pk, n): next(numbers) for _, pk, n in order}
    return [
        place(pk, start, *((number[pk, n], *one) for n, one in enumerate(takings)), ended=ended, rests=rests,
              head_start=head_start, what=what)
        for pk, start, takings, ended, rests, head_start, what in places
    ]  # fmt: skip


def one_by_one(places):
    """(reasons, overtakes of each call) by looking at every pair."""
    told, each = Counter(), Counter()
    for by in places:
        for taking in by.takings:
            for one in places:
                if (one.start, one.pk) < (by.start, by.pk) and (why := _why(one, by, taking)):
                    told[why] += 1
                    each[one.call] += 1
    return told, each


def _why(one, by, taking):
    now = taking.at
    if one.entered > now or (one.ended is not None and one.ended <= now):
        return None
    before = [t for t in one.takings if t.at <= now]
    after = next((t.at for t in one.takings if t not in before), one.ended)
    if before:
        last = before[-1]
        if last.served:
            return None
        if now <= last.ended:
            stays = one.ended is None or one.ended > last.ended
            if not stays or (last.at == last.ended and after == last.ended):
                return None
            return "refused_ring" if last.refused and last.operator == taking.operator else "put_back"
    if any(since <= now < until for since, until in one.rests):
        return "resting"
    waited = (now - one.start).total_seconds()
    if not fit(need(one.need), waited, taking.levels)[0]:
        return "relaxed" if fit(need(one.need), 10**6, taking.levels)[0] else "skill"
    if (by.rank, by.pk) <= (one.rank, one.pk):
        return "head_start"
    refused = [t for t in before if t.refused]
    return "refused_ring" if refused and refused[-1].operator == taking.operator else "unexplained"


@settings(max_examples=150, phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink])
@given(histories())
def test_any_history_is_judged_as_by_going_through_the_line(places):
    told = found(*places)
    reasons_of = {**{name: n for name, n in told.by_reason.items() if n}}
    if told.unexplained:
        reasons_of["unexplained"] = told.unexplained
    by_pair, each = one_by_one(places)
    assert reasons_of == dict(by_pair)
    assert dict(told.most) == dict(each)
    assert set(told.by_reason) == {str(reason) for reason in Reason}
