"""The numbers of the floor, one pure function each. Definitions: docs/metrics.md; where they are common property of the
field (ASA, AHT, service level, occupancy) the docstring says so.

Every function takes contacts (any iterable that can be read twice) and reads nothing else: the live board and the daily
report use the same ones. Durations are in seconds. A rate is a fraction from 0 to 1, a mean is in seconds, and both are
None where there is nothing to divide by: an empty hour has no service level, neither 0 nor 1.

A contact that is still going on counts in `inbound` and `offered`, and in the service level from the moment an operator
has it; every other figure takes it in once it has ended. So a day that is over has one service level, whenever read.
"""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from crm.missed import SHORT_S, Moment, Spell, What, kind_of, spells

NOT_OFFERED_FATES = ("blocked", "closed", "ivr_abandoned", "ivr_contained")
IN_MENU = "in_menu"  # live, not offered: still listening to the menu
ENDED_FATES = (
    "answered",
    "abandoned",
    "overflow",
    "voicemail",
    "turned_away",
    "callback_done",
    "callback_failed",
    "callback_cancelled",
)
LIVE_FATES = ("callback_pending", "waiting", "talking")
OFFERED_FATES = ENDED_FATES + LIVE_FATES
FATES = (*NOT_OFFERED_FATES, IN_MENU, *OFFERED_FATES)
LOST_FATES = ("abandoned", "turned_away", "callback_failed", "callback_pending")
SERVED_FATES = ("answered", "callback_done")
CONNECTED_FATES = (*SERVED_FATES, "talking")  # their wait is known: an operator has them, or had

SERVICE_LEVELS_S = (20, 60, 120)
TRIED_WITHIN = timedelta(minutes=20)
RECOVERED_WITHIN = timedelta(hours=24)
BUSY_STATES = ("talking", "hold", "wrapping", "offered")  # of an operator; "offered" is ring and call-back dialling
AVAILABLE_STATE = "ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One caller attempt. Durations in s. `fate` is one of `FATES`, or "" where the ledger names none or several."""

    arrived_at: datetime
    call_id: int = 0
    caller: str = ""  # E.164; "" if withheld
    fate: str = ""
    queue: str = ""  # slug of the first queue; "" if never offered
    entered_at: datetime | None = None  # None if never offered
    wait_s: float | None = None  # until an operator connected (a call-back's real wait), else until leaving the queue
    talk_s: float = 0.0
    hold_s: float = 0.0
    wrap_s: float = 0.0
    ring_s: float = 0.0  # rings that did not connect
    callback_offered: bool = False
    callback_asked: bool = False
    callback_dialled: int = 0  # attempts
    connected_at: datetime | None = None  # the last time an operator connected; None: never, or not known
    ended_at: datetime | None = None  # when the fate was written; None: going on, or not known
    chosen: bool = False  # hung up in the menu, past its first question
    declined_at: datetime | None = None  # called back, they said that they do not need us
    transfer_missed_at: datetime | None = None  # was passed on, and nobody took the call


Contacts = Collection[Contact]


# ---- who rang ---------------------------------------------------------------------------------------------------


def inbound(contacts: Contacts) -> int:
    """Every attempt that reached the number, closed hours included."""
    return len(contacts)


def offered(contacts: Contacts) -> int:
    """Contacts that entered an operator queue, once each."""
    return sum(1 for c in contacts if c.entered_at is not None)


def fates(contacts: Contacts) -> dict[str, int]:
    """How many contacts had each fate; every one of `FATES` is a key."""
    found = Counter(c.fate for c in contacts)
    return {fate: found[fate] for fate in FATES}


def answered(contacts: Contacts) -> int:
    """An operator connected live; call-backs are apart."""
    return _count(contacts, ("answered",))


def served(contacts: Contacts) -> int:
    """Answered, and called back."""
    return _count(contacts, SERVED_FATES)


def unique_callers(contacts: Contacts) -> int:
    """Different numbers, plus each withheld number as a caller of its own: nobody is dropped."""
    return len({c.caller for c in contacts if c.caller}) + withheld(contacts)


def withheld(contacts: Contacts) -> int:
    """Contacts without a number."""
    return sum(1 for c in contacts if not c.caller)


def containment(contacts: Contacts) -> float | None:
    """Served by the menu / inbound inside hours (inbound less `closed`)."""
    return ratio(_count(contacts, ("ivr_contained",)), len(contacts) - _count(contacts, ("closed",)))


# ---- who was lost -----------------------------------------------------------------------------------------------


def abandoned(contacts: Contacts) -> int:
    """Left the queue before an operator connected, no call-back asked."""
    return _count(contacts, ("abandoned",))


