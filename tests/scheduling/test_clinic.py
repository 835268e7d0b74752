"""The list at a clinic's door."""

import html
import re
from datetime import timedelta

import pytest
from django.test import Client

from core import access, clock
from core.models import AccessLog
from crm.models import Person
from scheduling import clinic, services
from scheduling.models import SiteClerk
from tests.contactcenter import staff
from tests.scheduling import factories as make
from tests.scheduling.factories import AT

pytestmark = pytest.mark.django_db
PAGE = "/clinic/"


@pytest.fixture(autouse=True)
def now():
    with clock.running_on(lambda: AT):
        yield


@pytest.fixture
def clerk(agency, jackson):
    user = staff.member(agency, "site_clerk")
    SiteClerk.objects.create(user=user, site=jackson)
    return user


@pytest.fixture
def door(client, clerk):
    client.force_login(clerk)
    return client


@pytest.fixture
def today(jackson, vaccine):
    return make.clinic(jackson, vaccine, starts=AT + timedelta(hours=1), slots=2, seats=9)


def expected(slot, given="Olive", family="Bramble"):
    person = make.person(slot.session.site.agency)
    Person.objects.filter(pk=person.pk).update(given_name=given, family_name=family)
    return make.booked(person, slot)


def came(row) -> str:
    return f"/clinic/{row.token}/came/"


def undo(row) -> str:
    return f"/clinic/{row.token}/undo/"


def test_todays_people_stand_by_time(door, today):
    late, early = expected(today[1], "Late", "Reed"), expected(today[0], "Early", "Fern")
    page = door.get(PAGE).text
    assert page.index("Early Fern") < page.index("Late Reed")
    assert "10:00\N{NO-BREAK SPACE}AM" in page  # by the clinic's own clock
    assert "born 1948" in page
    assert early.code in page
    assert late.code in page
    assert "0 of 2 have come" in page


def test_only_seats_that_are_taken_stand_on_the_list(door, today, clerk):
    gone, holding = expected(today[0], "Gone", "Reed"), make.person(today[0].session.site.agency)
    services.cancel(gone, user=clerk, at=AT)
    make.held(holding, today[0])
    assert "Nobody is expected on this day" in door.get(PAGE).text


def test_an_empty_day_says_when_the_clinic_is_next_held_and_leads_there(door, jackson, vaccine):
    assert "No later day is set up" in door.get(PAGE).text
    make.clinic(jackson, vaccine, starts=AT + timedelta(days=3, minutes=30))
    closed = make.clinic(jackson, vaccine, starts=AT + timedelta(days=2))[0].session
    type(closed).objects.filter(pk=closed.pk).update(active=False)
    make.clinic(make.site(jackson.agency, "tupelo", make.TUPELO), vaccine, starts=AT + timedelta(days=1))
    page = door.get(PAGE).text
    assert "This clinic is not held on this day" in page
    link = re.search(r'<a id="next-held" href="([^"]+)">([^<]+)</a>', page)
    assert link[2].replace("\N{NO-BREAK SPACE}", " ") == "Friday, November 13, 9:30 AM"
    page = door.get(html.unescape(link[1])).text
    assert "Nobody is expected on this day." in page
    assert "Friday, November 13, 2026" in page
    assert "No later day is set up" in page


def test_the_next_day_of_a_day_long_past_is_not_past(door, jackson, vaccine, today):
    make.clinic(jackson, vaccine, starts=AT - timedelta(days=1))
    page = door.get(PAGE + "?day=2026-11-01").text
    assert "day=2026-11-10" in re.search(r'id="next-held" href="([^"]+)"', page)[1]
    expected(today[0])
    assert "next-held" not in door.get(PAGE).text


def test_times_are_said_in_spanish_as_people_say_them(door, today):
    expected(today[0])
    page = door.get(PAGE, headers={"Accept-Language": "es"}).text
    assert "10:00\N{NO-BREAK SPACE}a.\N{NO-BREAK SPACE}m." in page
    assert "Martes 10 de noviembre de 2026" in page


def test_checking_in_and_undoing(door, today, clerk):
    row = expected(today[0])
    page = door.post(came(row), follow=True).text
    assert "Checked in: the appointment at 10:00\N{NO-BREAK SPACE}AM." in page
    assert "1 of 1 has come" in page
    kept = make.again(row)
    assert (kept.state, kept.ended_by) == ("kept", clerk)
    page = door.post(undo(row), follow=True).text
    assert "Not checked in any more" in page
    assert make.again(row).state == "booked"


def test_a_second_press_is_no_news_and_a_change_meanwhile_is(door, today, clerk):
    row = expected(today[0])
    door.post(came(row))
    assert "meanwhile" not in door.post(came(row), follow=True).text
    door.post(undo(row))
    services.cancel(row, user=clerk, at=AT)
    assert door.post(came(row)).status_code == 404


def test_a_day_to_come_is_shown_and_nobody_is_checked_in(door, jackson, vaccine):
    row = expected(make.clinic(jackson, vaccine)[0])
    page = door.get(PAGE + "?day=2026-11-11").text
    assert "Olive Bramble" in page
    assert "Check in" not in page
    assert "still to come" in door.post(came(row), follow=True).text
    assert make.again(row).state == "booked"


def test_found_by_code_or_by_either_last_name(door, today):
    row = expected(today[0], "María", "Peña-Lucero")
    expected(today[0], "Otis", "Reed")
    for said in (row.code.lower(), f" {row.code} ", "pena", "Lucero", "PEÑA LUC"):
        page = door.post(PAGE, {"q": said}).text
        assert "María" in page, said
        assert "Otis" not in page, said
        assert "0 of 2 have come" in page
    page = door.post(PAGE, {"q": "Zebra"}).text
    assert "Nobody on this list has that code or last name" in page


