"""Nobody is called before eight or after nine, wherever the number may be."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import phone_zones
from floor import legal

HOURS = {"calls_from": time(8), "calls_until": time(21)}
EAST, WEST, CENTRAL = (ZoneInfo(name) for name in (phone_zones.EASTERN, phone_zones.PACIFIC, phone_zones.CENTRAL))


def at(zone, hour, minute=0, day=10):
    return datetime(2026, 11, day, hour, minute, tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "start", "end"),
    [
        (at(CENTRAL, 9, 30), at(CENTRAL, 9, 30), at(CENTRAL, 21)),
        (at(CENTRAL, 7, 59), at(CENTRAL, 8), at(CENTRAL, 21)),
        (at(CENTRAL, 8), at(CENTRAL, 8), at(CENTRAL, 21)),
        (at(CENTRAL, 21), at(CENTRAL, 8, day=11), at(CENTRAL, 21, day=11)),
        (at(CENTRAL, 23, 59), at(CENTRAL, 8, day=11), at(CENTRAL, 21, day=11)),
    ],
)
def test_one_zone(moment, start, end):
    assert legal.span([CENTRAL], moment, **HOURS) == (start, end)


def test_a_number_that_may_be_in_two_zones_is_called_only_when_both_allow():
    assert legal.span([EAST, WEST], at(EAST, 8), **HOURS) == (at(WEST, 8), at(EAST, 21))
    assert legal.span([EAST, WEST], at(EAST, 21), **HOURS)[0] == at(WEST, 8, day=11)


def test_the_night_in_which_clocks_change():
    before = datetime(2026, 3, 8, 4, tzinfo=UTC)  # 10 PM in Chicago, the night to summer time
    start, _ = legal.span([CENTRAL], before, **HOURS)
    assert start.astimezone(CENTRAL).hour == 8
    assert start == datetime(2026, 3, 8, 13, tzinfo=UTC)


def test_zones_that_share_no_hour_are_refused():
    with pytest.raises(ValueError, match="share no hour"):
        legal.span([EAST, ZoneInfo("Asia/Manila")], at(EAST, 12), calls_from=time(9), calls_until=time(12))


@given(
    minutes=st.integers(0, 60 * 24 * 400),
    states=st.lists(st.sampled_from(sorted(phone_zones._OF_STATE)), min_size=1, max_size=2),
)
def test_the_span_is_legal_from_its_first_moment_to_its_last(minutes, states):
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    names = {name for state in states for name in phone_zones.of_state(state)} - {"Pacific/Guam"}
    zones = [ZoneInfo(name) for name in names] or [CENTRAL]
    start, end = legal.span(zones, moment, **HOURS)
    assert moment <= start < end
    for zone in zones:
        assert start.astimezone(zone).time() >= time(8)
        assert (end - timedelta(seconds=1)).astimezone(zone).time() < time(21)
        assert start.astimezone(zone).date() == (end - timedelta(seconds=1)).astimezone(zone).date()
