"""The one writer of `Callback` and `CallbackAttempt`: promises to call, and every try to keep one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F

from core import phone_zones
from core.models import Agency, ZipCode
from crm.models import Call
from floor import legal
from floor.models import Callback, CallbackAttempt, CallbackRule, CallbackTerms, Entry, Operator

State = Callback.State
Reason = Callback.Reason
Kind = Callback.Kind
Result = CallbackAttempt.Result
TRIES = 2  # with one result, before a promise counts as failed: the rule where an admin has set none
REST_S = 300  # between two tries, likewise


# ---- promising --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Terms:
    """What a promise says beside whom it is to: how it came about, and when it is to be kept."""

    kind: str = Kind.ASKED
    window_from: datetime | None = None
    window_until: datetime | None = None
    expires_at: datetime | None = None
    made_by: Operator | None = None
    about: Call | None = None


def owed_already(number: str, *, agency_id: int) -> Callback | None:
    """The open promise to a number, if there is one; the database allows no second."""
    return next(iter(owed_to(number, agency_id=agency_id)), None)


def promise(entry: Entry, number: str, *, terms: Terms, zones: str, at: datetime) -> Callback | None:
    """None if this number is owed a call-back already: the earlier place is the better. The request leaves a row."""
    merged = {}
    if owed_already(number, agency_id=entry.agency_id) is not None:
        merged = {"state": State.CANCELLED, "ended_at": at, "end_reason": Reason.MERGED}
    made = Callback.objects.create(
        entry=entry,
        agency_id=entry.agency_id,
        number=number,
        zones=zones,
        kind=terms.kind,
        asked_at=at,
        window_from=terms.window_from,
        window_until=terms.window_until,
        expires_at=terms.expires_at,
        made_by=terms.made_by,
        about=terms.about,
        **merged,
    )
    return None if merged else made


def terms_of(agency_id: int) -> CallbackTerms:
    """What an admin has set for an agency, else what the house does."""
    return CallbackTerms.objects.filter(agency_id=agency_id).first() or CallbackTerms(agency_id=agency_id)


def zones_of(entry: Entry, number: str) -> str:
    """The time zones of a number, by a blank: by the ZIP its caller gave, else by area code; "" if nothing tells.

    A ZIP tells nothing of another number than the caller's own.
    """
    found: tuple[str, ...] = ()
    if number == entry.call.from_number and (code := str(entry.answers.get("zip", ""))[:5]):
        state = ZipCode.objects.filter(code=code).values_list("county__state", flat=True).first()
        found = phone_zones.of_state(state or "")
    return " ".join(found) or phone_zones_of(number)


def phone_zones_of(number: str) -> str:
    """The time zones of a number by its area code alone, by a blank; "" where it says nothing."""
    return " ".join(phone_zones.of_number(number))


def legal_span(agency: Agency, zones: str, at: datetime, terms: CallbackTerms | None = None) -> legal.Span:
    """The next span, `at` or later, in which a number in these zones may be called; without zones, the agency's own."""
    terms = terms or terms_of(agency.pk)
    clocks = [ZoneInfo(name) for name in zones.split()] or [agency.zone]
    return legal.span(clocks, at, calls_from=terms.calls_from, calls_until=terms.calls_until)


# ---- finding ----------------------------------------------------------------------------------------------------


def by_token(token: UUID) -> Callback | None:
    """The call-back an address of ours names."""
    return Callback.objects.select_related("entry__call", "entry__queue").filter(token=token).first()


def owed_to(number: str, *, agency_id: int) -> list[Callback]:
    """Open promises to a number."""
    if not number:
        return []
    mine = Callback.objects.filter(agency_id=agency_id, number=number, ended_at=None)
    return list(mine.select_related("entry__call", "entry__queue"))


def is_open(callback: Callback) -> bool:
    """Whether the promise is still to be kept, by its row."""
    return Callback.objects.filter(pk=callback.pk, ended_at=None).exists()


