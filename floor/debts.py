"""The one writer of `Debt` and `DebtAttempt`: whom we missed, who is at it, and how it was settled."""

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from core.models import Agency
from crm.models import Call
from floor import callbacks
from floor.models import Debt, DebtAttempt, Entry, Operator, Queue
from scheduling.models import Appointment

Reason = Debt.Reason
Result = DebtAttempt.Result
LEASE = timedelta(minutes=10)  # for whoever takes somebody on; renewed while a call to them runs
REST = timedelta(minutes=30)  # after a call in vain


# ---- opened and closed --------------------------------------------------------------------------------------------


def open_for(call: Call, kind: str, *, queue: Queue | None, language: str, at: datetime) -> None:
    """This call was missed: its number is owed one. A repeat is added to what is open, and ends a rest: they are there.

    Under the floor's lock. Nothing for a number that was withheld.
    """
    if not call.from_number:
        return
    facts = {"kind": kind, "last_at": at, "call": call, "language": language}
    debt = Debt.objects.filter(agency_id=call.agency_id, number=call.from_number, closed_at=None).first()
    if debt is None:
        Debt.objects.create(agency_id=call.agency_id, number=call.from_number, opened_at=at, queue=queue, **facts)
        return
    same = debt.call_id == call.pk
    Debt.objects.filter(pk=debt.pk, closed_at=None).update(
        calls=F("calls") + (0 if same else 1), not_before=None, queue=queue or debt.queue, **facts
    )


def close(number: str, reason: str, *, agency_id: int, at: datetime) -> bool:
    """This number is owed nothing any more. Guarded: once. False if nothing was owed."""
    mine = Debt.objects.filter(agency_id=agency_id, number=number, closed_at=None)
    return bool(number) and mine.update(closed_at=at, closed_reason=reason, **_FREE) == 1


def withdraw(debt: Debt, *, who: str, why: str, at: datetime) -> bool:
    """Taken off the list by staff: `who` is a log-in name. False if it was closed."""
    mine = Debt.objects.filter(pk=debt.pk, closed_at=None)
    told = {"staff": who[:150], "staff_why": why[:120]}
    return mine.update(closed_at=at, closed_reason=Reason.WITHDRAWN, **told, **_FREE) == 1


_FREE = {"lease_by": None, "lease_until": None}


# ---- taken on -----------------------------------------------------------------------------------------------------


def callable_now(agency_id: int, at: datetime) -> QuerySet[Debt]:
    """Whom somebody may take on at this moment, the longest owed first.

    Not whom a colleague has, who rests after a call in vain, or who is with us already: in line, on the phone, or
    being called.
    """
    with_us = Entry.objects.filter(agency_id=OuterRef("agency_id"), call__from_number=OuterRef("number"), ended_at=None)
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    rested = Q(not_before=None) | Q(not_before__lte=at)
    mine = Debt.objects.filter(free, rested, ~Exists(with_us), agency_id=agency_id, closed_at=None)
    return mine.order_by("opened_at", "pk")


def take(debt_id: int, operator: Operator, *, at: datetime) -> bool:
    """A lease. One statement decides between two who press at once. False: it is not to be had."""
    mine = callable_now(operator.agency_id, at).filter(pk=debt_id).order_by()
    return mine.update(lease_by=operator, lease_until=at + LEASE) == 1


def give_back(operator: Operator) -> None:
    """Whatever this operator has taken on is free again."""
    Debt.objects.filter(lease_by=operator, closed_at=None).update(**_FREE)


def held_by(operator: Operator, *, at: datetime) -> Debt | None:
    """What this operator has taken on, if the lease holds."""
    mine = Debt.objects.filter(lease_by=operator, lease_until__gt=at, closed_at=None)
    return mine.select_related("agency", "queue", "call").order_by("lease_until").first()


def renew(at: datetime) -> None:
    """Leases of those who are being called hold on."""
    calling = DebtAttempt.objects.filter(debt=OuterRef("pk"), ended_at=None)
    soon = Debt.objects.filter(Exists(calling), closed_at=None, lease_until__lte=at + LEASE / 2)
    soon.update(lease_until=at + LEASE)


def legal_now(agency: Agency, number: str, at: datetime) -> bool:
    """Whether this number may be called at this hour, by the clock where it is."""
    return callbacks.legal_span(agency, callbacks.phone_zones_of(number), at)[0] <= at


# ---- called -------------------------------------------------------------------------------------------------------


def attempt(debt: Debt, operator: Operator, entry: Entry, *, at: datetime) -> None:
    """A call of ours to them begins, `entry` being its place."""
    DebtAttempt.objects.create(debt=debt, operator=operator, entry=entry, at=at)


def open_attempt(debt: Debt) -> DebtAttempt | None:
    """The call to them that is under way."""
    return DebtAttempt.objects.filter(debt=debt, ended_at=None).select_related("entry__callback").first()


def attempt_ended(entry: Entry, result: str, *, at: datetime) -> None:
    """What came of the call whose place `entry` is; nothing if it is no such call, or this was told before.

    In vain, it is counted, the lease is over and they rest; after as many as the agency allows it is given up.
    """
    made = DebtAttempt.objects.filter(entry=entry, ended_at=None).select_related("debt__agency").first()
    if made is None:
        return
    DebtAttempt.objects.filter(pk=made.pk, ended_at=None).update(result=result, ended_at=at)
    debt = made.debt
    mine = Debt.objects.filter(pk=debt.pk, closed_at=None)
    if result in (Result.REACHED, Result.DECLINED):
        mine.update(closed_at=at, closed_reason=Reason.REACHED, **_FREE)
    elif result == Result.ENDED:
        mine.update(**_FREE)
    else:
        mine.update(attempts=F("attempts") + 1, not_before=at + REST, **_FREE)
        used = mine.filter(attempts__gte=debt.agency.missed_tries)
        used.update(closed_at=at, closed_reason=Reason.ATTEMPTS_USED)


# ---- settled otherwise --------------------------------------------------------------------------------------------


def booked() -> list[Debt]:
    """Open ones for whose number's people an appointment was booked since, by whoever books."""
    since = Appointment.objects.filter(
        person__agency=OuterRef("agency_id"),
        person__numbers__number=OuterRef("number"),
        booked_at__gte=OuterRef("opened_at"),
        state__in=(Appointment.State.BOOKED, Appointment.State.KEPT),
    )
    return list(Debt.objects.filter(Exists(since), closed_at=None).order_by("pk")[:200])
