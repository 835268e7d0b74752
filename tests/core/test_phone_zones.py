"""Where in time a number may be: the well-known ones, and what nobody can know."""

from zoneinfo import ZoneInfo

import pytest

from core import phone_zones


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("+16015550147", ("America/Chicago",)),  # Jackson, Mississippi
        ("+12125550147", ("America/New_York",)),
        ("+13125550147", ("America/Chicago",)),
        ("+13035550147", ("America/Denver",)),
        ("+14155550147", ("America/Los_Angeles",)),
        ("+16025550147", ("America/Phoenix",)),
        ("+18085550147", ("Pacific/Honolulu",)),
        ("+17875550147", ("America/Puerto_Rico",)),
        ("+13055550147", ("America/New_York",)),  # Miami
        ("+18505550147", ("America/New_York", "America/Chicago")),  # Florida's panhandle, on both sides of the line
        ("+16055550147", ("America/Chicago", "America/Denver")),  # South Dakota
        ("+19155550147", ("America/Denver",)),  # El Paso, though in Texas
        ("+18005550147", ()),  # toll-free: anywhere
        ("+447700900142", ()),
        ("+1601", ()),
        ("", ()),
    ],
)
def test_by_area_code(number, zones):
    assert phone_zones.of_number(number) == zones


@pytest.mark.parametrize(
    ("state", "zones"),
    [("MS", ("America/Chicago",)), ("tn", ("America/New_York", "America/Chicago")), ("XX", ()), ("", ())],
)
def test_by_state(state, zones):
    assert phone_zones.of_state(state) == zones


def test_no_area_code_stands_twice_and_every_zone_exists():
    codes = [code for codes in phone_zones._CODES_OF_STATES.values() for code in codes.split()]
    assert len(codes) == len(set(codes))
    assert all(len(code) == 3 and code[0] in "23456789" for code in codes)
    assert set(phone_zones._OF_CODE) == set(codes)
    assert {ZoneInfo(name) for zones in phone_zones._OF_CODE.values() for name in zones}


def test_all_states_and_the_district():
    assert len(set(phone_zones._OF_STATE) - {"PR", "VI", "GU"}) == 51
    assert set(phone_zones._CODES_OF_STATES) == set(phone_zones._OF_STATE)
