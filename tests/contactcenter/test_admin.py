"""The admin site: every page opens, shows one agency, and facts stay as they are."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.test import RequestFactory

from contactcenter import roles
from core import clock
from core.admin import FactAdmin
from core.models import County, Membership
from crm.models import Call, Disposition, DispositionField
from floor.models import Queue
from ivr.models import Flow, FlowVersion, Line
from knowledgebase.models import Article, OpeningHours, Script
from scheduling.models import Appointment, Service, Site, SiteClerk
from tests.contactcenter import staff
from tests.contactcenter.staff import AT, url
from tests.scheduling import factories as book

pytestmark = pytest.mark.django_db
EVERYBODYS = {"county", "zipcode"}
PAGES = sorted(admin.site._registry, key=lambda model: model._meta.label)
OURS = [model for model in PAGES if model._meta.model_name not in EVERYBODYS]


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
def theirs():
    return staff.one_of_everything(book.agency("other"))


@pytest.fixture
def me(agency, client):
    user = staff.member(agency, "admin", "leona")
    client.force_login(user)
    return user


def test_every_list_and_every_form_opens(client, me, mine):
    for model in PAGES:
        assert client.get(url(model)).status_code == 200, model
        request = RequestFactory().get("/")
        request.user = me
        if admin.site._registry[model].has_add_permission(request):
            assert client.get(url(model, "add")).status_code == 200, model
        if model in mine:
            assert client.get(url(model, "change", mine[model].pk)).status_code == 200, model
    assert set(OURS) <= set(mine), "a page of the admin site has no row to be tried with"


def test_every_list_shows_the_readers_agency_only(me, mine, theirs):
    request = RequestFactory().get("/")
    request.user = me
    for model in OURS:
        rows = set(admin.site._registry[model].get_queryset(request))
        assert mine[model] in rows, model
        assert theirs[model] not in rows, model


def test_another_agencys_row_is_not_there(client, me, theirs):
    for model in OURS:
        answer = client.get(url(model, "change", theirs[model].pk))
        assert (answer.status_code, answer.url) == (302, "/admin/"), model


def test_choices_and_filters_name_the_readers_agency_only(client, me, mine, theirs):
    Queue.objects.filter(pk=theirs[Queue].pk).update(name="Elsewhere")
    Service.objects.filter(pk=theirs[Service].pk).update(name="Elsewhere")
    Script.objects.filter(pk=theirs[Script].pk).update(name="Elsewhere")
    for page in (url(Queue, "add"), url(Site, "add"), "/admin/floor/entry/", "/admin/scheduling/appointment/"):
        assert "Elsewhere" not in client.get(page).text, page
    form = {"slug": "new", "name": "New", "callback_mode": "off", "script": theirs[Script].pk}
    assert "Select a valid choice" in client.post(url(Queue, "add"), form).text
    assert not Queue.objects.filter(slug="new").exists()


def test_facts_are_only_shown(client, me, mine):
    facts = [model for model in OURS if isinstance(admin.site._registry[model], FactAdmin)]
    assert {model._meta.model_name for model in facts} >= {"call", "callevent", "entry", "offer", "stint", "accesslog"}
    for model in facts:
        assert client.get(url(model, "add")).status_code == 403, model
        assert client.post(url(model, "change", mine[model].pk), {}).status_code == 403, model
        assert client.post(url(model, "delete", mine[model].pk), {"post": "yes"}).status_code == 403, model
        model.objects.get(pk=mine[model].pk)


def test_a_new_row_is_the_readers_agencys(client, me, agency):
    form = {"slug": "bring", "title": "What to bring", "body": "Your card.", "audience": "operator", "active": "on"}
    assert client.post(url(Article, "add"), form).status_code == 302
    assert Article.objects.get(slug="bring").agency == agency


def test_a_name_that_is_taken_is_said_at_the_form(client, me, mine):
    form = {"slug": "parking", "title": "Again", "body": "Text.", "audience": "operator"}
    assert client.post(url(Article, "add"), form).status_code == 200
    assert Article.objects.count() == 1


def test_what_menus_name_a_row_by_cannot_be_renamed(client, me, mine):
    form = {"slug": "renamed", "name": "Line two", "callback_mode": "off", "min_level": 1}
    form |= {"head_start_s": 0, "class_head_start_s": 0, "window_min": 60, "window_lead_min": 60, "wrap_s": 0}
    form |= {"hours": "main", "at_closing": "serve"}
    for rows in ("relax_steps", "overflow_rules", "comfort_messages"):
        form |= {f"{rows}-TOTAL_FORMS": 0, f"{rows}-INITIAL_FORMS": 0}
    assert client.post(url(Queue, "change", mine[Queue].pk), form).status_code == 302
    queue = Queue.objects.get(pk=mine[Queue].pk)
    assert (queue.slug, queue.name) == ("line", "Line two")


def test_what_a_call_needs_is_not_deleted(client, me, mine):
    assert client.post(url(Queue, "delete", mine[Queue].pk), {"post": "yes"}).status_code == 403
    for model in (Script, Service, Site):
        answer = client.post(url(model, "delete", mine[model].pk), {"post": "yes"}, follow=True)
        assert "still point at it" in answer.text, model
        assert model.objects.filter(pk=mine[model].pk).exists()


def test_what_nothing_points_at_is_deleted_with_its_parts(client, me, mine):
    row = mine[Disposition]
    DispositionField.objects.create(disposition=row, slug="when", label="When")
    client.post(url(Disposition, "delete", row.pk), {"post": "yes"})
    assert not Disposition.objects.filter(pk=row.pk).exists()


def test_an_appointment_is_cancelled_through_its_service(client, me, mine):
    row = mine[Appointment]
    form = {"action": "cancel", "_selected_action": [row.pk]}
    answer = client.post(url(Appointment), form, follow=True)
    assert "1 appointment is cancelled" in answer.text
    again = book.again(row)
    assert (again.state, again.ended_by, book.again(row.slot).booked) == ("cancelled", me, 0)
    assert "was not booked any more" in client.post(url(Appointment), form, follow=True).text


def test_a_draft_says_what_is_wrong_with_it(client, me, mine):
    flow = mine[Flow]
    for draft, told in (
        ("{", "Enter a valid JSON"),
        ('{"start": "x", "nodes": {}}', "a first step that exists"),
        ('{"start": "x", "nodes": {"x": 7}}', "not built like a menu"),
        ('{"start": "x", "nodes": {"x": {"kind": "queue", "queue": "nowhere"}}}', "There is no queue “nowhere”"),
        (
            '{"start": "x", "nodes": {"x": {"kind": "hours", "schedule": "moon", "open": "q", "closed": "q"},'
            ' "q": {"kind": "queue", "queue": "line"}}}',
            "There are no opening hours “moon”",
        ),
    ):
        answer = client.post(url(Flow, "change", flow.pk), {"draft": draft})
        assert told in answer.text, draft
        assert answer.text.index(told) < answer.text.index('id="id_draft"'), "at the top of the page"
        assert answer.text.count(told) == 2, "and at the field"
    assert book.again(flow).draft == staff.MENU


def test_what_is_wrong_with_a_row_is_said_at_the_top_with_its_number(client, me, mine):
    """Rows are under a long form; each line leads to its field."""
    script = mine[Script]
    form = {f"steps-{word}_FORMS": "0" for word in ("INITIAL", "MIN_NUM", "MAX_NUM")} | {"steps-TOTAL_FORMS": "2"}
    form |= {"name": "Book", "steps-0-order": "0", "steps-0-title": "One", "steps-0-say": "Hello."}
    form |= {"steps-1-order": "1", "steps-1-title": "Two"}
    page = client.post(url(Script, "change", script.pk), form).text
    top = page[page.index("Nothing was saved yet") : page.index('id="id_name"')]
    assert '<a class="underline" href="#id_steps-1-say">Script step 2, Say</a>: This field is required.' in top
    assert script.steps.count() == 0


def test_a_weekday_has_its_name(client, me, mine):
    row = mine[OpeningHours]
    assert "Monday" in client.get(url(OpeningHours)).text
    assert '<option value="0" selected>Monday</option>' in client.get(url(OpeningHours, "change", row.pk)).text
    form = {"slug": "main", "weekday": "6", "opens": "08:00", "closes": "12:00"}
    assert client.post(url(OpeningHours, "change", row.pk), form).status_code == 302
    assert book.again(row).weekday == 6
    assert "This field is required" in client.post(url(OpeningHours, "add"), form | {"weekday": ""}).text


def test_publishing_makes_the_draft_what_callers_hear(client, me, mine):
    flow = mine[Flow]
    form = {"action": "publish", "_selected_action": [flow.pk]}
    assert "already hear this draft" in client.post(url(Flow), form, follow=True).text
    Flow.objects.filter(pk=flow.pk).update(draft={**staff.MENU, "start": "line"})
    assert "Callers now hear version 2" in client.post(url(Flow), form, follow=True).text
    assert FlowVersion.objects.get(retired_at=None).document["start"] == "line"
    Flow.objects.filter(pk=flow.pk).update(draft={})
    assert "was not published" in client.post(url(Flow), form, follow=True).text
    assert FlowVersion.objects.count() == 2


def test_a_number_is_given_only_to_a_menu_callers_can_hear(client, me, agency, mine):
    silent = Flow.objects.create(agency=agency, name="Silent")
    form = {"number": "+16015550188", "flow": silent.pk}
    assert "Nothing of this menu is published yet" in client.post(url(Line, "add"), form).text
    assert client.post(url(Line, "add"), {**form, "flow": mine[Flow].pk}).status_code == 302


def test_a_clerk_can_only_be_somebody_of_the_agency(client, me, mine, theirs):
    page = client.get(url(Site, "change", mine[Site].pk)).text
    assert "op-vax" in page
    assert "op-other" not in page
    assert SiteClerk.objects.count() == 0


def test_staff_enter_with_a_role_an_agency_and_no_more(client, me, agency):
    group = Group.objects.get(name="supervisor")
    form = {
        "username": "sam",
        "usable_password": "true",
        "password1": "a-long-one-42",
        "password2": "a-long-one-42",
        "groups": [group.pk],
        "is_superuser": "on",
    }
    assert client.post(url(User, "add"), form).status_code == 302
    sam = User.objects.get(username="sam")
    assert (sam.membership.agency, sam.is_staff, sam.is_superuser) == (agency, True, False)
    client.post(url(User, "change", sam.pk), {"username": "sam", "is_active": "on", "is_superuser": "on"})
    sam = User.objects.get(username="sam")
    assert (sam.is_staff, sam.is_superuser, sam.groups.count()) == (False, False, 0)


def test_nobody_changes_their_own_role(client, me):
    client.post(url(User, "change", me.pk), {"username": "leona", "groups": []})
    me.refresh_from_db()
    assert me.is_active
    assert [group.name for group in me.groups.all()] == ["admin"]


GUARDED = sorted(roles.GUARDED)
NEW = {"username": "sam", "usable_password": "true", "password1": "a-long-one-42", "password2": "a-long-one-42"}


@pytest.fixture
def it(agency, client):
    user = staff.member(agency, "it_support")
    client.force_login(user)
    return user


@pytest.mark.parametrize("role", GUARDED)
def test_it_support_sets_no_password_that_opens_records(client, it, agency, role):
    somebody = staff.member(agency, role, "ruth")
    way = f"/admin/auth/user/{somebody.pk}/password/"
    assert client.get(way).status_code == 403
    form = {"password1": "a-long-one-42", "password2": "a-long-one-42", "usable_password": "true"}
    assert client.post(way, {**form, "set-password": "1"}).status_code == 403
    somebody.refresh_from_db()
    assert somebody.check_password("pass")
    assert "password/" not in client.get(url(User, "change", somebody.pk)).text


@pytest.mark.parametrize("role", GUARDED)
def test_it_support_gives_no_role_that_opens_records(client, it, agency, role):
    group = Group.objects.get(name=role)
    assert "Select a valid choice" in client.post(url(User, "add"), {**NEW, "groups": [group.pk]}).text
    assert not User.objects.filter(username="sam").exists()
    assert client.post(url(User, "add"), NEW).status_code == 302
    sam = User.objects.get(username="sam")
    form = {"username": "sam", "is_active": "on", "groups": [group.pk]}
    assert "Select a valid choice" in client.post(url(User, "change", sam.pk), form).text
    client.post(url(User, "change", it.pk), {"username": it.username, "groups": [group.pk]})
    assert (sam.groups.count(), sam.is_staff) == (0, False)
    assert [held.name for held in it.groups.all()] == ["it_support"]


def test_it_support_looks_after_log_ins_without_a_role(client, it, agency):
    client.post(url(User, "add"), NEW)
    sam = User.objects.get(username="sam")
    assert sam.membership.agency == agency
    form = {"password1": "another-one-43", "password2": "another-one-43", "usable_password": "true"}
    client.post(f"/admin/auth/user/{sam.pk}/password/", {**form, "set-password": "1"})
    client.post(url(User, "change", sam.pk), {"username": "samuel"})
    sam.refresh_from_db()
    assert (sam.username, sam.is_active, sam.check_password("another-one-43")) == ("samuel", False, True)


@pytest.mark.parametrize("role", GUARDED)
def test_of_everybody_else_it_support_corrects_the_name_only(client, it, agency, role):
    somebody = staff.member(agency, role, "ruth")
    User.objects.filter(pk=somebody.pk).update(is_active=False)
    before = somebody.password
    form = {"first_name": "Ruth", "last_name": "Reed", "username": "other", "is_active": "on", "password": "x"}
    assert client.post(url(User, "change", somebody.pk), {**form, "groups": []}).status_code == 302
    somebody = User.objects.get(pk=somebody.pk)
    assert (somebody.get_full_name(), somebody.username, somebody.password) == ("Ruth Reed", "ruth", before)
    assert not somebody.is_active
    assert [group.name for group in somebody.groups.all()] == [role]


def test_an_admin_looks_after_everybody(client, me, agency):
    clerk = staff.member(agency, "site_clerk", "ruth")
    form = {"password1": "another-one-43", "password2": "another-one-43", "usable_password": "true"}
    client.post(f"/admin/auth/user/{clerk.pk}/password/", {**form, "set-password": "1"})
    client.post(url(User, "change", clerk.pk), {"username": "ruth", "groups": [Group.objects.get(name="operator").pk]})
    clerk = User.objects.get(pk=clerk.pk)
    assert (clerk.check_password("another-one-43"), clerk.is_active) == (True, False)
    assert [group.name for group in clerk.groups.all()] == ["operator"]


def test_a_superuser_is_nobodys_to_change(client, me, agency, admin_user):
    Membership.objects.create(user=admin_user, agency=agency)
    assert client.get(f"/admin/auth/user/{admin_user.pk}/password/").status_code in (302, 404)
    assert client.get(url(User, "change", admin_user.pk)).url == "/admin/"


def test_a_superuser_sees_all_agencies(client, admin_user, mine, theirs):
    client.force_login(admin_user)
    assert client.get(url(Call, "change", theirs[Call].pk)).status_code == 200
    assert client.get(url(Queue, "add")).status_code == 200


def test_the_door_is_the_one_everybody_uses(client, agency, me):
    client.logout()
    answer = client.get("/admin/crm/call/", follow=True)
    assert answer.redirect_chain[-1][0] == "/login/?next=/admin/crm/call/"
    back = client.post("/login/", {"username": "leona", "password": "pass", "next": "/admin/crm/call/"})
    assert back.url == "/admin/crm/call/"
    assert client.get("/admin/login/?next=https://elsewhere.example/").url == "/admin/"


def test_the_admins_pages_have_their_own_policy_and_no_other_has(client, me):
    assert "'unsafe-eval'" in client.get("/admin/")["Content-Security-Policy"]
    for page in ("/login/", "/reports/daily/", "/administration/"):
        assert "'unsafe" not in client.get(page)["Content-Security-Policy"]


def test_the_menu_follows_the_day_and_the_permissions(client, me, agency):
    page = client.get("/admin/").text
    heads = ["Floor", "People and calls", "Appointments", "Knowledge", "Phone menus", "Reports", "Staff", "System"]
    places = [page.index(head, page.index("nav-sidebar")) for head in heads]
    assert places == sorted(places)
    client.force_login(staff.member(agency, "it_support"))
    page = client.get("/admin/").text
    assert "People who work here" in page
    assert "Phone menus" not in page


def test_counties_are_for_looking_up(client, me):
    county = County.objects.create(fips="28001", name="Adams", state="MS", latitude=31.5, longitude=-91.3)
    assert client.post(url(County, "change", county.pk), {"name": "Eve"}).status_code == 403
