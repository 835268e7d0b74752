"""The middle column: a step of the script, notes that keep themselves, and the wrap-up."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock
from crm import handling
from floor import dispatch
from floor.desk import breaks, memory, page, script, words, wrap
from floor.desk.current import Desk
from floor.desk.door import at_the_desk, same_call
from floor.desk.views import is_part, look_again


@require_POST
@at_the_desk
def step(request: HttpRequest, desk: Desk) -> HttpResponse:
    """An answer, the next step or one before, the other language: kept at once."""
    if not (desk.talking and same_call(request, desk)):
        return look_again(request, desk)
    at, form = clock.now(), request.POST
    steps = script.steps(desk.script)
    here = _number(form.get("here"), 0, max(len(steps) - 1, 0))
    if form.get("say") in ("en", "es"):
        memory.keep(request, desk, say=form["say"])
    to = _number(form.get("to"), here, max(len(steps) - 1, 0))
    answer = _number(form.get("answer"), 0, 9)
    handling.save(desk.call, request.user, at, step=to, answers={str(here): answer} if answer else None)
    if not is_part(request):
        return redirect("desk")
    row = handling.of(desk.call, request.user)
    return render(request, "floor/desk/script.html", page.middle(request, desk, at, row))


@require_POST
@at_the_desk
def save(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Notes, and in the wrap-up what has been chosen so far. Nothing is checked yet."""
    at, form = clock.now(), request.POST
    if not (desk.working and same_call(request, desk)):
        return HttpResponse(_("This call is finished; its notes are kept as they were."), status=409)
    chosen = form.get("disposition") if desk.wrapping else None
    kept = handling.save(
        desk.call,
        request.user,
        at,
        notes=form.get("notes"),
        disposition=chosen,
        details=wrap.details(form, chosen) if chosen else None,
    )
    if not kept:
        return HttpResponse(_("This call is finished; its notes are kept as they were."), status=409)
    if not is_part(request):
        return redirect("desk")
    return HttpResponse(_("saved %(time)s") % {"time": words.second(at, desk.agency.zone)})


@require_POST
@at_the_desk(renews=False)  # the work on the call is over: what is still held has the time it has
def finish(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The end of the wrap-up: the work is closed and the operator goes on, both or neither.

    What follows is what the button said: its own name, else the choice sent along, else the choice kept.
    """
    if not desk.wrapping or (desk.call is not None and not same_call(request, desk)):
        return look_again(request, desk)
    at, form = clock.now(), request.POST
    try:
        with transaction.atomic():
            if desk.call is not None:
                _close(request, desk, at)
            reason = breaks.chosen(desk, form.get("then") or form.get("after") or breaks.after(desk))
            dispatch.wrapped_up(desk.operator, then_away=bool(reason), reason=reason, at=at)
    except handling.Unfinished as open_still:
        return _sent_back(request, desk, at, open_still)
    return look_again(request, desk)


def _close(request: HttpRequest, desk: Desk, at) -> None:
    form = request.POST
    chosen = form.get("disposition", "")
    details = wrap.details(form, chosen)
    handling.close(desk.call, request.user, at, disposition=chosen, details=details, notes=form.get("notes", ""))


def _sent_back(request: HttpRequest, desk: Desk, at, open_still: handling.Unfinished) -> HttpResponse:
    """The same wrap-up, with what was typed and what is still asked for."""
    typed, errors = request.POST, open_still.errors
    if is_part(request):
        row = handling.of(desk.call, request.user)
        context = page.middle(request, desk, at, row, typed, errors)
        return render(request, "floor/desk/wrap.html", context)
    context = {**page.whole(request, desk, at), **page.columns(request, desk, at, typed=typed, errors=errors)}
    return render(request, "floor/desk/desk.html", context, status=422)


def _number(text: str | None, default: int, most: int) -> int:
    """A whole number of a form, from 0 to `most`."""
    return min(int(text), most) if text and text.isascii() and text.isdigit() and len(text) < 6 else default
