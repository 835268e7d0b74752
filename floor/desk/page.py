"""The three columns below the call bar, put together for the moment the desk is in."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from core.phone import e164
from crm import handling
from crm.models import Handling
from floor.desk import cards, give, history, memory, script, who, why, words, wrap
from floor.desk.current import Desk
from floor.models import Entry
from scheduling.models import Appointment


def whole(request: HttpRequest, desk: Desk, at: datetime) -> dict:
    """Everything of the page."""
    return {
        **columns(request, desk, at),
        "after": memory.after(request, desk),
        "finishing": finishing(),
        "server_now": at.isoformat(),
        "version": desk.version,
    }


def columns(
    request: HttpRequest,
    desk: Desk,
    at: datetime,
    *,
    said: who.Said | None = None,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> dict:
    """Who, say, give. `said`: a form of the left column; `typed`, `errors`: the wrap-up as it was sent back."""
    found = {**cards.context(desk), **left(request, desk, at, said)}
    if desk.call is None:
        return {**found, **_between(desk, at), **give.context(desk, request, at)}
    row = handling.of(desk.call, request.user)
    return {**found, **middle(request, desk, at, row, typed, errors), **give.context(desk, request, at)}


def left(request: HttpRequest, desk: Desk, at: datetime, said: who.Said | None = None) -> dict:
    """Who is calling, and what happened before."""
    column = who.context(desk, request.user, at=at, found=memory.recall(request, desk, "found", []), said=said)
    opened = column.get("who_people", []) if desk.working else []
    return {"desk": desk, **column, "before": history.before(desk, opened, at=at)}


def middle(
    request: HttpRequest,
    desk: Desk,
    at: datetime,
    row: Handling,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> dict:
    """The ring, the script or the wrap-up, and the notes."""
    notes = typed.get("notes", row.notes) if typed is not None else row.notes
    common = {
        "desk": desk,
        "handling": row,
        "notes": notes,
        "saved": words.second(row.saved_at, desk.agency.zone) if row.saved_at else "",
        "errors": errors or {},
        "finish": next(button for key, _words, button in finishing() if key == memory.after(request, desk)),
    }
    if desk.wrapping:
        return {**common, "columns": wrap.columns(desk, row, typed=typed, errors=errors)}
    say_in = memory.recall(request, desk, "say", desk.language)
    step = script.current(desk, row, script.steps(desk.script), say_in)
    ring = {} if desk.talking else _ring(desk, at)
    return {**common, **ring, "step": step, "script_name": script.name(desk.script) if desk.script else ""}


def finishing() -> list[tuple[str, str, str]]:
    """What may follow a call: the choice, its words, and the button that finishes with it."""
    return [
        ("ready", _("Ready"), _("Finish and be ready")),
        ("break", _("Short break"), _("Finish and rest")),
        ("lunch", _("Lunch"), _("Finish, then lunch")),
        ("training", _("Training"), _("Finish, then training")),
    ]


def _ring(desk: Desk, at: datetime) -> dict:
    entry = desk.entry
    zip_code = str(entry.answers.get("zip", ""))
    return {
        "ring_text": cards.ring_text(desk),
        "why": why.sentences(desk),
        "wants": words.either(desk.queue.name, desk.queue.name_es),
        "speaks": who.language(desk.language),
        "zip": zip_code,
        "county": who.home_county(zip_code),
        "waited": words.minutes((desk.offer.made_at - entry.entered_at).total_seconds()),
        "kept_place": entry.promise is not None,
    }


def _between(desk: Desk, at: datetime) -> dict:
    """A quiet moment: how the day went, how long the line is."""
    midnight = at.astimezone(desk.agency.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    user, device = desk.operator.user, e164(desk.operator.device)
    taken = Q(state__in=(Appointment.State.BOOKED, Appointment.State.KEPT), booked_at__gte=midnight)
    return {
        "helped": Handling.objects.filter(user=user, closed_at__gte=midnight).count(),
        "seats_booked": Appointment.objects.filter(taken, made_by=user).count(),
        "in_line": Entry.objects.filter(agency=desk.agency, state=Entry.State.WAITING, ended_at=None).count(),
        "phone": words.phone(device) if device else desk.operator.device,
        "missed": desk.word == "away" and desk.stint.reason in words.MISSED,
    }
