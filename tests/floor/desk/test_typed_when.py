"""When to call back, as operators type it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floor.desk import typed_when

ZONE = ZoneInfo("America/Chicago")
NOW = datetime(2026, 11, 10, 16, tzinfo=UTC)  # Tuesday, 10 AM in Chicago


@pytest.mark.parametrize(
    ("text", "day", "clock"),
    [
        ("tomorrow at 10", 11, "10:00"),
        ("Tomorrow 2:30", 11, "14:30"),
        ("mañana a las 10", 11, "10:00"),
        ("manana a la 1 de la tarde", 11, "13:00"),
        ("11 am", 10, "11:00"),
        ("9am", 11, "09:00"),
        ("10:30", 10, "10:30"),
        ("2 p.m.", 10, "14:00"),
        ("2", 10, "14:00"),
        ("12 pm", 10, "12:00"),
        ("today at 5 pm", 10, "17:00"),
        ("hoy a las 5", 10, "17:00"),
        ("fri 9", 13, "09:00"),
        ("next Monday at 8:15", 16, "08:15"),
        ("el lunes a las 2 de la tarde", 16, "14:00"),
        ("tuesday 11", 17, "11:00"),
        ("11/20 9am", 20, "09:00"),
        ("11/20/2026 14:45", 20, "14:45"),
        ("in 20 minutes", 10, "10:20"),
        ("en 2 horas", 10, "12:00"),
        ("in 1 day", 11, "10:00"),
        ("wednesday at 10 in the morning", 11, "10:00"),
        ("miércoles a las 9 de la mañana", 11, "09:00"),
    ],
)
def test_as_people_say_it(text, day, clock):
    found = typed_when.moment(text, now=NOW, zone=ZONE).astimezone(ZONE)
    assert (found.day, f"{found:%H:%M}") == (day, clock)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "tomorrow",
        "25:00",
        "10:75",
        "13 pm",
        "2/30 9am",
        "today at 8",
        "in 500 days",
        "11/20",
        "0 am",
        "call",
    ],
)
def test_what_is_no_moment_or_none_to_come(text):
    assert typed_when.moment(text, now=NOW, zone=ZONE) is None


@given(st.text(max_size=80))
def test_anything_may_be_typed(text):
    found = typed_when.moment(text, now=NOW, zone=ZONE)
    assert found is None or NOW < found <= NOW + typed_when.MOST
