"""The buttons of a conversation: for the call they were shown for, and no other."""

import pytest
from django.utils import translation

from floor import consults, dispatch, listenings
from tests.floor import factories as make
from tests.floor.desk import sitting
from tests.floor.desk.sitting import desk, press, rings_in
from tests.floor.factories import again, presence

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def page(ada):
    return sitting.sit(ada)


@pytest.fixture
def talk(house, ada, clock):
    offer = make.talks(rings_in(house))
    clock.forward(1)
    return offer


@pytest.fixture
def ben(house, talk):
    operator = make.operator(house, "ben")
    assert dispatch.ready(operator)
    return operator


def shown(page):
    return page.get("/desk/").content.decode()


@pytest.mark.parametrize(("path", "field"), [("hold", "hold_wanted"), ("mute", "mute_wanted")])
def test_hold_and_mute(page, talk, ada, path, field):
    press(page, f"/desk/{path}/", on="1", offer=talk.pk + 1)
    assert not getattr(again(talk), field)
    press(page, f"/desk/{path}/", desk(ada), on="1")
    assert getattr(again(talk), field)
    press(page, f"/desk/{path}/", desk(ada), on="0")
    assert not getattr(again(talk), field)


def test_the_bar_says_that_the_caller_is_on_hold(page, talk, ada):
    press(page, "/desk/hold/", desk(ada), on="1")
    dispatch.held(talk, True)
    text = shown(page)
    assert "is-hold" in text
    assert "Back to caller" in text
    assert desk(ada).talking  # script and notes stay


def test_whom_the_caller_may_go_to(page, talk, ada, ben, house):
    make.operator(house, "cleo")
    text = page.get("/desk/transfer/", headers={"HX-Request": "true"}).content.decode()
    assert f'value="operator:{ben.pk}"' in text
    assert text.count('value="operator:') == 1
    assert 'value="queue:' in text
    assert page.get("/desk/transfer/").status_code == 200


@pytest.mark.parametrize(("how", "cold"), [("ask", False), ("now", True)])
def test_a_colleague_is_asked(page, talk, ada, ben, how, cold):
    answer = press(page, "/desk/transfer/", desk(ada), to=f"operator:{ben.pk}", how=how)
    assert answer["HX-Retarget"] == "#desk-card"
    assert 'id="transfer" hx-swap-oob' in answer.content.decode()
    asked = consults.open_of(talk)
    assert (asked.operator, asked.cold) == (ben, cold)
    assert "Ringing" in shown(page)


def test_a_number_as_people_type_it(page, talk, ada):
    press(page, "/desk/transfer/", desk(ada), to="", number="(601) 555-0199", how="ask")
    assert consults.open_of(talk).number == "+16015550199"


@pytest.mark.parametrize("said", [{"to": "", "number": "12"}, {"to": "operator:999"}, {"to": "queue:x"}])
def test_what_is_nobody_is_asked_for_again(page, talk, ada, said):
    answer = press(page, "/desk/transfer/", desk(ada), how="ask", **said)
    assert "Please choose somebody" in answer.content.decode()
    assert consults.open_of(talk) is None


def test_who_has_just_become_busy_is_said_so(page, talk, ada, ben):
    dispatch.away(ben)
    answer = press(page, "/desk/transfer/", desk(ada), to=f"operator:{ben.pk}", how="ask")
    assert "just become busy" in answer.content.decode()


def test_to_a_queue(page, talk, ada, house):
    other = make.queue(house, "other")
    press(page, "/desk/transfer/", desk(ada), to=f"queue:{other.pk}", how="now")
    assert again(talk.entry).queue == other
    assert presence(ada) == "wrapping"


def test_swap_three_way_and_hand_over(page, talk, ada, ben):
    press(page, "/desk/transfer/", desk(ada), to=f"operator:{ben.pk}", how="ask")
    asked = consults.open_of(talk)
    dispatch.consult_joined(asked, leg_uuid="b", member_id="9")
    assert "Hand over" in shown(page)
    for side in ("caller", "both", "target"):
        press(page, "/desk/consult/", desk(ada), what=side)
        assert again(asked).side == side
    press(page, "/desk/consult/", desk(ada), what="complete")
    assert (presence(ada), presence(ben)) == ("wrapping", "talking")
    assert desk(ben).talking


def test_the_colleagues_desk_says_who_asks_and_lets_them_decline(page, talk, ada, ben):
    press(page, "/desk/transfer/", desk(ada), to=f"operator:{ben.pk}", how="ask")
    theirs = sitting.sit(ben)
    assert desk(ben).stage == "asked"
    text = shown(theirs)
    assert "has a call for you: Book" in text
    press(theirs, "/desk/not-now/", consult="999")
    assert presence(ben) == "offered"
    press(theirs, "/desk/not-now/", consult=str(consults.asked(ben).pk))
    assert presence(ben) == "ready"
    assert presence(ada) == "talking"


def test_help(page, talk, ada, house):
    make.supervisor(house)
    press(page, "/desk/help/", desk(ada), on="1")
    assert again(talk).help_at is not None
    assert "No more help" in shown(page)
    listening = listenings.open_on(talk.entry)
    dispatch.listening_joined(listening, leg_uuid="s", member_id="8")
    assert "is with you" in shown(page)


def test_a_silent_listener_is_told_of_in_the_list(page, talk, ada, house):
    supervisor = make.supervisor(house)
    dispatch.listen(supervisor, talk)
    dispatch.listening_joined(listenings.open_on(talk.entry), leg_uuid="s", member_id="8")
    assert "is with you" not in shown(page)
    text = page.get("/desk/listened/").content.decode()
    assert supervisor.display_name in text
    assert "Listened" in text
