"""Who may sit at the desk: `floor.use_desk` and a profile as an operator. Everybody else hears it kindly."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from floor.desk import current
from floor.desk.current import Desk


def at_the_desk(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hands `view(request, desk, ...)` the desk as it is now. Nothing of it is kept by the browser."""

    @never_cache
    @wraps(view)
    def door(request: HttpRequest, **where: object) -> HttpResponse:
        if not request.user.is_authenticated:
            return _to_log_in(request)
        operator = current.operator_of(request.user) if request.user.has_perm("floor.use_desk") else None
        if operator is None:
            return render(request, "floor/desk/not_yours.html", status=403)
        desk: Desk = current.of(operator)
        return view(request, desk, **where)

    return door


def _to_log_in(request: HttpRequest) -> HttpResponse:
    """The whole page goes there, not a part of it; and from there to the page, since most addresses here only take."""
    to_log_in = redirect_to_login(reverse("desk"))
    if request.headers.get("HX-Request") != "true":
        return to_log_in
    answer = HttpResponse(status=401)
    answer["HX-Redirect"] = to_log_in.url
    return answer
