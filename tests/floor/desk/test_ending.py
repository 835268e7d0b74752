"""What is known to have happened to a seat is chosen in the wrap-up beforehand, and may still be changed."""

import re
from datetime import timedelta

import pytest

from crm.models import Disposition, Handling
from floor.desk import ending
from scheduling import services
from scheduling.models import Appointment
from tests.floor import factories as make
from tests.floor.desk import giving
from tests.floor.desk.giving import Desk, only
from tests.scheduling import factories as book

pytestmark = pytest.mark.django_db
State = Appointment.State


@pytest.fixture
def slots(house, clock):
    giving.places()
    service = book.service(house, "winter")
    return giving.clinic(house, "hinds", "28049", -90.19, service, clock() + giving.FIRST, slots=3, seats=2)


@pytest.fixture
def desk(house, slots):
    for order, slug in enumerate(("booked", "moved", "cancelled", "call-back"), 1):
        Disposition.objects.create(agency=house, slug=slug, name=slug.title(), group="booked", order=order)
    return Desk(house).talks()


@pytest.fixture
def odessa(house, desk):
    person = giving.person(house)
    desk.finds(person)
    return person


def chosen(desk: Desk) -> str:
    found = re.findall(r'name="disposition" value="([\w-]+)"[^>]* checked', desk.page())
    assert len(found) <= 1
    return found[0] if found else ""


def booked_before(person, slot, clock):
    return services.book(book.held(person, slot, clock()), user=None, at=clock())


def test_nothing_is_chosen_where_nothing_happened_to_a_seat(desk, odessa, slots):
    desk.holds(odessa, slots[0])
    desk.hangs_up()
    assert chosen(desk) == ""


def test_booked_in_this_call(desk, odessa, slots):
    desk.holds(odessa, slots[0])
    desk.does("book", only(odessa))
    desk.hangs_up()
    assert chosen(desk) == "booked"
    assert not Handling.objects.filter(disposition__isnull=False).exists()
    desk.posts("/desk/finish/", disposition="booked")
    assert Handling.objects.get().disposition.slug == "booked"


def test_moved_and_cancelled_in_this_call(desk, odessa, slots, clock):
    row = booked_before(odessa, slots[0], clock)
    clock.forward(5)
    desk.does("move", row)
    desk.holds(odessa, slots[1])
    desk.does("book", Appointment.objects.get(person=odessa, state=State.HELD))
    desk.hangs_up()
    assert chosen(desk) == "moved"
    clock.forward(5)
    desk.does("cancel", Appointment.objects.get(person=odessa, state=State.BOOKED), sure="1")
    assert chosen(desk) == "cancelled"


def test_what_happened_before_this_call_or_by_somebody_else_is_not_its_ending(house, desk, odessa, slots, clock):
    row = booked_before(odessa, slots[0], clock)
    services.cancel(row, user=make.operator(house, "bob").user, at=clock.forward(5))
    desk.hangs_up()
    assert chosen(desk) == ""


def test_the_operators_own_choice_stays(desk, odessa, slots):
    desk.holds(odessa, slots[0])
    desk.does("book", only(odessa))
    desk.hangs_up()
    desk.posts("/desk/save/", disposition="call-back")
    assert chosen(desk) == "call-back"
    answer = desk.client.post(
        f"/desk/appointment/{only(odessa).token}/cancel/",
        {"offer": desk.offer.pk, "sure": "1"},
        headers={"HX-Request": "true"},
    )
    assert ending.HEADER not in answer
    assert chosen(desk) == "call-back"


@pytest.mark.parametrize("kept", [False, True])
def test_a_seat_booked_in_the_wrap_up_is_told_to_the_page(desk, odessa, slots, kept):
    desk.holds(odessa, slots[0])
    desk.hangs_up()
    if kept:  # notes were saved, and with them what was chosen then
        desk.posts("/desk/save/", disposition="cancelled")
    path = f"/desk/appointment/{only(odessa).token}/book/"
    answer = desk.client.post(path, {"offer": desk.offer.pk}, headers={"HX-Request": "true"})
    assert answer[ending.HEADER] == "booked"
    assert chosen(desk) == "booked"


def test_a_program_without_such_a_disposition_chooses_nothing(desk, odessa, slots):
    Disposition.objects.filter(slug="booked").update(active=False)
    desk.holds(odessa, slots[0])
    desk.does("book", only(odessa))
    desk.hangs_up()
    assert chosen(desk) == ""


def test_the_last_thing_counts(desk, odessa, slots, clock):
    row = booked_before(odessa, slots[0], clock)
    clock.forward(5)
    desk.does("cancel", row, sure="1")
    clock.forward(5)
    desk.holds(odessa, slots[1])
    desk.does("book", Appointment.objects.get(person=odessa, state=State.HELD))
    assert clock() - row.made_at >= timedelta(seconds=10)
    desk.hangs_up()
    assert chosen(desk) == "booked"
