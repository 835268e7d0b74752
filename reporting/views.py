"""The daily report as a page and as a file.

Who may read: whoever has `reporting.view_daily_report`, the figures of their own agency. A sandbox shows the contacts
that were made in it, of nobody real, and only those; live pages never do.
"""

import logging
import re
from collections.abc import Callable
from datetime import date as Date
from datetime import timedelta
from functools import wraps

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import clock
from core.access import agency_of
from core.models import Agency
from reporting import audits, daily, export, facts, words
from reporting.identity import IdentityError
from reporting.sheet import fairness_rows, sheet

log = logging.getLogger(__name__)

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FIRST_DAY = Date(2000, 1, 1)


class _NoSuchDay(Exception):
    pass


def _for_readers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Lets in who may read reports and hands `view` their agency; what goes wrong becomes a kind page."""

    @require_safe
    @never_cache
    @wraps(view)
    def door(request: HttpRequest, **where: str) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        agency = _agency(request)
        if agency is None:
            return _notice(
                request, 403, _("This page is not yours to read"), _("Please ask whoever set up your log-in.")
            )
        try:
            return view(request, agency, **where)
        except _NoSuchDay:
            text = _("Please choose a day up to today, written like 2026-01-14.")
            return _notice(request, 404, _("There is no report for that day"), text, way_on=True)
        except IdentityError as error:
            log.error("no report of agency %s: %s", agency.pk, error)
            return _notice(request, 500, _("This day does not add up"), _("So there is no report: %s.") % error)

    return door


@_for_readers
def latest(request: HttpRequest, agency: Agency) -> HttpResponse:
    """The last day on which somebody rang; today if nobody ever did."""
    return _page(request, agency, _last_day(agency))


@_for_readers
def day(request: HttpRequest, agency: Agency, date: str) -> HttpResponse:
    """The report of `date`, YYYY-MM-DD."""
    return _page(request, agency, _day(agency, date))


@_for_readers
def csv(request: HttpRequest, agency: Agency, date: str) -> HttpResponse:
    """The report of `date` for a spreadsheet."""
    report = _report(agency, _day(agency, date))
    response = HttpResponse(export.csv(report), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="daily-{report.date}.csv"'
    return response


def _page(request: HttpRequest, agency: Agency, day: Date) -> HttpResponse:
    fairness = fairness_rows(audits.kept(agency, day))
    context = {**sheet(_report(agency, day)), "fairness": fairness, "links": _links(agency, day)}
    return render(request, "reporting/daily.html", context)


def _report(agency: Agency, day: Date) -> daily.DailyReport:
    """A replayed day that our clock has not reached yet is read as from its end."""
    end = daily.day_bounds(day, agency.zone)[1]
    at = end if settings.SANDBOX and day > _today(agency) else clock.now()
    return daily.build(agency, day, drill=settings.SANDBOX, at=at)


def _links(agency: Agency, day: Date) -> dict:
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    return {
        "before": _link(before),
        "after": _link(after) if after <= _until(agency) else None,
        "csv": reverse("daily-report-csv", kwargs={"date": day.isoformat()}),
    }


def _link(day: Date) -> dict[str, str]:
    return {"url": reverse("daily-report-day", kwargs={"date": day.isoformat()}), "text": words.short_day(day)}


def _day(agency: Agency, text: str) -> Date:
    """Raises _NoSuchDay for what is no date, lies before there were telephones of ours, or is still to come."""
    try:
        found = Date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        found = None
    if found is None or not _FIRST_DAY <= found <= _until(agency):
        raise _NoSuchDay
    return found


def _today(agency: Agency) -> Date:
    return clock.now().astimezone(agency.zone).date()


def _last_day(agency: Agency) -> Date:
    return facts.latest_day(agency, drill=settings.SANDBOX) or _today(agency)


def _until(agency: Agency) -> Date:
    """The last day one may ask for: today, or later where a replayed day is."""
    return max(_today(agency), _last_day(agency)) if settings.SANDBOX else _today(agency)


def _agency(request: HttpRequest) -> Agency | None:
    """Whose figures this reader may see; None: nobody's."""
    return agency_of(request.user) if request.user.has_perm("reporting.view_daily_report") else None


def _notice(request: HttpRequest, status: int, heading: str, text: str, *, way_on: bool = False) -> HttpResponse:
    context = {"heading": heading, "text": text, "way_on": way_on}
    return render(request, "reporting/notice.html", context, status=status)
