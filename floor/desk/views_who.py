"""Forms of the left column: check two facts, look for somebody, enter somebody new.

Nothing typed stands in an address. An answer never tells which of two facts was wrong.
"""

import re
from collections.abc import Callable
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock
from crm import people
from crm.dates import birth_date
from crm.models import Person
from floor.desk import give, memory, page
from floor.desk.current import Desk
from floor.desk.door import at_the_desk, same_call
from floor.desk.views import is_part, look_again
from floor.desk.who import Said

_Form = Callable[..., Said]


def _form(view: _Form) -> Callable[..., HttpResponse]:
    """`view` says what to answer beside the form; the column is shown with it, and what can be given beside it."""

    @require_POST
    @at_the_desk
    def answer(request: HttpRequest, desk: Desk, **where: int) -> HttpResponse:
        if not (desk.working and same_call(request, desk)):
            return look_again(request, desk)
        at = clock.now()
        said = view(request, desk, at, **where)
        if not is_part(request):
            if not said.errors and not said.notice:
                return redirect("desk")
            whole = {**page.whole(request, desk, at), **page.columns(request, desk, at, said=said)}
            return render(request, "floor/desk/desk.html", whole, status=422)
        context = page.left(request, desk, at, said)
        if not said.form:  # somebody's record is open: a seat can be given to them
            context = {**context, **give.context(desk, request, at), "with_give": True}
        return render(request, "floor/desk/left_answer.html", context)

    return answer


@_form
def check(request: HttpRequest, desk: Desk, at: datetime, person_id: int) -> Said:
    """Two facts about one person."""
    person = Person.objects.filter(pk=person_id, agency=desk.agency).first()
    if person is None:
        raise Http404
    form, typed = f"check-{person.pk}", _typed(request, "born", "place")
    errors = {}
    if (born_on := _born(desk, typed["born"], at)) is None:
        errors["born"] = _ask_birth_date()
    if not typed["place"]:
        errors["place"] = _("Please type the ZIP or the house number, too.")
    if errors:
        return Said(form, typed, errors)
    verdict = people.verify(person, born_on=born_on, place=typed["place"], call=desk.call, user=request.user, at=at)
    if verdict == people.Verdict.MATCH:
        return Said()
    if verdict == people.Verdict.LOCKED:
        return Said(form, {}, {}, _enough())
    return Said(form, typed, {"both": _("These two do not match. Ask for another fact; nothing was shown.")})


@_form
def search(request: HttpRequest, desk: Desk, at: datetime) -> Said:
    """Somebody who rings from another number."""
    typed = _typed(request, "born", "family")
    errors = {}
    if (born_on := _born(desk, typed["born"], at)) is None:
        errors["born"] = _ask_birth_date()
    if not typed["family"]:
        errors["family"] = _("Please type the last name, too.")
    if errors:
        return Said("search", typed, errors)
    if not people.may_search(desk.call, user=request.user, at=at):
        return Said("search", typed, {}, _enough())
    found = people.search(desk.agency.pk, born_on=born_on, family_name=typed["family"])
    _remember(request, desk, found)
    if not found:
        return Said("search", typed, {}, _("Nobody is in the book with that birth date and last name."))
    return Said("search", {}, {}, _("Found. Now check both facts, above."))


@_form
def enter(request: HttpRequest, desk: Desk, at: datetime) -> Said:
    """Somebody new. If they may be in the book already, that is said first, without a word about them."""
    typed = _typed(request, "given", "family", "born", "zip", "street", "language")
    born_on = _born(desk, typed["born"], at)
    errors = _wanting(typed, born_on is not None)
    if errors:
        return Said("new", typed, errors)
    if not request.POST.get("sure") and not people.may_search(desk.call, user=request.user, at=at):
        return Said("new", typed, {}, _enough())
    same = people.search(desk.agency.pk, born_on=born_on, family_name=typed["family"])
    opened = {person.pk for person in people.subjects(desk.call)}
    unproved = [person for person in same if person.pk not in opened]
    if unproved and not request.POST.get("sure"):
        _remember(request, desk, unproved)
        text = _("Somebody with this birth date and last name is in the book. Check their two facts above, or go on.")
        return Said("new", {**typed, "same": "1"}, {}, text)
    people.enter(
        desk.call,
        given_name=typed["given"],
        family_name=typed["family"],
        born_on=born_on,
        zip_code=typed["zip"],
        street=typed["street"],
        language="es" if typed["language"] == "es" else "en",
        user=request.user,
        at=at,
    )
    return Said()


def _wanting(typed: dict[str, str], born: bool) -> dict[str, str]:
    errors = {}
    if not typed["given"]:
        errors["given"] = _("Please type the first name.")
    if not typed["family"]:
        errors["family"] = _("Please type the last name.")
    if not born:
        errors["born"] = _ask_birth_date()
    if not re.fullmatch(r"[0-9]{5}", typed["zip"]):
        errors["zip"] = _("Please type the five digits of the ZIP.")
    return errors


def _typed(request: HttpRequest, *names: str) -> dict[str, str]:
    """As long as a column of ours holds; what else it could be is not a name."""
    long = {"given": 60, "family": 60, "street": 120}
    return {name: " ".join(request.POST.get(name, "").split())[: long.get(name, 40)] for name in names}


def _born(desk: Desk, text: str, at: datetime):
    return birth_date(text, today=at.astimezone(desk.agency.zone).date())


def _enough() -> str:
    return _("That was tried often enough for this call. Please ask your supervisor.")


def _ask_birth_date() -> str:
    return _("Please type the birth date as month, day, year. For example 5 3 1948.")


def _remember(request: HttpRequest, desk: Desk, found: list[Person]) -> None:
    before = memory.recall(request, desk, "found", [])
    memory.keep(request, desk, found=[*before, *(p.pk for p in found if p.pk not in before)][-16:])
