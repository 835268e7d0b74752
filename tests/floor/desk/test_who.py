"""The left column: masked until two facts match, open until the wrap-up is done, and nobody of another agency."""

import pytest

from core.models import AccessLog
from crm.ledger import Kind
from crm.models import CallEvent, CallSubject, Handling, Person
from floor import dispatch
from tests.floor import factories as make
from tests.floor.desk import sitting
from tests.floor.desk.sitting import FACTS, SECRETS, press, rings_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def odessa(house):
    return sitting.person(house)


@pytest.fixture
def page(ada):
    return sitting.sit(ada)


@pytest.fixture
def entry(house, ada, odessa):
    """A conversation with somebody who rings from Odessa's number."""
    made = rings_in(house)
    make.talks(made)
    return made


def check(page, ada, person, **facts):
    return press(page, f"/desk/people/{person.pk}/check/", sitting.desk(ada), **facts)


def hides(text: str) -> bool:
    return not any(secret in text for secret in SECRETS)


def test_before_anything_matches_the_page_shows_initials_and_nothing_else(house, ada, page, odessa):
    entry = rings_in(house)
    ringing = page.get("/desk/").text
    assert "O••• B•••••••" in ringing
    assert "O. B., details hidden" in ringing
    assert f"/desk/people/{odessa.pk}/check/" not in ringing, "facts are checked once somebody is there to tell them"
    make.talks(entry)
    talking = page.get("/desk/").text
    assert f"/desk/people/{odessa.pk}/check/" in talking
    assert hides(ringing)
    assert hides(talking)
    assert list(AccessLog.objects.values_list("action", flat=True)) == ["listed"]


def test_two_facts_open_the_record_until_the_wrap_up_is_done(ada, page, odessa, entry):
    answer = check(page, ada, odessa, **FACTS)
    assert answer.status_code == 200
    for shown in ("Odessa Brightwater", "February 7, 1951", "75", "12 Mill Road", "hears badly", "Both facts match"):
        assert shown in answer.text
    assert 'id="give-column" hx-swap-oob="innerHTML"' in answer.text
    assert "Odessa Brightwater" in page.get("/desk/").text
    dispatch.talk_over(make.offer_of(entry))
    assert "Odessa Brightwater" in page.get("/desk/").text
    dispatch.wrapped_up(ada)
    assert hides(page.get("/desk/").text)
    assert list(AccessLog.objects.order_by("pk").values_list("action", flat=True)) == ["saw"]


def test_the_forms_are_there_and_work_until_the_wrap_up_is_done(ada, page, odessa, entry):
    dispatch.talk_over(make.offer_of(entry))
    text = page.get("/desk/columns/").text
    for form in (f"/desk/people/{odessa.pk}/check/", "/desk/people/search/", "/desk/people/new/"):
        assert f'action="{form}"' in text
    assert hides(text)
    assert "Odessa Brightwater" in check(page, ada, odessa, **FACTS).text


@pytest.mark.parametrize("facts", [{"born": "2 8 1951"}, {"place": "39205"}])
def test_one_fact_is_not_enough_and_which_is_not_told(ada, page, odessa, entry, facts):
    answer = check(page, ada, odessa, **{**FACTS, **facts})
    assert "These two do not match. Ask for another fact; nothing was shown." in answer.text
    assert not any(secret in answer.text for secret in ("Odessa", "Brightwater", "Mill Road", "hears badly"))
    assert not CallSubject.objects.exists()


def test_a_date_nobody_can_read_is_no_try_and_stays_in_its_field(ada, page, odessa, entry):
    answer = check(page, ada, odessa, born="fifth of never", place="39204")
    assert "For example 5 3 1948." in answer.text
    assert 'value="fifth of never"' in answer.text
    assert "Please type the ZIP or the house number, too." in check(page, ada, odessa, born="2 7 1951").text
    assert not AccessLog.objects.filter(action="tried").exists()


def test_after_five_wrong_tries_the_person_is_locked_for_this_call(ada, page, odessa, entry):
    for _ in range(5):
        answer = check(page, ada, odessa, born="2 8 1951", place="39204")
    assert "tried often enough for this call" in answer.text
    assert f"/desk/people/{odessa.pk}/check/" not in answer.text
    assert hides(check(page, ada, odessa, **FACTS).text)
    assert "tried often enough" in page.get("/desk/").text


def test_somebody_of_another_agency_is_not_there(ada, page, entry):
    other = make.agency("other")
    stranger = sitting.person(other, number="")
    assert check(page, ada, stranger, **FACTS).status_code == 404
    assert check(page, ada, Person(pk=999_999), **FACTS).status_code == 404
    assert not CallSubject.objects.exists()


def test_a_form_of_a_call_that_is_over_opens_nothing(house, ada, page, odessa, entry):
    shown = sitting.desk(ada)
    dispatch.talk_over(make.offer_of(entry))
    dispatch.wrapped_up(ada)
    make.talks(rings_in(house))
    answer = press(page, f"/desk/people/{odessa.pk}/check/", shown, **FACTS)
    assert answer["HX-Retarget"] == "#desk-card"
    assert not CallSubject.objects.exists()


def test_while_it_rings_nothing_can_be_opened(house, ada, page, odessa):
    rings_in(house)
    check(page, ada, odessa, **FACTS)
    assert not CallSubject.objects.exists()


def test_several_people_in_one_call(house, ada, page, odessa, entry):
    earl = sitting.person(house, "Earl")
    check(page, ada, odessa, **FACTS)
    text = check(page, ada, earl, **FACTS).text
    assert "Odessa Brightwater" in text
    assert "Earl Brightwater" in text


