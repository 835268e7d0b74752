"""Many at one seat at the same time, on either database; and what becomes of it without the guard."""

import contextlib
import random
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from scheduling import queries, services
from scheduling.models import Appointment, Slot
from tests.floor.threads import in_threads, shared_database
from tests.scheduling import factories as make
from tests.scheduling.factories import AT
from tests.scheduling.invariants import violations

pytestmark = pytest.mark.django_db(transaction=True)

State = Appointment.State
THREADS = 8
LATER = AT + timedelta(seconds=services.HOLD_S)
STEPS = ("hold", "hold", "hold", "book", "book", "let_go", "cancel", "cancel", "keep", "unkeep", "expire")


@pytest.fixture
def book(agency, jackson, vaccine, tmp_path):
    """Three slots of one seat and eight people, in a database threads can share."""
    slots = make.clinic(jackson, vaccine, slots=3)
    people = [make.person(agency) for _ in range(THREADS)]
    with shared_database(tmp_path):
        yield slots, people


def at_once(*works):
    """In threads that set off together; each one's result, or why it was refused."""
    line = threading.Barrier(len(works))

    def told(work):
        line.wait(10)
        try:
            return work()
        except services.Refused as refused:
            return refused

    return in_threads(*[lambda work=work: told(work) for work in works])


def look(question):
    """Asked in a thread, which is where the shared database is."""
    return in_threads(question)[0]


def sound() -> list[str]:
    return look(violations)


# ---- the last seat ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seats", [1, 3])
def test_at_the_last_seats_as_many_win_as_there_are_and_the_others_see_the_next_best(book, seats):
    slots, people = book
    look(lambda: Slot.objects.filter(pk=slots[0].pk).update(capacity=seats))
    results = at_once(*[lambda whom=whom: make.booked(whom, slots[0]) for whom in people])
    winners = [row for row in results if isinstance(row, Appointment)]
    losers = [row for row in results if isinstance(row, services.Refused)]
    assert (len(winners), len(losers)) == (seats, THREADS - seats), "neither a seat too many nor one too few"
    assert {loser.reason for loser in losers} == {"taken"}
    assert {loser.seats[0].slot_id for loser in losers} == {slots[1].pk}
    assert len({row.code for row in winners}) == seats
    assert sound() == []


def count_then_insert(slot: Slot, whom, meet: threading.Barrier) -> bool:
    """How it is often done: look whether there is room, then write; no counter that could say no."""
    with transaction.atomic():
        taken = Appointment.objects.filter(slot=slot, state__in=Appointment.TAKES_A_SEAT).count()
        if connection.vendor == "postgresql":  # SQLite lets one in at a time, who would wait here for nobody
            meet.wait(10)
        if taken >= slot.capacity:
            return False
        facts = {"agency": whom.agency, "person": whom, "service": slot.session.service, "slot": slot}
        Appointment.objects.create(**facts, state=State.HELD, made_at=AT, changed_at=AT, held_until=LATER)
        return True


def test_the_race_would_catch_a_book_that_counts_and_then_inserts(book):
    """The negative control."""
    slots, people = book
    meet = threading.Barrier(THREADS)
    sold = sum(at_once(*[lambda whom=whom: count_then_insert(slots[0], whom, meet) for whom in people]))
    # On SQLite the immediate transaction lets one in at a time: there it is the transaction that guards.
    assert sold == (THREADS if connection.vendor == "postgresql" else 1), "these threads prove nothing"
    assert sound() != []


def test_as_many_are_served_as_there_are_seats_by_following_the_list(book):
    """To turn somebody away while a seat is free is a fault as well."""
    slots, people = book

    def follow(whom):
        seats = [slots[0].pk]
        while seats:
            try:
                return services.hold(slot_id=seats[0], person=whom, user=None, at=AT)
            except services.Refused as refused:
                seats = [seat.slot_id for seat in refused.seats]
        return None

    results = at_once(*[lambda whom=whom: follow(whom) for whom in people])
    assert sum(row is not None for row in results) == len(slots)
    assert look(lambda: queries.free_slots(AT).count()) == 0
    assert sound() == []


# ---- one person, one row ----------------------------------------------------------------------------------------


def test_one_person_at_eight_desks_has_one_hold_and_one_seat(book):
    slots, people = book
    results = at_once(*[lambda n=n: make.held(people[0], slots[n % 3]) for n in range(THREADS)])
    assert all(isinstance(row, Appointment) for row in results)
    assert look(lambda: list(Slot.objects.values_list("booked", flat=True).order_by("booked"))) == [0, 0, 1]
    assert sound() == []


def test_one_press_that_arrives_eight_times_is_one_hold(book):
    slots, people = book
    results = at_once(*[lambda: make.held(people[0], slots[0], key="press")] * THREADS)
    assert len({row.pk for row in results}) == 1
    assert look(lambda: Appointment.objects.count()) == 1