def expired(at: datetime) -> list[Callback]:
    """Open promises whose time is over and for whom nobody is being reached this moment."""
    late = Callback.objects.filter(ended_at=None, expires_at__lte=at, entry__state=Entry.State.CALLBACK)
    return list(late.select_related("entry__call", "entry__queue")[:100])


def set_by(operator: Operator) -> list[Callback]:
    """Open promises that an operator set, or that are kept for them, the next one first."""
    mine = Callback.objects.filter(agency_id=operator.agency_id, ended_at=None, made_by=operator)
    return list(mine.select_related("entry__queue", "entry__preferred__user").order_by("window_from", "pk"))


# ---- trying -----------------------------------------------------------------------------------------------------


def attempt(callback: Callback, operator: Operator, *, at: datetime) -> bool:
    """Counts a try; written before the carrier is asked, so that a crash cannot make us dial without end.

    After a crash the try that was left open is this one still. False if the promise has ended: nobody is dialled.
    """
    mine = Callback.objects.filter(pk=callback.pk, state=State.PENDING)
    if mine.update(attempts=F("attempts") + 1, leg_uuid="") != 1:
        return False
    CallbackAttempt.objects.get_or_create(callback=callback, ended_at=None, defaults={"at": at, "operator": operator})
    return True


def not_attempted(callback: Callback) -> None:
    """Takes a try back: the same turn will ask the carrier again, and one turn is one try."""
    Callback.objects.filter(pk=callback.pk).update(attempts=F("attempts") - 1)
    CallbackAttempt.objects.filter(callback=callback, ended_at=None).delete()


def dialled(callback: Callback, leg_uuid: str) -> None:
    """The carrier took the call."""
    Callback.objects.filter(pk=callback.pk).update(leg_uuid=leg_uuid)
    CallbackAttempt.objects.filter(callback=callback, ended_at=None).update(leg_uuid=leg_uuid)


def settle(callback: Callback, result: str, *, at: datetime) -> bool:
    """What came of the try under way. False if there is none: it was told before, or nothing was dialled."""
    return CallbackAttempt.objects.filter(callback=callback, ended_at=None).update(result=result, ended_at=at) == 1


def of_an_earlier_try(callback: Callback, leg_uuid: str) -> bool:
    """Whether the carrier speaks of a leg whose story is over: late news of it says nothing about the present one."""
    legs = CallbackAttempt.objects.filter(callback=callback, ended_at__isnull=False)
    return bool(leg_uuid) and legs.filter(leg_uuid=leg_uuid).exists()


def next_try(callback: Callback, result: str, *, at: datetime) -> datetime | None:
    """When a try that came to `result` may be followed by the next; None if there have been enough of that kind."""
    rule = CallbackRule.objects.filter(agency_id=callback.agency_id, result=result).first()
    most, rest_s = (rule.tries, rule.rest_min * 60) if rule else (TRIES, REST_S)
    if CallbackAttempt.objects.filter(callback=callback, result=result).count() >= most:
        return None
    return at + timedelta(seconds=rest_s)


# ---- ending, and the hand of staff ------------------------------------------------------------------------------


def end(callback: Callback, state: str, reason: str, *, at: datetime) -> bool:
    """Guarded: a promise ends once, and with a reason."""
    mine = Callback.objects.filter(pk=callback.pk, state=State.PENDING)
    if mine.update(state=state, ended_at=at, end_reason=reason) != 1:
        return False
    settle(callback, Result.REACHED if state == State.DONE else Result.ENDED, at=at)
    return True


def by_staff(callback: Callback, who: str, why: str, *, moved_up_at: datetime | None = None) -> bool:
    """Who of the staff had a hand in it, and why. False if the promise has ended."""
    changes = {"moved_up_at": moved_up_at} if moved_up_at else {}
    mine = Callback.objects.filter(pk=callback.pk, state=State.PENDING)
    return mine.update(staff=who[:150], staff_why=why[:120], **changes) == 1
