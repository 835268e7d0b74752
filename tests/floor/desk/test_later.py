"""Calling back later, as the operator sets it at the desk."""

import pytest

from floor import dispatch
from floor.desk import later
from floor.models import Callback, Entry
from tests.floor import factories as make
from tests.floor.desk.sitting import desk, press, rings_in, sit

pytestmark = pytest.mark.django_db
URL = "/desk/later/"


@pytest.fixture
def talk(house, ada):
    entry = rings_in(house)
    make.talks(entry)
    return entry


def set_it(ada, **form):
    typed = {"number": "(601) 555-0142", "when": "tomorrow at 10", "who": "mine", **form}
    return press(sit(ada), URL, desk(ada), **typed)


def test_in_talk_it_is_set_and_said_so(ada, talk):
    said = set_it(ada).text
    promise = Callback.objects.get()
    assert (promise.number, promise.kind, promise.made_by, promise.about) == ("+16015550142", "set", ada, talk.call)
    assert promise.window_from.astimezone(ada.agency.zone).isoformat() == "2026-11-11T10:00:00-06:00"
    assert (promise.entry.preferred, promise.entry.queue) == (ada, talk.queue)
    assert "Wed Nov 11, 10:00" in said
    assert "mine" in said


def test_in_the_wrap_up_for_anyone_and_a_reload_shows_it(ada, talk):
    dispatch.talk_over(make.offer_of(talk))
    set_it(ada, who="anyone", number="6015550199")
    assert Callback.objects.get().entry.preferred is None
    set_it(ada)
    assert "set for Wed Nov 11" in sit(ada).get("/desk/").text


def test_pressed_twice_it_is_set_once(ada, talk):
    set_it(ada)
    before = make.everything()
    set_it(ada)
    assert make.everything() == before


@pytest.mark.parametrize(
    ("typed", "said"),
    [({"when": "soon"}, "type when"), ({"number": "555"}, "ten digits"), ({"number": "", "when": ""}, "ten digits")],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(ada, talk, typed, said):
    answer = set_it(ada, **typed).text
    assert said in answer
    assert 'id="later" open' in answer
    assert f'value="{typed.get("when", "tomorrow at 10")}"' in answer
    assert not Callback.objects.exists()


def test_without_the_pages_script_the_whole_page_comes_back(ada, talk):
    form = {"offer": desk(ada).offer.pk, "number": "1", "when": "tomorrow at 10", "who": "mine"}
    answer = sit(ada).post(URL, form)
    assert answer.status_code == 422
    assert "ten digits" in answer.text
    assert sit(ada).post(URL, {**form, "number": "6015550199"}).status_code == 302


def test_not_for_another_call_and_not_between_calls(house, ada, talk):
    form = {"number": "6015550199", "when": "tomorrow at 10", "who": "mine"}
    press(sit(ada), URL, None, offer="77", **form)
    assert not Callback.objects.exists()
    dispatch.hung_up(talk.call)
    dispatch.wrapped_up(ada)
    press(sit(ada), URL, None, **form)
    assert not Callback.objects.exists()


def test_between_calls_the_desk_lists_what_it_has_set(ada, talk, clock):
    set_it(ada, who="anyone")
    dispatch.hung_up(talk.call)
    dispatch.wrapped_up(ada, then_away=True)
    page = sit(ada).get("/desk/").text
    assert "Calls you have set" in page
    assert "(601) 555-0142" in page
    assert "anyone" in page
    clock.forward(30 * 3600)
    assert [one["overdue"] for one in later.mine(desk(ada))] == [True]
    dispatch.callback_removed(Callback.objects.get(), who="sup", why="no")
    assert "Calls you have set" not in sit(ada).get("/desk/").text


def test_a_call_that_we_make_can_be_set_anew_from_its_own_talk(house, ada, carrier, talk):
    """Nobody rang for it, so its own talk is not what the next one goes on from."""
    dispatch.hung_up(talk.call)
    dispatch.wrapped_up(ada, then_away=True)
    out = dispatch.call_out(agency=house, number="+16015559001", queue=talk.queue, made_by=ada)
    dispatch.ready(ada)
    dispatch.callback_accepted(make.offer_of(out))
    make.talks(out)
    set_it(ada, number="6015559001")
    assert Callback.objects.get(ended_at=None).about is None
    assert Entry.objects.filter(state="callback").count() == 1
