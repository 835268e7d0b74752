"""What must be true of an appointment book at every moment. Empty list: sound."""

from collections import Counter

from scheduling.models import Appointment, Slot

State = Appointment.State
NEVER_BOOKED = (State.HELD, State.LET_GO)


def violations() -> list[str]:
    """Two queries, since it is asked after every step of thousands."""
    rows = list(Appointment.objects.select_related("moved_to"))
    return [*_seats(rows), *_people(rows), *_moves(rows), *_codes(rows)]


def _seats(rows):
    taking = Counter(row.slot_id for row in rows if row.state in Appointment.TAKES_A_SEAT)
    for slot in Slot.objects.all():
        if not 0 <= slot.booked <= slot.capacity:
            yield f"{slot}: {slot.booked} of {slot.capacity} seats"
        if slot.booked != taking[slot.pk]:
            yield f"{slot}: counts {slot.booked}, {taking[slot.pk]} appointments take a seat"


def _people(rows):
    for state in (State.HELD, State.BOOKED):
        for whom, times in Counter((row.person_id, row.service_id) for row in rows if row.state == state).items():
            if times > 1:
                yield f"person and service {whom}: {times} {state}"


def _moves(rows):
    for row in rows:
        to = row.moved_to
        if row.state == State.MOVED and (to is None or to.slot_id == row.slot_id or to.state in NEVER_BOOKED):
            yield f"{row}: moved nowhere"
        if row.state == State.BOOKED and to is not None and to.state != State.HELD:
            yield f"{row}: is to be moved to a seat that is not held"
        if row.state not in (State.BOOKED, State.MOVED) and to is not None:
            yield f"{row}: leads to {to}"
        if to is not None and (to.person_id, to.service_id) != (row.person_id, row.service_id):
            yield f"{row}: moved to somebody else"


def _codes(rows):
    for row in rows:
        if (row.code == "") is not (row.state in NEVER_BOOKED):
            yield f"{row}: code {row.code!r}"