def short_abandons(contacts: Contacts, *, short_s: float = SHORT_S) -> int:
    """Abandoned after less than `short_s`. Part of `abandoned`, never taken out of it."""
    return sum(1 for c in contacts if c.fate == "abandoned" and c.wait_s is not None and c.wait_s < short_s)


def abandon_rate(contacts: Contacts) -> float | None:
    """Abandoned / offered, call-backs kept in the denominator."""
    return ratio(abandoned(contacts), offered(contacts))


def abandon_rate_without_short(contacts: Contacts, *, short_s: float = SHORT_S) -> float | None:
    """(Abandoned - short) / (offered - short). Printed beside `abandon_rate`, never instead of it."""
    short = short_abandons(contacts, short_s=short_s)
    return ratio(abandoned(contacts) - short, offered(contacts) - short)


def lost(contacts: Contacts) -> int:
    """Abandoned, turned away, call-back failed or still owed: a promise not kept is a lost caller."""
    return _count(contacts, LOST_FATES)


def lost_rate(contacts: Contacts) -> float | None:
    """Lost / offered."""
    return ratio(lost(contacts), offered(contacts))


# ---- how long it took -------------------------------------------------------------------------------------------


def asa_s(contacts: Contacts) -> float | None:
    """Average speed of answer (the field's): mean wait of the answered, zeros included, call-backs left out."""
    return mean(_waits(contacts, ("answered",)))


def time_to_operator_s(contacts: Contacts) -> float | None:
    """Mean wait of all served; a call-back with its real wait, from entering the queue to the operator."""
    return mean(_waits(contacts, SERVED_FATES))


def service_level(contacts: Contacts, x_s: float, *, short_s: float = SHORT_S) -> float | None:
    """Share connected within `x_s` of entering: answered within X / (offered - short abandons), as the field has it.

    Who is being talked to has been answered: a board that counted them only at goodbye would be red while all is well.
    A call-back counts only if it was connected within X, by its real wait.
    """
    in_time = sum(1 for wait in _waits(contacts, CONNECTED_FATES) if wait <= x_s)
    return ratio(in_time, offered(contacts) - short_abandons(contacts, short_s=short_s))


def longest_wait_s(contacts: Contacts) -> float | None:
    """The longest wait on the line: the maximum over answered and abandoned. Call-backs are apart."""
    return max(_waits(contacts, ("answered", "abandoned")), default=None)


def longest_callback_wait_s(contacts: Contacts) -> float | None:
    """The longest wait, from entering the queue, of a call-back that was made."""
    return max(_waits(contacts, ("callback_done",)), default=None)


def talk_s(contacts: Contacts) -> float | None:
    """Mean talk of a served contact, all its legs together."""
    return _handling(contacts, lambda c: c.talk_s)


def hold_s(contacts: Contacts) -> float | None:
    """Mean hold of a served contact."""
    return _handling(contacts, lambda c: c.hold_s)


def wrap_s(contacts: Contacts) -> float | None:
    """Mean wrap-up of a served contact."""
    return _handling(contacts, lambda c: c.wrap_s)


def aht_s(contacts: Contacts) -> float | None:
    """Average handle time (the field's): (talk + hold + wrap) / served contacts. Call-back dialling is no part."""
    return _handling(contacts, lambda c: c.talk_s + c.hold_s + c.wrap_s)


def occupancy(operator_s: Mapping[str, float]) -> float | None:
    """(Talk + hold + wrap + ring + call-back dial) / (that + available), from operators' seconds by state.

    Breaks, training and being offline are in neither.
    """
    busy = sum(operator_s.get(state, 0.0) for state in BUSY_STATES)
    return ratio(busy, busy + operator_s.get(AVAILABLE_STATE, 0.0))


# ---- call-backs -------------------------------------------------------------------------------------------------


def callbacks_offered(contacts: Contacts) -> int:
    """Contacts told that a call-back is possible."""
    return sum(1 for c in contacts if c.callback_offered)


def callbacks_asked(contacts: Contacts) -> int:
    """Contacts that asked to be called back."""
    return sum(1 for c in contacts if c.callback_asked)


def callback_acceptance(contacts: Contacts) -> float | None:
    """Asked / offered to."""
    return ratio(callbacks_asked(contacts), callbacks_offered(contacts))


def callback_success(contacts: Contacts) -> float | None:
    """Connected / (asked - withdrawn). One still owed is not a success yet."""
    return ratio(
        _count(contacts, ("callback_done",)), callbacks_asked(contacts) - _count(contacts, ("callback_cancelled",))
    )


def callback_attempts(contacts: Contacts) -> int:
    """Call-backs dialled, in vain or not."""
    return sum(c.callback_dialled for c in contacts)


