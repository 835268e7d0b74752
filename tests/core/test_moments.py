"""Moments as people say them, in both languages, on the clock of the place."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import translation

from core import moments

JACKSON = ZoneInfo("America/Chicago")
MORNING = datetime(2027, 1, 21, 15, 5, tzinfo=UTC)
NIGHT = datetime(2027, 1, 21, 6, 30, tzinfo=UTC)  # still the 21st there, half past midnight


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("language", "clock", "night", "short", "whole"),
    [
        ("en", "9:05 AM", "12:30 AM", "Thu Jan 21, 9:05 AM", "Thursday, January 21, 9:05 AM"),
        ("es", "9:05 a. m.", "12:30 a. m.", "Jue 21 ene, 9:05 a. m.", "Jueves 21 de enero, 9:05 a. m."),
    ],
)
def test_said_as_people_say_them(language, clock, night, short, whole):
    with translation.override(language):
        assert plain(moments.clock(MORNING, JACKSON)) == clock
        assert plain(moments.clock(MORNING.astimezone(JACKSON))) == clock
        assert plain(moments.clock(NIGHT, JACKSON)) == night
        assert plain(moments.short(MORNING, JACKSON)) == short
        assert plain(moments.whole(MORNING, JACKSON)) == whole
        assert " " not in moments.clock(MORNING, JACKSON)
        template = Template("{% load moments %}{{ moment|clock:zone }}, {{ day|long_day }}")
        said = template.render(Context({"moment": MORNING, "zone": JACKSON, "day": date(2027, 1, 21)}))
        assert plain(said).startswith(f"{clock}, ")
        assert said.endswith("2027")
