"""axe finds nothing on any page of the URL map, no rule switched off; and no page is missing from the map.

Runs after the first quarter of an hour in the same town, so that lists have rows. The desk is judged in each state.
"""

import io
from datetime import date

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.urls import get_resolver, reverse

from core import clock
from core.models import Agency
from crm.models import Person
from crm.services import open_call
from floor import dispatch
from floor.models import Broadcast, Callback, CallbackRule, CallbackTerms, Operator, Stint, WrapExtension
from knowledgebase.models import Holiday
from reporting.models import Alert, FairnessAudit, Threshold
from tests.screens import axe, url_map
from tests.screens.town import PASSWORD_HASH

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="pages look the same; judged once, on SQLite")

OURS = {
    "login": None,
    "desk": "op03",
    "board": "sup1",
    "wall": "sup1",
    "hand": "sup1",
    "board-owed": "sup1",
    "board-missed": "sup1",
    "daily-report": "sup1",
    "clinic-day": "clerk",
    "api-docs": "admin",
}
LANGUAGES = ("en", "es")
DAY = {"date": "2026-01-14"}


@pytest.fixture(scope="module")
def root(town):
    """Somebody who may open every page of the set-up."""
    return User.objects.create_superuser("root", password=None, first_name="Root")


def test_every_address_is_a_page_we_judge_or_says_why_not(town):
    for name, path in url_map.names():
        known = name in OURS or name == "daily-report-day" or name.startswith("admin:")
        assert known or _no_page(name), f"{name} ({path}) is neither judged nor in NOT_PAGES"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", OURS)
def test_our_pages(town, name, language):
    user = OURS[name]
    with _as(town, user, language) as does:
        assert does(lambda page: _judged(page, f"{town.web_base}{reverse(name)}")) == []
        assert does(lambda page: page.get_attribute("html", "lang")).startswith(language) or name == "api-docs"


def test_a_page_that_is_not_ours_to_see_and_one_that_is_not_there(town):
    with _as(town, "op03", "en") as does:
        assert does(lambda page: _judged(page, f"{town.web_base}/floor/", status=403)) == []
        assert does(lambda page: _judged(page, f"{town.web_base}/nowhere/", status=404)) == []


def test_the_desk_in_each_state(town):
    """Ready, ringing, talking, somebody identified, a seat held and booked, wrapping up: one call in Spanish."""
    caller = Person.objects.filter(language="es").first()
    operator = Operator.objects.get(user__username="op04")  # who speaks Spanish
    town.phone(operator.device, answers_after_s=4, think_s=0.1)
    with town.signed_in("op04", locale="es-US", bypass_csp=True) as desk:
        desk(lambda page: page.click("#be-ready"))
        desk(lambda page: page.wait_for_selector("body.is-ready"))
        assert desk(axe.complaints) == []
        town.call(str(caller.numbers.first().number), ["2", "1", caller.zip_code], says=["Hola."])
        desk(lambda page: page.wait_for_selector("body.is-ringing .ring"))
        assert desk(axe.complaints) == []
        desk(lambda page: page.wait_for_selector("body.is-talking #script"))
        assert desk(axe.complaints) == []
        born = f"{caller.born_on.month}/{caller.born_on.day}/{caller.born_on.year}"
        desk(lambda page: page.fill(f"#born-{caller.pk}", born))
        desk(lambda page: page.fill(f"#place-{caller.pk}", caller.zip_code))
        desk(lambda page: page.click(f"#check-{caller.pk}"))
        desk(lambda page: page.wait_for_selector(f"#person-{caller.pk}"))
        desk(lambda page: page.fill("#give-text", "silla"))
        desk(lambda page: page.wait_for_selector("#give-found article"))
        desk(lambda page: page.click("[id^=hold-]:not([disabled]) >> nth=0"))
        desk(lambda page: page.wait_for_selector(".holdbar"))
        assert desk(axe.complaints) == []
        desk(lambda page: page.click(".holdbar [id^=book-]"))
        desk(lambda page: page.wait_for_selector("#give-seats .code"))
        assert desk(axe.complaints) == []
        desk(lambda page: page.click("#hang-up"))
        desk(lambda page: page.wait_for_selector("body.is-wrap #wrap"))
        assert desk(axe.complaints) == []
        desk(lambda page: page.locator("label:has(#ending-call-back)").click())  # asks for more than was said
        desk(lambda page: page.click("#finish"))
        desk(lambda page: page.wait_for_selector("#d-call-back-when-why"))
        assert desk(axe.complaints) == []
        desk(lambda page: page.locator("label:has(#ending-booked)").click())
        desk(lambda page: page.click("#finish-rest"))
        desk(lambda page: page.wait_for_selector("body.is-away"))
        assert desk(axe.complaints) == []


