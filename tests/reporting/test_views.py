"""Who may read the daily report, and what they get instead when there is none."""

import logging

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from core import clock
from crm.ledger import Kind
from crm.models import CallEvent
from floor.models import Operator
from tests.reporting import factories as make
from tests.reporting.factories import at

pytestmark = [pytest.mark.django_db]
PAGE, DAY = "/reports/daily/", "/reports/daily/2026-11-10/"
BANNER = "These calls are not real"


@pytest.fixture(autouse=True)
def now():
    with clock.running_on(lambda: at(30)):
        yield


@pytest.fixture
def live(settings):
    settings.SANDBOX = False


@pytest.fixture
def agency():
    return make.agency()


def reader(of, name="ada") -> Operator:
    person = make.operator(of, name)
    person.user.user_permissions.add(Permission.objects.get(codename="view_daily_report"))
    return person


@pytest.fixture
def client(agency):
    """A browser of somebody who may read."""
    browser = Client()
    browser.force_login(reader(agency, "rita").user)
    return browser


def test_a_sandbox_shows_only_the_calls_made_in_it(client, agency):
    make.one_of_each(agency, drill=True)
    make.left(agency, at(9))
    page = client.get(DAY)
    assert page.status_code == 200
    assert BANNER in page.text
    assert "Inbound 16 =" in page.text


def test_the_latest_day_is_the_last_on_which_somebody_rang(client, agency):
    make.left(agency, at(9), drill=True)
    assert "Tuesday, November 10, 2026" in client.get(PAGE).text


def test_before_anybody_rang_the_latest_day_is_today(client, agency):
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "Wednesday, November 11, 2026" in page.text
    assert "Nobody rang on this day." in page.text


@pytest.mark.parametrize("sandbox", [True, False])
def test_the_page_asks_for_a_log_in(settings, agency, sandbox):
    settings.SANDBOX = sandbox
    page = Client().get(DAY)
    assert page.status_code == 302
    assert page.url == f"/login/?next={DAY}"


def test_a_live_page_asks_for_the_permission(client, live, agency):
    client.force_login(make.operator(agency).user)
    assert client.get(DAY).status_code == 403
    assert client.get("/reports/daily/2026-11-10.csv").status_code == 403


def test_a_live_page_shows_the_readers_agency_and_no_drill(client, live, agency):
    other = make.agency("other", name="Other line")
    make.answered(agency, at(9))
    for _ in range(3):
        make.left(agency, at(9), drill=True)
        make.left(other, at(9))
    client.force_login(reader(agency).user)
    page = client.get(DAY)
    assert "Inbound 1 =" in page.text
    assert "Other line" not in page.text
    assert BANNER not in page.text


def test_staff_without_an_operator_see_the_first_agency(client, live, agency, admin_user):
    make.left(agency, at(9))
    client.force_login(admin_user)
    assert "Vaccine line" in client.get(DAY).text


def test_a_permission_without_an_agency_opens_nothing(client, live, agency, django_user_model):
    user = django_user_model.objects.create_user("eve")
    user.user_permissions.add(Permission.objects.get(codename="view_daily_report"))
    client.force_login(user)
    assert client.get(DAY).status_code == 403


@pytest.mark.parametrize(
    "date", ["2026-11-12", "2026-02-30", "0001-01-01", "9999-12-31", "20261110", "2026-W46-2", "x", "٢٠٢٦-11-10", "-"]
)
def test_no_such_day_is_a_kind_404(client, agency, date):
    for url in (f"/reports/daily/{date}/", f"/reports/daily/{date}.csv"):
        page = client.get(url)
        assert page.status_code == 404
        assert "Please choose a day up to today" in page.text


def test_a_replayed_day_still_to_come_can_be_read(client, agency):
    make.left(agency, at(24 * 90), drill=True)
    page = client.get(PAGE)
    assert "Complete until midnight." in page.text
    assert client.get("/reports/daily/2027-02-08/").status_code == 200


def test_a_day_that_does_not_add_up_is_not_shown(client, agency, caplog):
    make.one_of_each(agency, drill=True)
    CallEvent.objects.get(kind=Kind.ANSWERED).delete()
    with caplog.at_level(logging.ERROR):
        page = client.get(DAY)
    assert page.status_code == 500
    assert "This day does not add up" in page.text
    assert "Who rang" not in page.text
    assert "11 entered a queue, but 10" in caplog.text


def test_the_csv_comes_as_a_file(client, agency):
    make.left(agency, at(9), drill=True)
    answer = client.get("/reports/daily/2026-11-10.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="daily-2026-11-10.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbf")


def test_only_reading(client, agency):
    assert client.post(DAY).status_code == 405


@pytest.mark.parametrize("url", [DAY, "/login/", "/reports/daily/x/"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_page_holds_under_the_strict_policy(client, agency, url, language):
    make.one_of_each(agency, drill=True)
    page = client.get(url, headers={"accept-language": language})
    assert "'unsafe" not in page["Content-Security-Policy"]
    assert f'<html lang="{language}">' in page.text
    for inline in ("<style", " style=", "<script", " onclick=", "javascript:", "http://", "https://"):
        assert inline not in page.text


def test_the_other_language_is_one_button_away(client, agency):
    answer = client.post("/i18n/setlang/", {"language": "es", "next": PAGE}, follow=True)
    assert "Quién llamó" in answer.text
    assert ">English</button>" in answer.text


def test_a_wrong_password_is_told_kindly(client, agency):
    page = client.post("/login/", {"username": "ada", "password": "nope"})
    assert "do not go together" in page.text
    assert 'value="ada"' in page.text
    assert "nope" not in page.text


def test_signing_in_leads_to_the_page_that_was_asked_for(client, live, agency):
    make.left(agency, at(9))
    reader(agency)
    answer = client.post("/login/", {"username": "ada", "password": "pass", "next": DAY}, follow=True)
    assert answer.redirect_chain == [(DAY, 302)]
    assert "Sign out" in answer.text
