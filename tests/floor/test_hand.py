"""The supervisor's page: who may open it, and that each button does what it says, for its own row."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from core.models import AccessLog, Membership
from crm.models import CallEvent
from floor import dispatch, listenings
from tests.floor import factories as make
from tests.floor.desk import sitting
from tests.floor.factories import again, arrives, presence, talks

pytestmark = pytest.mark.django_db


@pytest.fixture
def sup(house):
    supervisor = make.supervisor(house, "sup1")
    Membership.objects.create(user=supervisor.user, agency=house)
    supervisor.user.user_permissions.add(Permission.objects.get(codename="supervise"))
    return supervisor


@pytest.fixture
def page(sup):
    client = Client()
    client.force_login(sup.user)
    return client


def shows(page):
    answer = page.get("/floor/hand/")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("path", ["", "listen/", "call/", "move/", "state/"])
def test_only_who_may_supervise_gets_in(house, ada, path):
    for client, status in ((sitting.sit(ada), 403), (Client(), 302)):
        asks = client.post if path else client.get
        assert asks(f"/floor/hand/{path}").status_code == status


def test_listening_from_the_page_is_logged(house, ada, sup, page):
    offer = talks(arrives(house))
    assert "Nobody, right now." in shows(page)
    page.post("/floor/hand/listen/", {"offer": offer.pk})
    mine = listenings.open_of(sup)
    assert "Your phone is ringing" in shows(page)
    dispatch.listening_joined(mine, leg_uuid="s", member_id="8")
    assert "Whisper to the operator" in shows(page)
    page.post("/floor/hand/call/", {"listening": mine.pk, "what": "whisper"})
    assert again(mine).mode == "whisper"
    page.post("/floor/hand/call/", {"listening": mine.pk, "what": "take"})
    assert presence(ada) == "wrapping"
    assert "You have taken this call over." in shows(page)
    page.post("/floor/hand/call/", {"listening": mine.pk, "what": "leave"})
    assert again(offer.entry).state == "done"
    lines = AccessLog.objects.order_by("pk").values_list("user", "what", "record", "where")
    assert list(lines) == [
        (sup.user_id, "floor.listening", str(mine.pk), f"board: {what}") for what in ("listen", "whisper", "take")
    ]


def test_a_button_of_another_call_does_nothing(house, ada, sup, page):
    talks(arrives(house))
    elsewhere = make.agency("other")
    make.queue(elsewhere)
    stranger = make.operator(elsewhere, "x")
    dispatch.ready(stranger)
    theirs = talks(arrives(elsewhere))
    for form in ({"offer": theirs.pk}, {"offer": "x"}, {}):
        page.post("/floor/hand/listen/", form)
    assert listenings.open_of(sup) is None
    page.post("/floor/hand/call/", {"listening": "1", "what": "take"})
    page.post("/floor/hand/state/", {"operator": stranger.pk, "to": "offline", "why": "x"})
    assert presence(stranger) == "talking"


def test_a_caller_is_moved_with_a_reason(house, sup, page):
    first, second = arrives(house), arrives(house)
    page.post("/floor/hand/move/", {"entry": second.pk, "to": "head", "why": "  "})
    assert not CallEvent.objects.filter(kind="moved").exists()
    page.post("/floor/hand/move/", {"entry": second.pk, "to": "head", "why": "hard of breath"})
    assert CallEvent.objects.get(kind="moved").data["by"] == sup.user.get_username()
    other = make.queue(house, "other")
    page.post("/floor/hand/move/", {"entry": first.pk, "to": other.pk, "why": "wrong line"})
    assert again(first).queue == other


def test_an_operators_state(house, ada, page):
    page.post("/floor/hand/state/", {"operator": ada.pk, "to": "away", "why": "fire drill"})
    assert presence(ada) == "away"
    assert "fire drill" in shows(page)
    page.post("/floor/hand/state/", {"operator": ada.pk, "to": "ready"})
    assert presence(ada) == "ready"


def test_help_stands_first(house, ada, page, sup):
    dispatch.ask_for_help(talks(arrives(house)))
    assert "Asks for help" in shows(page)