def test_a_day_of_reports_and_the_handset(town):
    with _as(town, "sup1", "en") as does:
        url = f"{town.web_base}{reverse('daily-report-day', kwargs=DAY)}"
        assert does(lambda page: _judged(page, url)) == []
        handset = town.handset_page("+16015550299")
        assert does(lambda page: _judged(page, handset)) == []


def test_the_set_up(town, root):
    """Every admin page there is: lists, forms, histories, questions before deleting, imports and exports."""
    _a_row_in_every_list()
    User.objects.filter(pk=root.pk).update(password=PASSWORD_HASH)
    wrong = {}
    with _as(town, "root", "en") as does:
        for name, _path in url_map.names():
            if name.startswith("admin:") and not _no_page(name):
                for url in _admin_urls(name):
                    if found := does(lambda page, url=url: _judged(page, town.web_base + url, status=None)):
                        wrong[url] = found
    assert wrong == {}


# ---- how --------------------------------------------------------------------------------------------------------


def _as(town, user: str | None, language: str):
    context = {"locale": f"{language}-US", "bypass_csp": True}
    if user is None:
        return town.browser.page(viewport={"width": 1366, "height": 768}, **context)
    return town.signed_in(user, **context)


def _judged(page, url: str, status: int | None = 200) -> list[str]:
    reply = page.goto(url)
    assert reply.status == status if status else reply.status in (200, 403), f"{url} answered {reply.status}"
    return axe.complaints(page)


def _no_page(name: str) -> bool:
    return any(name.startswith(prefix) for prefix in url_map.NOT_PAGES)


def _admin_urls(name: str) -> list[str]:
    if name == "admin:app_list":
        return [reverse(name, kwargs={"app_label": label}) for label in ("crm", "floor", "scheduling")]
    found = [pattern for key, pattern in _arguments(name)]
    if not any(found):
        return [reverse(name)]
    model = _model(name)
    return [reverse(name, args=[model._default_manager.order_by("pk").first().pk])]


def _arguments(name: str):
    (possibility,) = get_resolver().namespace_dict["admin"][1].reverse_dict.getlist(name.removeprefix("admin:"))[:1]
    return [(name, bool(parameters)) for _text, parameters in possibility[0]]


def _model(name: str):
    from django.contrib import admin

    for model in admin.site._registry:
        if name.startswith(f"admin:{model._meta.app_label}_{model._meta.model_name}_"):
            return model
    raise AssertionError(f"{name} belongs to no model of the set-up")


def _a_row_in_every_list() -> None:
    """What the tests before this one left empty."""
    agency = Agency.objects.get(slug="ms")
    at = clock.now()
    call = open_call(agency_id=agency.pk, carrier_uuid="nobody", from_number="+16015550198", to_number="", at=at)
    entry = dispatch.arrive(call, queue="book", at=at)
    Callback.objects.get_or_create(entry=entry, agency=agency, number="+16015550199", asked_at=entry.entered_at)
    WrapExtension.objects.create(stint=Stint.objects.earliest("pk"), reason="notes", at=at, due_at=at)
    CallbackRule.objects.get_or_create(agency=agency, result="busy")
    CallbackTerms.objects.get_or_create(agency=agency)
    threshold = Threshold.objects.earliest("pk")
    Alert.objects.create(threshold=threshold, noticed_at=at, seen_at=at, opened_at=at, cleared_at=at, value=9, bound=8)
    Broadcast.objects.create(
        agency=agency, text="Clinic 12 is full.", by=User.objects.earliest("pk"), at=at, until=at, ended=at
    )
    FairnessAudit.objects.create(
        agency=agency, day=date(2026, 1, 1), made_at=at, takings=1, callers=0, totals={}, unexplained=0
    )
    Holiday.objects.get_or_create(agency=agency, date="2027-01-01", name="New Year's Day")
    call_command("make_api_key", "--agency=ms", "--name=Partner", "--scope=appointments:read", stdout=io.StringIO())
