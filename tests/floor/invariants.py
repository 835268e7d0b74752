"""What must hold on the floor after every event, whatever came before."""

from collections import Counter
from datetime import datetime, timedelta

from django.db.models import Q

from crm.ledger import FATES, OFFERED_FATES, Kind
from crm.models import CallEvent
from floor.models import (
    Callback,
    CallbackAttempt,
    Consult,
    Debt,
    DebtAttempt,
    Entry,
    Listening,
    Offer,
    Stint,
    WaitPromise,
)

_BUSY = {
    Offer.State.RESERVED: (Stint.State.OFFERED,),
    Offer.State.RINGING: (Stint.State.OFFERED,),
    Offer.State.ANSWERED: (Stint.State.OFFERED,),
    Offer.State.CONNECTED: (Stint.State.TALKING, Stint.State.HOLD),
}
_SERVED = {**dict.fromkeys(_BUSY, Entry.State.OFFERED), Offer.State.CONNECTED: Entry.State.TALKING}


_ASKED = {Consult.State.RINGING: Stint.State.OFFERED, Consult.State.JOINED: Stint.State.TALKING}


def violations(now: datetime) -> list[str]:
    """Everything that is wrong on the floor, in words; empty when it is sound."""
    return [
        *_offers_and_operators(), *_offers_and_entries(), *_guests(), *_idle_while_waiting(now), *_promises(),
        *_waits(), *_ledger(), *_changes_of_state(), *_debts(),
    ]  # fmt: skip


def _offers_and_operators():
    offers = list(Offer.objects.filter(ended_at=None).values_list("operator_id", "state"))
    yield from (f"operator {who} has {n} open offers" for who, n in _counts(who for who, _ in offers))
    stints = list(Stint.objects.filter(until=None).values_list("operator_id", "state"))
    yield from (f"operator {who} is in {n} states" for who, n in _counts(who for who, _ in stints))
    asked = dict(Consult.objects.filter(ended_at=None, operator__isnull=False).values_list("operator_id", "state"))
    yield from (f"operator {who} has an offer and is asked to take another" for who in asked.keys() & dict(offers))
    on_hold = set(Offer.objects.filter(ended_at=None, held_at__isnull=False).values_list("operator_id", flat=True))
    expected, busy = dict(offers), (Stint.State.OFFERED, Stint.State.TALKING, Stint.State.HOLD)
    for who, state in stints:
        offered = expected.pop(who, None)
        if offered is None and who in asked:
            if state != _ASKED.get(asked[who]):
                yield f"operator {who} is {state} and asked, {asked[who]}"
        elif offered is None and state in busy:
            yield f"operator {who} is {state} without an open offer"
        elif offered is not None and (state not in _BUSY[offered] or (state == Stint.State.HOLD) != (who in on_hold)):
            yield f"operator {who} is {state} with an offer that is {offered}"
    yield from (f"operator {who} has an offer and no presence" for who in expected)


def _changes_of_state():
    """Nobody comes from one state into another that no event leads to; written out once more here."""
    last: dict[int, str] = {}
    for who, state in Stint.objects.order_by("operator", "pk").values_list("operator_id", "state"):
        if state not in _NEXT[last.get(who, "offline")]:
            yield f"operator {who} came from {last.get(who, 'nowhere')} to {state}"
        last[who] = state


_FREE = {"away", "training", "offline"}
_NEXT = {
    "offline": _FREE | {"ready"},
    "away": _FREE | {"ready"},
    "training": _FREE | {"ready"},
    "ready": _FREE | {"offered"},
    "offered": {"ready", "away", "talking"},
    "talking": {"hold", "wrapping", "ready"},  # ready: whoever was only asked to take a colleague's call
    "hold": {"talking", "wrapping"},
    "wrapping": {"ready", "away", "training"},
}


def _offers_and_entries():
    offers = list(Offer.objects.filter(ended_at=None).values_list("entry_id", "state"))
    yield from (f"entry {which} has {n} open offers" for which, n in _counts(which for which, _ in offers))
    expected = dict(offers)
    taken = set(Listening.objects.filter(ended_at=None, taken_at__isnull=False).values_list("entry_id", flat=True))
    yield from (f"entry {which} has an operator and a supervisor" for which in taken & expected.keys())
    for which, state in Entry.objects.values_list("pk", "state"):
        offered = expected.get(which)
        if which in taken:
            if state != Entry.State.TALKING:
                yield f"entry {which} is {state} and a supervisor has taken it"
        elif offered is None and state in _SERVED.values():
            yield f"entry {which} is {state} without an open offer"
        elif offered is not None and _SERVED[offered] != state:
            yield f"entry {which} is {state} with an offer that is {offered}"


