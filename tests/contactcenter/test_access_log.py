"""Every look at a person's record in the admin site leaves a line, and nothing personal stands in it."""

import pytest

from core import clock
from core.models import AccessLog
from crm.models import CallSubject, Handling, Person
from scheduling.models import Appointment
from tests.contactcenter import staff
from tests.contactcenter.staff import AT
from tests.scheduling import factories as book

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now():
    with clock.running_on(lambda: AT):
        yield


@pytest.fixture
def rows():
    made = staff.one_of_everything(book.agency())
    AccessLog.objects.all().delete()
    return made


@pytest.fixture
def me(client, rows):
    user = staff.member(book.agency(), "admin", "leona")
    client.force_login(user)
    return user


def lines() -> list[tuple]:
    return list(AccessLog.objects.order_by("pk").values_list("action", "what", "record", "where"))


@pytest.mark.parametrize("model", [Person, Appointment, Handling, CallSubject])
def test_opening_a_record_is_a_look_and_so_is_its_history(client, me, rows, model):
    pk = rows[model].pk
    app, name = model._meta.app_label, model._meta.model_name
    client.get(f"/admin/{app}/{name}/{pk}/change/")
    client.get(f"/admin/{app}/{name}/{pk}/history/")
    assert lines() == [("saw", f"{app}.{name}", str(pk), "admin")] * 2


def test_a_list_of_people_is_a_look_and_names_nobody(client, me, rows):
    page = client.get("/admin/crm/person/").text
    assert "O. B." in page
    assert "Olive" not in page
    assert "Bramble" not in page
    assert lines() == [("listed", "crm.person", "", "admin")]


def test_a_change_is_on_record_and_shows_no_name_in_its_news(client, me, rows):
    person = rows[Person]
    form = {
        "given_name": "Olive",
        "family_name": "Thorn",
        "born_on": "1948-05-03",
        "language": "en",
        "texts": "ask",
        "numbers-TOTAL_FORMS": "0",
        "numbers-INITIAL_FORMS": "0",
    }
    answer = client.post(f"/admin/crm/person/{person.pk}/change/", form)
    assert answer.status_code == 302
    assert lines() == [("changed", "crm.person", str(person.pk), "admin")]
    page = client.get(answer.url).text
    assert f"person {person.reference}" in page
    assert "Thorn" not in page


def test_somebody_new_gets_a_reference_of_ours(client, me):
    form = {
        "given_name": "Hazel",
        "family_name": "Birch",
        "born_on": "1950-01-01",
        "language": "es",
        "texts": "yes",
        "numbers-TOTAL_FORMS": "1",
        "numbers-INITIAL_FORMS": "0",
        "numbers-0-number": "+16015550177",
    }
    assert client.post("/admin/crm/person/add/", form).status_code == 302
    hazel = Person.objects.get(given_name="Hazel")
    assert hazel.reference.startswith("P-")
    assert (hazel.agency.slug, hazel.created_at, hazel.numbers.count()) == ("vax", AT, 1)
    assert lines() == [("changed", "crm.person", str(hazel.pk), "admin")]


def test_another_agencys_record_is_neither_shown_nor_looked_at(client, me):
    theirs = staff.one_of_everything(book.agency("other"))[Person]
    AccessLog.objects.all().delete()
    client.get(f"/admin/crm/person/{theirs.pk}/change/")
    client.get(f"/admin/crm/person/{theirs.pk}/history/")
    assert lines() == []


def test_the_log_is_read_and_never_written_by_hand(client, me, rows):
    client.get(f"/admin/crm/person/{rows[Person].pk}/change/")
    line = AccessLog.objects.get()
    assert client.get("/admin/core/accesslog/").status_code == 200
    assert client.post(f"/admin/core/accesslog/{line.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.post("/admin/core/accesslog/add/", {}).status_code == 403
