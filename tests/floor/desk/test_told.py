"""A line to all desks at the desk, and the doors through which it is told, taken down and read."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import translation

from core.models import Membership
from floor import dispatch
from floor.desk import cards, current
from floor.models import Broadcast, BroadcastSeen
from tests.floor import factories as make
from tests.floor.desk import sitting
from tests.floor.desk.sitting import press

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def sup(house, django_user_model):
    user = django_user_model.objects.create_user("sup")
    Membership.objects.create(user=user, agency=house)
    user.user_permissions.add(*Permission.objects.filter(codename__in=("tell_desks", "view_board")))
    return user


@pytest.fixture
def board(sup):
    client = Client()
    client.force_login(sup)
    return client


def tell(house, sup, text="Clinic 12 is full today."):
    return dispatch.tell_desks(house.pk, text, by_id=sup.pk, lasts=timedelta(hours=1))


def test_it_is_told_on_the_board_and_stands_on_the_desk_until_it_is_taken_down(house, ada, board):
    page = sitting.sit(ada)
    answer = board.post("/desks/tell/", {"text": "Clinic 12 is full <today>.", "minutes": "60"})
    assert (answer.status_code, answer.url) == (302, "/floor/")
    line = Broadcast.objects.get()
    assert line.until - line.at == timedelta(hours=1)
    for text in (page.get("/desk/").text, page.get("/desk/").text, page.get("/desk/card/").json()["html"]):
        assert "Clinic 12 is full &lt;today&gt;." in text
    assert "Clinic 12 is full &lt;today&gt;." in board.get("/floor/").text
    board.post("/desks/take-down/", {"line": line.pk})
    for text in (page.get("/desk/").text, page.get("/desk/card/").json()["html"], board.get("/floor/").text):
        assert "Clinic 12" not in text


def test_the_stage_of_the_desk_does_not_move(house, ada, sup):
    before = current.of(ada).stage
    tell(house, sup)
    assert cards.desk(sitting.sit(ada) and ada.user)["stage"] == before


def test_an_operator_says_once_that_they_have_read_it_and_the_supervisor_sees_how_many(house, ada, sup, board):
    page = sitting.sit(ada)
    make.operator(house, "bob")
    line = tell(house, sup)
    assert "read by 0 of 1" in board.get("/floor/").text
    answer = press(page, "/desk/seen/", line=line.pk)
    assert answer["HX-Retarget"] == "#desk-card"
    assert "told-seen" not in answer.text
    assert line.text in answer.text, "it stays until it is over"
    press(page, "/desk/seen/", line=line.pk)
    assert BroadcastSeen.objects.count() == 1
    assert "read by 1 of 1" in board.get("/floor/").text


@pytest.mark.parametrize("line", ["", "0", "x", "9" * 30, "-1"])
def test_a_line_that_is_none_is_not_read_nor_taken_down(house, ada, sup, board, line):
    tell(house, sup)
    assert press(sitting.sit(ada), "/desk/seen/", line=line).status_code == 200
    assert board.post("/desks/take-down/", {"line": line}).status_code == 404
    assert Broadcast.objects.get().ended is None
    assert not BroadcastSeen.objects.exists()


@pytest.mark.parametrize("form", [
    {"text": "", "minutes": "60"}, {"text": "x" * 141, "minutes": "60"}, {"text": "x", "minutes": "0"},
    {"text": "x", "minutes": "99999"}, {"text": "x", "minutes": "an hour"}, {},
])  # fmt: skip
def test_what_is_no_line_is_refused_kindly(house, board, form):
    page = board.post("/desks/tell/", form, follow=True)
    assert "Please write one line of up to 140 characters" in page.text
    assert not Broadcast.objects.exists()


@pytest.mark.parametrize("path", ["/desks/tell/", "/desks/take-down/"])
def test_who_may_not_speak_to_all_desks(house, ada, path, sup, django_user_model):
    line = tell(house, sup)
    form = {"text": "x", "minutes": "60", "line": line.pk}
    assert sitting.sit(ada).post(path, form).status_code == 403
    assert Client().post(path, form).status_code == 403
    homeless = django_user_model.objects.create_user("homeless")
    homeless.user_permissions.add(Permission.objects.get(codename="tell_desks"))
    client = Client()
    client.force_login(homeless)
    assert client.post(path, form).status_code == 403
    assert Broadcast.objects.get().ended is None


def test_another_agencys_line_is_not_ones_own_to_take_down(house, board, sup):
    line = tell(make.agency("other"), sup)
    assert board.post("/desks/take-down/", {"line": line.pk}).status_code == 404
    assert make.again(line).ended is None


def test_only_by_post_and_with_a_token(house, ada, sup):
    client = Client(enforce_csrf_checks=True)
    client.force_login(sup)
    assert client.get("/desks/tell/").status_code == 405
    assert client.post("/desks/tell/", {"text": "x", "minutes": "60"}).status_code == 403
    assert not Broadcast.objects.exists()


def test_a_board_without_the_permission_reads_it_and_has_no_form(house, board, sup):
    tell(house, sup)
    sup.user_permissions.remove(Permission.objects.get(codename="tell_desks"))
    page = board.get("/floor/").text
    assert "Clinic 12 is full today." in page
    assert "tell-text" not in page
    assert 'id="told-line"' not in page
