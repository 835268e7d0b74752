"""Numbers and windows of time as a voice says them, in English and Spanish. Pure."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_DAYS = {
    "en": ("on Monday", "on Tuesday", "on Wednesday", "on Thursday", "on Friday", "on Saturday", "on Sunday"),
    "es": ("el lunes", "el martes", "el miércoles", "el jueves", "el viernes", "el sábado", "el domingo"),
}
_NEAR = {"en": ("today", "tomorrow"), "es": ("hoy", "mañana")}


def number(e164: str) -> str:
    """Digit by digit, in the groups it is written in: "6, 0, 1. 5, 5, 5. 0, 1, 4, 2"."""
    digits = e164.removeprefix("+1") if e164.startswith("+1") and len(e164) == 12 else e164.removeprefix("+")
    groups = (digits[:3], digits[3:6], digits[6:])
    return ". ".join(", ".join(group) for group in groups if group)


def window(start: datetime, end: datetime, *, zone: ZoneInfo, at: datetime, language: str) -> str:
    """ "today between 2 and 3 PM", "mañana entre las 2 y las 3 de la tarde"."""
    first, last = start.astimezone(zone), end.astimezone(zone)
    day = _day(first.date(), at.astimezone(zone).date(), language)
    if language == "es":
        halves = _half_es(first), _half_es(last)
        before = f" {halves[0]}" if halves[0] != halves[1] else ""
        return f"{day} entre {_clock_es(first)}{before} y {_clock_es(last)} {halves[1]}"
    halves = _half_en(first), _half_en(last)
    before = f" {halves[0]}" if halves[0] != halves[1] else ""
    return f"{day} between {_clock(first)}{before} and {_clock(last)} {halves[1]}"


def _day(day: date, today: date, language: str) -> str:
    for n, word in enumerate(_NEAR["es" if language == "es" else "en"]):
        if day == today + timedelta(days=n):
            return word
    return _DAYS["es" if language == "es" else "en"][day.weekday()]


def _clock(moment: datetime) -> str:
    return f"{moment.hour % 12 or 12}" + (f":{moment.minute:02}" if moment.minute else "")


def _clock_es(moment: datetime) -> str:
    return ("la " if moment.hour % 12 == 1 else "las ") + _clock(moment)


def _half_en(moment: datetime) -> str:
    return "AM" if moment.hour < 12 else "PM"


def _half_es(moment: datetime) -> str:
    if moment.hour < 12:
        return "de la mañana"
    return "de la tarde" if moment.hour < 20 else "de la noche"
