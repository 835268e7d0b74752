"""The one writer of `Appointment` and of the seats of a `Slot`; desk, clinic, API and drill call only these.

    held --book--> booked --keep--> kept --unkeep--> booked
      |               |--cancel--> cancelled
      |               '--the hold that moves it is booked--> moved
      '--let_go, expire, another hold of this person--> let_go

Held, booked and kept take a seat; every other state has given it back, in the same transaction, once. A seat is taken
in one way, `_take`, before the row that stands for it is written, and the slot's CHECK is behind it. A hold that is
overdue is still a hold until `expire` has found it: its seat is counted, so it may be booked.

Rows are locked in the order person, appointments, slots by number; so two who swap seats do not lock each other out.
READ COMMITTED is relied upon (`scheduling.checks`).
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from core.rows import each
from crm.models import Call, Person
from scheduling import codes, queries
from scheduling.models import Appointment, Slot
from scheduling.retry import once_more
from scheduling.rules import HOLD_S, held_until

__all__ = ["HOLD_S", "Refused", "book", "cancel", "expire", "hold", "keep", "let_go", "renew", "unkeep"]

State = Appointment.State
_BATCH = 500  # overdue holds let go in one turn of the worker


class Refused(Exception):
    """Why not, in one word for the page to say kindly, and what to offer instead.

    taken: somebody has the last seat · over: its time has come · closed: the clinic takes nobody · gone: the hold was
    let go, or there is no such seat · not_held: what was to be booked or moved is not in the state for it ·
    not_eligible: `reasons` · already_booked: `appointment`. `seats`: the next best, wherever a seat was the matter.
    """

    def __init__(
        self,
        reason: str,
        *,
        slot: Slot | None = None,
        appointment: Appointment | None = None,
        reasons: Sequence[str] = (),
    ) -> None:
        super().__init__(reason)
        self.reason, self.slot, self.appointment, self.reasons = reason, slot, appointment, reasons
        self.seats: list[queries.Seat] = []


# ---- hold, book, let go -----------------------------------------------------------------------------------------


def hold(
    *,
    slot_id: int,
    person: Person,
    user: AbstractBaseUser | None,
    at: datetime,
    call: Call | None = None,
    source: str = Appointment.Source.PHONE,
    category: str = "",
    key: str | None = None,
    moving: Appointment | None = None,
) -> Appointment:
    """Takes a seat for a person for `HOLD_S`. An earlier hold for the same service is let go, if this one succeeds.

    `moving`: the booked appointment that `book` will move to this seat. The same `key` is the same hold, whatever
    became of it. Raises Refused.
    """
    wish = {"category": category, "call": call, "source": source, "key": key or None, "made_by": user}

    def work() -> Appointment:
        whom = _alone_with(person.pk)
        before = queries.whole().filter(key=key).first() if key else None
        if before is not None:
            if before.person_id != whom.pk:
                raise Refused("gone")
            return before
        slot = _slot_of(slot_id, whom)
        booked = _booking(whom, slot.session.service_id)
        if moving is not None and (booked is None or booked.pk != moving.pk):
            raise Refused("not_held")
        _may_book(slot, whom, category=category, booked=booked, moving=moving is not None, at=at)
        new = _held(slot, whom, wish, at)
        if moving is not None:
            Appointment.objects.filter(pk=booked.pk).update(moved_to=new)
        return new

    try:
        return _telling_the_next_best(work, at)
    except Refused as refused:
        if refused.reason != "taken" or not expire(at, slot_id=slot_id):
            raise
    return _telling_the_next_best(work, at)  # the seats of holds that had run out are free now


def book(appointment: Appointment, *, user: AbstractBaseUser | None, at: datetime) -> Appointment:
    """Makes a held seat an appointment and gives it a code; twice is once. What it moves gives its seat back.

    Raises Refused.
    """

    def work() -> Appointment:
        whom = _alone_with(appointment.person_id)
        mine = queries.whole().get(pk=appointment.pk)
        if mine.state == State.BOOKED:
            return mine
        if mine.state != State.HELD:
            raise Refused("gone" if mine.state == State.LET_GO else "not_held", slot=mine.slot)
        old = _booking(whom, mine.service_id)
        moving = old is not None and old.moved_to_id == mine.pk
        _may_book(mine.slot, whom, category=mine.category, booked=old, moving=moving, at=at)
        if moving:
            _move(old, to=State.MOVED, came_from=State.BOOKED, at=at, ended_at=at, ended_by=user)
        if not _booked(mine, user, at):
            raise Refused("gone", slot=mine.slot)  # and the old one stays as it was
        if moving:
            _free(old.slot_id)
        return queries.whole().get(pk=mine.pk)

    return _telling_the_next_best(work, at)


def let_go(appointment: Appointment, *, at: datetime) -> bool:
    """Gives a held seat back. False if it is not held any more."""
    return once_more(lambda: _let_go(appointment.pk, appointment.slot_id, at))


def renew(appointment: Appointment, *, at: datetime) -> bool:
    """A hold has its full time again. False if it is not held any more."""
    mine = Appointment.objects.filter(pk=appointment.pk, state=State.HELD)
    return mine.update(held_until=held_until(at)) == 1


def expire(at: datetime, *, slot_id: int | None = None) -> int:
    """Lets overdue holds go, of one slot or of all; how many. Safe to run twice and in parallel."""
    overdue = Appointment.objects.filter(state=State.HELD, held_until__lte=at)
    if slot_id is not None:
        overdue = overdue.filter(slot_id=slot_id)
    gone: list[int] = []

    def one(row: Appointment) -> None:
        if once_more(lambda: _let_go(row.pk, row.slot_id, at, held_until__lte=at)):
            gone.append(row.pk)

    each(overdue.only("pk", "slot_id").order_by("held_until")[:_BATCH], one)
    return len(gone)


# ---- what becomes of an appointment -----------------------------------------------------------------------------


def cancel(appointment: Appointment, *, user: AbstractBaseUser | None, at: datetime) -> bool:
    """Gives a booked seat back. False if there is nothing to cancel."""

    def work() -> bool:
        # A hold that was to move it goes on as a hold of its own.
        done = _move(
            appointment, to=State.CANCELLED, came_from=State.BOOKED, at=at, ended_at=at, ended_by=user, moved_to=None
        )
        if done:
            _free(appointment.slot_id)
        return done

    return once_more(work)


def keep(appointment: Appointment, *, user: AbstractBaseUser | None, at: datetime) -> bool:
    """The person came. False if it is not booked."""
    return _move(appointment, to=State.KEPT, came_from=State.BOOKED, at=at, ended_at=at, ended_by=user, moved_to=None)


def unkeep(appointment: Appointment, *, at: datetime) -> bool:
    """The wrong row was ticked: booked again. False if it is not kept, or the person has booked another since."""

    def work() -> bool:
        whom = _alone_with(appointment.person_id)
        if _booking(whom, appointment.service_id) is not None:
            return False
        return _move(appointment, to=State.BOOKED, came_from=State.KEPT, at=at, ended_at=None, ended_by=None)

    return once_more(work)


# ---- inside -----------------------------------------------------------------------------------------------------


def _alone_with(person_id: int) -> Person:
    """The person, as the database has them now; nobody else books for them meanwhile."""
    return Person.objects.select_for_update(no_key=True).get(pk=person_id)


def _booking(person: Person, service_id: int) -> Appointment | None:
    """What this person has booked of the service, kept as it is until we are done."""
    booked = queries.whole().filter(person=person, service_id=service_id, state=State.BOOKED)
    return booked.select_for_update(no_key=True, of=("self",)).first()


def _slot_of(slot_id: int, person: Person) -> Slot:
    """The slot, if it is of the person's agency: nobody books across."""
    whole = Slot.objects.select_related("session__site", "session__service")
    slot = whole.filter(pk=slot_id, session__site__agency_id=person.agency_id).first()
    if slot is None:
        raise Refused("gone")
    return slot