def test_without_the_pages_script_a_mistake_comes_back_as_a_page(ada, page, odessa, entry):
    form = {"offer": sitting.desk(ada).offer.pk, **FACTS}
    wrong = page.post(f"/desk/people/{odessa.pk}/check/", {**form, "place": "1"})
    assert wrong.status_code == 422
    assert "<title>" in wrong.text
    assert "These two do not match" in wrong.text
    right = page.post(f"/desk/people/{odessa.pk}/check/", form)
    assert (right.status_code, right.url) == (302, "/desk/")


# ---- somebody else ----------------------------------------------------------------------------------------------


def test_somebody_found_by_date_and_name_is_a_masked_candidate_who_survives_a_reload(house, ada, page, entry):
    ines = sitting.person(house, "Ines", family_name="Novak", number="")
    answer = press(page, "/desk/people/search/", sitting.desk(ada), born="2 7 1951", family="novak")
    assert "I••• N•••••••" in answer.text
    assert "Ines" not in answer.text
    assert "I••• N•••••••" in page.get("/desk/").text
    assert "Ines Brightwater" not in check(page, ada, ines, **FACTS).text
    assert "Ines Novak" in page.get("/desk/").text


def test_whoever_was_found_in_one_call_is_not_there_in_the_next(house, ada, page, entry):
    sitting.person(house, "Ines", family_name="Novak", number="")
    press(page, "/desk/people/search/", sitting.desk(ada), born="2 7 1951", family="novak")
    dispatch.talk_over(make.offer_of(entry))
    dispatch.wrapped_up(ada)
    make.talks(rings_in(house))
    assert "I••• N•••••••" not in page.get("/desk/").text


def test_nobody_found_is_said_and_what_was_typed_stays(ada, page, entry):
    answer = press(page, "/desk/people/search/", sitting.desk(ada), born="5 3 1950", family="Novak")
    assert "Nobody is in the book with that birth date and last name." in answer.text
    assert 'value="Novak"' in answer.text
    wanting = press(page, "/desk/people/search/", sitting.desk(ada), born="", family="")
    assert "Please type the last name, too." in wanting.text


# ---- somebody new -----------------------------------------------------------------------------------------------

NEW = {"given": "Ines", "family": "Novak", "born": "Feb 7 1951", "zip": "39204", "street": "1 Elm", "language": "es"}


def test_somebody_new_is_entered_and_open(ada, page, entry):
    for _ in range(2):  # pressed twice
        answer = press(page, "/desk/people/new/", sitting.desk(ada), **NEW)
    assert "Ines Novak" in answer.text
    ines = Person.objects.get(given_name="Ines")
    assert (ines.language, ines.street, ines.agency_id) == ("es", "1 Elm", ada.agency_id)
    assert [str(row.number) for row in ines.numbers.all()] == [sitting.NUMBER]


def test_what_is_wanting_of_somebody_new_is_asked_and_nothing_typed_is_lost(ada, page, entry):
    answer = press(page, "/desk/people/new/", sitting.desk(ada), given="Ines", zip="3920")
    for asked in ("Please type the last name.", "For example 5 3 1948.", "Please type the five digits of the ZIP."):
        assert asked in answer.text
    assert 'value="Ines"' in answer.text
    assert Person.objects.count() == 1


def test_a_likely_second_row_is_said_first_without_details(ada, page, odessa, entry):
    form = {**NEW, "given": "Otis", "family": "Brightwater"}
    answer = press(page, "/desk/people/new/", sitting.desk(ada), **form)
    assert "Somebody with this birth date and last name is in the book." in answer.text
    assert "Odessa" not in answer.text
    assert Person.objects.count() == 1
    press(page, "/desk/people/new/", sitting.desk(ada), **form, sure="1")
    assert Person.objects.filter(given_name="Otis").exists()


# ---- before -----------------------------------------------------------------------------------------------------


def test_a_number_tells_that_it_rang_and_a_record_tells_the_rest(house, ada, page, odessa, entry):
    earlier = make.call(house, sitting.NUMBER)
    CallEvent.objects.create(call=earlier, kind=Kind.ABANDONED, at=earlier.started_at, seconds=372)
    elsewhere = make.call(house, "+16015550199")
    CallSubject.objects.create(
        call=elsewhere, person=odessa, verified_at=elsewhere.started_at, verified_by=ada.user, facts="x"
    )
    Handling.objects.create(call=elsewhere, user=ada.user, notes="Her daughter drives", saved_at=elsewhere.started_at)
    before = page.get("/desk/").text
    assert "From this number" in before
    assert "Hung up after 6 min in line." in before
    assert "daughter" not in before
    after = check(page, ada, odessa, **FACTS).text
    assert "What happened before" in after
    assert "Her daughter drives" in after


def test_a_note_about_somebody_else_too_stays_closed(house, ada, page, odessa, entry):
    both = make.call(house, sitting.NUMBER)
    for who in (odessa, sitting.person(house, "Earl")):
        CallSubject.objects.create(call=both, person=who, verified_at=both.started_at, verified_by=ada.user, facts="x")
    Handling.objects.create(call=both, user=ada.user, notes="Earl is ill", saved_at=both.started_at)
    assert "Earl is ill" not in check(page, ada, odessa, **FACTS).text


def test_another_agencys_calls_from_the_number_are_not_told(house, ada, page, entry):
    other = make.agency("other")
    theirs = make.call(other, sitting.NUMBER)
    CallEvent.objects.create(call=theirs, kind=Kind.CLOSED, at=theirs.started_at)
    assert "Rang while we were closed." not in page.get("/desk/").text


def test_a_withheld_number_has_no_candidates_and_no_past(house, ada, page, odessa):
    make.call(house, "")
    make.talks(rings_in(house, ""))
    text = page.get("/desk/").text
    assert "The number is withheld." in text
    assert text.count("<time") == 1
