"""People to call back, for an operator between two calls: whom one may take on, and whom one has."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import moments
from core.phone import masked
from crm import recordings
from crm.missed import Missed
from floor import debts
from floor.desk import words
from floor.desk.current import Desk
from floor.models import Debt

SHOWN = 5  # of the list: it is worked from the top
LONG = timedelta(hours=1)  # a message may be left so long after its call began
HEAR = "crm.hear_recording"

_KINDS = {
    Missed.ABANDONED: gettext_lazy("Hung up while waiting"),
    Missed.CLOSED: gettext_lazy("Rang while we were closed"),
    Missed.MENU_DROP: gettext_lazy("Hung up in the menu"),
    Missed.CALLBACK_FAILED: gettext_lazy("Was not reached by the call-back"),
    Missed.TURNED_AWAY: gettext_lazy("Was turned away"),
    Missed.TRANSFER_MISSED: gettext_lazy("Was passed on, and nobody took the call"),
    Missed.VOICEMAIL: gettext_lazy("Left a message"),
}


@dataclass(frozen=True)
class Row:
    """Somebody whom one may take on."""

    pk: int
    number: str
    what: str
    often: str
    when: str
    message: bool


@dataclass(frozen=True)
class Message:
    """What a caller said on tape. `ready`: the sound is ours, and this operator may hear it."""

    pk: int
    when: str
    length: str
    ready: bool


def context(desk: Desk, user: AbstractBaseUser, at: datetime) -> dict:
    """What the card shows. Nothing outside the hours in which people may be called, but how many there are."""
    held = debts.held_by(desk.operator, at=at)
    free = debts.callable_now(desk.agency.pk, at)
    legal = debts.legal_now(desk.agency, "", at)
    rows = list(free[:SHOWN]) if legal and held is None else []
    return {
        "desk": desk,
        "debts": [_row(desk, debt, at) for debt in rows],
        "debts_count": free.count(),
        "debts_closed": not legal,
        "held": _held(desk, held, user, at) if held else None,
    }


def _row(desk: Desk, debt: Debt, at: datetime) -> Row:
    return Row(
        debt.pk,
        masked(debt.number),
        str(_KINDS[Missed(debt.kind)]),
        _often(debt),
        _when(desk, debt.last_at, at),
        bool(recordings.left_from(debt.number, agency_id=debt.agency_id, since=debt.opened_at - LONG)),
    )


def _held(desk: Desk, debt: Debt, user: AbstractBaseUser, at: datetime) -> dict:
    may_hear = user.has_perm(HEAR)
    tapes = recordings.left_from(debt.number, agency_id=debt.agency_id, since=debt.opened_at - LONG)
    return {
        "number": words.phone(debt.number),
        "what": str(_KINDS[Missed(debt.kind)]),
        "often": _often(debt),
        "first": _when(desk, debt.opened_at, at),
        "last": _when(desk, debt.last_at, at),
        "queue": words.either(debt.queue.name, debt.queue.name_es) if debt.queue else "",
        "language": _("Spanish") if debt.language == "es" else _("English"),
        "tries": _("%(n)s of %(most)s") % {"n": debt.attempts, "most": debt.agency.missed_tries},
        "until": moments.clock(debt.lease_until, desk.agency.zone),
        "ordered": debts.open_attempt(debt) is not None,
        "messages": [
            Message(tape.pk, _when(desk, tape.left_at, at), _length(tape.seconds), bool(tape.file) and may_hear)
            for tape in tapes
        ],
        "may_hear": may_hear,
    }


def _often(debt: Debt) -> str:
    return ngettext("rang once", "rang %(n)d times", debt.calls) % {"n": debt.calls}


def _when(desk: Desk, moment: datetime, at: datetime) -> str:
    zone = desk.agency.zone
    return f"{words.day(moment, zone, now=at)}, {moments.clock(moment, zone)}"


def _length(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02}"