def attempts_per_success(contacts: Contacts) -> float | None:
    """Call-backs dialled / call-backs done. May exceed 1: it is no rate."""
    return ratio(callback_attempts(contacts), _count(contacts, ("callback_done",)))


# ---- who was missed, and what came of it ------------------------------------------------------------------------


def spells_of(contacts: Contacts, later: Iterable[Moment] = (), *, short_s: float = SHORT_S) -> dict[str, list[Spell]]:
    """Each number that these contacts left missed, with its spells (`crm.missed`). `later`: what we know besides."""
    return spells([*(moment for c in contacts for moment in _moments(c, short_s)), *later])


def recovery(contacts: Contacts, later: Iterable[Moment] = (), *, short_s: float = SHORT_S) -> dict[str, float | None]:
    """What became of everybody missed, once a number, by its last spell; `later` tells of the day after as well.

    `missed_callers` = `recovered_by_us` + `recovered_by_caller` (within 24 h of being missed) + `not_recovered`.
    `processed`: unique callers served, by an operator or by the menu, or recovered.
    """
    last = {number: mine[-1] for number, mine in spells_of(contacts, later, short_s=short_s).items()}
    within = {number: spell for number, spell in last.items() if _recovered(spell)}
    by_us = sum(1 for spell in within.values() if spell.by_us)
    tried = sum(1 for spell in last.values() if spell.tried_at and spell.tried_at - spell.since <= TRIED_WITHIN)
    helped = [c for c in contacts if c.fate in (*SERVED_FATES, "ivr_contained")]
    processed = len({c.caller for c in helped if c.caller} | set(within)) + withheld(helped)
    return {
        "missed_callers": len(last),
        "missed_withheld": sum(1 for c in contacts if not c.caller and _missed_at(c, short_s)),
        "tried_20": tried,
        "tried_20_rate": ratio(tried, len(last)),
        "recovered_by_us": by_us,
        "recovered_by_caller": len(within) - by_us,
        "recovered_rate": ratio(len(within), len(last)),
        "not_recovered": len(last) - len(within),
        "processed": processed,
        "processed_rate": ratio(processed, unique_callers(contacts)),
    }


def _recovered(spell: Spell) -> bool:
    return spell.ended_at is not None and spell.ended_at - spell.since <= RECOVERED_WITHIN


def _moments(contact: Contact, short_s: float) -> list[Moment]:
    """What a contact did to its number: nothing, for one that withheld it."""
    found = [(at, What.MISSED) for at in (_missed_at(contact, short_s), contact.transfer_missed_at) if at]
    if contact.fate in (*SERVED_FATES, "talking") or contact.connected_at:
        found.append((contact.connected_at or _left_line(contact), What.BY_CALLER))
    if contact.declined_at:
        found.append((contact.declined_at, What.BY_US))
    return [Moment(contact.caller, at, what) for at, what in found] if contact.caller else []


def _missed_at(contact: Contact, short_s: float) -> datetime | None:
    """When this contact ended without anybody having been spoken with, if it did."""
    if not kind_of(contact.fate, wait_s=contact.wait_s, chosen=contact.chosen, short_s=short_s):
        return None
    return contact.ended_at or (_left_line(contact) if contact.entered_at else contact.arrived_at)


# ---- arithmetic -------------------------------------------------------------------------------------------------


def ratio(part: float, whole: float) -> float | None:
    """`part / whole`, or None if there is no whole."""
    return part / whole if whole > 0 else None


def mean(values: Iterable[float]) -> float | None:
    """Arithmetic mean, or None of nothing."""
    known = list(values)
    return sum(known) / len(known) if known else None


def grouped(contacts: Contacts, key: Callable[[Contact], Hashable]) -> dict[Hashable, list[Contact]]:
    """Contacts by `key`, each in exactly one group, so that the groups' counts add up to the total."""
    groups: dict[Hashable, list[Contact]] = {}
    for contact in contacts:
        groups.setdefault(key(contact), []).append(contact)
    return groups


def _left_line(contact: Contact) -> datetime:
    """When an offered contact left the line: for an operator, or for good."""
    return contact.entered_at + timedelta(seconds=contact.wait_s or 0.0)


def _count(contacts: Contacts, names: Collection[str]) -> int:
    return sum(1 for c in contacts if c.fate in names)


def _waits(contacts: Contacts, names: Collection[str]) -> list[float]:
    return [c.wait_s for c in contacts if c.fate in names and c.wait_s is not None]


def _handling(contacts: Contacts, seconds: Callable[[Contact], float]) -> float | None:
    return mean(seconds(c) for c in contacts if c.fate in SERVED_FATES)
