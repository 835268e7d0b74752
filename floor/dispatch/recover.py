"""Whom we missed is called back: an operator takes somebody on, has them called, or gives them back."""

from datetime import datetime

from core import clock, live
from core.rows import each
from floor import debts, presence
from floor.callbacks import owed_to
from floor.dispatch.callers import any_queue
from floor.dispatch.lock import the_floor
from floor.dispatch.outbound import call_out
from floor.dispatch.promises import callback_withdrawn
from floor.models import Callback, Debt, Entry, Operator, Stint

State = Stint.State


def take_missed(operator: Operator, debt_id: int, *, at: datetime | None = None) -> bool:
    """This operator takes a missed caller on, for ten minutes. False if they have one, or somebody was faster."""
    with the_floor(operator.agency_id, at) as at:
        if debts.held_by(operator, at=at) is not None or not debts.take(debt_id, operator, at=at):
            return False
        live.publish(live.desk(operator.pk))
    return True


def give_back_missed(operator: Operator, *, at: datetime | None = None) -> bool:
    """Somebody else may take them on. A call that was ordered and not begun is called off. False: nothing to give."""
    with the_floor(operator.agency_id, at) as at:
        debt = debts.held_by(operator, at=at)
        if debt is None or not _call_off(debt, at):
            return False
        debts.give_back(operator)
        live.publish(live.desk(operator.pk))
    return True


def call_missed(operator: Operator, *, at: datetime | None = None) -> Entry | None:
    """The missed caller this operator has taken on is called now, for them. They are ready from here on.

    None if there is nobody to call, it is no hour for it, they have come to us meanwhile, or the operator is busy.
    Whoever waits in line goes first; then the call is made as soon as the operator is free.
    """
    with the_floor(operator.agency_id, at) as at:
        debt = debts.held_by(operator, at=at)
        if debt is None or not debts.legal_now(debt.agency, debt.number, at) or _with_us(debt):
            return None
        if not presence.is_in(operator, State.READY) and not _comes_back(operator, at):
            return None
        presence.reports(operator, at=at)
        entry = _dial(debt, operator, at)
        debts.attempt(debt, operator, entry, at=at)
        return entry


def withdraw_missed(debt: Debt, *, who: str, why: str, at: datetime | None = None) -> bool:
    """Staff takes a missed caller off the list, with the reason. False if they were off it, or are being called."""
    with the_floor(debt.agency_id, at) as at:
        return _call_off(debt, at) and debts.withdraw(debt, who=who, why=why, at=at)


def settle_missed(debt: Debt, reason: str, *, at: datetime | None = None) -> bool:
    """They have what they rang for another way (booked, answered by text). False if it was settled, or is being."""
    with the_floor(debt.agency_id, at) as at:
        return _call_off(debt, at) and debts.close(debt.number, reason, agency_id=debt.agency_id, at=at)


def look_after_missed(*, at: datetime | None = None) -> None:
    """What nobody tells us of: appointments booked elsewhere, leases of calls that run. Safe to run in parallel."""
    at = at or clock.now()
    debts.renew(at)
    each(debts.booked(), lambda debt: settle_missed(debt, debts.Reason.BOOKED, at=at))


def _dial(debt: Debt, operator: Operator, at: datetime) -> Entry:
    return call_out(
        agency=debt.agency,
        number=debt.number,
        queue=debt.queue or any_queue(debt.agency_id),
        language=debt.language,
        at=at,
        only=operator,
        kind=Callback.Kind.MISSED,
        about=debt.call,
    )


def _comes_back(operator: Operator, at: datetime) -> bool:
    """Whoever is away, and presses the key, is ready for this."""
    return presence.is_in(operator, State.AWAY) and presence.happens(presence.Event.READY, operator, at=at)


def _with_us(debt: Debt) -> bool:
    """Whether they are in line, on the phone or about to be called already."""
    here = Entry.objects.filter(agency_id=debt.agency_id, call__from_number=debt.number, ended_at=None)
    return here.exists() or bool(owed_to(debt.number, agency_id=debt.agency_id))


def _call_off(debt: Debt, at: datetime) -> bool:
    """A call that was ordered and not begun is not made. False: it has begun, and will say itself what came of it."""
    ordered = debts.open_attempt(debt)
    if ordered is None:
        return True
    if ordered.entry.state != Entry.State.CALLBACK:
        return False
    callback_withdrawn(ordered.entry.callback, reason=Callback.Reason.STAFF, at=at)
    return True
