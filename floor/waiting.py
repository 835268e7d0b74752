"""The one writer of `Entry`: a contact's visit to a queue."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Case, Count, Exists, F, OuterRef, When

from crm.models import Call
from floor import matching, outlook, waittime
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


def move(entry: Entry, *, to: str, came_from: Collection[str], **changes: Any) -> bool:
    """Guarded change of state; `entry` in memory follows. False: it was in none of `came_from`."""
    moved = Entry.objects.filter(pk=entry.pk, state__in=came_from).update(state=to, **changes) == 1
    if moved:
        entry.state = to
        for name, value in changes.items():
            setattr(entry, name, value)
    return moved


def change_queue(entry: Entry, to: Queue, *, need: matching.Need) -> bool:
    """Into another line with the place kept; guarded, and `entry` in memory follows.

    False: it does not wait on the line, or was moved before.
    """
    head_start = timedelta(seconds=to.head_start_s + entry.priority * to.class_head_start_s)
    changes = {
        "queue": to,
        "moved_from": entry.queue,
        "need": need.text() if need != matching.NOTHING else "",
        "rank_at": entry.virtual_start - head_start,
    }
    waiting = Entry.objects.filter(pk=entry.pk, state=State.WAITING, queue_id=entry.queue_id, moved_from=None)
    if waiting.update(**changes) != 1:
        return False
    for name, value in changes.items():
        setattr(entry, name, value)
    entry.standing = None
    return True


def seen(entry: Entry, at: datetime) -> None:
    """The carrier showed that this caller is still there."""
    seen_now = Entry.objects.filter(pk=entry.pk, seen_at__lt=at)
    entry.rounds += seen_now.update(seen_at=at, rounds=F("rounds") + 1)


def on_the_line(entry_id: int) -> Entry | None:
    """The entry a round of the wait loop is about, with just what that round needs: it is the busiest door of all."""
    needed = (
        "state", "language", "agency_id", "call_id", "entered_at", "virtual_start", "rank_at", "need", "rounds",
        "told_low_s", "told_high_s", "link_sent_at", "moved_from_id", "sent_to", "sent_number", "sent_text",
    )  # fmt: skip
    beside = (
        "queue__slug", "queue__callback_mode", "queue__hours", "queue__at_closing", "queue__music_url",
        "queue__text_link", "call__from_number", "call__to_number", "callback__id",
    )  # fmt: skip
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
    operator is taken for them already; nor does a call-back at rest.
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
    rows = earlier.exclude(state=State.TALKING).order_by().values_list("need", "state", rests).annotate(n=Count("pk"))
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
