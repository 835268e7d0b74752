"""What a robot operator does about a call: whom it was about, a seat for some, and how it ended."""

import logging
from datetime import datetime, timedelta
from random import Random

from crm import handling, people
from crm.models import Call, Disposition, DispositionField, Person
from floor.models import Offer, Operator
from scheduling import queries, services
from scheduling.models import Appointment

log = logging.getLogger(__name__)

BOOKS = 1 / 6  # of all calls
SOME_CANNOT = 1.5  # so many more try: who is not known, not eligible or booked already gets no seat
_SEATS = 8  # the nearest, of which one is taken by lot
_BOOKED = "booked"  # slug of the disposition, in the sample program
_CANCELLED = "cancelled"
_CHANGES = "change"  # slug of the line whose callers have an appointment
_REFUSES = ("call-back", "complaint", "dropped", "wrong-number", _BOOKED, "moved", _CANCELLED)


def do(operator: Operator, luck: Random, *, at: datetime) -> None:
    """Closes the last call of this operator. What cannot be done is left undone: the caller has been served."""
    offer = Offer.objects.filter(operator=operator, ended_at__isnull=False, connected_at__isnull=False)
    last = offer.select_related("entry__call", "entry__queue").order_by("-ended_at", "-pk").first()
    if last is None:
        return
    call = last.entry.call
    person = _whom(call, operator, luck, at)
    happened = ""
    if person is not None and last.entry.queue.slug == _CHANGES:
        happened = _CANCELLED if _cancel(person, operator, at) else ""
    elif person is not None and luck.random() < BOOKS * SOME_CANNOT:
        happened = _BOOKED if _book(person, call, operator, luck, at) else ""
    _close(call, operator, happened=happened, luck=luck, at=at)


def _whom(call: Call, operator: Operator, luck: Random, at: datetime) -> Person | None:
    """One of those known at the number, by two facts as at the desk; None if nobody is known there."""
    known = people.candidates(call.agency_id, call.from_number)
    if not known:
        return None
    person = luck.choice(known)
    people.listed(known, call=call, user=operator.user, at=at)
    verdict = people.verify(person, born_on=person.born_on, place=person.zip_code, call=call, user=operator.user, at=at)
    return person if verdict is people.Verdict.MATCH else None


def _book(person: Person, call: Call, operator: Operator, luck: Random, at: datetime) -> Appointment | None:
    tomorrow = at + timedelta(days=1)
    for service in queries.services(call.agency_id):
        if not queries.eligible(service, born_on=person.born_on, day=tomorrow.date()):
            continue
        seats = queries.nearest_seats(
            call.agency_id, service_id=service.pk, zip_code=person.zip_code, at=at, limit=_SEATS, not_before=tomorrow
        )
        if not seats:
            continue
        try:
            held = services.hold(
                slot_id=luck.choice(seats).slot_id, person=person, user=operator.user, at=at, call=call
            )
            return services.book(held, user=operator.user, at=at)
        except services.Refused as refused:
            log.info("a robot could not book: %s", refused.reason)
    return None


def _cancel(person: Person, operator: Operator, at: datetime) -> bool:
    """So that seats come free again, and there is always somebody who has none."""
    booked = queries.next_booked(person, at=at)
    return booked is not None and services.cancel(booked, user=operator.user, at=at)


def _close(call: Call, operator: Operator, *, happened: str, luck: Random, at: datetime) -> None:
    chosen = _disposition(call.agency_id, happened, luck)
    if chosen is None:
        return
    details = {field.slug: _said(field, at) for field in chosen.fields.all()}
    handling.close(call, operator.user, at, disposition=chosen.slug, details=details, notes=None)


def _disposition(agency_id: int, happened: str, luck: Random) -> Disposition | None:
    """What happened to a seat, else one that leaves nobody anything to do."""
    rows = handling.dispositions(agency_id)
    fitting = [row for row in rows if (row.slug == happened if happened else row.slug not in _REFUSES)]
    return luck.choice(fitting or rows) if rows else None


def _said(field: DispositionField, at: datetime) -> str:
    if field.kind == DispositionField.FieldKind.DATE:
        return (at + timedelta(days=14)).date().isoformat()
    if field.kind == DispositionField.FieldKind.CHOICE:
        return handling.choices(field)[0][0]
    return "As the caller asked."
