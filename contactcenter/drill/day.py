"""Reads a day of calls from a file in the format of docs/drill.md: read whole, or refused."""

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

COLUMNS = (
    "call_no", "arrive_s", "src_date", "type", "priority", "ivr_s", "contained_in_ivr", "service_s", "service_x_s",
    "wrap_s", "service_obs", "patience_s", "patience_obs", "obs_outcome", "obs_wait_s",
)  # fmt: skip
TIMES = ("arrive_s", "ivr_s", "service_s", "service_x_s", "wrap_s", "patience_s", "obs_wait_s")
FLAGS = {
    "contained_in_ivr": ("0", "1"),
    "service_obs": ("0", "1"),
    "patience_obs": ("0", "1"),
    "priority": ("0", "1", "2"),
}
DAY_STARTS_H = 7  # arrive_s counts from 07:00
TO_MIDNIGHT_S = (24 - DAY_STARTS_H) * 3600
MOST_TYPES = 900  # keys 100 to 999 of the drill's menu
LONGEST_TYPE = 40
SECOND = 1_000_000  # microseconds


class BadDay(Exception):
    """The file cannot be replayed; the message names row and column and says what to mend."""


@dataclass(frozen=True, slots=True)
class Caller:
    """One row. Times in whole microseconds, so that two events of one instant compare equal."""

    number: int
    place: int  # in the file, from 0
    arrive: int
    type: str
    priority: int
    menu: int
    contained: bool
    service: int
    service_x: int
    wrap: int
    patience: int


def read(path: Path) -> list[Caller]:
    """The callers of a day in order of arrival. Raises BadDay. Row 1 is the heading."""
    rows = csv.DictReader(io.StringIO(_text(path), newline=""), strict=True)
    try:
        _check_heading(rows.fieldnames)
        callers = list(_callers(rows))
    except csv.Error as error:
        raise BadDay(f"row {rows.line_num}: this is not a row of comma-separated values ({error})") from error
    if not callers:
        raise BadDay("row 2: there is no call in this file, only a heading")
    return sorted(callers, key=lambda caller: (caller.arrive, caller.number))


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadDay(f"cannot be read: {error.strerror}") from error
    if not raw.strip():
        raise BadDay("row 1: the file is empty; it needs a heading and at least one call")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row, column = _place(raw, error.start)
        raise BadDay(f"row {row}, column {column}: a letter that is not UTF-8; save the file as UTF-8") from error


def _place(raw: bytes, offset: int) -> tuple[int, str]:
    """Row and column name of a byte."""
    lines = raw[:offset].split(b"\n")
    heading = raw.split(b"\n", 1)[0].decode("latin-1").strip().split(",")
    field = lines[-1].count(b",")
    return len(lines), heading[field] if len(lines) > 1 and field < len(heading) else str(field + 1)


def _check_heading(names: list[str] | None) -> None:
    missing = [name for name in COLUMNS if name not in (names or ())]
    if missing:
        raise BadDay(f"row 1, column {missing[0]}: missing from the heading (all of {', '.join(COLUMNS)} are needed)")
    twice = [name for name in COLUMNS if names.count(name) > 1]
    if twice:
        raise BadDay(f"row 1, column {twice[0]}: stands in the heading twice")


def _callers(rows: csv.DictReader) -> Iterator[Caller]:
    seen: dict[int, int] = {}
    types: set[str] = set()
    for fields in rows:
        row = rows.line_num
        _check_shape(row, fields)
        times = {name: _time(row, name, fields[name]) for name in TIMES}
        if times["arrive_s"] >= TO_MIDNIGHT_S * SECOND:
            raise BadDay(f"row {row}, column arrive_s: {fields['arrive_s']} is past midnight; a file holds one day")
        for name, allowed in FLAGS.items():
            if fields[name].strip() not in allowed:
                raise BadDay(f"row {row}, column {name}: {fields[name]!r} should be {' or '.join(allowed)}")
        types.add(_type(row, fields["type"].strip()))
        if len(types) > MOST_TYPES:
            raise BadDay(f"row {row}, column type: more than {MOST_TYPES} types; a phone menu has no keys for them")
        number = _call_no(row, fields["call_no"])
        if number in seen:
            raise BadDay(f"row {row}, column call_no: {number} was used before, in row {seen[number]}")
        yield _caller(number, len(seen), fields, times)
        seen[number] = row


def _caller(number: int, place: int, fields: dict[str, str], times: dict[str, int]) -> Caller:
    return Caller(
        number=number,
        place=place,
        arrive=times["arrive_s"],
        type=fields["type"].strip(),
        priority=int(fields["priority"]),
        menu=times["ivr_s"],
        contained=fields["contained_in_ivr"].strip() == "1",
        service=times["service_s"],
        service_x=times["service_x_s"],
        wrap=times["wrap_s"],
        patience=times["patience_s"],
    )


def _check_shape(row: int, fields: dict) -> None:
    if None in fields:
        raise BadDay(f"row {row}, column {len(fields)}: more fields than the heading has")
    short = next((name for name in fields if fields[name] is None), None)
    if short is not None:
        raise BadDay(f"row {row}, column {short}: the row ends before it")


def _type(row: int, name: str) -> str:
    if not name:
        raise BadDay(f"row {row}, column type: is empty; every call has a type")
    if len(name) > LONGEST_TYPE:
        raise BadDay(f"row {row}, column type: longer than {LONGEST_TYPE} letters")
    return name


def _call_no(row: int, text: str) -> int:
    if not text.strip().isascii() or not text.strip().isdecimal():
        raise BadDay(f"row {row}, column call_no: {text!r} is not a whole number")
    return int(text)


def _time(row: int, column: str, text: str) -> int:
    """Microseconds of a time in seconds."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not math.isfinite(seconds) or "_" in text:  # Python reads 1_0 as 10
        raise BadDay(f"row {row}, column {column}: {text!r} is not a number")
    if seconds < 0:
        raise BadDay(f"row {row}, column {column}: {text} is a negative time")
    return round(seconds * SECOND)
