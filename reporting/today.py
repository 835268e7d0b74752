"""Today's numbers for the board and the wall: the same pure metrics over the same rows as the daily report.

Reading a day of 5,000 contacts takes a quarter of a second, so on a day that large one reading serves this process for
up to five seconds. A small day is read anew each time. What is happening *now* is never kept: see `reporting.board`.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock

from core.models import Agency
from reporting import facts, metrics
from reporting.daily import day_bounds
from reporting.identity import IdentityError, checked
from reporting.metrics import Contacts

log = logging.getLogger(__name__)

KEEP = timedelta(seconds=5)
KEPT_FROM = 300  # contacts: fewer are read in some 10 ms

Rates = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Today:
    """The day so far, read at `at`. `total` and each queue's rates are named as in `reporting.metrics`.

    If the day does not add up there are no rates, as there is no report: `adds_up` is False.
    """

    at: datetime
    adds_up: bool
    contacts: int
    total: Rates
    by_queue: Mapping[str, Rates]
    seats_booked: int


_kept: dict[tuple[int, date, bool], Today] = {}
_reading = Lock()


def today(agency: Agency, *, drill: bool, at: datetime) -> Today:
    """At most `KEEP` old, plus the time it takes to read: while one thread reads, others go on with what there is."""
    key = (agency.pk, at.astimezone(agency.zone).date(), drill)
    if (found := _at_hand(key, at, KEEP)) is not None:
        return found
    usable = _at_hand(key, at, 2 * KEEP)
    if not _reading.acquire(blocking=usable is None):
        return usable
    try:
        if (found := _at_hand(key, at, KEEP)) is None:  # another thread may have read it while this one stood in line
            found = read(agency, drill=drill, at=at)
            if found.contacts >= KEPT_FROM:
                _kept[key] = found
            for old in [k for k, kept in _kept.items() if at - kept.at > 2 * KEEP]:
                del _kept[old]
        return found
    finally:
        _reading.release()


def _at_hand(key: tuple[int, date, bool], at: datetime, age: timedelta) -> Today | None:
    kept = _kept.get(key)
    return kept if kept is not None and abs(at - kept.at) < age else None


def read(agency: Agency, *, drill: bool, at: datetime) -> Today:
    """Today as the ledger has it at `at`. One statement for the contacts, one for the seats."""
    start, end = day_bounds(at.astimezone(agency.zone).date(), agency.zone)
    day = facts.day(agency, start, end, drill=drill)
    queues = metrics.grouped([c for c in day.contacts if c.entered_at is not None], lambda c: c.queue)
    adds_up = True
    try:
        checked(day.counts, day.contacts)
    except IdentityError as error:
        log.error("today of agency %s: %s", agency.pk, error)
        adds_up = False
    return Today(
        at=at,
        adds_up=adds_up,
        contacts=len(day.contacts),
        total=_rates(day.contacts) if adds_up else _UNKNOWN,
        by_queue={slug: _rates(mine) if adds_up else _UNKNOWN for slug, mine in queues.items()},
        seats_booked=facts.seats_booked(agency, start, end),
    )


def forget() -> None:
    """Drops what is kept, for tests."""
    _kept.clear()


_UNKNOWN: Rates = dict.fromkeys(("offered", "served", "sl_20", "abandon_rate", "lost_rate"))


def _rates(contacts: Contacts) -> Rates:
    return {
        "offered": metrics.offered(contacts),
        "served": metrics.served(contacts),
        "sl_20": metrics.service_level(contacts, 20),
        "abandon_rate": metrics.abandon_rate(contacts),
        "lost_rate": metrics.lost_rate(contacts),
    }
