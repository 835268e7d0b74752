"""Calls to finish: those whose wrap-up lapsed before their operator had said how they ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core import moments
from crm import handling
from crm.models import Handling
from floor.desk import words, wrap
from floor.desk.current import Desk
from floor.models import Entry

_MOST = 20


@dataclass(frozen=True)
class Draft:
    """One of them, as a line of the list."""

    pk: int
    day: str
    clock: str
    queue: str
    number: str


def of(desk: Desk, at: datetime) -> list[Draft]:
    """The oldest first; not the call at hand, which has its own place."""
    at_hand = desk.call.pk if desk.call else None
    rows = list(handling.unfinished(desk.operator.user).exclude(call_id=at_hand)[:_MOST])
    entries = Entry.objects.filter(call__in=[row.call_id for row in rows]).select_related("queue").order_by("pk")
    queues = {entry.call_id: words.either(entry.queue.name, entry.queue.name_es) for entry in entries}
    return [_line(desk, row, queues.get(row.call_id, ""), at) for row in rows]


def find(desk: Desk, handling_id: int) -> Handling | None:
    """One of the operator's own, if it is still open."""
    return handling.unfinished(desk.operator.user).filter(pk=handling_id).first()


def form(
    desk: Desk,
    row: Handling,
    at: datetime,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> dict:
    """How it ended, and the notes, as in the wrap-up. `typed`, `errors`: as it was sent back."""
    return {
        "desk": desk,
        "draft": row,
        "draft_line": of_one(desk, row, at),
        "notes": typed.get("notes", row.notes) if typed is not None else row.notes,
        "saved": words.second(row.saved_at, desk.agency.zone),
        "errors": errors or {},
        "columns": wrap.columns(desk.agency.pk, row, typed=typed, errors=errors),
    }


def of_one(desk: Desk, row: Handling, at: datetime) -> Draft:
    """The line of one."""
    entry = Entry.objects.filter(call=row.call_id).select_related("queue").order_by("pk").last()
    return _line(desk, row, words.either(entry.queue.name, entry.queue.name_es) if entry else "", at)


def _line(desk: Desk, row: Handling, queue: str, at: datetime) -> Draft:
    moment, zone = row.call.started_at, desk.agency.zone
    day = words.day(moment, zone, now=at)
    return Draft(row.pk, day, moments.clock(moment, zone), queue, words.caller(row.call.from_number))
