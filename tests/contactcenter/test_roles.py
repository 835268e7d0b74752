"""Who may do what: the table of roles, and what each role meets at each door."""

import pytest
from django.contrib.auth.models import Group, Permission

from contactcenter import roles
from core import clock
from tests.contactcenter import staff
from tests.scheduling import factories as book

pytestmark = pytest.mark.django_db

OPEN, NOT_YOURS = 200, 403
DOORS = {
    "/desk/": {"operator"},
    "/floor/": {"supervisor", "admin"},
    "/reports/daily/": {"supervisor", "admin"},
    "/clinic/": {"site_clerk"},
    "/admin/": {"supervisor", "admin", "it_support"},
    "/admin/crm/call/": {"supervisor", "admin"},
    "/admin/floor/entry/": {"supervisor", "admin"},
    "/admin/floor/stint/": {"supervisor", "admin"},
    "/admin/floor/queue/": {"supervisor", "admin"},
    "/admin/floor/queue/add/": {"admin"},
    "/admin/floor/broadcast/": {"supervisor", "admin"},
    "/admin/reporting/threshold/": {"supervisor", "admin"},
    "/admin/reporting/threshold/add/": {"admin"},
    "/admin/reporting/alert/": {"supervisor", "admin"},
    "/admin/crm/person/": {"admin"},
    "/admin/crm/person/import/": {"admin"},
    "/admin/crm/person/export/": {"admin"},
    "/admin/crm/handling/": {"admin"},
    "/admin/scheduling/appointment/": {"admin"},
    "/admin/scheduling/site/import/": {"admin"},
    "/admin/ivr/flow/": {"admin"},
    "/admin/knowledgebase/script/add/": {"admin"},
    "/admin/core/accesslog/": {"admin"},
    "/admin/auth/user/": {"admin", "it_support"},
    "/admin/auth/user/add/": {"admin", "it_support"},
}


@pytest.fixture(autouse=True)
def live(settings):
    settings.SANDBOX = False
    with clock.running_on(lambda: staff.AT):
        yield


@pytest.mark.parametrize("role", roles.ROLES)
def test_each_door_opens_to_its_roles_and_no_other(client, agency, role):
    if role == "operator":
        staff.one_of_everything(agency)
        client.force_login(agency.members.get().user)
    else:
        client.force_login(staff.member(agency, role))
    met = {door: client.get(door, follow=door.startswith("/admin/")).status_code for door in DOORS}
    assert met == {door: OPEN if role in welcome else NOT_YOURS for door, welcome in DOORS.items()}


@pytest.fixture
def agency():
    return book.agency()


@pytest.mark.parametrize("door", DOORS)
def test_nobody_enters_without_signing_in(client, agency, door):
    answer = client.get(door, follow=True)
    assert answer.redirect_chain[-1][0].startswith("/login/?next=")


def test_every_permission_of_the_table_exists():
    wanted = {pair for role in roles.ROLES for pair in roles.permissions(role)}
    assert wanted <= set(Permission.objects.values_list("content_type__app_label", "codename"))


def test_the_groups_are_the_table():
    for role in roles.ROLES:
        held = Group.objects.get(name=role).permissions.values_list("content_type__app_label", "codename")
        assert set(held) == set(roles.permissions(role))


def test_what_was_added_by_hand_is_taken_back_and_what_was_lost_returns():
    group = Group.objects.get(name="operator")
    group.permissions.set([Permission.objects.get(codename="delete_person")])
    roles.sync()
    assert [held.codename for held in group.permissions.all()] == ["hear_recording", "use_desk"]


def test_again_writes_nothing(django_assert_num_queries):
    with django_assert_num_queries(3):
        roles.sync()


def test_other_groups_are_left_alone():
    mine = Group.objects.create(name="choir")
    mine.permissions.add(Permission.objects.get(codename="view_call"))
    roles.sync()
    assert mine.permissions.count() == 1


def test_only_an_admin_hands_out_what_opens_records():
    agency = book.agency()
    assert roles.may_hand_out(staff.member(agency, "admin")) == set(roles.ROLES)
    for role in set(roles.ROLES) - {"admin"}:
        assert roles.may_hand_out(staff.member(agency, role)) == {"it_support"}, role


def test_what_is_not_guarded_opens_log_ins_and_nothing_else():
    for role in set(roles.ROLES) - roles.GUARDED:
        assert {app for app, _ in roles.permissions(role)} == {"auth"}, role
