"""A call to finish, between calls: how it ended, and its notes. Only the operator's own, and only while open."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import clock
from crm import handling
from crm.models import Handling
from floor.desk import drafts, page, words, wrap
from floor.desk.current import Desk
from floor.desk.door import at_the_desk
from floor.desk.views import is_part


@require_safe
@at_the_desk
def draft(request: HttpRequest, desk: Desk, handling_id: int) -> HttpResponse:
    """The form, in the middle column; while a call is at hand that comes first."""
    if desk.call is not None:
        return _back(request)
    return _show(request, desk, _own(desk, handling_id))


@require_POST
@at_the_desk
def save(request: HttpRequest, desk: Desk, handling_id: int) -> HttpResponse:
    """What has been typed so far. A call may have come in meanwhile: it is kept all the same."""
    row, at, form = _own(desk, handling_id), clock.now(), request.POST
    chosen = form.get("disposition")
    details = wrap.details(form, chosen) if chosen else None
    handling.save(row.call, request.user, at, notes=form.get("notes"), disposition=chosen, details=details)
    return HttpResponse(_("saved %(time)s") % {"time": words.second(at, desk.agency.zone)})


@require_POST
@at_the_desk
def finish(request: HttpRequest, desk: Desk, handling_id: int) -> HttpResponse:
    """Closes it. One closed already, in another tab, is no fault."""
    row, at, form = drafts.find(desk, handling_id), clock.now(), request.POST
    if row is not None:
        chosen = form.get("disposition", "")
        details = wrap.details(form, chosen)
        try:
            handling.close(row.call, request.user, at, disposition=chosen, details=details, notes=form.get("notes"))
        except handling.Unfinished as open_still:
            return _show(request, desk, row, typed=form, errors=open_still.errors)
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """To the desk as it is now."""
    if not is_part(request):
        return redirect("desk")
    answer = HttpResponse(status=204)
    answer["HX-Refresh"] = "true"
    return answer


def _own(desk: Desk, handling_id: int) -> Handling:
    row = drafts.find(desk, handling_id)
    if row is None:
        raise Http404
    return row


def _show(request: HttpRequest, desk: Desk, row: Handling, **sent_back) -> HttpResponse:
    at = clock.now()
    form = drafts.form(desk, row, at, **sent_back)
    if is_part(request):
        return render(request, "floor/desk/draft.html", form)
    status = 422 if sent_back else 200
    return render(request, "floor/desk/desk.html", {**page.whole(request, desk, at), **form}, status=status)