def test_a_hold_that_is_booked_while_it_runs_out_is_either_booked_or_gone(book):
    slots, people = book
    for whom in people:
        mine = look(lambda whom=whom: make.held(whom, slots[0]))
        sweep = [lambda: services.expire(LATER)] * 3
        done, *swept = at_once(lambda mine=mine: services.book(mine, user=None, at=LATER), *sweep)
        booked = isinstance(done, Appointment)
        assert sum(swept) == (0 if booked else 1)
        assert booked or done.reason == "gone"
        assert sound() == []
        if booked:
            look(lambda done=done: services.cancel(done, user=None, at=LATER))


def test_a_seat_is_given_back_once_however_many_cancel(book):
    slots, people = book
    done = look(lambda: make.booked(people[0], slots[0]))
    cancels = [lambda: services.cancel(done, user=None, at=AT)] * 6
    results = at_once(*cancels, lambda: services.keep(done, user=None, at=AT))
    assert sum(results) == 1
    assert sound() == []


def test_a_move_and_a_cancel_of_what_moves_cross_without_a_seat_lost(book):
    slots, people = book
    for whom in people[:4]:
        old = look(lambda whom=whom: make.booked(whom, slots[0]))
        new = look(lambda whom=whom, old=old: make.held(whom, slots[1], moving=old))
        done, cancelled, _ = at_once(
            lambda new=new: services.book(new, user=None, at=AT),
            lambda old=old: services.cancel(old, user=None, at=AT),
            lambda: services.expire(AT),
        )
        assert look(lambda old=old: make.again(old).state) == (State.CANCELLED if cancelled else State.MOVED)
        assert sound() == []
        assert look(lambda done=done: services.cancel(done, user=None, at=AT))


# ---- locks ------------------------------------------------------------------------------------------------------


@pytest.fixture
def deadlocks(monkeypatch):
    """One entry a deadlock the database broke; the retry would hide them."""
    seen = []
    really = services.once_more

    def counted(work):
        runs = []

        def once():
            runs.append(True)
            return work()

        try:
            return really(once)
        finally:
            seen.extend(runs[1:])

    monkeypatch.setattr(services, "once_more", counted)
    return seen


@pytest.fixture
def pair(book):
    """Two people who hold a seat in a slot each, with a seat to spare in both."""
    slots, people = book

    def one_each():
        Slot.objects.update(capacity=2)
        return [make.held(whom, slot) for whom, slot in zip(people[:2], slots, strict=False)]

    return look(one_each)


def swap(pair) -> list:
    """Each holds where the other does, in the same moment; what they hold now."""
    one, other = pair
    return at_once(lambda: make.held(one.person, other.slot), lambda: make.held(other.person, one.slot))


def test_two_who_swap_slots_never_lock_each_other_out(pair, deadlocks):
    for _ in range(25):
        pair = swap(pair)
        assert [row.state for row in pair] == [State.HELD, State.HELD]
    assert deadlocks == []
    assert sound() == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no deadlocks to break")
def test_two_who_swap_without_an_order_do_and_trying_once_more_helps_both(pair, deadlocks, monkeypatch):
    """The negative control of the order, and the test of the retry."""
    meet, met = threading.Barrier(2), []

    def as_they_come(given, wanted, at):
        assert services._take(wanted.pk, at)
        if not met:
            meet.wait(10)
            met.append(True)
        services._free(given)

    monkeypatch.setattr(services, "_exchange", as_they_come)
    assert [row.state for row in swap(pair)] == [State.HELD, State.HELD]
    assert len(deadlocks) == 1
    assert sound() == []


# ---- everything -------------------------------------------------------------------------------------------------


def a_step(whom, slot, step: str) -> object:
    """One thing somebody may do about the newest appointment of a person, whatever has become of it."""
    if step == "expire":
        return services.expire(LATER)
    mine = Appointment.objects.filter(person=whom).order_by("-pk").first()
    if step == "hold" or mine is None:
        old = Appointment.objects.filter(person=whom, state=State.BOOKED).first()
        return make.held(whom, slot, moving=old)
    more = {} if step in ("let_go", "unkeep") else {"user": None}
    return getattr(services, step)(mine, at=AT, **more)


def storm(people, slots, seed: int, steps: int = 40) -> int:
    """How many steps did something."""
    dice, done = random.Random(seed), 0
    for _ in range(steps):
        with contextlib.suppress(services.Refused):
            done += bool(a_step(dice.choice(people), dice.choice(slots), dice.choice(STEPS)))
    return done


def test_a_storm_of_everything_leaves_a_sound_book_and_no_deadlock(book, deadlocks):
    """Four people at eight desks and three slots: the same rows all the time."""
    slots, people = book
    look(lambda: Slot.objects.update(capacity=2))
    done = in_threads(*[lambda n=n: storm(people[:4], slots, n) for n in range(THREADS)])
    assert sum(done) > 60, "a storm in which nothing happened proves nothing"
    assert deadlocks == []
    assert sound() == []