def _guests():
    """Whoever else is in a room, or rung into it, belongs to a conversation that goes on there."""
    for consult in Consult.objects.filter(ended_at=None, state__in=("ringing", "joined")).select_related("offer"):
        if consult.offer.state != Offer.State.CONNECTED:
            yield f"consult {consult.pk} is {consult.state} for an offer that is {consult.offer.state}"
    for listening in Listening.objects.filter(ended_at=None).select_related("entry"):
        talk = Offer.objects.filter(entry=listening.entry, ended_at=None, room_uuid=listening.room_uuid)
        if listening.entry.state != Entry.State.TALKING or not (listening.taken_at or talk.exists()):
            yield f"listening {listening.pk} is in a room where nobody talks"
    for entry, room in Offer.objects.filter(state=Offer.State.CONNECTED).values_list("entry_id", "room_uuid"):
        if Offer.objects.filter(state=Offer.State.CONNECTED, room_uuid=room).exclude(entry_id=entry).exists():
            yield f"room {room} has two callers"
    for model in (Consult, Listening):
        for guest in model.objects.filter(ended_at__isnull=False).exclude(leg_uuid=""):
            if guest.todo == "ring":
                yield f"{guest} is over and is still to be rung"


def _idle_while_waiting(now: datetime):
    """Nobody waits while somebody is ready who may be rung for them, by a rule written out once more here."""
    line = Entry.objects.filter(state__in=(Entry.State.WAITING, Entry.State.CALLBACK), not_before__lte=now)
    line = line.exclude(state=Entry.State.CALLBACK, not_after__lte=now)  # nobody is called at night
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
    seen_at = stint.operator.seen_at
    if not stint.operator.by_phone_alone and (seen_at is None or seen_at < now - timedelta(seconds=45)):
        return False
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
    without = Callback.objects.exclude(ended_at=None).filter(end_reason="").values_list("pk", flat=True)
    yield from (f"call-back {which} left the list without a reason" for which in without)
    tries = CallbackAttempt.objects.filter(ended_at=None)
    yield from (
        f"call-back {which} has {n} tries under way" for which, n in _counts(tries.values_list("callback", flat=True))
    )
    over = tries.exclude(callback__ended_at=None).values_list("callback", flat=True)
    yield from (f"call-back {which} is over and still being tried" for which in over)
    free = tries.filter(callback__entry__state=Entry.State.CALLBACK).values_list("callback", flat=True)
    yield from (f"call-back {which} rests while it is being tried" for which in free)
    numbers = Callback.objects.filter(ended_at=None).values_list("agency", "number")
    yield from (f"{n} open call-backs to one number" for _, n in _counts(numbers))
    dialled = Offer.objects.filter(ended_at=None, state=Offer.State.RESERVED).count()
    free = Stint.objects.filter(until=None, state=Stint.State.OFFERED).count()
    if dialled > free:
        yield f"{dialled} are dialled for {free} reserved operators"


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
    by_rule = CallEvent.objects.filter(kind=Kind.MOVED, data__has_key="need")  # not by a supervisor
    moved = Counter(by_rule.values_list("call_id", flat=True))
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
    theirs = CallEvent.objects.filter(call__direction="in")  # a call of ours is nobody's ringing
    ours = CallEvent.objects.filter(call__direction="out", kind=Kind.OFFERED).count()
    if ours:
        yield f"{ours} calls that we make count as offered"
    offered = theirs.filter(kind=Kind.OFFERED).values("call").distinct().count()  # again after a transfer
    accounted = theirs.filter(kind__in=[str(fate) for fate in OFFERED_FATES]).count()
    still_open = Entry.objects.filter(ended_at=None, call__direction="in").count()
    if offered != accounted + still_open:
        yield f"{offered} offered, but {accounted} fates and {still_open} open"


_MISSED = ("callback_failed", "turned_away", "voicemail", "closed", "transfer_missed")


def _debts():
    """Whoever was missed and has a number is owed a call, or it is said why not; by a rule written out once more."""
    lines = CallEvent.objects.filter(call__direction="in").exclude(call__from_number="")
    chosen = set(lines.filter(kind="had_chosen").values_list("call_id", flat=True))
    for line in lines.filter(kind__in=("abandoned", "ivr_abandoned", *_MISSED)).select_related("call"):
        short = line.kind == "abandoned" and line.seconds < 5
        early = line.kind == "ivr_abandoned" and line.call_id not in chosen
        about = Debt.objects.filter(agency=line.call.agency_id, number=line.call.from_number, opened_at__lte=line.at)
        if not (short or early) and not about.filter(Q(closed_at=None) | Q(closed_at__gte=line.at)).exists():
            yield f"call {line.call_id} was missed ({line.kind}) and nobody owes it one"
    rows = list(Debt.objects.values_list("pk", "agency", "number", "closed_at", "closed_reason", "lease_by"))
    yield from (f"debt {pk} is closed without a reason" for pk, _, _, at, why, _ in rows if at and not why)
    yield from (f"debt {pk} is closed and still taken" for pk, _, _, at, _, by in rows if at and by)
    still = ((agency, number) for _, agency, number, at, _, _ in rows if at is None)
    yield from (f"a number has {n} open debts" for _, n in _counts(still))
    for attempt in DebtAttempt.objects.select_related("entry"):
        over = attempt.entry.state in (Entry.State.DONE, Entry.State.TALKING)
        if over != (attempt.ended_at is not None):
            yield f"attempt {attempt.pk} is {attempt.result or 'open'} with an entry that is {attempt.entry.state}"


def _counts(keys):
    return [(key, n) for key, n in Counter(keys).items() if n > 1]
