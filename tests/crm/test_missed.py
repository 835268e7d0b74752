"""What a missed call is, and how spells of it go together."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.ledger import FATES
from crm.missed import Moment, What, kind_of, spells

T0 = datetime(2026, 11, 10, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fate", "more", "kind"),
    [
        ("abandoned", {"wait_s": 5.0}, "abandoned"),
        ("abandoned", {"wait_s": 4.9}, ""),
        ("abandoned", {"wait_s": 9.0, "short_s": 10}, ""),
        ("ivr_abandoned", {"chosen": True}, "menu_drop"),
        ("ivr_abandoned", {}, ""),
        ("closed", {}, "closed"),
        ("voicemail", {"wait_s": 1}, "voicemail"),
        ("answered", {}, ""),
        ("callback_cancelled", {}, ""),
        ("ivr_contained", {}, ""),
    ],
)
def test_which_ends_are_misses(fate, more, kind):
    assert kind_of(fate, **more) == kind


def test_every_fate_is_known():
    missed = {str(fate) for fate in FATES if kind_of(str(fate), wait_s=60, chosen=True)}
    assert missed == {"abandoned", "closed", "ivr_abandoned", "callback_failed", "turned_away", "voicemail"}


def moment(number: str, after: int, what: What) -> Moment:
    return Moment(number, T0 + timedelta(seconds=after), what)


def test_a_spell_collapses_repeats_and_ends_when_they_have_been_spoken_with():
    of = [
        moment("a", 0, What.TRIED),  # before anything was missed: of another story
        moment("a", 10, What.MISSED),
        moment("a", 20, What.TRIED),
        moment("a", 25, What.TRIED),
        moment("a", 30, What.MISSED),
        moment("a", 40, What.BY_US),
        moment("a", 50, What.BY_CALLER),
        moment("a", 60, What.MISSED),
    ]
    first, second = spells(of)["a"]
    assert (first.calls, first.since, first.last) == (2, of[1].at, of[4].at)
    assert (first.tried_at, first.ended_at, first.by_us) == (of[2].at, of[5].at, True)
    assert (second.since, second.tried_at, second.ended_at) == (of[7].at, None, None)


moments = st.lists(
    st.builds(moment, st.sampled_from(["", "a", "b"]), st.integers(0, 9), st.sampled_from(list(What))), max_size=25
)


@given(moments, st.randoms())
def test_any_order_tells_the_same_and_nobody_is_lost(told, dice):
    found = spells(told)
    dice.shuffle(told)
    assert spells(told) == found
    assert set(found) == {m.number for m in told if m.number and m.what == What.MISSED}
    for number, mine in found.items():
        assert sum(s.calls for s in mine) == sum(m.number == number and m.what == What.MISSED for m in told)
        assert all(s.ended_at is not None for s in mine[:-1])
        assert all(s.since <= s.last <= (s.ended_at or s.last) for s in mine)
