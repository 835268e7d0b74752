"""The one writer of `Entry`: a contact's visit to a queue."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from crm.models import Call
from floor import matching
from floor.models import Entry, Offer, Queue

State = Entry.State
IN_LINE = (State.WAITING, State.CALLBACK, State.OFFERED)


def enter(
    call: Call,
    queue: Queue,
    *,
    language: str,
    answers: dict[str, str],
    need: matching.Need,
    priority: int = 0,
    preferred: int | None = None,
    at: datetime,
) -> Entry:
    """Takes the place in line. `preferred`: an operator's key. Raises IntegrityError if the call has one already."""
    head_start = timedelta(seconds=queue.head_start_s + priority * queue.class_head_start_s)
    return Entry.objects.create(
        call=call,
        agency_id=call.agency_id,
        queue=queue,
        language=language,
        answers=answers,
        need=need.text() if need != matching.NOTHING else "",
        priority=priority,
        preferred_id=preferred,
        entered_at=at,
        virtual_start=at,
        rank_at=at - head_start,
        not_before=at,
        seen_at=at,
    )


def enter_to_be_called(
    call: Call,
    queue: Queue,
    *,
    language: str,
    need: matching.Need,
    preferred: int | None,
    kept_until: datetime | None,
    at: datetime,
) -> Entry:
    """A place for somebody whom we are to call: they are not on the line, and never were."""
    return Entry.objects.create(
        call=call,
        agency_id=call.agency_id,
        queue=queue,
        state=State.CALLBACK,
        language=language,
        need=need.text() if need != matching.NOTHING else "",
        preferred_id=preferred,
        kept_until=kept_until,
        entered_at=at,
        virtual_start=at,
        rank_at=at,
        not_before=at,
        seen_at=at,
    )


def move(entry: Entry, *, to: str, came_from: Collection[str], **changes: Any) -> bool:
    """Guarded change of state; `entry` in memory follows. False: it was in none of `came_from`."""
    moved = Entry.objects.filter(pk=entry.pk, state__in=came_from).update(state=to, **changes) == 1
    if moved:
        entry.state = to
        for name, value in changes.items():
            setattr(entry, name, value)
    return moved


def seen(entry: Entry, at: datetime) -> None:
    """The carrier showed that this caller is still there."""
    Entry.objects.filter(pk=entry.pk, seen_at__lt=at).update(seen_at=at)


def on_the_line(entry_id: int) -> Entry | None:
    """The entry a round of the wait loop is about, with just what that round needs: it is the busiest door of all."""
    needed = ("state", "language", "agency_id", "call_id", "entered_at", "virtual_start", "rank_at")
    beside = ("queue__slug", "queue__callback_mode", "call__from_number", "callback__id")
    found = Entry.objects.filter(pk=entry_id).select_related("queue", "call", "callback").only(*needed, *beside)
    return next(iter(found), None)


def of_offer(token: UUID) -> Entry | None:
    """The entry of the offer an address of ours names, with what is said of it to an operator."""
    return Entry.objects.filter(offers__token=token).select_related("queue").first()


_CHUNK = 200


def in_order(agency_id: int, *, at: datetime) -> Iterator[matching.Ticket]:
    """Who is to be served next, by rank, read in pieces as far as anybody asks. A call-back at rest is passed over."""
    line = Entry.objects.filter(
        agency_id=agency_id, ended_at=None, state__in=(State.WAITING, State.CALLBACK), not_before__lte=at
    )
    rows = line.order_by("rank_at", "pk").values_list(*_TICKET)
    first = 0
    while piece := list(rows[first : first + _CHUNK]):
        for pk, start, state, text, *rest in piece:
            yield matching.Ticket(pk, start, state == State.CALLBACK, matching.need(text), *rest)
        if len(piece) < _CHUNK:
            return
        first += _CHUNK


_TICKET = ("pk", "virtual_start", "state", "need", "preferred_id", "kept_until", "refused_by_id", "refused_at")


def ahead(entry: Entry) -> int:
    """How many places stand before this one, call-backs included."""
    earlier = Entry.objects.filter(agency_id=entry.agency_id, ended_at=None, rank_at__lt=entry.rank_at)
    return earlier.exclude(state=State.TALKING).count()


def agencies_in_line(at: datetime) -> set[int]:
    """Agencies where somebody could be served now: a match is due whenever an operator is ready as well."""
    line = Entry.objects.filter(ended_at=None, state__in=(State.WAITING, State.CALLBACK), not_before__lte=at)
    return set(line.order_by().values_list("agency_id", flat=True).distinct())


def silent(*, before: datetime, limit: int = 100) -> list[Entry]:
    """Callers waiting on the line of whom the carrier has said nothing since `before`.

    Not one who is just being called back: no line of theirs is up yet, and the reservation has its own deadline.
    """
    quiet = Entry.objects.filter(ended_at=None, state__in=(State.WAITING, State.OFFERED), seen_at__lt=before)
    dialling = Offer.objects.filter(entry=OuterRef("pk"), ended_at=None, state=Offer.State.RESERVED)
    quiet = quiet.filter(~Exists(dialling)).select_related("call", "queue", "callback")
    return list(quiet.order_by("seen_at")[:limit])
