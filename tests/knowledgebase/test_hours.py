"""When the line is open, by the agency's own clock."""

from datetime import UTC, date, datetime, time

import pytest
from django.core.exceptions import ValidationError

from core.models import Agency
from knowledgebase.models import Holiday, OpeningHours
from knowledgebase.queries import is_open

pytestmark = pytest.mark.django_db
TUESDAY, SUNDAY = 1, 6


@pytest.fixture
def agency():
    return Agency.objects.create(slug="vax", name="Vaccine line", time_zone="America/Chicago")


def opens(of, weekday, start, end, slug="main"):
    hours = (time.fromisoformat(start), time.fromisoformat(end))
    row = OpeningHours(agency=of, slug=slug, weekday=weekday, opens=hours[0], closes=hours[1])
    row.full_clean()
    row.save()


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-10T13:59:59.999999", False),
        ("2026-11-10T14:00:00", True),
        ("2026-11-10T17:59:59.999999", True),
        ("2026-11-10T18:00:00", False),
        ("2026-11-10T18:59:59", False),
        ("2026-11-10T19:00:00", True),
        ("2026-11-10T23:00:00", False),
        ("2026-11-11T15:00:00", False),
    ],
)
def test_two_spans_with_a_lunch_break(agency, moment, expected):
    opens(agency, TUESDAY, "08:00", "12:00")
    opens(agency, TUESDAY, "13:00", "17:00")
    assert is_open(agency, "main", utc(moment)) is expected


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("America/Chicago", False), ("America/New_York", True), ("Pacific/Auckland", False), ("Europe/Berlin", True)],
)
def test_the_same_moment_in_the_agencys_own_zone(agency, zone, expected):
    agency.time_zone = zone
    opens(agency, TUESDAY, "08:00", "17:00")
    assert is_open(agency, "main", utc("2026-11-10T13:30:00")) is expected


def test_the_weekday_is_the_agencys_too(agency):
    opens(agency, TUESDAY, "18:00", "00:00")
    assert is_open(agency, "main", utc("2026-11-11T05:59:59"))
    assert not is_open(agency, "main", utc("2026-11-11T06:00:00"))


def test_all_day_from_midnight_to_midnight(agency):
    opens(agency, TUESDAY, "00:00", "00:00")
    assert is_open(agency, "main", utc("2026-11-10T06:00:00"))
    assert is_open(agency, "main", utc("2026-11-11T05:59:59.999999"))


def test_a_night_is_two_rows(agency):
    opens(agency, TUESDAY, "22:00", "00:00")
    opens(agency, TUESDAY + 1, "00:00", "06:00")
    assert is_open(agency, "main", utc("2026-11-11T04:30:00"))
    assert is_open(agency, "main", utc("2026-11-11T11:59:00"))
    assert not is_open(agency, "main", utc("2026-11-11T12:00:00"))
    with pytest.raises(ValidationError):
        opens(agency, TUESDAY, "20:00", "06:00")


def test_a_holiday_closes_its_own_day_and_its_own_set(agency):
    for slug in ("main", "nurses"):
        opens(agency, TUESDAY, "08:00", "17:00", slug)
        opens(agency, TUESDAY - 1, "08:00", "17:00", slug)
    Holiday.objects.create(agency=agency, slug="main", date=date(2026, 11, 10), name="A day off")
    assert not is_open(agency, "main", utc("2026-11-10T15:00:00"))
    assert is_open(agency, "nurses", utc("2026-11-10T15:00:00"))
    assert is_open(agency, "main", utc("2026-11-09T15:00:00"))


def test_a_holiday_is_a_day_of_the_agencys_calendar(agency):
    opens(agency, TUESDAY, "18:00", "00:00")
    Holiday.objects.create(agency=agency, date=date(2026, 11, 11), name="A day off")
    assert is_open(agency, "main", utc("2026-11-11T05:00:00")), "in Chicago it is still the tenth"


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-08T07:59:00", True),  # 01:59 before the leap
        ("2026-03-08T08:00:00", False),  # 03:00 just after it: the hour of two does not exist
        ("2026-11-01T06:30:00", True),  # 01:30 the first time
        ("2026-11-01T07:30:00", True),  # 01:30 once more
        ("2026-11-01T08:00:00", False),
    ],
)
def test_the_days_on_which_clocks_change(agency, moment, expected):
    opens(agency, SUNDAY, "01:00", "02:00")
    assert is_open(agency, "main", utc(moment)) is expected


def test_eight_in_the_morning_is_another_moment_in_summer(agency):
    opens(agency, TUESDAY, "08:00", "17:00")
    assert is_open(agency, "main", utc("2026-07-07T13:00:00"))
    assert not is_open(agency, "main", utc("2026-11-10T13:00:00"))


def test_a_set_without_a_row_and_another_agencys_are_closed(agency):
    other = Agency.objects.create(slug="other", name="Other")
    opens(other, TUESDAY, "00:00", "00:00")
    assert not is_open(agency, "main", utc("2026-11-10T15:00:00"))
    assert not is_open(other, "nobody wrote this", utc("2026-11-10T15:00:00"))
