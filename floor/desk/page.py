"""The three columns below the call bar, put together for the moment the desk is in."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from core.phone import e164
from crm import handling
from crm.models import Handling
from floor.desk import breaks, cards, debts, drafts, ending, give, history, later, memory, script, who, why, words, wrap
from floor.desk.current import Desk
from scheduling.models import Appointment


def whole(request: HttpRequest, desk: Desk, at: datetime) -> dict:
    """Everything of the page."""
    return {
        **columns(request, desk, at),
        "after": breaks.after(desk),
        "finishing": breaks.finishing(breaks.reasons(desk)),
        "server_now": at.isoformat(),
        "version": desk.version,
        "line_html": cards.in_line(desk.agency.pk),
        "line_snapshot": reverse("live-card", args=["line"]),
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
        return {
            **found,
            **_between(desk, at),
            **debts.context(desk, request.user, at),
            **give.context(desk, request, at),
        }
    row = handling.of(desk.call, request.user)
    return {**found, **middle(request, desk, at, row, typed, errors), **give.context(desk, request, at)}


def left(request: HttpRequest, desk: Desk, at: datetime, said: who.Said | None = None) -> dict:
    """Who is calling, and what happened before."""
    column = who.context(desk, request.user, at=at, found=memory.recall(request, desk, "found", []), said=said)
    opened = column.get("who_people", []) if desk.working else []
    set_later = later.context(desk) if desk.working else {}
    return {"desk": desk, **column, **set_later, "before": history.before(desk, opened, at=at)}


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
    }
    if desk.wrapping:
        found = breaks.reasons(desk)
        foot = {"finish": breaks.finish(desk, found), "first_break": breaks.first_break(found)}
        happened = ending.happened(desk, give.subjects(desk))
        columns = wrap.columns(desk.agency.pk, row, happened=happened, typed=typed, errors=errors)
        return {**common, **foot, "columns": columns}
    say_in = memory.recall(request, desk, "say", desk.language)
    step = script.current(desk, row, script.steps(desk.script), say_in)
    ring = {} if desk.talking else _ring(desk, at)
    return {**common, **ring, "step": step, "script_name": script.name(desk.script) if desk.script else ""}


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
        "phone": words.phone(device) if device else desk.operator.device,
        "my_calls": later.mine(desk),
        "missed": desk.word == "away" and desk.stint.reason in words.MISSED,
        "was_asleep": desk.word == "away" and desk.stint.reason == words.ASLEEP,
        "over": breaks.is_over(desk),
        "drafts": drafts.of(desk, at),
    }
