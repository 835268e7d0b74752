"""Figures as people read them, in the language that is active; moments are said by `core.moments`.

Both languages are those of the United States: 3,412 and 5.2 % and 9:30, also in Spanish, which there is not written
with the comma of Spain. Django's own Spanish formats would print one thousand and fifty-nine as 1.059.
"""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import phone

NOTHING = "\N{EN DASH}"  # nothing to divide by, nothing to say
_GAP = "\N{NO-BREAK SPACE}"


def count(number: float | None) -> str:
    """3412 as 3,412."""
    return NOTHING if number is None else f"{number:,.0f}"


def share(fraction: float | None) -> str:
    """0.0521 as 5.2 %: where a tenth matters."""
    return NOTHING if fraction is None else f"{fraction * 100:.1f}{_GAP}%"


def whole_share(fraction: float | None) -> str:
    """0.793 as 79 %."""
    return NOTHING if fraction is None else f"{fraction * 100:.0f}{_GAP}%"


def length(seconds: float | None) -> str:
    """A duration in s: 29 as 0:29, 708 as 11:48, 3723 as 1:02:03."""
    if seconds is None:
        return NOTHING
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def masked(number: str) -> str:
    """A number as a list may show it (`core.phone.masked`); "withheld" where there is none."""
    return phone.masked(number) if number else _("withheld")


def times(number: float | None) -> str:
    """A plain quotient that is no share: 1.25."""
    return NOTHING if number is None else f"{number:.2f}"


def short_day(day: date) -> str:
    """Jan 13."""
    return date_format(day, pgettext("short date format", "M j"))
