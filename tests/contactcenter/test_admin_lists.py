"""Lists and forms of the admin site: as quick with many rows as with one, and no address asks for a name."""

from datetime import time

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.models import AccessLog, County
from crm.models import Call, Disposition, Handling, Person
from floor.models import Operator, OperatorSkill, Skill
from ivr.models import Flow, FlowVersion
from knowledgebase.models import Article
from scheduling.models import Appointment, Service, Site, SiteClerk
from tests.contactcenter import staff
from tests.contactcenter.staff import AT, url
from tests.scheduling import factories as book

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now():
    with clock.running_on(lambda: AT):
        yield


@pytest.fixture
def agency():
    return book.agency()


@pytest.fixture
def mine(agency):
    return staff.one_of_everything(agency)


@pytest.fixture
def me(agency, client):
    user = staff.member(agency, "admin", "leona")
    client.force_login(user)
    return user


@pytest.mark.parametrize("model", [Call, Appointment, Operator])
def test_a_list_costs_the_same_with_more_rows(client, me, agency, mine, model):
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url(model)).status_code == 200
        return len(asked)

    statements()  # content types and the like are looked up once
    with_one = statements()
    for n in range(3):
        if model is Call:
            Call.objects.create(agency=agency, carrier_uuid=f"x{n}", started_at=AT)
        elif model is Operator:
            Operator.objects.create(user=staff.member(agency, "operator", f"o{n}"), agency=agency, device="sip:x@y.z")
        else:
            slot = book.clinic(book.site(agency, f"s{n}"), book.service(agency))[0]
            book.booked(book.person(agency), slot, AT)
    assert statements() == with_one


def _a_look(agency, n, mine):
    user = staff.member(agency, "operator", f"looker{n}")
    AccessLog.objects.create(at=AT, agency=agency, user=user, action="saw", what="crm.person", where="desk")


def _a_handling(agency, n, mine):
    call = Call.objects.create(agency=agency, carrier_uuid=f"h{n}", started_at=AT)
    how = Disposition.objects.create(agency=agency, slug=f"end{n}", name=f"End {n}")
    user = staff.member(agency, "operator", f"handler{n}")
    Handling.objects.create(call=call, user=user, disposition=how, saved_at=AT)


def _an_article(agency, n, mine):
    place = {"fips": f"29{n:03}", "name": f"County {n}", "state": "MO", "latitude": 1, "longitude": 1}
    county = County.objects.create(**place)
    Article.objects.create(agency=agency, slug=f"a{n}", title=f"Title {n}", body="Text.", county=county)


def _a_menu(agency, n, mine):
    flow = Flow.objects.create(agency=agency, name=f"Menu {n}")
    FlowVersion.objects.create(flow=flow, number=1, document=staff.MENU, published_at=AT)


def _a_weekly_clinic_and_a_clerk(agency, n, mine):
    book.template(mine[Site], mine[Service], weekday=n % 7, opens=time(8 + n // 7))
    SiteClerk.objects.create(user=staff.member(agency, "site_clerk", f"clerk{n}"), site=mine[Site])


def _a_skill_of_an_operator(agency, n, mine):
    skill = Skill.objects.create(agency=agency, slug=f"skill{n}", name=f"Skill {n}")
    OperatorSkill.objects.create(operator=mine[Operator], skill=skill)


@pytest.mark.parametrize(
    ("page", "one_more"),
    [
        ((AccessLog,), _a_look),
        ((Handling,), _a_handling),
        ((Article,), _an_article),
        ((Flow,), _a_menu),
        ((Site, "change"), _a_weekly_clinic_and_a_clerk),
        ((Operator, "change"), _a_skill_of_an_operator),
    ],
)
def test_a_page_costs_the_same_with_25_rows_as_with_one(client, me, agency, mine, page, one_more):
    where = url(*page, mine[page[0]].pk) if len(page) > 1 else url(*page)

    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(where).status_code == 200
        return len(asked)

    one_more(agency, 0, mine)
    statements()  # content types and the like are looked up once
    with_one = statements()
    for n in range(1, 25):
        one_more(agency, n, mine)
    assert statements() == with_one


@pytest.mark.parametrize(
    "asked",
    [
        (Person, "family_name__startswith=Br"),
        (Person, "family_name=Bramble"),
        (Person, "given_name__icontains=live"),
        (Person, "born_on=1948-05-03"),
        (Person, "numbers__number=%2B16015550101"),
        (Person, "calls_about__call__from_number__contains=555"),
        (Person, "language__regex=e"),
        (Call, "from_number=%2B16015550101"),
        (Call, "from_number__endswith=0101"),
        (Call, "subjects__person__family_name__startswith=Br"),
        (Appointment, "person__family_name=Bramble"),
        (Handling, "notes__contains=Monday"),
        (User, "password__startswith=md5"),
    ],
)
def test_an_address_asks_only_what_the_page_filters_by(client, me, mine, asked):
    model, query = asked
    assert client.get(f"{url(model)}?{query}").status_code == 400


def test_what_a_page_filters_by_still_works(client, me, mine):
    pk, service = mine[Person].pk, mine[Service].pk
    for model, query, found in (
        (Person, "language__exact=en", 1),
        (Person, "language__exact=es", 0),
        (Person, f"pk={pk}", 1),
        (Person, f"id__exact={pk}&texts__exact=ask", 1),
        (Call, "drill__exact=1", 0),
        (Appointment, f"service__id__exact={service}", 1),
        (Handling, "disposition__isnull=True", 1),
    ):
        answer = client.get(f"{url(model)}?{query}")
        assert answer.context["cl"].result_count == found, query
