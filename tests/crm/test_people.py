"""A number names candidates, two facts open a record, and every try is noted."""

from datetime import date

import pytest
from django.db import transaction

from core.models import AccessLog
from crm import people
from crm.models import CallSubject, Person, PersonNumber
from crm.people import Verdict
from tests.crm import people as make
from tests.crm.people import NOW

pytestmark = pytest.mark.django_db
BORN = date(1948, 5, 3)


@pytest.fixture
def house():
    return make.agency()


@pytest.fixture
def odessa(house):
    return make.person(house)


@pytest.fixture
def call(house):
    return make.call(house)


def check(person, call, *, born_on=BORN, place="39204"):
    return people.verify(person, born_on=born_on, place=place, call=call, user=make.user(), at=NOW)


def noted(person) -> list[str]:
    return list(AccessLog.objects.filter(record=str(person.pk)).order_by("pk").values_list("action", flat=True))


def test_everybody_at_a_number_is_a_candidate_in_the_order_they_were_entered(house, odessa):
    earl = make.person(house, "Earl")
    make.person(house, "Ines", number="+16015550199")
    make.person(make.agency("other"), "Otto")
    assert people.candidates(house.pk, make.NUMBER) == [odessa, earl]
    assert people.candidates(house.pk, "") == []


def test_whoever_was_found_is_a_candidate_too_but_only_of_the_same_agency(house, odessa):
    ines = make.person(house, "Ines", number="")
    otto = make.person(make.agency("other"), "Otto", number="")
    assert people.candidates(house.pk, make.NUMBER, also=[ines.pk, otto.pk, odessa.pk]) == [odessa, ines]


def test_a_mask_tells_two_initials_and_not_the_length_of_a_name(house, odessa):
    bo = make.person(house, "Bo", "Li")
    assert people.mask(odessa) == "O••• B•••••••"
    assert len(people.mask(bo)) == len(people.mask(odessa))
    assert people.initials(bo) == "B. L."


@pytest.mark.parametrize(
    ("place", "facts"),
    [("39204", "birth date and ZIP"), ("39204-1234", "birth date and ZIP"), ("12", "birth date and house number")],
)
def test_two_facts_that_match_open_the_record_for_this_call(odessa, call, place, facts):
    assert check(odessa, call, place=place) == Verdict.MATCH
    subject = CallSubject.objects.get(call=call)
    assert (subject.person, subject.facts, subject.verified_at) == (odessa, facts, NOW)
    assert noted(odessa) == ["saw"]
    assert people.subjects(call) == [odessa]


@pytest.mark.parametrize("place", ["39205", "3920", "392045", "1", "122", "Mill", "12 Mill Road", " "])
def test_a_place_that_is_not_theirs_opens_nothing(odessa, call, place):
    assert check(odessa, call, place=place) == Verdict.DIFFERENT
    assert people.subjects(call) == []
    assert noted(odessa) == ["tried"]


def test_a_birth_date_that_is_not_theirs_opens_nothing(odessa, call):
    assert check(odessa, call, born_on=date(1948, 5, 4)) == Verdict.DIFFERENT
    assert people.subjects(call) == []


def test_an_empty_address_matches_nothing(house, call):
    nowhere = make.person(house, zip_code="", street="")
    assert check(nowhere, call, place="") == Verdict.DIFFERENT


def test_checking_twice_is_one_subject_and_one_line(odessa, call):
    assert check(odessa, call) == check(odessa, call) == Verdict.MATCH
    assert noted(odessa) == ["saw"]


def test_five_wrong_tries_lock_a_person_for_this_call_and_no_other(house, odessa, call):
    earl = make.person(house, "Earl")
    tries = [check(odessa, call, place="39205") for _ in range(people.TRIES)]
    assert tries == [Verdict.DIFFERENT] * 4 + [Verdict.LOCKED]
    assert check(odessa, call) == Verdict.LOCKED
    assert people.locked(call, [odessa, earl]) == {odessa.pk}
    assert check(odessa, make.call(house)) == Verdict.MATCH


def test_a_candidate_is_noted_once_a_call_and_user(house, odessa, call):
    for _ in range(2):
        people.listed([odessa], call=call, user=make.user(), at=NOW)
    people.listed([odessa], call=call, user=make.user("ben"), at=NOW)
    people.listed([odessa], call=make.call(house), user=make.user(), at=NOW)
    assert noted(odessa) == ["listed"] * 3


@pytest.mark.parametrize("said", ["garcia lopez", "GARCÍA-LÓPEZ", "Garcia", "lópez"])
def test_a_last_name_is_found_however_it_is_spelled(house, said):
    ana = make.person(house, "Ana", "García López", number="")
    make.person(house, "Ana", "Garza", number="")
    make.person(house, "Ana", "García López", number="", born_on=date(1950, 1, 1))
    make.person(make.agency("other"), "Ana", "García López", number="")
    assert people.search(house.pk, born_on=BORN, family_name=said) == [ana]


@pytest.mark.parametrize("said", ["", "-", "Gar", "%"])
def test_half_a_last_name_finds_nobody(house, said):
    make.person(house, "Ana", "García López", number="")
    assert people.search(house.pk, born_on=BORN, family_name=said) == []


def enter(call, **more) -> Person:
    facts = {"given_name": "Ines", "family_name": "Novak", "born_on": BORN, "zip_code": "39204", "street": ""}
    return people.enter(call, **{**facts, "language": "en", "user": make.user(), "at": NOW, **more})


def test_somebody_new_has_a_reference_this_number_and_an_open_record(call):
    ines = enter(call)
    assert ines.reference.startswith("P-")
    assert "NOVAK" not in ines.reference
    assert [str(row.number) for row in PersonNumber.objects.filter(person=ines)] == [make.NUMBER]
    assert CallSubject.objects.get(call=call).facts == "new person"
    assert noted(ines) == ["saw"]


def test_entering_twice_is_one_person(call):
    assert enter(call) == enter(call)
    assert Person.objects.count() == 1


def test_two_people_may_be_entered_in_one_call(call):
    assert enter(call) != enter(call, given_name="Jan")
    assert len(people.subjects(call)) == 2


def test_a_withheld_number_is_not_kept(house):
    enter(make.call(house, ""))
    assert not PersonNumber.objects.exists()


def test_a_reference_that_is_taken_is_drawn_again(house, call, monkeypatch):
    letters = iter("AAAAAAAA" + "AAAAAAAA" + "BBBBBBBB")
    monkeypatch.setattr(people.secrets, "choice", lambda _: next(letters))
    assert enter(call).reference == "P-AAAAAAAA"
    assert enter(make.call(house), given_name="Jan").reference == "P-BBBBBBBB"


def test_without_a_free_reference_nothing_is_half_done(house, call, monkeypatch):
    monkeypatch.setattr(people.secrets, "choice", lambda _: "A")
    enter(call)
    other = make.call(house)
    with pytest.raises(RuntimeError), transaction.atomic():
        enter(other, given_name="Jan")
    assert Person.objects.count() == 1
    assert people.subjects(other) == []


def test_the_book_is_searched_so_often_in_a_call_and_every_search_leaves_a_line(call):
    user = make.user()
    assert all(people.may_search(call, user=user, at=NOW) for _ in range(people.SEARCHES))
    assert not people.may_search(call, user=user, at=NOW)
    tried = AccessLog.objects.filter(action="tried", record="", call=call.pk)
    assert tried.count() == people.SEARCHES
