"""Seats booked today, as the board and the wall show them: by the moment of booking, and a new time is no new seat."""

from datetime import timedelta

import pytest

from core import clock
from reporting import board_words, floor_now, today
from reporting.daily import day_bounds
from reporting.facts import seats_booked
from scheduling import services
from tests.reporting import factories as make
from tests.reporting.factories import DAY, at
from tests.scheduling import factories as book

pytestmark = pytest.mark.django_db
NOW = at(10, 42)
YESTERDAY = NOW - timedelta(days=1)


@pytest.fixture(autouse=True)
def now():
    today.forget()
    with clock.running_on(lambda: NOW):
        yield
    today.forget()


@pytest.fixture
def agency():
    return make.agency()


@pytest.fixture
def slots(agency):
    return book.clinic(book.site(agency), book.service(agency), starts=NOW + timedelta(days=2), slots=3, seats=9)


def seats(agency) -> int:
    return seats_booked(agency, *day_bounds(DAY, agency.zone))


def moved(old, to, when):
    return book.booked(old.person, to, when, moving=old)


def test_what_was_booked_yesterday_and_moved_today_is_not_new(agency, slots):
    old = book.booked(book.person(agency), slots[0], YESTERDAY)
    moved(old, slots[1], NOW)
    assert seats(agency) == 0
    assert board_words.wall(floor_now.floor(agency, at=NOW))["seats"] == "0"


def test_what_was_booked_today_and_moved_twice_is_one(agency, slots):
    first = book.booked(book.person(agency), slots[0], at(9))
    moved(moved(first, slots[1], at(9, 30)), slots[2], NOW)
    assert seats(agency) == 1
    assert board_words.wall(floor_now.floor(agency, at=NOW))["seats"] == "1"


def test_what_was_cancelled_since_was_booked_all_the_same(agency, slots):
    gone = book.booked(book.person(agency), slots[0], at(9))
    services.cancel(gone, user=None, at=at(9, 30))
    assert seats(agency) == 1


def test_the_moment_of_booking_counts_and_not_that_of_the_hold(agency, slots):
    holding = book.held(book.person(agency), slots[0], at(0) - timedelta(minutes=1))
    assert seats(agency) == 0
    services.book(holding, user=None, at=at(0))
    assert seats(agency) == 1


def test_an_old_time_that_was_cancelled_while_it_was_being_moved_leaves_a_new_seat(agency, slots):
    old = book.booked(book.person(agency), slots[0], YESTERDAY)
    holding = book.held(old.person, slots[1], NOW, moving=old)
    services.cancel(old, user=None, at=NOW)
    services.book(holding, user=None, at=NOW)
    assert seats(agency) == 1
