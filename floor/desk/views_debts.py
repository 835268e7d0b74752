"""People to call back: take one on, hear what they said, have them called, or give them back."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core import clock
from core.access import looked, scoped
from core.models import AccessLog
from crm import recordings
from crm.models import Recording
from floor import debts as owed
from floor import dispatch
from floor.desk import current, debts
from floor.desk.current import Desk
from floor.desk.door import at_the_desk
from floor.desk.views import is_part, look_again

SAW = AccessLog.Action.SAW


@require_safe
@at_the_desk
def listed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The card anew. Nothing while a call is at hand: it is not on the page."""
    return HttpResponse(status=204) if desk.call else _card(request, desk)


@require_POST
@at_the_desk
def take(request: HttpRequest, desk: Desk, debt_id: int) -> HttpResponse:
    """This operator looks after them for ten minutes, and reads their number."""
    at = clock.now()
    if dispatch.take_missed(desk.operator, debt_id, at=at):
        looked(request.user, desk.agency.pk, SAW, "floor.debt", debt_id, where="desk", at=at)
        return _card(request, desk)
    return _card(request, desk, _("Somebody else has just taken them on, or they are with us already."))


@require_POST
@at_the_desk
def give_back(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Somebody else may call them."""
    dispatch.give_back_missed(desk.operator)
    return _card(request, desk)


@require_POST
@at_the_desk
def call(request: HttpRequest, desk: Desk) -> HttpResponse:
    """They are called now; the operator's phone rings once they are there."""
    if dispatch.call_missed(desk.operator) is None:
        return _card(request, desk, _("They cannot be called right now: they may be with us already."))
    now = current.of(desk.operator)
    return look_again(request, desk) if now.call else _card(request, now)


@require_safe
@never_cache
def message(request: HttpRequest, recording_id: int) -> HttpResponse:
    """The sound of a message, from our own disk. For whoever has taken its caller on, and for who watches the list."""
    user, at = request.user, clock.now()
    if not user.is_authenticated or not user.has_perm(debts.HEAR):
        raise Http404
    tape = scoped(Recording.objects.select_related("call"), user).filter(pk=recording_id).exclude(file="").first()
    if tape is None or not (user.has_perm("floor.view_debt") or _has_taken_on(user, tape)):
        raise Http404
    looked(user, tape.agency_id, SAW, "crm.recording", tape.pk, where="desk", call_id=tape.call_id, at=at)
    recordings.heard(tape, user_id=user.pk, at=at)
    return FileResponse(tape.file.open("rb"), content_type="audio/mpeg")


def _has_taken_on(user, tape: Recording) -> bool:
    operator = current.operator_of(user)
    held = owed.held_by(operator, at=clock.now()) if operator else None
    return held is not None and held.number == tape.call.from_number


def _card(request: HttpRequest, desk: Desk, notice: str = "") -> HttpResponse:
    if not is_part(request):
        return redirect("desk")
    context = {**debts.context(desk, request.user, clock.now()), "notice": notice}
    return render(request, "floor/desk/debts.html", context)
