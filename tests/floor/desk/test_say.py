"""The middle column: the script, notes that keep themselves, the wrap-up. A reload in the middle loses nothing."""

import pytest

from crm.ledger import Kind
from crm.models import CallEvent, Handling
from floor import dispatch
from floor.models import Offer, Stint
from tests.floor import factories as make
from tests.floor.desk import sitting
from tests.floor.desk.sitting import press, rings_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(ada):
    return sitting.sit(ada)


@pytest.fixture
def entry(house, ada):
    sitting.script(house)
    sitting.endings(house)
    made = rings_in(house)
    make.talks(made)
    return made


@pytest.fixture
def wrapping(entry):
    dispatch.talk_over(make.offer_of(entry))
    return entry


def step(page, ada, **form):
    return press(page, "/desk/step/", sitting.desk(ada), **form)


def test_the_first_step_is_said_in_the_callers_language_by_name(ada, page, entry):
    ada.user.first_name = "Marisol"
    ada.user.save()
    text = page.get("/desk/").text
    assert "“This is Marisol, sentence 0.”" in text
    assert "step 1 of 4" in text
    assert text.count("<li>Listen.</li>") == 1


def test_a_step_answered_and_left_is_there_after_a_reload(ada, page, entry):
    answer = step(page, ada, here="0", answer="2", to="1")
    assert "sentence 1" in answer.text
    step(page, ada, here="1", to="2")
    text = page.get("/desk/").text
    assert "step 3 of 4" in text
    assert "<span>Step 0</span><b>No</b>" in text
    assert Handling.objects.get().answers == {"0": 2}


def test_an_answer_counts_before_the_next_step_is_taken(ada, page, entry):
    step(page, ada, here="0", answer="3")
    assert 'value="3" data-key="3" checked' in page.get("/desk/").text


def test_back_and_the_last_step(ada, page, entry):
    assert "This is the last step." in step(page, ada, here="0", to="3").text
    assert "sentence 2" in step(page, ada, here="3", to="2").text


@pytest.mark.parametrize("form", [{"to": "99"}, {"to": "-1"}, {"to": "x", "here": "y", "answer": "z"}, {"to": "٣"}])
def test_a_step_that_is_not_there_breaks_nothing(ada, page, entry, form):
    assert step(page, ada, **form).status_code == 200
    assert page.get("/desk/").status_code == 200


def test_the_other_language_is_kept_for_this_call_only(house, ada, page, entry):
    answer = step(page, ada, here="0", say="es")
    assert 'lang="es"><span class="tag" lang="en">Say</span>“Le habla' in answer.text
    assert "Say it in English" in page.get("/desk/").text
    dispatch.talk_over(make.offer_of(entry))
    dispatch.wrapped_up(ada)
    make.talks(rings_in(house))
    assert "Decirlo en español" in page.get("/desk/").text


def test_a_spanish_caller_is_spoken_to_in_spanish(house, ada, page):
    sitting.script(house)
    make.talks(dispatch.arrive(make.call(house), queue="book", language="es"))
    assert "“Le habla" in page.get("/desk/").text


def test_a_line_without_a_script_still_has_notes(house, ada, page):
    make.talks(rings_in(house))
    text = page.get("/desk/").text
    assert "No script for this line" in text
    assert 'id="notes"' in text


def test_notes_are_there_after_a_reload_and_in_the_wrap_up(ada, page, entry):
    answer = press(page, "/desk/save/", sitting.desk(ada), notes="Earl <b> wants a seat, too")
    assert answer.text == "saved 9:00:00"
    assert "Earl &lt;b&gt; wants a seat, too</textarea>" in page.get("/desk/").text
    dispatch.talk_over(make.offer_of(entry))
    assert "Earl &lt;b&gt; wants a seat, too</textarea>" in page.get("/desk/").text


def test_notes_sent_late_do_not_land_in_the_next_call(house, ada, page, entry):
    shown = sitting.desk(ada)
    dispatch.talk_over(make.offer_of(entry))
    press(page, "/desk/finish/", shown, disposition="booked", notes="of the first")
    make.talks(rings_in(house))
    assert press(page, "/desk/save/", shown, notes="late").status_code == 409
    assert [row.notes for row in Handling.objects.all()] == ["of the first"]


# ---- wrap-up ----------------------------------------------------------------------------------------------------


def finish(page, ada, **form):
    return press(page, "/desk/finish/", sitting.desk(ada), **form)