def _may_book(
    slot: Slot, person: Person, *, category: str, booked: Appointment | None, moving: bool, at: datetime
) -> None:
    """All that does not depend on how many seats are left."""
    session = slot.session
    if slot.starts_at <= at:
        raise Refused("over", slot=slot)
    if not queries.open_sessions().filter(pk=session.pk).exists():
        raise Refused("closed", slot=slot)
    day = slot.starts_at.astimezone(session.site.zone).date()
    verdict = queries.eligible(session.service, born_on=person.born_on, day=day, category=category)
    if not verdict:
        raise Refused("not_eligible", reasons=verdict.reasons)
    if booked is not None and (not moving or booked.slot_id == slot.pk):
        raise Refused("already_booked", appointment=booked)


def _held(slot: Slot, person: Person, wish: dict, at: datetime) -> Appointment:
    """The seat, then the row. An earlier hold of this person is let go; if there is no seat, all of it is undone."""
    service_id = slot.session.service_id
    earlier = Appointment.objects.filter(person=person, service_id=service_id, state=State.HELD).first()
    if earlier is not None and _end_hold(earlier.pk, at):
        _exchange(earlier.slot_id, slot, at)
    elif not _take(slot.pk, at):
        raise Refused("taken", slot=slot)
    return Appointment.objects.create(
        agency_id=person.agency_id,
        person=person,
        service_id=service_id,
        slot=slot,
        state=State.HELD,
        made_at=at,
        changed_at=at,
        held_until=held_until(at),
        **wish,
    )


