"""What a missed call is: one definition, for the list of people to call back and for every report. Pure.

A contact that ended in one of `KINDS` leaves its number *missed*, from that moment until we have spoken with it: in a
later call of theirs, or in one of ours. Repeats meanwhile belong to the same spell. A caller who withheld the number
cannot be rung and has no spell; reports count them apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices

SHORT_S = 5.0  # who leaves a line sooner has not been missed: a wrong key, a second thought


class Missed(TextChoices):
    """How somebody was missed."""

    ABANDONED = "abandoned", "left the line before an operator came"
    CLOSED = "closed", "rang while we were closed"
    MENU_DROP = "menu_drop", "hung up in the menu after the first choice"
    CALLBACK_FAILED = "callback_failed", "was not reached by the call-back"
    TURNED_AWAY = "turned_away", "was turned away"
    TRANSFER_MISSED = "transfer_missed", "was passed on, and nobody took the call"
    VOICEMAIL = "voicemail", "left a message"


# By fate of the ledger; the two with a condition are in `kind_of`.
KINDS = {
    "abandoned": Missed.ABANDONED,
    "closed": Missed.CLOSED,
    "ivr_abandoned": Missed.MENU_DROP,
    "callback_failed": Missed.CALLBACK_FAILED,
    "turned_away": Missed.TURNED_AWAY,
    "voicemail": Missed.VOICEMAIL,
}


def kind_of(fate: str, *, wait_s: float | None = None, chosen: bool = False, short_s: float = SHORT_S) -> str:
    """How a contact that ended in `fate` was missed; "" if it was not. Not for a call that we made.

    `wait_s`: seconds in line. `chosen`: whether the caller had got past the first question of the menu.
    """
    if fate == "abandoned" and wait_s is not None and wait_s < short_s:
        return ""
    if fate == "ivr_abandoned" and not chosen:
        return ""
    return KINDS.get(fate, "")


class What(TextChoices):
    """What may happen to a number."""

    MISSED = "missed", "missed"
    TRIED = "tried", "called by us"
    BY_US = "by_us", "reached by a call of ours"
    BY_CALLER = "by_caller", "got through by a call of theirs"


_ORDER = {What.BY_CALLER: 0, What.BY_US: 1, What.TRIED: 2, What.MISSED: 3}


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened to a number (E.164) at `at`."""

    number: str
    at: datetime
    what: What


@dataclass(slots=True)
class Spell:
    """A number from being missed until it was spoken with; `ended_at` None: not yet."""

    since: datetime
    last: datetime
    calls: int = 1
    tried_at: datetime | None = None
    ended_at: datetime | None = None
    by_us: bool = False


def spells(moments: Iterable[Moment]) -> dict[str, list[Spell]]:
    """Each number's spells, in order. Moments come in any order; of several at once, being missed comes last."""
    found: dict[str, list[Spell]] = {}
    for moment in sorted((m for m in moments if m.number), key=lambda m: (m.at, _ORDER[m.what])):
        mine = found.get(moment.number, [])
        spell = mine[-1] if mine and mine[-1].ended_at is None else None
        if moment.what == What.MISSED and spell is None:
            found.setdefault(moment.number, []).append(Spell(moment.at, moment.at))
        elif spell is not None:
            _goes_on(spell, moment)
    return found


def _goes_on(spell: Spell, moment: Moment) -> None:
    if moment.what == What.MISSED:
        spell.last, spell.calls = moment.at, spell.calls + 1
    elif moment.what == What.TRIED:
        spell.tried_at = spell.tried_at or moment.at
    else:
        spell.ended_at, spell.by_us = moment.at, moment.what == What.BY_US
