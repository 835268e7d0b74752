"""Who may sit at the desk: `floor.use_desk` and a profile as an operator. Everybody else hears it kindly.

And since every press at the desk comes in here: whatever is done for the call at hand, while it lasts and in its
wrap-up, renews the seats that are held in it. A hold lapses once nobody works on the call, and not before.
"""

from collections.abc import Callable
from functools import partial, wraps

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from core import clock
from floor.desk import current, give
from floor.desk.current import Desk

HELD = "Kindline-Held"  # tells the page how many seconds its holds have again


def at_the_desk(view: Callable[..., HttpResponse] | None = None, *, renews: bool = True) -> Callable:
    """Hands `view(request, desk, ...)` the desk as it is now. Nothing of it is kept by the browser."""
    if view is None:
        return partial(at_the_desk, renews=renews)

    @never_cache
    @wraps(view)
    def door(request: HttpRequest, **where: object) -> HttpResponse:
        if not request.user.is_authenticated:
            return _to_log_in(request)
        operator = current.operator_of(request.user) if request.user.has_perm("floor.use_desk") else None
        if operator is None:
            return render(request, "floor/desk/not_yours.html", status=403)
        desk: Desk = current.of(operator)
        held = renews and desk.working and same_call(request, desk) and give.renew(desk, at=clock.now())
        answer = view(request, desk, **where)
        if held:
            answer[HELD] = str(give.HOLD_S)
        return answer

    return door


def same_call(request: HttpRequest, desk: Desk) -> bool:
    """Whether what was pressed was shown for the call at hand."""
    return desk.offer is not None and request.POST.get("offer") == str(desk.offer.pk)


def _to_log_in(request: HttpRequest) -> HttpResponse:
    """The whole page goes there, not a part of it; and from there to the page, since most addresses here only take."""
    to_log_in = redirect_to_login(reverse("desk"))
    if request.headers.get("HX-Request") != "true":
        return to_log_in
    answer = HttpResponse(status=401)
    answer["HX-Redirect"] = to_log_in.url
    return answer
