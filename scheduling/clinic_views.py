"""The clerk's page: today's list of a clinic, and checking people in.

Names stand on the page and nowhere else: a search is posted, so that no name is in an address, and the answer to a
check-in names a time. Each list that is shown and each check-in leaves a line in the access log, and so does each
person on a list: once for a clerk, a person and a day.
"""

from collections.abc import Callable
from datetime import date as Date
from datetime import timedelta
from functools import wraps
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from core import clock, moments
from core.access import looked, looked_at_many
from core.models import AccessLog
from scheduling import clinic, services
from scheduling.models import Appointment, Site

WHERE = "clinic door"
WHAT = "scheduling.appointment"


def _for_clerks(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @login_required
    @permission_required("scheduling.check_in", raise_exception=True)
    @never_cache
    @wraps(view)
    def door(request: HttpRequest, **where: object) -> HttpResponse:
        return view(request, **where)

    return door


@_for_clerks
@require_http_methods(["GET", "HEAD", "POST"])
def day(request: HttpRequest) -> HttpResponse:
    """The list of one clinic on one day (`?site=slug&day=2026-11-22`; without: the first, today). POST `q` searches."""
    sites = list(clinic.sites_of(request.user))
    if not sites:
        return render(request, "scheduling/clinic.html", {"site": None})
    site = _site(sites, request.GET.get("site", ""))
    today = clinic.today_at(site, clock.now())
    shown = _day(request.GET.get("day", ""), today)
    rows = clinic.expected(request.user, site, shown)
    said = request.POST.get("q", "")[:60]
    found = clinic.find(rows, said)
    _note(request, site, AccessLog.Action.SAW, f"site {site.pk}")
    _note_people(request, site, found)
    context = {
        "site": site,
        "sites": [{"name": each.name, "url": _url(each, shown), "current": each == site} for each in sites],
        "day": shown,
        "today": today,
        "may_check_in": shown <= today,
        "before": _url(site, shown - timedelta(days=1)),
        "after": _url(site, shown + timedelta(days=1)),
        "here": _url(site, shown),
        "to_today": _url(site, today),
        "rows": found,
        "expected": len(rows),
        "came": sum(row.state == Appointment.State.KEPT for row in rows),
        "q": said,
        **({} if rows else _nobody(site, shown, today)),
    }
    return render(request, "scheduling/clinic.html", context)


@_for_clerks
@require_POST
def came(request: HttpRequest, token: UUID) -> HttpResponse:
    """Checks somebody in."""
    row = _row(request, token)
    site = row.slot.session.site
    if row.slot.session.service_date > clinic.today_at(site, clock.now()):
        messages.warning(request, _("That day is still to come. Please check people in on their day."))
        return redirect(_url(site, row.slot.session.service_date))
    if services.keep(row, user=request.user, at=clock.now()):
        _note(request, site, AccessLog.Action.CHANGED, row.pk)
        messages.success(request, _("Checked in: the appointment at %(time)s.") % {"time": _time(row)})
    else:
        _told_otherwise(request, row, Appointment.State.KEPT)
    return _back(row)


@_for_clerks
@require_POST
def undo(request: HttpRequest, token: UUID) -> HttpResponse:
    """The wrong row was ticked."""
    row = _row(request, token)
    if services.unkeep(row, at=clock.now()):
        _note(request, row.slot.session.site, AccessLog.Action.CHANGED, row.pk)
        messages.success(request, _("Not checked in any more: the appointment at %(time)s.") % {"time": _time(row)})
    else:
        _told_otherwise(request, row, Appointment.State.BOOKED)
    return _back(row)


def _nobody(site: Site, day: Date, today: Date) -> dict:
    """For a day with an empty list: whether the clinic is held at all, and when next."""
    session = clinic.next_held(site, after=day, today=today)
    following = session and {
        "moment": moments.whole(session.starts_at, site.zone),
        "url": _url(site, session.service_date),
    }
    return {"is_held": clinic.is_held(site, day), "next_held": following}


def _row(request: HttpRequest, token: UUID) -> Appointment:
    """404 for what is not on this clerk's lists."""
    return get_object_or_404(clinic.appointments(request.user), token=token)


def _told_otherwise(request: HttpRequest, row: Appointment, wanted: str) -> None:
    """A second press is no news; anything else is."""
    row.refresh_from_db(fields=["state"])
    if row.state != wanted:
        messages.warning(request, _("That appointment has changed meanwhile. The list below is up to date."))


def _back(row: Appointment) -> HttpResponse:
    return redirect(f"{_url(row.slot.session.site, row.slot.session.service_date)}#a-{row.token}")


def _note(request: HttpRequest, site: Site, action: str, record: object) -> None:
    looked(request.user, site.agency_id, action, WHAT, record, where=WHERE, at=clock.now())


def _note_people(request: HttpRequest, site: Site, shown: list[Appointment]) -> None:
    """Their names stand on the page: whoever asks who looked at a person finds the clerk."""
    at = clock.now()
    looked_at_many(
        request.user,
        site.agency_id,
        AccessLog.Action.SAW,
        "crm.person",
        {row.person_id for row in shown},
        where=WHERE,
        since=clinic.day_began(site, at),
        at=at,
    )


def _site(sites: list[Site], slug: str) -> Site:
    for site in sites:
        if site.slug == slug or not slug:
            return site
    raise Http404


def _day(text: str, today: Date) -> Date:
    if not text:
        return today
    try:
        found = Date.fromisoformat(text)
    except ValueError:
        raise Http404 from None
    if abs((found - today).days) > 400:
        raise Http404
    return found


def _url(site: Site, day: Date) -> str:
    return f"{reverse('clinic-day')}?{urlencode({'site': site.slug, 'day': day.isoformat()})}"


def _time(row: Appointment) -> str:
    return moments.clock(row.slot.starts_at, row.slot.session.site.zone)
