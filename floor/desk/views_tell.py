"""One line to all desks: told and taken down on the board, read at the desk."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.access import agency_of, scoped
from core.models import Agency
from floor import dispatch
from floor.desk.current import Desk
from floor.desk.door import at_the_desk
from floor.desk.views import look_again
from floor.models import Broadcast

_BOARD = "board"  # where it was written; an address, since the page is a higher room's


def _for_tellers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hands `view(request, agency, ...)` the agency whose desks the user may speak to."""

    @require_POST
    @wraps(view)
    def door(request: HttpRequest, **where: object) -> HttpResponse:
        agency = agency_of(request.user) if request.user.has_perm("floor.tell_desks") else None
        if agency is None:
            raise PermissionDenied
        return view(request, agency, **where)

    return door


@_for_tellers
def tell(request: HttpRequest, agency: Agency) -> HttpResponse:
    """Puts a line on every desk."""
    minutes = request.POST.get("minutes", "")
    lasts = timedelta(minutes=int(minutes) if minutes.isdecimal() and len(minutes) < 5 else 0)
    try:
        dispatch.tell_desks(agency.pk, request.POST.get("text", ""), by_id=request.user.pk, lasts=lasts)
    except ValueError:
        messages.error(request, _("Please write one line of up to 140 characters, and say how long it stays."))
    return redirect(_BOARD)


@_for_tellers
def take_down(request: HttpRequest, agency: Agency) -> HttpResponse:
    """Takes the line that was shown beside the button off every desk; a later one stays."""
    line = request.POST.get("line", "")
    lines = scoped(Broadcast.objects.all(), request.user)
    dispatch.take_down(get_object_or_404(lines, pk=int(line) if line.isdecimal() and len(line) < 19 else 0))
    return redirect(_BOARD)


@require_POST
@at_the_desk
def seen(request: HttpRequest, at_hand: Desk) -> HttpResponse:
    """The operator has read the line they pressed the button for."""
    line = request.POST.get("line", "")
    if line.isdecimal() and len(line) < 19:
        dispatch.line_seen(at_hand.operator, int(line))
    return look_again(request, at_hand)
