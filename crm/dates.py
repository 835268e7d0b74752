"""Birth dates as people say them and operators type them: month, day, year, in English or Spanish."""

import re
import unicodedata
from datetime import date

_MONTHS = {
    word: number
    for words in (
        "january february march april may june july august september october november december",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    )
    for number, word in enumerate(words.split(), start=1)
} | {"setiembre": 9}
_SILENT = {"de", "del", "of", "the"}
_OLDEST = 125  # years: beyond it, a slip of the finger


def birth_date(text: str, *, today: date) -> date | None:
    """Reads "5 3 1948", "05/03/1948", "05031948", "May 3, 1948", "3 de mayo de 1948" or "1948-05-03".

    None for anything else. The year needs its four digits: "20" may be a child or somebody of a hundred.
    """
    parts = _parts(text)
    order = _order(parts)
    if order is None:
        return None
    try:
        found = date(*order)
    except ValueError:
        return None
    return found if found <= today and today.year - found.year <= _OLDEST else None


def _parts(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text[:60]).casefold()
    parts = [part for part in re.findall(r"[0-9]+|[a-z]+", plain) if part not in _SILENT]
    parts = [part for part in parts if part not in ("st", "nd", "rd", "th")]
    if len(parts) == 1 and re.fullmatch(r"[0-9]{8}", parts[0]):
        whole = parts[0]
        return [whole[:2], whole[2:4], whole[4:]]
    return parts


def _order(parts: list[str]) -> tuple[int, int, int] | None:
    """Year, month, day of three parts, or None. A month's name may stand first or second."""
    if len(parts) != 3:
        return None
    names = [_month(part) for part in parts]
    numbers = [int(part) if part.isdigit() else 0 for part in parts]
    if names[0] and numbers[1] and len(parts[2]) == 4:
        return numbers[2], names[0], numbers[1]
    if names[1] and numbers[0] and len(parts[2]) == 4:
        return numbers[2], names[1], numbers[0]
    if not all(numbers):
        return None
    if len(parts[0]) == 4:
        return numbers[0], numbers[1], numbers[2]
    return (numbers[2], numbers[0], numbers[1]) if len(parts[2]) == 4 else None


def _month(word: str) -> int:
    """The number of a month by its name or the first three letters or more of it; 0 for another word."""
    if len(word) < 3:
        return 0
    return next((number for name, number in _MONTHS.items() if name.startswith(word)), 0)
