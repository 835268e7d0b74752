from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.slots import Span, cut, session_span

CHICAGO = ZoneInfo("America/Chicago")
FALL_BACK, SPRING_FORWARD, ORDINARY = date(2026, 10, 31), date(2027, 3, 13), date(2026, 11, 10)


def quarter_hours(day, opens=time(22), closes=time(6)):
    return cut(session_span(day, opens, closes, CHICAGO), 15)


@pytest.mark.parametrize(("night", "slots"), [(FALL_BACK, 36), (SPRING_FORWARD, 28), (ORDINARY, 32)])
def test_a_night_has_as_many_quarter_hours_as_really_pass(night, slots):
    spans = quarter_hours(night)
    assert len(spans) == slots
    assert all(span.ends_at - span.starts_at == timedelta(minutes=15) for span in spans)
    assert all(one.ends_at == after.starts_at for one, after in zip(spans, spans[1:], strict=False))
    assert spans[0].starts_at.astimezone(CHICAGO).time() == time(22)
    assert spans[-1].ends_at.astimezone(CHICAGO).time() == time(6)


def test_the_hour_that_comes_twice_is_there_twice_and_the_skipped_one_not_at_all():
    def at_one_thirty(night, hour):
        return sum(span.starts_at.astimezone(CHICAGO).time() == time(hour, 30) for span in quarter_hours(night))

    assert (at_one_thirty(FALL_BACK, 1), at_one_thirty(SPRING_FORWARD, 2), at_one_thirty(ORDINARY, 1)) == (2, 0, 1)


@pytest.mark.parametrize(
    ("day", "opens", "closes", "hours"),
    [
        (ORDINARY, time(9), time(12), 3),
        (ORDINARY, time(22), time(0), 2),  # midnight at the day's end
        (ORDINARY, time(9), time(9), 24),
        (date(2026, 11, 1), time(0), time(6), 7),
        (date(2026, 11, 1), time(1, 15), time(1, 45), 0.5),  # the first of the two
        (date(2027, 3, 14), time(2, 30), time(5), 1.5),  # opens at 3:30, which is when 2:30 would have been
    ],
)
def test_hours_of_a_clinic(day, opens, closes, hours):
    span = session_span(day, opens, closes, CHICAGO)
    assert span.ends_at - span.starts_at == timedelta(hours=hours)


def test_a_clinic_within_the_hour_that_is_skipped_has_no_time():
    assert session_span(date(2027, 3, 14), time(2, 30), time(3), CHICAGO) is None


def test_what_is_left_at_the_end_is_no_slot():
    start = datetime(2026, 11, 10, 15, tzinfo=UTC)
    assert len(cut(Span(start, start + timedelta(minutes=59)), 20)) == 2
    with pytest.raises(ValueError, match="0 minutes"):
        cut(Span(start, start + timedelta(hours=1)), 0)


@given(
    day=st.dates(date(2020, 1, 1), date(2035, 1, 1)),
    opens=st.times(),
    closes=st.times(),
    minutes=st.integers(1, 90),
    zone=st.sampled_from(["America/Chicago", "America/New_York", "America/Phoenix", "UTC"]),
)
def test_slots_are_whole_in_order_and_inside(day, opens, closes, minutes, zone):
    opens, closes = opens.replace(second=0, microsecond=0), closes.replace(second=0, microsecond=0)
    span = session_span(day, opens, closes, ZoneInfo(zone))
    if span is None:
        return
    assert timedelta() < span.ends_at - span.starts_at <= timedelta(hours=25)
    spans = cut(span, minutes)
    assert all(one.ends_at == after.starts_at for one, after in zip(spans, spans[1:], strict=False))
    assert not spans or (spans[0].starts_at == span.starts_at and spans[-1].ends_at <= span.ends_at)
    assert span.ends_at - (spans[-1].ends_at if spans else span.starts_at) < timedelta(minutes=minutes)
