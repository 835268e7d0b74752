"""Robots: a way through any menu, callers as patient as people, operators who do what their stint says is due."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from django.core.management import call_command

from contactcenter.robots import callers, crew, menu, paperwork, words
from contactcenter.robots.carrier import Away, Town
from contactcenter.robots.crew import Crew
from core import clock as core_clock
from crm.models import CallSubject, Disposition, DispositionField, Handling, Person, PersonNumber
from floor import dispatch
from floor.models import Command, Offer, Operator
from ivr.models import Flow, Line
from ivr.services import publish
from scheduling.models import Appointment
from tests.floor import factories as make
from tests.floor.factories import arrives, picks_up, presence, talks
from tests.scheduling import factories as book

NUMBER = "+16015550101"
MENU = {
    "start": "language",
    "nodes": {
        "language": {
            "kind": "menu",
            "text": {"en": "1 or 2"},
            "keys": {"1": {"next": "need", "language": "en"}, "2": {"next": "need", "language": "es"}},
            "tries": 2,
            "otherwise": "need",
        },
        "need": {
            "kind": "menu",
            "name": "need",
            "text": {"en": "1, 2 or 9"},
            "keys": {
                "1": {"next": "hours", "answer": "book"},
                "2": {"next": "hours", "answer": "questions"},
                "9": {"next": "bye"},
            },
            "tries": 2,
            "otherwise": "hours",
        },
        "hours": {"kind": "hours", "schedule": "main", "open": "zip", "closed": "bye"},
        "zip": {
            "kind": "collect",
            "name": "zip",
            "digits": 5,
            "text": {"en": "ZIP"},
            "next": "line",
            "tries": 2,
            "otherwise": "line",
        },
        "line": {"kind": "queue", "queue": {"answer": "need"}},
        "bye": {"kind": "hangup", "text": {"en": "Goodbye."}, "fate": "closed"},
    },
}


RUTH = words.Who("Ruth Odom", date(1948, 5, 3), "39201", "en")
TUESDAY = datetime(2026, 11, 10, 9, tzinfo=UTC)


class FakeTown(Town):
    """Remembers; `away` makes it refuse."""

    def __init__(self):
        self.known, self.rung, self.is_away = {}, [], False

    def _ask(self, method, path, body=None):
        if self.is_away:
            raise Away("gone")
        if path == "phone":
            self.known[body["address"].lower().lstrip("+")] = body["behaviour"]
        elif path == "ring":
            self.rung.append(body)
        return {"phones": list(self.known)}


@pytest.fixture
def town():
    return FakeTown()


@pytest.fixture
def clock():
    hand = make.HandClock()
    with core_clock.running_on(hand):
        yield hand


@pytest.fixture
def house(db, clock):
    of = make.agency()
    make.queue(of, callback=True)
    flow = Flow.objects.create(agency=of, name="Main menu")
    publish(flow, MENU)
    Line.objects.create(agency=of, number="+16015550100", flow=flow)
    return of


@pytest.fixture
def ruth(house):
    person = Person.objects.create(
        agency=house,
        reference="S1",
        given_name="Ruth",
        family_name="Odom",
        born_on=date(1948, 5, 3),
        zip_code="39201",
        language="es",
    )
    PersonNumber.objects.create(person=person, number=NUMBER)
    return person


# ---- menu and words ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_a_way_chooses_the_callers_language_and_ends_in_a_queue(seed):
    keys, queue = menu.way(MENU, Random(seed), language="es", zip_code="39201", suits=bool)
    assert keys in (["2", "1", "39201"], ["2", "2", "39201"])
    assert queue == {"1": "book", "2": "questions"}[keys[1]]


@pytest.mark.parametrize("seed", range(20))
def test_a_way_leads_to_a_line_that_suits_and_where_there_is_none_to_another(seed):
    def way(suits):
        return menu.way(MENU, Random(seed), language="en", zip_code="39201", suits=suits)

    assert way(lambda queue: queue == "questions") == (["1", "2", "39201"], "questions")
    assert way(lambda queue: queue == "change")[1] in ("book", "questions")


def test_a_menu_without_a_queue_has_no_way():
    document = {"start": "bye", "nodes": {"bye": MENU["nodes"]["bye"]}}
    assert menu.way(document, Random(1), language="en", zip_code="", suits=bool) == ([], "")


def test_callers_say_who_they_are_in_their_language():
    said = " ".join(words.lines(RUTH, "book"))
    for fact in ("Ruth Odom", "May 3, 1948", "3 9 2 0 1", "book a vaccine"):
        assert fact in said
    said = " ".join(words.lines(replace(RUTH, language="es", booked=TUESDAY), "change"))
    for fact in ("Ruth Odom", "3 de mayo de 1948", "Tengo una cita el martes 10 de noviembre"):
        assert fact in said


def test_nobody_says_goodbye_before_the_operator_does():
    for who in (RUTH, replace(RUTH, language="es")):
        said = words.lines(who, "book")
        assert not any(word in said[-1] for word in ("Thank", "Bye", "bye", "Gracias", "Adiós"))


@pytest.mark.parametrize("booked", [None, TUESDAY])
@pytest.mark.parametrize("queue", ["book", "reservar", "change", "questions", "a line of another program"])
def test_a_wish_follows_the_record_whatever_the_line(queue, booked):
    who = replace(RUTH, booked=booked)
    found = {words.wish(who, queue, Random(seed)) for seed in range(40)}
    assert not found & ({"book"} if booked else {"change", "cancel"})
    if words.suits(who, queue):
        assert found <= {"book": {"book"}, "change": {"change", "cancel"}, "questions": {"question"}}.get(
            queue, {"book"}
        )


# ---- callers ----------------------------------------------------------------------------------------------------


def rings(house, seeds):
    return [ring for seed in seeds if (ring := callers.next_ring(house, Random(seed), core_clock.now()))]


def test_callers_ring_from_known_and_unknown_numbers(house, ruth):
    found = rings(house, range(60))
    numbers = {ring.from_ for ring in found}
    assert len(found) == 60
    assert NUMBER in numbers
    assert len(numbers) > 5
    assert all("555" in number for number in numbers)
    known = next(ring for ring in found if ring.from_ == NUMBER)
    assert known.to == "+16015550100"
    assert known.behaviour["digits"][0] == "2"
    assert any("Ruth Odom" in line for line in known.behaviour["says"])


def test_most_are_patient_a_few_are_not_and_some_want_to_be_called_back(house, ruth):
    found = rings(house, range(200))
    patience = [ring.behaviour["patience_s"] for ring in found]
    hurried = [seconds for seconds in patience if seconds < callers._PATIENCE_S[0]]
    assert 0 < len(hurried) < 40
    back = [ring for ring in found if ring.back]
    assert 0 < len(back) < 60
    assert all(ring.behaviour["digits"][-1] == "1" and len(ring.behaviour["digits"]) == 5 for ring in back)


def test_nobody_rings_while_the_line_is_long(house):
    for _ in range(callers.LONG_LINE):
        arrives(house)
    assert callers.next_ring(house, Random(1), core_clock.now()) is None


def test_nobody_rings_twice_at_once(house, ruth, monkeypatch):
    monkeypatch.setattr(callers, "_KNOWN", 1.0)
    make.call(house, NUMBER)
    assert callers.next_ring(house, Random(1), core_clock.now()) is None


def test_nobody_rings_whose_household_is_owed_a_call_back(house, ruth, monkeypatch):
    """Their telephone would speak for somebody else."""
    monkeypatch.setattr(callers, "_KNOWN", 1.0)
    entry = arrives(house, NUMBER)
    entry.call.ended_at = core_clock.now()
    entry.call.save()
    assert callers.next_ring(house, Random(1), core_clock.now()) is None


def test_a_stranger_rings_from_a_number_that_is_nobodys_in_the_book(house, ruth, monkeypatch):
    monkeypatch.setattr(callers, "_KNOWN", 0.0)
    monkeypatch.setattr(callers, "_EXAMPLES", (NUMBER, "+16015550100", "+16625550107"))
    assert {ring.from_ for ring in rings(house, range(20))} == {"+16625550107"}
    monkeypatch.setattr(callers, "_EXAMPLES", (NUMBER,))
    assert rings(house, range(20)) == []


def test_whoever_has_an_appointment_speaks_of_that_one_and_their_own_facts(house, ruth, clock, monkeypatch):
    monkeypatch.setattr(callers, "_KNOWN", 1.0)
    before = {ring.behaviour["says"][0] for ring in rings(house, range(20))}
    assert any("reservar una vacuna" in said for said in before)
    assert not any("cita" in said for said in before)
    slot = book.clinic(book.site(house), book.service(house), starts=clock() + timedelta(days=2))[0]
    book.booked(ruth, slot, at=clock())
    wishes = {tuple(ring.behaviour["says"]) for ring in rings(house, range(20))}
    assert not any("reservar una vacuna" in says[0] for says in wishes)
    assert all("3 de mayo de 1948" in says[2] and "3 9 2 0 1" in says[3] for says in wishes)


def test_a_caller_waits_for_a_newcomer(house, ruth):
    """An exchange stretches or squeezes every time by up to a fifth; half an hour is what a first call may take."""
    assert all(ring.behaviour["talk_s"] * 0.8 >= 30 * 60 for ring in rings(house, range(20)))


def test_who_will_be_called_back_has_a_phone_before_they_ring(town):
    callers.place(callers.Ring(NUMBER, "+1", {"digits": ["1"]}, {"digits": ["1"]}), town)
    assert town.known == {NUMBER.lstrip("+"): {"digits": ["1"]}}
    assert [ring["from"] for ring in town.rung] == [NUMBER]


def test_an_exchange_that_is_away_is_said_so_without_its_address(settings):
    settings.PLIVO_API_BASE = "http://127.0.0.1:9"
    with pytest.raises(Away) as raised:
        Town().phones()
    assert "127" not in str(raised.value)


# ---- operators --------------------------------------------------------------------------------------------------


@pytest.fixture
def robots(house):
    """Two robots and one operator left to a person."""
    for name in ("ada", "bo", "me"):
        make.operator(house, name)
    return Crew(house, kept=["vax-me"], count=5, seed=1)


def test_phones_are_put_where_the_exchange_has_none(robots, town):
    robots.put_phones(town)
    assert len(town.known) == 3
    assert town.known["sip:me@phone.plivo.com"] == {"by_hand": True}
    assert crew.PICKS_UP_S[0] <= town.known["sip:ada@phone.plivo.com"]["answers_after_s"] <= crew.PICKS_UP_S[1]
    town.known["sip:ada@phone.plivo.com"] = "as it was"
    robots.put_phones(town)
    assert town.known["sip:ada@phone.plivo.com"] == "as it was"
    town.known.clear()  # the exchange was started anew
    robots.put_phones(town)
    assert len(town.known) == 3


def test_a_robots_day(robots, house, clock):
    ada, bo = robots.robots
    robots.tend(clock())
    assert (presence(ada), presence(bo)) == ("ready", "ready")
    assert not robots.kept[0].stints.exists()
    offer = talks(arrives(house))
    operator = offer.operator
    clock.forward(crew.TALKS_S[0] - 1)
    robots.tend(clock())
    assert Offer.objects.get(pk=offer.pk).todo == ""
    clock.forward(crew.TALKS_S[1])
    robots.tend(clock())
    assert Offer.objects.get(pk=offer.pk).todo == Command.DROP
    dispatch.talk_over(offer)
    assert presence(operator) == "wrapping"
    clock.forward(crew.WRAPS_S[1])
    robots.tend(clock())
    assert presence(operator) == "ready"


def test_a_robot_shows_signs_of_life_and_a_person_does_not_by_its_doing(robots, house, clock):
    Operator.objects.update(by_phone_alone=False)
    for _ in range(20):
        robots.tend(clock())
        dispatch.tick()
        clock.forward(15)
    assert {presence(operator) for operator in robots.robots} == {"ready"}
    assert set(Operator.objects.filter(seen_at=None)) == set(robots.kept)


def test_a_robot_whose_phone_was_not_reached_rests_and_comes_back(robots, house, clock):
    robots.tend(clock())
    offer = make.offer_of(arrives(house))
    dispatch.refused(offer, why=dispatch.UNREACHABLE)
    robots.tend(clock())
    assert presence(offer.operator) == "away"
    clock.forward(crew.RESTS_S[1])
    robots.tend(clock())
    assert presence(offer.operator) == "ready"


def test_other_robots_go_on_where_these_were_stopped(robots, house, clock):
    robots.tend(clock())
    offer = talks(arrives(house))
    robots.go_home(clock())
    assert sorted(presence(operator) for operator in robots.robots) == ["offline", "talking"]
    heirs = Crew(house, kept=["vax-me"], count=5, seed=2)
    clock.forward(crew.TALKS_S[1])
    heirs.tend(clock())
    assert Offer.objects.get(pk=offer.pk).todo == Command.DROP
    assert sorted(presence(operator) for operator in heirs.robots) == ["ready", "talking"]


def test_paperwork_that_breaks_keeps_nobody_from_the_next_call(robots, house, clock, monkeypatch):
    monkeypatch.setattr(paperwork, "do", lambda *args, **kwargs: 1 / 0)
    robots.tend(clock())
    offer = talks(arrives(house))
    dispatch.talk_over(offer)
    clock.forward(crew.WRAPS_S[1])
    robots.tend(clock())
    assert presence(offer.operator) == "ready"


# ---- paperwork --------------------------------------------------------------------------------------------------


@pytest.fixture
def over(house, ruth, clock):
    """A talk that is over, with somebody who is known at the number."""
    dispatch.ready(make.operator(house))
    offer = picks_up(arrives(house, NUMBER))
    dispatch.connected(offer, key="join")
    dispatch.talk_over(offer)
    booked = Disposition.objects.create(agency=house, slug="booked", name="Booked", group="booked")
    later = Disposition.objects.create(agency=house, slug="not-yet", name="Not yet", group="informed")
    DispositionField.objects.create(disposition=later, slug="from", label="When?", kind="date")
    DispositionField.objects.create(disposition=later, slug="why", label="Why?", kind="choice", choices="Age|Other")
    DispositionField.objects.create(disposition=later, slug="what", label="What?", kind="text")
    assert booked.pk
    return offer


def test_a_call_is_closed_with_all_that_its_disposition_asks_for(over, ruth, clock):
    paperwork.do(over.operator, Random(1), at=clock())
    handling = Handling.objects.get(call=over.entry.call)
    assert (handling.disposition.slug, handling.closed_at) == ("not-yet", clock())
    assert set(handling.details) == {"from", "why", "what"}
    assert CallSubject.objects.get(call=over.entry.call).person == ruth


def test_a_seat_is_booked_through_the_book(over, house, clock, monkeypatch):
    monkeypatch.setattr(paperwork, "BOOKS", 1.0)
    where = book.site(house)
    book.clinic(where, book.service(house), starts=clock() + timedelta(days=2))
    paperwork.do(over.operator, Random(1), at=clock())
    made = Appointment.objects.get()
    assert (made.state, made.call, made.made_by) == ("booked", over.entry.call, over.operator.user)
    assert Handling.objects.get().disposition.slug == "booked"


def test_where_there_is_no_seat_the_call_is_closed_all_the_same(over, house, clock, monkeypatch):
    monkeypatch.setattr(paperwork, "BOOKS", 1.0)
    book.service(house)
    paperwork.do(over.operator, Random(1), at=clock())
    assert not Appointment.objects.exists()
    assert Handling.objects.get().disposition.slug == "not-yet"


def test_who_rings_to_change_an_appointment_has_it_cancelled(over, house, ruth, clock):
    """So that robots do not fill the book with people who can only ring to change."""
    Disposition.objects.create(agency=house, slug="cancelled", name="Cancelled", group="booked")
    over.entry.queue = make.queue(house, "change")
    over.entry.save()
    slot = book.clinic(book.site(house), book.service(house), starts=clock() + timedelta(days=2))[0]
    row = book.booked(ruth, slot, at=clock())
    paperwork.do(over.operator, Random(1), at=clock())
    assert book.again(row).state == "cancelled"
    assert Handling.objects.get().disposition.slug == "cancelled"


def test_about_one_call_in_six_is_booked():
    luck = [Random(seed) for seed in range(3000)]
    wants = sum(one.random() < paperwork.BOOKS * paperwork.SOME_CANNOT for one in luck)
    assert 0.2 < wants / 3000 < 0.3


# ---- the command ------------------------------------------------------------------------------------------------


def test_robots_ring_in_a_sandbox_only(settings, capsys):
    settings.SANDBOX = False
    with pytest.raises(SystemExit) as left:
        call_command("robots")
    assert left.value.code == 2
    assert "sandbox only" in capsys.readouterr().err
