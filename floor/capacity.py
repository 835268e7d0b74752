"""What the floor has to say about one more promise: who is at work, how long calls take, who is in line. Reads only."""

from datetime import datetime, timedelta

from django.db.models import F

from floor import callbacks, promising
from floor.models import Callback, CallbackTerms, Entry, Offer, Stint
from floor.promising import Span, Staff
from knowledgebase.queries import open_spans

DAYS = 8  # ahead, with today: a week on, every weekday has come once
_LAST = 50  # talks that tell how long one takes
_AT_WORK = (Stint.State.READY, Stint.State.OFFERED, Stint.State.TALKING, Stint.State.HOLD, Stint.State.WRAPPING)


def may_keep_place(entry: Entry, at: datetime) -> bool:
    """Whether this place can be served by closing time; always where a queue names no hours, or hours without rows."""
    slug = entry.queue.promise_hours
    spans = open_spans(entry.queue.agency, slug, at, days=2) if slug else None
    if spans is None:
        return True
    closes = _closes(spans, at)
    if closes is None:
        return False
    others = _in_line(entry, due_by=closes)
    return promising.may_keep_place(at=at, closes=closes, in_line=others, staff=_staff(entry.agency_id))


def window(entry: Entry, zones: str, terms: CallbackTerms, at: datetime) -> Span | None:
    """The window to promise this caller: open hours in which their number may be called, with room."""
    queue, agency = entry.queue, entry.queue.agency
    legal = _legal(entry, zones, terms, at)
    spans = open_spans(agency, queue.promise_hours, at, days=DAYS) if queue.promise_hours else None
    if spans is not None:
        legal = _both(spans, legal)
    promised = Callback.objects.filter(agency=agency, ended_at=None, window_from__isnull=False)
    promised = promised.filter(window_until__gt=at).values_list("window_from", "window_until")
    return promising.window(
        at=at,
        spans=legal,
        length=timedelta(minutes=queue.window_min),
        lead=timedelta(minutes=queue.window_lead_min),
        in_line=_in_line(entry, due_by=at),
        promised=list(promised),
        staff=_staff(agency.pk),
        zone=agency.zone,
    )


def _closes(spans: list[Span], at: datetime) -> datetime | None:
    """The end of the span that is open now, midnight not being an end; None if none is."""
    closes = None
    for opens, end in spans:
        if opens <= (closes or at):
            closes = max(end, closes or end)
    return closes


def _legal(entry: Entry, zones: str, terms: CallbackTerms, at: datetime) -> list[Span]:
    found: list[Span] = []
    while len(found) < DAYS:
        found.append(callbacks.legal_span(entry.queue.agency, zones, found[-1][1] if found else at, terms))
    return found


def _both(some: list[Span], others: list[Span]) -> list[Span]:
    """Where two lists of spans overlap, in order."""
    pairs = [(max(a, c), min(b, d)) for a, b in some for c, d in others]
    return sorted((start, end) for start, end in pairs if start < end)


def _staff(agency_id: int) -> Staff:
    at_work = Stint.objects.filter(agency_id=agency_id, until=None, state__in=_AT_WORK).count()
    talks = Offer.objects.filter(operator__agency_id=agency_id, state=Offer.State.ENDED, wrapped_at__isnull=False)
    lengths = talks.order_by("-pk").values_list(F("wrapped_at") - F("connected_at"), flat=True)[:_LAST]
    return Staff(at_work, promising.aht([length.total_seconds() for length in lengths]))


def _in_line(entry: Entry, *, due_by: datetime) -> int:
    """Everybody else whom operators are to serve by then, of whatever queue: the operators are the same."""
    line = Entry.objects.filter(agency_id=entry.agency_id, ended_at=None, not_before__lte=due_by)
    return line.exclude(pk=entry.pk).exclude(state=Entry.State.TALKING).count()
