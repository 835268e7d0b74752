"""The desk as a page, its parts as they are fetched anew, and the buttons of presence and call.

Every button names the offer it was shown for: one pressed late, or twice, does nothing to the next call.
"""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from core import clock
from floor import dispatch
from floor.desk import breaks, cards, current, page
from floor.desk.current import Desk
from floor.desk.door import at_the_desk, same_call
from floor.models import WrapExtension


@require_safe
@at_the_desk
def desk(request: HttpRequest, at_hand: Desk) -> HttpResponse:
    """The whole page."""
    return render(request, "floor/desk/desk.html", page.whole(request, at_hand, clock.now()))


@require_safe
@at_the_desk
def columns(request: HttpRequest, at_hand: Desk) -> HttpResponse:
    """The three columns, for when the stage has changed."""
    return render(request, "floor/desk/columns.html", page.columns(request, at_hand, clock.now()))


@require_safe
@at_the_desk
def snapshot(request: HttpRequest, at_hand: Desk) -> HttpResponse:
    """The card as the socket would send it, for when there is none: then asking for it is the desk's sign of life."""
    dispatch.desk_seen(at_hand.operator)
    return JsonResponse({"card": "desk", "version": at_hand.version, **cards.card(at_hand, request)})


@require_POST
@at_the_desk
def ready(request: HttpRequest, at_hand: Desk) -> HttpResponse:
    """Calls may come."""
    dispatch.ready(at_hand.operator)
    return look_again(request, at_hand)


@require_POST
@at_the_desk
def away(request: HttpRequest, at_hand: Desk) -> HttpResponse:
    """No calls for now, with a reason; or the end of the shift."""
    why = request.POST.get("why", "")
    if why == "off":
        dispatch.away(at_hand.operator, offline=True)
    else:
        dispatch.away(at_hand.operator, reason=breaks.chosen(at_hand, why))
    return look_again(request, at_hand)


@require_POST
@at_the_desk
def not_now(request: HttpRequest, at_hand: Desk) -> HttpResponse:
    """This call goes to the next operator."""
    if at_hand.word == "ringing" and same_call(request, at_hand):
        dispatch.refused(at_hand.offer, why="declined")
    elif at_hand.asked is not None and request.POST.get("consult") == str(at_hand.asked.pk):
        dispatch.consult_left(at_hand.asked, why="declined")
    return look_again(request, at_hand)


@require_POST
@at_the_desk
def hang_up(request: HttpRequest, at_hand: Desk) -> HttpResponse:
    """Asks the carrier to end the conversation; the desk goes on when it says so."""
    if at_hand.talking and same_call(request, at_hand):
        dispatch.hang_up(at_hand.operator)
    return look_again(request, at_hand)


@require_POST
@at_the_desk
def more_time(request: HttpRequest, at_hand: Desk) -> HttpResponse:
    """The wrap-up takes longer, and why."""
    why = request.POST.get("why", "")
    if at_hand.wrapping and same_call(request, at_hand):
        dispatch.more_time(at_hand.operator, why=why if why in WrapExtension.Reason else WrapExtension.Reason.NOTES)
    return look_again(request, at_hand)


@require_POST
@at_the_desk
def after(request: HttpRequest, at_hand: Desk) -> HttpResponse:
    """What follows this call, and no other: a choice that arrives after its call is not kept."""
    if same_call(request, at_hand):
        dispatch.wish(at_hand.offer, then=breaks.chosen(at_hand, request.POST.get("after")))
    return HttpResponse(status=204) if is_part(request) else redirect("desk")


def look_again(request: HttpRequest, before: Desk) -> HttpResponse:
    """What a button of the card leads to: the card as it is now."""
    if not is_part(request):
        return redirect("desk")
    now = current.of(before.operator)
    answer = render(request, "floor/desk/card.html", cards.context(now))
    # Whoever asked with a form of the columns wants the card all the same.
    answer["HX-Retarget"], answer["HX-Reswap"] = "#desk-card", "innerHTML"
    answer["Kindline-Version"] = str(now.version)
    return answer


def is_part(request: HttpRequest) -> bool:
    """Whether the page itself asks, for a part of it."""
    return request.headers.get("HX-Request") == "true"
