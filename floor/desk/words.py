"""Days gone by, numbers and states as an operator reads them, in the language that is active."""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import phonenumbers
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from core import moments

# Why the floor set somebody away, as it is kept in plain English. What an operator chose is the slug of an AwayReason.
_REASONS = {
    "declined": gettext_lazy("Not just now"),
    "no answer": gettext_lazy("Your phone was not picked up"),
    "phone not reachable": gettext_lazy("Your phone could not be reached"),
    "line trouble": gettext_lazy("The line broke"),
    "desk asleep": gettext_lazy("This page was asleep"),
}
ASLEEP = "desk asleep"
_MODES = {
    "listen": gettext_lazy("Listened"),
    "whisper": gettext_lazy("Spoke with you alone"),
    "barge": gettext_lazy("Spoke with both of you"),
    "taken": gettext_lazy("Took the call over"),
}
MISSED = ("no answer", "phone not reachable", "line trouble")  # a call came, and did not reach the operator


def reason(stored: str) -> str:
    """A stint's reason as a person reads it; what nobody here knows, as it was stored."""
    return str(_REASONS.get(stored, stored))


def mode(stored: str) -> str:
    """How a supervisor was on a call, to the operator whose call it was."""
    return str(_MODES.get(stored, stored))


@lru_cache(maxsize=4096)
def phone(number: str) -> str:
    """+16015550142 as (601) 555-0142, a number from abroad with its country; anything else as it is."""
    try:
        found = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return number
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(found, style.NATIONAL if found.country_code == 1 else style.INTERNATIONAL)


def caller(number: str) -> str:
    """A caller's number, or that there is none."""
    return phone(number) if number else _("Number withheld")


def second(moment: datetime, zone: ZoneInfo) -> str:
    """10:42:07, for "saved"."""
    return f"{moment.astimezone(zone):%-H:%M:%S}"


def day(moment: datetime, zone: ZoneInfo, *, now: datetime) -> str:
    """Today; Mon Jan 12; Jan 12, 2025 where the year is another, of which nobody remembers the weekday."""
    local, today = moment.astimezone(zone).date(), now.astimezone(zone).date()
    if local == today:
        return _("today")
    if local.year == today.year:
        return moments.short_day(local)
    return date_format(local, pgettext("date format", "M j, Y"))


def age(born: date, today: date) -> int:
    """In whole years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def minutes(seconds: float | None) -> int:
    """At least one: nobody says zero minutes."""
    return max(1, round((seconds or 0) / 60))


def own() -> str:
    """The language the operator reads: "en" or "es"."""
    return "es" if (get_language() or "").startswith("es") else "en"


def either(english: str, spanish: str, language: str = "") -> str:
    """The wording for `language`, the operator's own if none is given; English where there is no other."""
    return spanish if (language or own()) == "es" and spanish else english
