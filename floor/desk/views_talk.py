"""The buttons of a conversation: hold, mute, pass on, ask somebody, help; and who has listened."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock, moments
from floor import dispatch, listenings
from floor.desk import talks, words
from floor.desk.current import Desk
from floor.desk.door import at_the_desk
from floor.desk.views import is_part, look_again, same_call
from floor.models import Consult, Operator, Queue

LISTENED_DAYS = 30
_SIDES = {"target": Consult.Side.TARGET, "caller": Consult.Side.CALLER, "both": Consult.Side.BOTH}


@require_POST
@at_the_desk
def hold(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The caller hears music, or the operator again."""
    if desk.talking and same_call(request, desk):
        dispatch.hold(desk.offer, request.POST.get("on") == "1")
    return look_again(request, desk)


@require_POST
@at_the_desk
def mute(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The operator is not heard, or again."""
    if desk.talking and same_call(request, desk):
        dispatch.mute(desk.offer, request.POST.get("on") == "1")
    return look_again(request, desk)


@require_http_methods(["GET", "POST"])
@at_the_desk
def transfer(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Whom the caller may go to; and then: on they go, or somebody is asked first."""
    if request.method == "GET":
        return _choices(request, desk) if desk.talking else redirect("desk")
    if not (desk.talking and same_call(request, desk)):
        return _closed(look_again(request, desk))
    to = talks.target(desk, request.POST.get("to", ""), request.POST.get("number", ""))
    if to is None:
        return _choices(request, desk, error=_("Please choose somebody, or type a phone number with its area code."))
    if not _go(desk, to, cold=request.POST.get("how") == "now"):
        return _choices(request, desk, error=_("They have just become busy. Please choose somebody else."))
    return _closed(look_again(request, desk))


@require_POST
@at_the_desk
def consult(request: HttpRequest, desk: Desk) -> HttpResponse:
    """With somebody who was asked: swap, all three, hand over, or take back."""
    if desk.talking and same_call(request, desk):
        what = request.POST.get("what", "")
        if what in _SIDES:
            dispatch.talk_to(desk.offer, _SIDES[what])
        elif what == "complete":
            dispatch.complete(desk.offer)
        elif what == "cancel":
            dispatch.take_back(desk.offer)
    return look_again(request, desk)


@require_POST
@at_the_desk
def ask_for_help(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Rings the supervisors, or stops it."""
    if desk.talking and same_call(request, desk):
        act = dispatch.ask_for_help if request.POST.get("on") == "1" else dispatch.help_not_needed
        act(desk.offer)
    return look_again(request, desk)


@require_safe
@at_the_desk
def listened(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Who listened to this operator's calls, and when."""
    at, zone = clock.now(), desk.agency.zone
    rows = [
        {
            "day": words.day(one.joined_at, zone, now=at),
            "clock": moments.clock(one.joined_at, zone),
            "who": one.supervisor.display_name,
            "mode": words.mode(one.mode),
            "minutes": words.minutes(((one.ended_at or at) - one.joined_at).total_seconds()),
        }
        for one in listenings.heard(desk.operator, since=at - timedelta(days=LISTENED_DAYS))
    ]
    return render(request, "floor/desk/listened.html", {"rows": rows, "days": LISTENED_DAYS})


def _go(desk: Desk, to: Operator | Queue | str, *, cold: bool) -> bool:
    if isinstance(to, Queue):
        return dispatch.to_queue(desk.offer, to)
    if isinstance(to, Operator):
        return dispatch.consult(desk.offer, operator=to, cold=cold)
    return dispatch.consult(desk.offer, number=to, cold=cold)


def _choices(request: HttpRequest, desk: Desk, error: str = "") -> HttpResponse:
    said = {"error": error, "number": request.POST.get("number", ""), "to": request.POST.get("to", "")}
    if is_part(request):
        return render(request, "floor/desk/transfer.html", {"desk": desk, **said, **talks.choices(desk)})
    return render(request, "floor/desk/transfer_page.html", {"desk": desk, **said, **talks.choices(desk)})


def _closed(answer: HttpResponse) -> HttpResponse:
    """The choices go away with the answer to one of them."""
    if answer.status_code == 200:
        answer.content += b'<div id="transfer" hx-swap-oob="innerHTML"></div>'
    return answer
