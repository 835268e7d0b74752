"""A moment as people say it and operators type it, in English or Spanish. Pure.

"tomorrow at 10", "10:30", "2 pm", "mon 9", "12/3 9am", "in 20 minutes"; "mañana a las 10", "el lunes a las 2 de la
tarde", "en 2 horas".
"""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MOST = timedelta(days=60)  # ahead: beyond it, a slip of the finger
_DAYS = {
    word: number
    for words in (
        "monday tuesday wednesday thursday friday saturday sunday",
        "lunes martes miercoles jueves viernes sabado domingo",
    )
    for number, word in enumerate(words.split())
}
_NEAR = {"today": 0, "hoy": 0, "tomorrow": 1, "manana": 1}
_UNITS = {"m": 1, "min": 1, "h": 60, "d": 24 * 60}
_SPAN = re.compile(r"(?:in|en) (\d{1,3}) ?(m|min|h|d)[a-z]*")
_DAY = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}))?")
_CLOCK = re.compile(r"(\d{1,2})(?::(\d{2}))? ?(am|pm)?")
_OPENS, _NOON = 7, 12  # "2" without more is two in the afternoon: nobody is called at night


def moment(text: str, *, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The next such moment, on the clock of `zone`; None for what is no moment, has passed or is too far ahead."""
    plain = _plain(text)
    here = now.astimezone(zone)
    if span := _SPAN.fullmatch(plain):
        return _within(now + timedelta(minutes=int(span[1]) * _UNITS[span[2]]), now)
    day, rest = _day(plain, here.date())
    at = _clock(rest)
    if at is None:
        return None
    if day is not None:
        return _within(datetime.combine(day, at, tzinfo=zone).astimezone(now.tzinfo), now)
    found = datetime.combine(here.date(), at, tzinfo=zone)
    if found <= here:
        found = datetime.combine(here.date() + timedelta(days=1), at, tzinfo=zone)
    return _within(found.astimezone(now.tzinfo), now)


def _within(found: datetime, now: datetime) -> datetime | None:
    return found if now < found <= now + MOST else None


def _plain(text: str) -> str:
    """Small letters without accents and filling words; halves of the day as am and pm."""
    plain = unicodedata.normalize("NFKD", text[:60].casefold()).encode("ascii", "ignore").decode()
    plain = re.sub(r"\b([ap])\.? ?m\b\.?", r"\1m", plain)
    plain = re.sub(r"\b(?:de|por|en|in) (?:la|the) (?:manana|morning)\b", "am", plain)
    plain = re.sub(r"\b(?:de|por|en|in|at) ?(?:la|the)? (?:tarde|noche|afternoon|evening)\b", "pm", plain)
    plain = re.sub(r"\b(?:at|a|las|la|on|el|next|the)\b", " ", plain)
    return " ".join(re.sub(r"[,.]", " ", plain).split())


def _day(plain: str, today: date) -> tuple[date | None, str]:
    """The day named, and what is left of the text."""
    for word in plain.split():
        rest = " ".join(plain.replace(word, " ", 1).split())
        if word in _NEAR:
            return today + timedelta(days=_NEAR[word]), rest
        if len(word) >= 3 and word.isalpha():
            for name, number in _DAYS.items():
                if name.startswith(word):
                    return today + timedelta(days=(number - today.weekday()) % 7 or 7), rest
        if found := _DAY.fullmatch(word):
            day = _of_year(today, int(found[1]), int(found[2]), found[3])
            return day, rest if day else ""
    return None, plain


def _of_year(today: date, month: int, day: int, year: str | None) -> date | None:
    try:
        found = date(int(year) if year else today.year, month, day)
        return found if year or found >= today else found.replace(year=today.year + 1)
    except ValueError:
        return None


def _clock(text: str) -> time | None:
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half and not 1 <= hour <= _NOON:
        return None
    if half:
        hour = hour % _NOON + (_NOON if half == "pm" else 0)
    elif hour < _OPENS:
        hour += _NOON
    return time(hour, minute) if hour < 24 and minute < 60 else None
