"""What happened before. Of a number: that it rang, and when. Of people whose facts matched: all we know."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import moments
from crm.ledger import FATES, Kind
from crm.models import Call, CallEvent, CallSubject, Handling, Person
from floor.desk import words
from floor.desk.current import Desk
from scheduling.models import Appointment
from scheduling.queries import appointments_of

_CALLS = 12

_ENDS = {
    Kind.ANSWERED: (gettext_lazy("Call, answered."), ""),
    Kind.ABANDONED: (gettext_lazy("Missed call."), "waited"),
    Kind.OVERFLOW: (gettext_lazy("Call, passed on."), ""),
    Kind.VOICEMAIL: (gettext_lazy("Left a message."), ""),
    Kind.TURNED_AWAY: (gettext_lazy("Missed call."), "closing"),
    Kind.CLOSED: (gettext_lazy("Rang while we were closed."), ""),
    Kind.IVR_ABANDONED: (gettext_lazy("Hung up in the menu."), ""),
    Kind.IVR_CONTAINED: (gettext_lazy("Helped by the menu."), ""),
    Kind.CALLBACK_DONE: (gettext_lazy("Called back, reached."), ""),
    Kind.CALLBACK_FAILED: (gettext_lazy("Called back, not reached."), ""),
    Kind.CALLBACK_CANCELLED: (gettext_lazy("Did not need the call-back any more."), ""),
}
_SEATS = {
    Appointment.State.BOOKED: gettext_lazy("Seat booked:"),
    Appointment.State.KEPT: gettext_lazy("Seat kept:"),
    Appointment.State.CANCELLED: gettext_lazy("Seat cancelled:"),
    Appointment.State.MOVED: gettext_lazy("Seat moved away from:"),
}


@dataclass(frozen=True)
class Line:
    """One thing that happened."""

    at: datetime
    day: str
    clock: str
    what: str
    more: str = ""
    quote: str = ""  # an operator's own words
    now: bool = False


def before(desk: Desk, subjects: list[Person], *, at: datetime) -> list[Line]:
    """Newest first. `subjects`: those whose records are open."""
    if desk.call is None:
        return []
    lines = [*_calls(desk, subjects, at), *_seats(desk, subjects, at)]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _calls(desk: Desk, subjects: list[Person], at: datetime) -> Iterator[Line]:
    about = Q(pk__in=CallSubject.objects.filter(person__in=subjects).values("call")) if subjects else Q(pk=desk.call.pk)
    same = Q(from_number=desk.call.from_number) if desk.call.from_number else Q()
    mine = Call.objects.filter(about | same if same else about, agency_id=desk.agency.pk)
    calls = list(mine.order_by("-started_at", "-pk")[:_CALLS])
    keys = [call.pk for call in calls]
    ends = {event.call_id: event for event in CallEvent.objects.filter(call__in=keys, kind__in=list(map(str, FATES)))}
    words_of = _words(keys, subjects) if subjects else {}
    for call in calls:
        if call.pk == desk.call.pk:
            continue
        what, more = _end(ends.get(call.pk))
        name, note = words_of.get(call.pk, ("", ""))
        yield _line(desk, call.started_at, at, what=what, more=name or more, quote=note)
    kept = desk.entry is not None and desk.entry.promise is not None
    what = _("This call, place kept.") if kept else _("This call.")
    yield _line(desk, desk.call.started_at, at, what=what, now=True)


def _words(calls: list[int], subjects: list[Person]) -> dict[int, tuple[str, str]]:
    """How each call ended and what was noted. A note only where everybody the call was about is open now too."""
    opened = {person.pk for person in subjects}
    about: dict[int, set[int]] = {}
    for call_id, person_id in CallSubject.objects.filter(call__in=calls).values_list("call", "person"):
        about.setdefault(call_id, set()).add(person_id)
    found = {}
    closed = Handling.objects.filter(call__in=[call for call in calls if about.get(call, set()) & opened])
    for row in closed.select_related("disposition").order_by("pk"):
        name = _name(row.disposition) if row.disposition and row.closed_at else ""
        found[row.call_id] = (name, row.notes.strip()[:400] if about[row.call_id] <= opened else "")
    return found


def _seats(desk: Desk, subjects: Iterable[Person], at: datetime) -> Iterator[Line]:
    for person in subjects:
        for seat in appointments_of(person):
            if seat.state not in _SEATS:
                continue
            site = seat.slot.session.site
            start = seat.slot.starts_at
            when = f"{words.day(start, site.zone, now=at)}, {moments.clock(start, site.zone)}"
            said = f"{_name(seat.service)}, {when}, {site.name}"
            moment = seat.ended_at or seat.booked_at or seat.made_at
            yield _line(desk, moment, at, what=str(_SEATS[Appointment.State(seat.state)]), more=said)


def _end(event: CallEvent | None) -> tuple[str, str]:
    if event is None or Kind(event.kind) not in _ENDS:
        return _("Call."), ""
    what, more = _ENDS[Kind(event.kind)]
    if more == "waited":
        n = words.minutes(event.seconds)
        return str(what), ngettext("Hung up after %(n)d min in line.", "Hung up after %(n)d min in line.", n) % {"n": n}
    return str(what), _("We closed before it was their turn.") if more == "closing" else ""


def _line(desk: Desk, moment: datetime, at: datetime, **said: object) -> Line:
    zone = desk.agency.zone
    return Line(moment, words.day(moment, zone, now=at), moments.clock(moment, zone), **said)


def _name(row) -> str:
    return words.either(row.name, row.name_es)
