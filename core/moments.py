"""Moments as people say them, in the language that is active: "9:30 AM", "9:30 a. m.", with the weekday where a day is
named. The one place for it, so that the desk, the clinic's list and the board cannot spell a time in two ways.

Django's own formats say "9:30 a.m." and, in Spanish, "09:30".
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import pgettext

_GAP = "\N{NO-BREAK SPACE}"


def clock(moment: datetime, zone: ZoneInfo | None = None) -> str:
    """9:30 AM, never broken over two lines, not even in "a. m."; without `zone`, the time that `moment` carries."""
    local = moment.astimezone(zone) if zone else moment
    half = pgettext("before noon", "AM") if local.hour < 12 else pgettext("after noon", "PM")
    return f"{local.hour % 12 or 12}:{local.minute:02} {half}".replace(" ", _GAP)


def short(moment: datetime, zone: ZoneInfo) -> str:
    """Thu Jan 21, 9:10 AM."""
    return f"{short_day(moment.astimezone(zone).date())}, {clock(moment, zone)}"


def whole(moment: datetime, zone: ZoneInfo) -> str:
    """Thursday, January 21, 9:10 AM."""
    return f"{day(moment.astimezone(zone).date())}, {clock(moment, zone)}"


def short_day(on: date) -> str:
    """Thu Jan 21."""
    return capfirst(date_format(on, pgettext("date format", "D M j")))


def day(on: date) -> str:
    """Thursday, January 21."""
    return capfirst(date_format(on, pgettext("date format", "l, F j")))


def birthday(born: date) -> str:
    """May 3, 1948."""
    return date_format(born, pgettext("date format", "F j, Y"))


def long_day(on: date) -> str:
    """Wednesday, January 13, 2027."""
    return capfirst(date_format(on, pgettext("date format", "l, F j, Y")))
