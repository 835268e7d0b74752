"""A seat's moment as people say it, with the weekday, on the clinic's own clock, in the language that is active."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import pgettext

from floor.desk import words


def short(moment: datetime, zone: ZoneInfo) -> str:
    """Thu Jan 21, 9:10 AM."""
    return f"{short_day(moment.astimezone(zone).date())}, {time(moment, zone)}"


def whole(moment: datetime, zone: ZoneInfo) -> str:
    """Thursday, January 21, 9:10 AM."""
    day = capfirst(date_format(moment.astimezone(zone).date(), pgettext("date format", "l, F j")))
    return f"{day}, {time(moment, zone)}"


def time(moment: datetime, zone: ZoneInfo) -> str:
    """9:10 AM, never broken over two lines, not even in "a. m."."""
    return words.clock(moment, zone).replace(" ", "\N{NO-BREAK SPACE}")


def short_day(day: date) -> str:
    """Thu Jan 21."""
    return capfirst(date_format(day, pgettext("date format", "D M j")))


def left(seconds: float) -> str:
    """9:41, of a hold; never less than nothing."""
    minutes, second = divmod(max(0, int(seconds)), 60)
    return f"{minutes}:{second:02}"
