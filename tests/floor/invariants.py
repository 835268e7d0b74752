"""What must hold on the floor after every event, whatever came before."""

from collections import Counter
from datetime import datetime, timedelta

from crm.ledger import FATES, OFFERED_FATES, Kind
from crm.models import CallEvent
from floor.models import Callback, Entry, Offer, Stint, WaitPromise

_BUSY = {
    Offer.State.RESERVED: Stint.State.OFFERED,
    Offer.State.RINGING: Stint.State.OFFERED,
    Offer.State.ANSWERED: Stint.State.OFFERED,
    Offer.State.CONNECTED: Stint.State.TALKING,
}
_SERVED = {**dict.fromkeys(_BUSY, Entry.State.OFFERED), Offer.State.CONNECTED: Entry.State.TALKING}


def violations(now: datetime) -> list[str]:
    """Everything that is wrong on the floor, in words; empty when it is sound."""
    return [
        *_offers_and_operators(),
        *_offers_and_entries(),
        *_idle_while_waiting(now),
        *_promises(),
        *_waits(),
        *_ledger(),
    ]


def _offers_and_operators():
    offers = list(Offer.objects.filter(ended_at=None).values_list("operator_id", "state"))
    yield from (f"operator {who} has {n} open offers" for who, n in _counts(who for who, _ in offers))
    stints = list(Stint.objects.filter(until=None).values_list("operator_id", "state"))
    yield from (f"operator {who} is in {n} states" for who, n in _counts(who for who, _ in stints))
    expected, busy = dict(offers), (Stint.State.OFFERED, Stint.State.TALKING)
    for who, state in stints:
        offered = expected.pop(who, None)
        if offered is None and state in busy:
            yield f"operator {who} is {state} without an open offer"
        elif offered is not None and _BUSY[offered] != state:
            yield f"operator {who} is {state} with an offer that is {offered}"
    yield from (f"operator {who} has an offer and no presence" for who in expected)


def _offers_and_entries():
    offers = list(Offer.objects.filter(ended_at=None).values_list("entry_id", "state"))
    yield from (f"entry {which} has {n} open offers" for which, n in _counts(which for which, _ in offers))
    expected = dict(offers)
    for which, state in Entry.objects.values_list("pk", "state"):
        offered = expected.get(which)
        if offered is None and state in _SERVED.values():
            yield f"entry {which} is {state} without an open offer"
        elif offered is not None and _SERVED[offered] != state:
            yield f"entry {which} is {state} with an offer that is {offered}"


def _idle_while_waiting(now: datetime):
    """Nobody waits while somebody is ready who may be rung for them, by a rule written out once more here."""
    line = Entry.objects.filter(state__in=(Entry.State.WAITING, Entry.State.CALLBACK), not_before__lte=now)
    ready = Stint.objects.filter(until=None, state=Stint.State.READY).select_related("operator")
    for entry in line.select_related("queue"):
        for stint in ready.filter(agency_id=entry.agency_id):
            if _fits(entry, stint.operator, now) and _may_be_asked(entry, stint, now):
                yield f"entry {entry.pk} waits while operator {stint.operator_id} is ready"


def _fits(entry, operator, now):
    levels = dict(operator.skills.values_list("skill__slug", "level"))
    tongue = entry.queue.agency.skills.filter(language=entry.language)
    asked = dict.fromkeys(tongue.values_list("slug", flat=True), 1)
    asked |= dict.fromkeys(entry.queue.skills.values_list("slug", flat=True), entry.queue.min_level)
    if all(levels.get(slug, 0) >= level for slug, level in asked.items()):
        return True
    waited = (now - entry.virtual_start).total_seconds()
    return any(step.kind == "anyone" and waited >= step.after_s for step in entry.queue.relax_steps.all())


def _may_be_asked(entry, stint, now):
    if entry.kept_until and now < entry.kept_until and stint.operator_id != entry.preferred_id:
        return False
    refused = entry.refused_by_id == stint.operator_id and now < entry.refused_at + timedelta(seconds=60)
    return not refused or stint.since > entry.refused_at


def _promises():
    kept = dict(Callback.objects.filter(ended_at=None).values_list("entry_id", "entry__state"))
    over = (Entry.State.DONE, Entry.State.TALKING)
    yield from (
        f"entry {which} is {state} and still owed a call-back" for which, state in kept.items() if state in over
    )
    held = Entry.objects.filter(state=Entry.State.CALLBACK).values_list("pk", flat=True)
    yield from (f"entry {which} keeps a place nobody promised" for which in held if which not in kept)


def _waits():
    """What callers were told, and where an overflow rule sent them."""
    told = {}
    for entry, low, high in WaitPromise.objects.order_by("pk").values_list("entry_id", "low_s", "high_s"):
        if high > told.get(entry, (0, high))[1]:
            yield f"entry {entry} was promised more than before"
        told[entry] = low, high
    rows = Entry.objects.values_list("pk", "told_low_s", "told_high_s", "sent_to", "state")
    for which, low, high, sent_to, state in rows:
        if told.get(which, (None, None)) != (low, high):
            yield f"entry {which} was told {low} to {high} s and nobody wrote it down"
        if sent_to and state != Entry.State.DONE:
            yield f"entry {which} was sent away and is {state}"
    moved = Counter(CallEvent.objects.filter(kind=Kind.MOVED).values_list("call_id", flat=True))
    for which, call, first in Entry.objects.values_list("pk", "call_id", "moved_from_id"):
        if moved[call] != (first is not None):
            yield f"entry {which} has {moved[call]} lines of being moved"


def _ledger():
    ended = CallEvent.objects.filter(kind__in=[str(fate) for fate in FATES])
    fates = Counter(ended.values_list("call_id", flat=True))
    for which, call, state in Entry.objects.values_list("pk", "call_id", "state"):
        due = 1 if state == Entry.State.DONE else 0
        if fates[call] != due:
            yield f"entry {which} is {state} with {fates[call]} fates"
    offered = CallEvent.objects.filter(kind=Kind.OFFERED).count()
    accounted = CallEvent.objects.filter(kind__in=[str(fate) for fate in OFFERED_FATES]).count()
    still_open = Entry.objects.filter(ended_at=None).count()
    if offered != accounted + still_open:
        yield f"{offered} offered, but {accounted} fates and {still_open} open"


def _counts(keys):
    return [(key, n) for key, n in Counter(keys).items() if n > 1]