def test_a_search_stays_out_of_the_address(door, today):
    expected(today[0])
    assert 'method="post" action="/clinic/?site=jackson' in door.get(PAGE).text
    assert "Olive" in door.get(PAGE + "?q=zebra").text


def test_another_clinics_row_is_not_there(door, agency, vaccine):
    elsewhere = make.site(agency, "tupelo", make.TUPELO)
    row = expected(make.clinic(elsewhere, vaccine, starts=AT + timedelta(hours=1))[0])
    assert "Olive" not in door.get(PAGE).text
    assert door.get(PAGE + "?site=tupelo").status_code == 404
    assert door.post(came(row)).status_code == 404
    assert door.post(undo(row)).status_code == 404
    assert make.again(row).state == "booked"


def test_a_clerk_who_changed_agencies_sees_nothing_of_the_old(door, clerk, today):
    expected(today[0])
    clerk.membership.agency = make.agency("other")
    clerk.membership.save()
    assert "No clinic is yours yet" in door.get(PAGE).text


def test_several_clinics_are_one_press_apart(door, clerk, agency, today):
    SiteClerk.objects.create(user=clerk, site=make.site(agency, "biloxi", make.BILOXI))
    page = door.get(PAGE).text
    assert "<h1>Biloxi</h1>" in page
    assert "<h1>Jackson</h1>" in door.get(PAGE + "?site=jackson").text


@pytest.mark.parametrize("query", ["?day=soon", "?day=2026-02-30", "?day=1900-01-01", "?site=nowhere"])
def test_no_such_day_or_clinic_is_a_404(door, query):
    assert door.get(PAGE + query).status_code == 404


def test_only_clerks_and_only_with_a_token(client, clerk, today):
    row = expected(today[0])
    client.force_login(staff.member(today[0].session.site.agency, "operator"))
    assert client.get(PAGE).status_code == 403
    assert client.post(came(row)).status_code == 403
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(clerk)
    assert strict.post(came(row)).status_code == 403
    assert strict.get(came(row)).status_code == 405
    assert make.again(row).state == "booked"


def test_every_list_and_every_check_in_is_on_record(door, clerk, jackson, today):
    row = expected(today[0])
    door.get(PAGE)
    door.post(came(row))
    door.post(came(row))
    door.post(undo(row))
    lines = AccessLog.objects.order_by("pk").values_list("user", "action", "what", "record", "where")
    about = (clerk.pk, "{}", "scheduling.appointment", "{}", "clinic door")
    saw = (about[0], "saw", about[2], f"site {jackson.pk}", about[4])
    person = (about[0], "saw", "crm.person", str(row.person_id), about[4])
    changed = (about[0], "changed", about[2], str(row.pk), about[4])
    assert list(lines) == [saw, person, changed, changed]


def people_seen() -> list[tuple]:
    rows = AccessLog.objects.filter(what="crm.person").order_by("user", "at", "record")
    return [(row.user.username, row.record, row.action) for row in rows]


def test_each_person_listed_is_on_record_once_for_a_clerk_and_a_day(door, clerk, agency, jackson, today):
    one, other = expected(today[0]), expected(today[1], "Otis", "Reed")
    assert door.post(PAGE, {"q": "Reed"}).status_code == 200  # Olive is not shown
    assert people_seen() == [("site_clerk", str(other.person_id), "saw")]
    for _ in range(2):
        door.get(PAGE)
    both = sorted([str(one.person_id), str(other.person_id)])
    assert sorted(people_seen()) == [("site_clerk", key, "saw") for key in both]
    second = staff.member(agency, "site_clerk", "winona")
    SiteClerk.objects.create(user=second, site=jackson)
    door.force_login(second)
    door.get(PAGE)
    assert people_seen()[2:] == [("winona", key, "saw") for key in both]
    midnight = AT.replace(hour=6) + timedelta(days=1)  # in Jackson
    with clock.running_on(lambda: midnight - timedelta(seconds=1)):
        door.get(PAGE + "?day=2026-11-10")
    assert len(people_seen()) == 4
    with clock.running_on(lambda: midnight):
        door.get(PAGE + "?day=2026-11-10")
    assert len(people_seen()) == 6


def test_noting_a_hundred_people_takes_two_statements(clerk, agency, django_assert_num_queries):
    about = {"where": "clinic door", "since": AT, "at": AT}
    with django_assert_num_queries(2):
        access.looked_at_many(clerk, agency.pk, AccessLog.Action.SAW, "crm.person", range(100), **about)
    with django_assert_num_queries(1):
        access.looked_at_many(clerk, agency.pk, AccessLog.Action.SAW, "crm.person", range(100), **about)
    with django_assert_num_queries(0):
        access.looked_at_many(clerk, agency.pk, AccessLog.Action.SAW, "crm.person", [], **about)
    assert AccessLog.objects.count() == 100


def test_the_page_speaks_spanish(door, today):
    expected(today[0])
    page = door.get(PAGE, headers={"accept-language": "es"})
    assert '<html lang="es">' in page.text
    assert "10:00" in page.text


def test_the_page_holds_under_the_strict_policy(door, today):
    expected(today[0])
    page = door.get(PAGE)
    assert "'unsafe" not in page["Content-Security-Policy"]
    assert page["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    for inline in ("<style", " style=", "<script", " onclick=", "javascript:"):
        assert inline not in page.text


def test_a_list_costs_the_same_with_more_people(door, today, django_assert_num_queries, clerk, jackson):
    expected(today[0])
    with django_assert_num_queries(2):
        clinic.expected(clerk, jackson, today[0].session.service_date)
    for _ in range(4):
        expected(today[1])
    with django_assert_num_queries(2):
        assert len(clinic.expected(clerk, jackson, today[0].session.service_date)) == 5