def _exchange(given: int, wanted: Slot, at: datetime) -> None:
    """One seat for another, which may be in the same slot and its last."""
    list(Slot.objects.select_for_update(no_key=True).filter(pk__in=(given, wanted.pk)).order_by("pk"))
    if given == wanted.pk:
        _free(given)
    if not _take(wanted.pk, at):
        raise Refused("taken", slot=wanted)
    if given != wanted.pk:
        _free(given)


def _booked(appointment: Appointment, user: AbstractBaseUser | None, at: datetime) -> bool:
    """Guarded, with a code nobody has; a collision, which the constraint finds, is answered by another code."""
    changes = {"booked_at": at, **({} if user is None else {"made_by": user})}
    for code in codes.some():
        try:
            with transaction.atomic():
                return _move(appointment, to=State.BOOKED, came_from=State.HELD, at=at, code=code, **changes)
        except IntegrityError:
            if not Appointment.objects.filter(code=code).exists():
                raise
    raise RuntimeError("no code is free")


def _let_go(appointment_id: int, slot_id: int, at: datetime, **only_if) -> bool:
    done = _end_hold(appointment_id, at, **only_if)
    if done:
        _free(slot_id)
    else:
        transaction.set_rollback(True)  # renewed in this very moment: it still moves what it was to move
    return done


def _end_hold(appointment_id: int, at: datetime, **only_if) -> bool:
    """The row's part of letting go: first what it was to move, in the order in which `book` has them."""
    Appointment.objects.filter(moved_to=appointment_id, state=State.BOOKED).update(moved_to=None)
    mine = Appointment.objects.filter(pk=appointment_id, **only_if)
    return _update(mine, to=State.LET_GO, came_from=State.HELD, at=at, ended_at=at)


def _move(appointment: Appointment, *, to: str, came_from: str, at: datetime, **changes) -> bool:
    """The one way from state to state. False if the row is not where it was expected."""
    return _update(Appointment.objects.filter(pk=appointment.pk), to=to, came_from=came_from, at=at, **changes)


def _update(rows: QuerySet[Appointment], *, to: str, came_from: str, at: datetime, **changes) -> bool:
    changes |= {"state": to, "changed_at": at, "version": F("version") + 1}
    return rows.filter(state=came_from).update(**changes) == 1


def _take(slot_id: int, at: datetime) -> bool:
    """A seat, if the slot still has one to give: the one way to take it."""
    return queries.free_slots(at).filter(pk=slot_id).update(booked=F("booked") + 1) == 1


def _free(slot_id: int) -> None:
    """Gives a seat back; whoever calls has just moved the row that stood for it."""
    Slot.objects.filter(pk=slot_id).update(booked=F("booked") - 1)


def _telling_the_next_best(work: Callable[[], Appointment], at: datetime) -> Appointment:
    """Runs `work` whole or not at all; a refusal is given its seats after its locks are gone."""
    try:
        return once_more(work)
    except Refused as refused:
        if refused.slot is not None:
            refused.seats = queries.next_best(refused.slot, at=at)
        raise
