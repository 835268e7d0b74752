"""The links at the top of every page: what this user may open, in the order of the working day."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

# name of the page, its words, the permission that opens it; the first one open is where a user lands
PAGES = (
    ("desk", _("Desk"), "floor.use_desk"),
    ("board", _("Floor"), "reporting.view_board"),
    ("hand", _("Lend a hand"), "floor.supervise"),
    ("wall", _("Wall"), "reporting.view_board"),
    ("clinic-day", _("Clinic today"), "scheduling.check_in"),
    ("daily-report", _("Daily report"), "reporting.view_daily_report"),
    ("admin:index", _("Set-up"), "admin"),
)


def links(request: HttpRequest) -> dict:
    """Context processor: `pages` for the navigation, each with `current`."""
    if not hasattr(request, "user"):
        return {}
    here = request.resolver_match.view_name if request.resolver_match else ""
    return {"pages": [{"url": url, "text": text, "current": name == here} for name, url, text in _open(request.user)]}


def home(request: HttpRequest) -> HttpResponse:
    """Sends a user to the page they work on; whoever may open none is told so by the report's door."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    for _name, url, _text in _open(request.user):
        return redirect(url)
    return redirect("daily-report")


def _open(user) -> list[tuple[str, str, str]]:
    return [(name, reverse(name), text) for name, text, permission in PAGES if _may(user, permission)]


def _may(user, permission: str) -> bool:
    return user.is_staff if permission == "admin" else user.has_perm(permission)
