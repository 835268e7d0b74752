"""The board, the wall and the two lists behind the board's numbers, for whoever has `reporting.view_board`: own agency.

The pages are complete without a socket; with one, `live.js` keeps their cards up to date.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import clock, moments
from core.models import Agency
from reporting import board, floor_now, words
from reporting.facts import Place
from reporting.floor_now import Floor

_MOST = 200  # rows of a list


def _for_watchers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Lets in who may watch the floor; everybody else reads kindly why not."""

    @require_safe
    @never_cache
    @wraps(view)
    def door(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        agency = board.watched_by(request.user)
        if agency is None:
            text = {"heading": _("This page is not yours to read"), "text": _("Please ask whoever set up your log-in.")}
            return render(request, "reporting/notice.html", text, status=403)
        return view(request, agency)

    return door


@_for_watchers
def floor(request: HttpRequest, agency: Agency) -> HttpResponse:
    """The supervisor's board."""
    version = _version()
    return _page(request, "board", board.board(agency), version)


@_for_watchers
def wall(request: HttpRequest, agency: Agency) -> HttpResponse:
    """For a screen that everybody sees."""
    version = _version()
    return _page(request, "wall", board.wall(agency), version)


@_for_watchers
def owed(request: HttpRequest, agency: Agency) -> HttpResponse:
    """Call-backs owed, in order of service."""
    now = floor_now.floor(agency, at=clock.now())
    rows = [
        (_when(now, p.entered_at), _promised(now, p), now.names.get(p.queue, p.queue), words.masked(p.number))
        for p in (*now.owed, *now.outbound)
    ]
    heads = (_("In line since"), _("Promised for"), _("Queue"), _("Number"))
    return _list(request, _("Call-backs owed"), _("Whoever has been in line longest is called next."), heads, rows)


@_for_watchers
def missed(request: HttpRequest, agency: Agency) -> HttpResponse:
    """Callers who left the line today and whom nobody has reached since, the longest ago first."""
    now = floor_now.floor(agency, at=clock.now())
    rows = [(_when(now, left), words.masked(number)) for number, left in now.missed]
    about = _("Left the line today before an operator came, and have not got through since.")
    return _list(request, _("Missed, not reached"), about, (_("Left at"), _("Number")), rows)


def _page(request: HttpRequest, name: str, made: dict, version: int) -> HttpResponse:
    about = {"version": str(version), "now_ms": str(version // 1000), "snapshot": reverse("live-card", args=[name])}
    return render(request, f"reporting/{name}.html", {**made, **about})


def _version() -> int:
    """A card is as new as the moment its reading began, in us of the epoch."""
    return int(clock.now().timestamp() * 1_000_000)


def _list(request: HttpRequest, heading: str, about: str, heads: tuple, rows: list) -> HttpResponse:
    if len(rows) > _MOST:
        about += " " + _("These are the first %s.") % _MOST
    context = {"heading": f"{heading}: {words.count(len(rows))}", "about": about, "heads": heads, "rows": rows[:_MOST]}
    return render(request, "reporting/board_list.html", context)


def _promised(now: Floor, place: Place) -> str:
    """When it is to be made: a window, a moment, or "" for its turn; and whether that has passed."""
    if place.window_from is None:
        return ""
    text = _when(now, place.window_from)
    if place.window_until is not None:
        text += f" – {_when(now, place.window_until)}"
    return f"{text} ({_('overdue')})" if (place.window_until or place.window_from) < now.at else text


def _when(now: Floor, moment: datetime) -> str:
    local = moment.astimezone(now.agency.zone)
    day = "" if local.date() == now.at.astimezone(now.agency.zone).date() else f"{moments.short_day(local.date())}, "
    return f"{day}{moments.clock(local)}"
