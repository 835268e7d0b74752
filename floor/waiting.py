"""The one writer of `Entry`: a contact's visit to a queue."""

import math
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Case, Count, Exists, F, OuterRef, Q, QuerySet, When

from crm.models import Call
from floor import matching, outlook, waittime
from floor.models import Entry, Offer, Queue

State = Entry.State
IN_LINE = (State.WAITING, State.CALLBACK, State.OFFERED)
OUT_S = 60  # after which somebody is rung for a caller who was passed on, though nobody said they are out of the room


def enter(
    call: Call,
    queue: Queue,
    *,
    language: str,
    answers: dict[str, str],
    need: matching.Need,
    priority: int = 0,
    preferred: int | None = None,
    place_of: Entry | None = None,
    at: datetime,
) -> Entry:
    """Takes the place in line. `preferred`: an operator's key. `place_of`: an entry whose earlier place this one gets.

    Raises IntegrityError if the call has one already.
    """
    rank_at = at - timedelta(seconds=queue.head_start_s + priority * queue.class_head_start_s)
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
        virtual_start=min(at, place_of.virtual_start) if place_of else at,
        rank_at=min(rank_at, place_of.rank_at) if place_of else rank_at,
        not_before=at,
        seen_at=at,
        took_over=place_of,
    )


def enter_to_be_called(
    call: Call,
    queue: Queue,
    *,
    language: str,
    need: matching.Need,
    not_before: datetime,
    not_after: datetime,
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
        not_before=not_before,
        not_after=not_after,
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


def chose_number(entry: Entry, number: str, *, step: int) -> bool:
    """The caller typed where to be called back; not confirmed yet. False for a late repeat, or too late."""
    mine = Entry.objects.filter(pk=entry.pk, state=State.WAITING, number_step=step)
    if mine.update(chosen_number=number, number_step=step + 1) != 1:
        return False
    entry.chosen_number, entry.number_step = number, step + 1
    return True


def to_the_front(entry: Entry, *, not_before: datetime, not_after: datetime) -> bool:
    """Ahead of everybody in line. False if it is not a kept place any more, or somebody is being reached for it."""
    line = Entry.objects.filter(agency_id=entry.agency_id, ended_at=None)
    first = line.order_by("rank_at").values_list("rank_at", flat=True).first()
    rank_at = min(first or entry.rank_at, entry.rank_at) - timedelta(seconds=1)
    return move(
        entry,
        to=State.CALLBACK,
        came_from=(State.CALLBACK,),
        rank_at=rank_at,
        not_before=not_before,
        not_after=not_after,
    )


def past_legal_hours(at: datetime) -> list[Entry]:
    """Kept places whose span of legal hours is over: another day's is to be found."""
    over = Entry.objects.filter(ended_at=None, state=State.CALLBACK, not_after__lte=at)
    return list(over.select_related("callback", "queue__agency")[:200])


def back(entry: Entry, *, at: datetime, queue: Queue | None = None, need: matching.Need | None = None) -> bool:
    """Whom an operator lost or passed on is in line again, with the place they had.

    Nobody is rung for them until they are out of the room (`out_of_the_room`). False: they were not talking.
    """
    changes: dict[str, Any] = {"passed_on_at": at, "seen_at": at, "not_before": at + timedelta(seconds=OUT_S)}
    if queue is not None and need is not None:
        changes |= into(entry, queue, need)
    return move(entry, to=State.WAITING, came_from=(State.TALKING,), connected_at=None, preferred=None, **changes)


def change_queue(entry: Entry, to: Queue, *, need: matching.Need) -> bool:
    """Into another line with the place kept; guarded, and `entry` in memory follows.

    False: it does not wait on the line, or was moved before.
    """
    changes = {"moved_from": entry.queue, **into(entry, to, need)}
    waiting = Entry.objects.filter(pk=entry.pk, state=State.WAITING, queue_id=entry.queue_id, moved_from=None)
    if waiting.update(**changes) != 1:
        return False
    for name, value in changes.items():
        setattr(entry, name, value)
    entry.standing = None
    return True


def into(entry: Entry, queue: Queue, need: matching.Need) -> dict[str, Any]:
    """The change to a row by which it stands in another queue, with the place it had there all along."""
    head_start = timedelta(seconds=queue.head_start_s + entry.priority * queue.class_head_start_s)
    text = need.text() if need != matching.NOTHING else ""
    return {"queue": queue, "need": text, "rank_at": entry.virtual_start - head_start}


def out_of_the_room(entry: Entry, *, at: datetime) -> bool:
    """The caller hears the wait loop again: somebody may be rung for them. False: that was known."""
    kept = Entry.objects.filter(pk=entry.pk, state=State.WAITING, passed_on_at__isnull=False, not_before__gt=at)
    return kept.update(not_before=at, seen_at=at) == 1


def head(agency_id: int) -> datetime | None:
    """The rank of whoever is first in line."""
    line = Entry.objects.filter(agency_id=agency_id, ended_at=None, state__in=IN_LINE)
    return line.order_by("rank_at").values_list("rank_at", flat=True).first()


def seen(entry: Entry, at: datetime) -> None:
    """The carrier showed that this caller is still there."""
    seen_now = Entry.objects.filter(pk=entry.pk, seen_at__lt=at)
    entry.rounds += seen_now.update(seen_at=at, rounds=F("rounds") + 1)


def on_the_line(entry_id: int) -> Entry | None:
    """The entry a round of the wait loop is about, with just what that round needs: it is the busiest door of all."""
    needed = (
        "state", "language", "agency_id", "call_id", "entered_at", "virtual_start", "rank_at", "need", "rounds",
        "told_low_s", "told_high_s", "link_sent_at", "moved_from_id", "passed_on_at", "sent_to", "sent_number",
        "sent_text", "chosen_number", "number_step", "answers",
    )  # fmt: skip
    beside = (
        "call__from_number", "call__to_number",
        *(f"queue__{name}" for name in (
            "slug", "agency_id", "callback_mode", "promise_hours", "window_min", "window_lead_min",
            "hours", "at_closing", "music_url", "text_link",
        )),
        *(f"callback__{name}" for name in ("number", "zones", "kind", "state", "window_from", "window_until")),
    )  # fmt: skip
    found = Entry.objects.filter(pk=entry_id).select_related("queue", "call", "callback").only(*needed, *beside)
    return next(iter(found), None)


def of_offer(token: UUID) -> Entry | None:
    """The entry of the offer an address of ours names, with what is said of it to an operator."""
    return Entry.objects.filter(offers__token=token).select_related("queue").first()


_FIRST, _CHUNK = 50, 200


def in_order(agency_id: int, *, at: datetime, idle: Collection[matching.Idle] = ()) -> Iterator[matching.Ticket]:
    """Who is to be served next, by rank, read in pieces as far as anybody asks. A call-back at rest is passed over.

    Beyond the first piece those are left out whom nobody of `idle`, if given, could serve yet: eight hundred rows cost
    25 ms to read, and at every match again.
    """
    rows = _to_be_served(at).filter(agency_id=agency_id).order_by("rank_at", "pk").values_list("rank_at", *_TICKET)
    piece = list(rows[:_FIRST])
    yield from map(_ticket, piece)
    if len(piece) == _FIRST and idle:
        rows = rows.exclude(_out_of_reach(rows, idle, at))
    size = _FIRST
    while len(piece) == size:
        rank, pk, *_ = piece[-1]
        size = _CHUNK
        piece = list(rows.filter(Q(rank_at__gt=rank) | Q(rank_at=rank, pk__gt=pk))[:size])
        yield from map(_ticket, piece)


_TICKET = ("pk", "virtual_start", "state", "need", "preferred_id", "kept_until", "refused_by_id", "refused_at")


def _to_be_served(at: datetime) -> QuerySet[Entry]:
    """Who is on the line, and kept places in the hours in which they may be called."""
    on_the_line = Q(state=State.WAITING) | Q(not_after=None) | Q(not_after__gt=at)
    line = Entry.objects.filter(on_the_line, ended_at=None, state__in=(State.WAITING, State.CALLBACK))
    return line.filter(not_before__lte=at)


def _ticket(row: tuple) -> matching.Ticket:
    _rank, pk, start, state, text, *rest = row
    return matching.Ticket(pk, start, state == State.CALLBACK, matching.need(text), *rest)


def _out_of_reach(line: QuerySet, idle: Collection[matching.Idle], at: datetime) -> Q:
    """The rule of `matching.fits_after` as a condition: there are few different needs, however long the line."""
    never, beyond = [], Q(pk__in=())
    for text in line.order_by().values_list("need", flat=True).distinct():
        after_s = min(matching.fits_after(matching.need(text), one.levels) for one in idle)
        if after_s == math.inf:
            never.append(text)
        elif after_s > 0:
            beyond |= Q(need=text, virtual_start__gt=at - timedelta(seconds=after_s))
    return Q(preferred=None) & (Q(need__in=never) | beyond)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a caller stands: `place` in line from 1, and whom and how many operators they wait for."""

    place: int
    ahead: waittime.Ahead
    operators: tuple[str, ...]  # log-in names of those who could serve them


def standing(entry: Entry, *, at: datetime) -> Standing:
    """The place in line, and what the estimate needs. One statement, once per round.

    Ahead are those who came before and wait for the same operators, call-backs included. A caller who needs somebody
    else is not ahead, though they came before. Who is being connected counts in the place but not in the estimate: an
    operator is taken for them already; nor does a call-back at rest. One promised for a later hour is in neither.
    """
    if entry.standing is None:
        entry.standing = _standing(entry, at)
    return entry.standing


def _standing(entry: Entry, at: datetime) -> Standing:
    staff = outlook.staff(entry.agency_id, at)
    waited = (at - entry.virtual_start).total_seconds()
    mine = staff.who_can(entry.need, waited)
    earlier = Entry.objects.filter(agency_id=entry.agency_id, ended_at=None, rank_at__lte=entry.rank_at)
    earlier = earlier.exclude(rank_at=entry.rank_at, pk__gte=entry.pk)
    rests = Case(When(not_before__gt=at, then=True), default=False, output_field=BooleanField())
    later = Q(state=State.CALLBACK, callback__window_from__gt=at)
    rows = (
        earlier.exclude(state=State.TALKING)
        .exclude(later)
        .order_by()
        .values_list("need", "state", rests)
        .annotate(n=Count("pk"))
    )
    place, own, others = 1, [0, 0], defaultdict(lambda: [0, 0])
    for need, state, at_rest, count in rows:
        theirs = staff.who_can(need, waited)
        if need != entry.need and mine and not theirs & mine:
            continue
        place += count
        if state != State.OFFERED and not at_rest:
            group = own if need == entry.need or theirs == mine else others[theirs]
            group[0] += count
            group[1] += count if state == State.WAITING else 0
    rivals = [waittime.Group(*group, who) for who, group in others.items()]
    ahead = waittime.binding(waittime.Group(*own, mine), rivals)
    return Standing(place, ahead, tuple(staff.names[one] for one in mine))


def agencies_in_line(at: datetime) -> set[int]:
    """Agencies where somebody could be served now: a match is due whenever an operator is ready as well."""
    return set(_to_be_served(at).order_by().values_list("agency_id", flat=True).distinct())


def silent(*, before: datetime, limit: int = 100) -> list[Entry]:
    """Callers waiting on the line of whom the carrier has said nothing since `before`.

    Not one who is just being called back: no line of theirs is up yet, and the reservation has its own deadline.
    """
    quiet = Entry.objects.filter(ended_at=None, state__in=(State.WAITING, State.OFFERED), seen_at__lt=before)
    dialling = Offer.objects.filter(entry=OuterRef("pk"), ended_at=None, state=Offer.State.RESERVED)
    quiet = quiet.filter(~Exists(dialling)).select_related("call", "queue", "callback")
    return list(quiet.order_by("seen_at")[:limit])
