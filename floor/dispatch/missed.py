"""Missed calls: a debt opens in the transaction of the fate that missed somebody, and closes when we have spoken.

Every writer of a contact's fate calls `ended`; whether it was a miss is `crm.missed`'s to say.
"""

from datetime import datetime

from crm import missed as definition
from crm import services as facts
from crm.ledger import Kind
from crm.missed import Missed
from crm.models import Call, CallEvent
from floor import debts
from floor.dispatch.lock import the_floor
from floor.models import DebtAttempt, Entry, Queue

Result = DebtAttempt.Result


def missed(
    call: Call,
    kind: str,
    *,
    queue: Queue | None = None,
    language: str = "en",
    key: str | None = None,
    waited_s: float | None = None,
    at: datetime | None = None,
) -> None:
    """Somebody was missed who stands in no line: in the menu, after hours, passed on and not taken.

    Called in the transaction of what it tells of. `key` names the carrier's event behind a missed transfer, which is no
    fate: the same key again is nothing. `waited_s`: how long they waited since they were passed on, if that is known.
    """
    with the_floor(call.agency_id, at) as at:
        if kind == Missed.TRANSFER_MISSED:
            if key and CallEvent.objects.filter(key=key).exists():
                return
            slug = queue.slug if queue else ""
            facts.record(call.pk, Kind.TRANSFER_MISSED, at=at, seconds=waited_s, queue=slug, key=key)
        if call.direction == Call.Direction.IN:
            debts.open_for(call, kind, queue=queue, language=language, at=at)


def ended(entry: Entry, fate: Kind, *, at: datetime, waited_s: float | None = None, result: str = "") -> None:
    """The contact of this entry has its fate. `result`: what came of it if it was a call of ours."""
    if entry.call.direction == Call.Direction.OUT:
        debts.attempt_ended(entry, result or Result.ENDED, at=at)
    elif kind := definition.kind_of(fate, wait_s=waited_s):
        debts.open_for(entry.call, kind, queue=entry.queue, language=entry.language, at=at)


def spoken(entry: Entry, *, at: datetime) -> None:
    """An operator and this contact's person hear each other: nothing is owed any more."""
    out = entry.call.direction == Call.Direction.OUT
    if out:
        debts.attempt_ended(entry, Result.REACHED, at=at)
    reason = debts.Reason.REACHED if out else debts.Reason.GOT_THROUGH
    debts.close(entry.call.from_number, reason, agency_id=entry.agency_id, at=at)


def declined(entry: Entry, *, at: datetime) -> None:
    """Whom we called said that they do not need us any more: reached."""
    facts.record(entry.call_id, Kind.DECLINED, at=at, queue=entry.queue.slug)
    debts.close(entry.call.from_number, debts.Reason.REACHED, agency_id=entry.agency_id, at=at)
