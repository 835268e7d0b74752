"""No more promises than the operators' minutes until closing can keep: the rule by itself."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floor import promising, spoken
from floor.promising import Staff

ZONE = ZoneInfo("America/Chicago")
NOW = datetime(2026, 11, 10, 16, 5, tzinfo=UTC)  # 10:05 AM
HOUR = timedelta(hours=1)
TODAY = (NOW, datetime(2026, 11, 10, 23, tzinfo=UTC))
TOMORROW = (datetime(2026, 11, 11, 14, tzinfo=UTC), datetime(2026, 11, 11, 23, tzinfo=UTC))


@pytest.mark.parametrize(
    ("minutes_left", "in_line", "operators", "may"),
    [(60, 23, 2, True), (60, 24, 2, False), (5, 0, 1, True), (4, 0, 1, False), (600, 0, 0, False)],
)
def test_five_minutes_a_call(minutes_left, in_line, operators, may):
    closes = NOW + timedelta(minutes=minutes_left)
    staff = Staff(operators, 300.0)
    assert promising.may_keep_place(at=NOW, closes=closes, in_line=in_line, staff=staff) is may


def test_who_never_closes_can_always_promise():
    assert promising.may_keep_place(at=NOW, closes=None, in_line=10_000, staff=Staff(0))


@given(left=st.integers(0, 700), operators=st.integers(1, 90), aht_s=st.floats(30, 1200), in_line=st.integers(0, 500))
def test_what_is_promised_can_be_kept(left, operators, aht_s, in_line):
    """With a promise made whenever it may be, the work in line never exceeds the minutes that are left."""
    staff, closes = Staff(operators, aht_s), NOW + timedelta(minutes=left)
    if promising.may_keep_place(at=NOW, closes=closes, in_line=in_line, staff=staff):
        assert (in_line + 1) * aht_s <= operators * left * 60 + 0.01


def window(**more):
    facts = {
        "at": NOW,
        "spans": [TODAY, TOMORROW],
        "length": HOUR,
        "lead": HOUR,
        "in_line": 0,
        "promised": [],
        "staff": Staff(2, 300.0),
        "zone": ZONE,
    }
    return promising.window(**{**facts, **more})


def test_the_first_half_hour_after_the_lead():
    start = datetime(2026, 11, 10, 17, 30, tzinfo=UTC)
    assert window() == (start, start + HOUR)


def test_not_before_the_present_line_has_been_served():
    """72 calls of five minutes keep two operators busy for three hours."""
    assert window(in_line=72)[0] == datetime(2026, 11, 10, 19, 30, tzinfo=UTC)


def test_half_of_a_window_may_be_promised_and_then_the_next_one_is():
    first = window()
    assert window(promised=[first] * 11) == first, "twelve of its twenty-four calls"
    start, _ = window(promised=[first] * 12)
    assert start == first[1]


def test_a_window_ends_by_closing_so_a_late_one_is_on_the_next_open_day():
    late = datetime(2026, 11, 10, 21, 45, tzinfo=UTC)
    assert window(at=late, spans=[(late, TODAY[1]), TOMORROW])[0] == TOMORROW[0]


def test_with_nobody_at_work_it_is_another_day():
    assert window(staff=Staff(0))[0] == TOMORROW[0]


def test_no_open_hours_no_window():
    assert window(spans=[]) is None


def test_the_mean_of_few_talks_says_nothing():
    assert promising.aht([10.0] * 9) == promising.AHT_S
    assert promising.aht([10.0] * 10) == 10.0


@given(
    taken=st.lists(st.integers(0, 20), max_size=40),
    in_line=st.integers(0, 60),
    operators=st.integers(0, 20),
    length=st.sampled_from([15, 30, 60, 120]),
)
def test_a_window_lies_in_open_hours_begins_on_the_grid_and_is_not_full(taken, in_line, operators, length):
    long = timedelta(minutes=length)
    promised = [(TODAY[0] + n * HOUR / 2, TODAY[0] + n * HOUR / 2 + long) for n in taken]
    staff = Staff(operators, 300.0)
    found = window(promised=promised, in_line=in_line, staff=staff, length=long)
    if found is None:
        return
    start, end = found
    assert any(opens <= start and end <= closes for opens, closes in (TODAY, TOMORROW))
    assert start.astimezone(ZONE).minute % 30 == 0
    assert end - start == long
    assert start >= NOW + HOUR
    overlapping = sum(a < end and start < b for a, b in promised)
    assert overlapping < max(1, length * 60 * max(operators, 1) / 300.0 / 2)


# ---- how it is said ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "minutes", "english", "spanish"),
    [
        ("2026-11-10T14:00", 60, "today between 2 and 3 PM", "hoy entre las 2 y las 3 de la tarde"),
        ("2026-11-10T12:30", 60, "today between 12:30 and 1:30 PM", "hoy entre las 12:30 y la 1:30 de la tarde"),
        (
            "2026-11-11T11:30",
            60,
            "tomorrow between 11:30 AM and 12:30 PM",
            "mañana entre las 11:30 de la mañana y las 12:30 de la tarde",
        ),
        ("2026-11-13T09:00", 60, "on Friday between 9 and 10 AM", "el viernes entre las 9 y las 10 de la mañana"),
    ],
)
def test_windows_in_words(start, minutes, english, spanish):
    first = datetime.fromisoformat(start).replace(tzinfo=ZONE)
    last = first + timedelta(minutes=minutes)
    assert spoken.window(first, last, zone=ZONE, at=NOW, language="en") == english
    assert spoken.window(first, last, zone=ZONE, at=NOW, language="es") == spanish


@pytest.mark.parametrize(
    ("number", "words"),
    [("+16015550142", "6, 0, 1. 5, 5, 5. 0, 1, 4, 2"), ("+447700900142", "4, 4, 7. 7, 0, 0. 9, 0, 0, 1, 4, 2")],
)
def test_numbers_digit_by_digit(number, words):
    assert spoken.number(number) == words