def test_finishing_closes_the_work_and_makes_ready(ada, page, wrapping):
    answer = finish(page, ada, disposition="booked", notes="All well")
    assert answer["HX-Retarget"] == "#desk-card"
    assert 'data-kind="ready"' in answer.text
    row = Handling.objects.get()
    assert (row.disposition.slug, row.notes) == ("booked", "All well")
    assert row.closed_at
    assert CallEvent.objects.filter(kind=Kind.WRAPPED).count() == 1


def test_finishing_twice_is_once(ada, page, wrapping):
    shown = sitting.desk(ada)
    for _ in range(2):
        assert press(page, "/desk/finish/", shown, disposition="booked").status_code == 200
    assert CallEvent.objects.filter(kind=Kind.WRAPPED).count() == 1
    assert make.presence(ada) == "ready"


def test_a_second_press_does_not_finish_the_next_call(house, ada, page, wrapping):
    shown = sitting.desk(ada)
    press(page, "/desk/finish/", shown, disposition="booked")
    following = rings_in(house)
    make.talks(following)
    dispatch.talk_over(make.offer_of(following))
    press(page, "/desk/finish/", shown, disposition="booked")
    assert make.presence(ada) == "wrapping"


def test_finish_and_rest(ada, page, wrapping):
    finish(page, ada, disposition="booked", then="break")
    stint = Stint.objects.get(operator=ada, until=None)
    assert (stint.state, stint.reason) == ("away", "break")


@pytest.mark.parametrize(
    ("sent", "state", "reason"),
    [
        ({"after": "training"}, "training", "training"),
        ({"after": "ready"}, "ready", ""),
        ({"after": "training", "then": "break"}, "away", "break"),
        ({"after": "<x>"}, "ready", ""),
        ({}, "away", "lunch"),
    ],
)
def test_finish_does_what_its_button_says_whatever_was_kept_before(ada, page, wrapping, sent, state, reason):
    press(page, "/desk/after/", sitting.desk(ada), after="lunch")
    finish(page, ada, disposition="booked", **sent)
    stint = Stint.objects.get(operator=ada, until=None)
    assert (stint.state, stint.reason) == (state, reason)


def test_how_it_ended_must_be_said(ada, page, wrapping):
    answer = finish(page, ada, notes="typed")
    assert "Please say how it ended." in answer.text
    assert "typed</textarea>" in answer.text
    assert make.presence(ada) == "wrapping"


def test_what_the_ending_asks_for_stands_at_its_field_and_nothing_typed_is_lost(ada, page, wrapping):
    form = {"disposition": "call-back", "d-call-back-when": "", "d-call-back-who": "Me", "notes": "typed"}
    answer = finish(page, ada, **form)
    assert 'id="d-call-back-when-why"' in answer.text
    assert "Please fill this in: When?" in answer.text
    assert 'id="d-call-back-who-why"' not in answer.text
    assert '<option value="Me" selected>' in answer.text
    assert 'value="call-back" data-key="2" checked' in answer.text
    assert "typed</textarea>" in answer.text
    assert not Handling.objects.filter(closed_at__isnull=False).exists()
    finish(page, ada, **{**form, "d-call-back-when": "tomorrow 10 AM"})
    assert Handling.objects.get().details == {"when": "tomorrow 10 AM", "who": "Me"}
    assert make.presence(ada) == "ready"


def test_a_wrap_up_half_done_is_there_after_a_reload(ada, page, wrapping):
    form = {"disposition": "call-back", "d-call-back-when": "tomorrow", "notes": "n"}
    press(page, "/desk/save/", sitting.desk(ada), **form)
    text = page.get("/desk/").text
    assert 'value="call-back" data-key="2" checked' in text
    assert 'value="tomorrow"' in text


def test_without_the_pages_script_the_wrap_up_comes_back_as_a_page(ada, page, wrapping):
    offer = sitting.desk(ada).offer.pk
    answer = page.post("/desk/finish/", {"offer": offer, "disposition": "call-back"})
    assert answer.status_code == 422
    assert "Please fill this in: When?" in answer.text
    done = page.post("/desk/finish/", {"offer": offer, "disposition": "booked"})
    assert (done.status_code, done.url) == (302, "/desk/")


def test_if_the_floor_does_not_take_it_the_work_stays_open(ada, page, wrapping, monkeypatch):
    def breaks(*_, **__):
        raise RuntimeError("no")

    monkeypatch.setattr("floor.desk.views_say.dispatch.wrapped_up", breaks)
    with pytest.raises(RuntimeError):
        finish(page, ada, disposition="booked")
    assert not Handling.objects.filter(closed_at__isnull=False).exists()
    assert Offer.objects.get().wrapped_at is None


def test_endings_are_in_the_operators_language(ada, page, wrapping):
    assert "Reservado" in page.get("/desk/", headers={"accept-language": "es"}).text
