"""Seats at the desk: looked for, held, booked, moved and cancelled, for people whose facts matched and in time."""

from datetime import date, timedelta

import pytest
from django.test import Client

from core.models import AccessLog
from floor import dispatch
from scheduling import services
from scheduling.models import Appointment, EligibilityRule, Slot
from tests.floor import factories as make
from tests.floor.desk import giving
from tests.floor.desk.giving import Desk, only, text
from tests.scheduling import factories as book

pytestmark = pytest.mark.django_db
State = Appointment.State


@pytest.fixture
def service(house):
    return book.service(house, "winter")


@pytest.fixture
def hinds(house, service, clock):
    giving.places()
    return giving.clinic(house, "hinds", "28049", -90.19, service, clock() + giving.FIRST, slots=3, seats=1)


@pytest.fixture
def rankin(house, service, hinds, clock):
    return giving.clinic(house, "rankin", "28121", -90.05, service, clock() + giving.FIRST, slots=2, seats=4)


@pytest.fixture
def desk(house, hinds, rankin):
    return Desk(house).talks()


@pytest.fixture
def odessa(house, desk):
    person = giving.person(house)
    desk.finds(person)
    return person


def seats_taken():
    return sum(Slot.objects.values_list("booked", flat=True))


# ---- looking ----------------------------------------------------------------------------------------------------


def test_the_nearest_seats_to_the_menus_zip_with_pins_that_match(desk):
    page = desk.page()
    shown = text(page)
    assert "Free seats near 39204" in shown
    assert shown.index("Wed Nov 11, 9:00 AM Hinds · 1.8 mi · 1 free") < shown.index(
        "Wed Nov 11, 9:00 AM Rankin · 9.9 mi"
    )
    assert page.count('<circle class="pin"') == 2
    assert "Rings at 5 and 10 miles" in shown


def test_a_map_has_points_in_every_language(desk):
    desk.client.cookies["django_language"] = "es"
    assert 'cx="100.0" cy="110.0"' in desk.page()


def test_without_a_person_nothing_can_be_held(desk):
    page = desk.page()
    assert "Check two facts first" in text(page)
    assert "disabled>Hold" in page
    desk.posts("/desk/hold/", 404, who="", slot=Slot.objects.first().pk)
    assert seats_taken() == 0


def test_while_it_rings_seats_are_seen_and_not_held(house, hinds):
    ringing = Desk(house)
    assert "you can hold one once you talk" in text(ringing.page())
    somebody = giving.person(house)
    ringing.finds(somebody)
    assert "call is over" in ringing.holds(somebody, hinds[0], 409)
    assert seats_taken() == 0


def test_between_calls_there_are_articles_and_no_seats(house, hinds):
    quiet = Desk(house)
    dispatch.hung_up(quiet.entry.call)
    page = quiet.page()
    assert "Search articles" in page
    assert "Free seats" not in page


def test_the_persons_own_zip_goes_before_the_menus(house, desk):
    desk.finds(giving.person(house, zip_code="39208"))
    assert "Free seats near 39208" in text(desk.page())


def test_another_zip_and_day_are_kept_for_the_call(desk, odessa, hinds, clock):
    later = (clock() + timedelta(days=30)).date().isoformat()
    assert "No seat is free from that day on" in desk.posts("/desk/seats/", zip="39208-1234", not_before=later)
    assert "Free seats near 39208" in text(desk.page())
    desk.posts("/desk/seats/", zip=giving.HOME, not_before="")
    assert "Free seats near 39204" in text(desk.page())


def test_a_search_of_the_call_before_changes_nothing(desk, odessa):
    late = {"offer": desk.offer.pk + 1, "zip": "39208", "not_before": ""}
    assert "Free seats near 39204" in text(desk.posts("/desk/seats/", **late))
    assert "Free seats near 39204" in text(desk.page())


def test_a_day_gone_by_is_any_day(desk, odessa, clock):
    gone = (clock() - timedelta(days=1)).date().isoformat()
    told = desk.posts("/desk/seats/", zip=giving.HOME, not_before=gone)
    assert "Free seats near" in text(told)
    assert gone not in told
    today = clock().date().isoformat()
    assert f'value="{today}"' in desk.posts("/desk/seats/", zip=giving.HOME, not_before=today)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("3920", "five digits"), ("<b>x</b>", "&lt;b&gt;x&lt;/b&gt;"), ("99999", "do not know where ZIP 99999 is")],
)
def test_a_zip_that_is_none_is_told_kindly(desk, typed, said):
    assert said in desk.posts("/desk/seats/", zip=typed, not_before="2026-99-99", service="x", who="²")


# ---- holding and booking ----------------------------------------------------------------------------------------


def test_a_held_seat_is_found_again_after_a_reload_and_booked(desk, odessa, hinds):
    told = desk.holds(odessa, hinds[0])
    assert "Held for Odessa Brightwater" in told
    page = text(desk.page())
    assert "Held for Odessa Brightwater Wednesday, November 11, 9:00 AM Hinds Clinic 10:00" in page
    told = desk.does("book", only(odessa))
    booked = only(odessa)
    assert booked.state == State.BOOKED
    assert booked.call == desk.entry.call
    spelled = " ".join(booked.code)
    assert spelled in told
    assert spelled in desk.page()
    assert "Enter by the side door." in desk.page()
    assert seats_taken() == 1


def test_what_is_done_is_logged_once_however_often_it_is_pressed(desk, odessa, hinds):
    for _ in range(2):
        desk.holds(odessa, hinds[0])
    held = only(odessa)
    for _ in range(2):
        desk.does("book", held)
    lines = AccessLog.objects.filter(action=AccessLog.Action.CHANGED, what="scheduling.appointment")
    assert (
        list(lines.values_list("record", "user", "call", "where"))
        == [(str(held.pk), desk.user.pk, desk.entry.call_id, "desk")] * 2
    )
    assert seats_taken() == 1


def test_a_press_repeated_after_letting_go_does_not_hold_again(desk, odessa, hinds):
    desk.holds(odessa, hinds[0])
    desk.does("let-go", only(odessa))
    assert "Held for" not in desk.holds(odessa, hinds[0])
    assert seats_taken() == 0


def test_a_seat_somebody_just_took_is_answered_with_the_next_best(house, desk, odessa, hinds):
    book.booked(giving.person(house, "Earl"), hinds[0], at=make.START)
    told = desk.holds(odessa, hinds[0])
    shown = text(told)
    assert "Somebody just took that seat. The next best is 9:10 AM, same clinic." in shown
    assert shown.index("Wed Nov 11, 9:10 AM Hinds") < shown.index("Wed Nov 11, 9:20 AM Hinds") < shown.index("Rankin ·")
    assert "1,2" in shown  # two seats of one clinic share a pin


def test_not_eligible_says_the_rules_kindly_before_and_after(house, desk, service, hinds):
    EligibilityRule.objects.create(service=service, slug="old", name="aged 65 and over", min_age=65)
    EligibilityRule.objects.create(service=service, slug="nurse", name="nurses", min_age=18, category="nurse")
    young = giving.person(house, "June", born=date(1990, 1, 1))
    desk.finds(young)
    assert "This is for now for: nurses · aged 65 and over." in text(desk.page())
    assert "This is for now for: nurses · aged 65 and over." in text(desk.holds(young, hinds[0]))
    assert seats_taken() == 0
    told = desk.posts("/desk/seats/", zip=giving.HOME, category="nurse")
    assert "This is for now" not in told
    desk.holds(young, hinds[0])
    assert only(young).category == "nurse"


def test_what_one_person_said_they_are_is_not_taken_for_the_next(house, desk, odessa, service, rankin):
    EligibilityRule.objects.create(service=service, slug="nurse", name="nurses", category="nurse")
    earl = giving.person(house, "Earl")
    desk.finds(earl)
    assert "This is for now" not in desk.posts("/desk/seats/", zip=giving.HOME, who=odessa.pk, category="nurse")
    assert "This is for now" not in desk.posts("/desk/seats/", zip="39208")  # a clinic's own button says only where
    assert "This is for now" in desk.posts("/desk/seats/", zip=giving.HOME, who=earl.pk, category="nurse")
    desk.holds(earl, rankin[0])
    assert not Appointment.objects.exists()


def test_an_appointment_there_is_already_is_shown_with_change_and_cancel(desk, odessa, hinds, rankin):
    book.booked(odessa, hinds[0], at=make.START)
    told = text(desk.holds(odessa, rankin[0]))
    assert "There is an appointment already: Wed Nov 11, 9:00 AM. Change it or cancel it." in told
    assert "Change Wednesday, November 11, 9:00 AM" in told
    assert "Cancel Wednesday, November 11, 9:00 AM" in told


def test_two_people_each_get_a_seat_and_the_second_is_offered_next(house, desk, odessa, rankin):
    earl = giving.person(house, "Earl")
    desk.finds(earl)
    desk.holds(odessa, rankin[0])
    told = desk.does("book", only(odessa))
    assert f'<option value="{earl.pk}" selected>Earl Brightwater' in told
    desk.posts("/desk/hold/", who=earl.pk, slot=rankin[0].pk, press="press-2")
    desk.does("book", only(earl))
    assert seats_taken() == 2
    assert "Another seat" in text(desk.page())


# ---- the time a hold has ----------------------------------------------------------------------------------------


def test_every_step_gives_the_hold_its_full_time_again(desk, odessa, hinds, clock):
    desk.holds(odessa, hinds[0])
    clock.forward(400)
    assert 'data-left="200"' in desk.page()
    assert 'data-left="600"' in desk.posts("/desk/seats/", zip=giving.HOME)
    clock.forward(500)
    assert 'data-left="600"' in desk.does("renew", only(odessa))
    assert only(odessa).held_until == clock() + timedelta(seconds=600)


def test_while_they_talk_it_is_renewed_by_itself_and_in_wrap_up_by_steps(desk, odessa, hinds):
    assert 'hx-trigger="every 120s"' in desk.holds(odessa, hinds[0])
    desk.hangs_up()
    page = desk.page()
    assert "Held for Odessa" in page
    assert "every 120s" not in page
    assert "Booked" in desk.does("book", only(odessa))


def work(desk, odessa):
    """Everything an operator may do for a call besides its seats, by address."""
    yield "/desk/step/", {"here": "0", "to": "0"}
    yield "/desk/save/", {"notes": "Mornings."}
    yield "/desk/after/", {"after": "lunch"}
    yield "/desk/articles/", {"text": "bring"}
    yield f"/desk/people/{odessa.pk}/check/", {"born": "5 3 1948", "place": "39204"}
    yield "/desk/people/search/", {"born": "5 3 1948", "family": "Nobody"}
    yield "/desk/people/new/", {"given": ""}


@pytest.mark.parametrize("wrapping", [False, True])
def test_any_work_on_the_call_renews_what_is_held(desk, odessa, hinds, clock, wrapping):
    desk.holds(odessa, hinds[0])
    if wrapping:
        desk.hangs_up()
    for path, form in work(desk, odessa):
        clock.forward(500)
        answer = desk.client.post(path, {"offer": desk.offer.pk, **form}, headers={"HX-Request": "true"})
        assert answer.status_code < 400, path
        assert answer["Kindline-Held"] == "600", path
        assert only(odessa).held_until == clock() + timedelta(seconds=600), path


def test_what_is_not_work_on_the_call_renews_nothing(desk, odessa, hinds, clock):
    desk.holds(odessa, hinds[0])
    until = only(odessa).held_until
    clock.forward(100)
    desk.page()
    desk.client.post("/desk/save/", {"offer": desk.offer.pk + 1, "notes": "of another call"})
    desk.hangs_up()
    desk.posts("/desk/finish/", disposition="", status=200)
    assert only(odessa).held_until == until


def test_a_hold_that_ran_out_is_told_until_something_else_is_done(desk, odessa, hinds, clock):
    desk.holds(odessa, hinds[0])
    services.expire(clock.forward(601))
    assert "We let that time go after 10 minutes." in desk.page()
    assert "We let that time go after 10 minutes." in desk.does("book", only(odessa))
    assert "We let that time go after 10 minutes." in desk.does("renew", only(odessa))
    desk.posts("/desk/hold/", who=odessa.pk, slot=hinds[0].pk, press="press-2")
    assert "We let that time go" not in desk.page()


def test_a_hold_let_go_by_hand_is_nobodys_fault(desk, odessa, hinds):
    desk.holds(odessa, hinds[0])
    assert "Let go." in desk.does("let-go", only(odessa))
    assert "We let that time go" not in desk.page()
    assert seats_taken() == 0


# ---- changing and cancelling ------------------------------------------------------------------------------------


def test_change_keeps_the_old_seat_until_the_new_one_is_booked(desk, odessa, hinds, rankin):
    Slot.objects.filter(pk=hinds[0].pk).update(capacity=2)
    old = book.booked(odessa, hinds[0], at=make.START)
    told = text(desk.does("move", old))
    assert "Choose another time for Odessa Brightwater. Wednesday, November 11, 9:00 AM stays" in told
    assert "stays until the new one is booked" in text(desk.page())
    assert f'id="hold-{hinds[0].pk}"' not in desk.page()  # theirs already
    assert "instead of Wed Nov 11, 9:00 AM" in text(desk.holds(odessa, rankin[1]))
    new = Appointment.objects.get(person=odessa, state=State.HELD)
    assert book.again(old).state == State.BOOKED
    assert "Moved." in desk.does("book", new)
    assert (book.again(old).state, book.again(new).state) == (State.MOVED, State.BOOKED)
    assert seats_taken() == 1


def test_change_can_be_given_up(desk, odessa, hinds):
    old = book.booked(odessa, hinds[0], at=make.START)
    desk.does("move", old)
    assert "Choose another time" not in desk.does("move", old, stay="1")
    assert book.again(old).state == State.BOOKED


def test_cancel_asks_once_in_place(desk, odessa, hinds):
    one = book.booked(odessa, hinds[0], at=make.START)
    assert "Cancel this appointment?" in desk.does("cancel", one)
    assert book.again(one).state == State.BOOKED
    assert "Cancel this appointment?" not in desk.does("cancel", one, stay="1")
    assert "Cancelled." in desk.does("cancel", one, sure="1")
    assert book.again(one).state == State.CANCELLED
    assert seats_taken() == 0


# ---- who may not ------------------------------------------------------------------------------------------------

ACTIONS = ("book", "let-go", "move", "cancel", "renew")


@pytest.mark.parametrize("what", ACTIONS)
def test_an_appointment_of_somebody_not_proved_is_not_there(house, desk, hinds, what):
    stranger = giving.person(house, "Hazel")
    held = book.held(stranger, hinds[0], at=make.START)
    desk.does(what, held, 404, sure="1")
    assert book.again(held).state == State.HELD


@pytest.mark.parametrize("what", ACTIONS)
def test_another_agencys_appointment_is_not_there(desk, odessa, service, what, clock):
    other = make.agency("other")
    theirs = book.site(other, "theirs")
    slot = book.clinic(theirs, book.service(other), starts=clock() + giving.FIRST)[0]
    held = book.held(book.person(other), slot, at=make.START)
    desk.does(what, held, 404, sure="1")
    desk.holds(odessa, slot)
    assert not Appointment.objects.filter(person=odessa).exists()


def test_a_button_of_the_call_before_does_nothing(desk, odessa, hinds):
    desk.holds(odessa, hinds[0], 409, offer=desk.offer.pk + 1)
    assert seats_taken() == 0


def test_after_the_wrap_up_nothing_is_shown_and_nothing_done(desk, odessa, hinds):
    desk.holds(odessa, hinds[0])
    held = only(odessa)
    desk.hangs_up()
    dispatch.wrapped_up(giving.operator_of(desk), then_away=True)
    assert "Brightwater" not in desk.page()
    assert "Brightwater" not in desk.posts(f"/desk/appointment/{held.token}/book/", 409)
    assert only(odessa).state == State.HELD


@pytest.mark.parametrize("path", ["/desk/seats/", "/desk/hold/", "/desk/articles/"])
def test_only_by_post_only_with_a_token_only_at_a_desk(desk, path):
    assert desk.client.get(path).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(desk.user)
    assert strict.post(path).status_code == 403
    assert Client().post(path).status_code == 302
    nobody = Client()
    nobody.force_login(make.get_user_model().objects.create(username="nobody"))
    assert nobody.post(path).status_code == 403


def test_without_the_script_a_button_leads_back_to_the_page(desk, odessa, hinds):
    answer = desk.client.post("/desk/hold/", {"offer": desk.offer.pk, "who": odessa.pk, "slot": hinds[0].pk})
    assert (answer.status_code, answer.url) == (302, "/desk/")
    assert only(odessa).state == State.HELD


def test_as_many_statements_for_one_clinic_as_for_many(
    house, desk, odessa, service, clock, django_assert_max_num_queries
):
    for n in range(6):
        giving.clinic(house, f"c{n}", "28121", -90.0 + n / 100, service, clock() + giving.FIRST, seats=9)
    desk.holds(odessa, Slot.objects.filter(capacity=9).first())
    with django_assert_max_num_queries(26):
        desk.posts("/desk/seats/", zip=giving.HOME)


def test_the_way_there_is_in_the_language_of_the_call(desk, odessa, hinds):
    desk.entry.language = "es"
    desk.entry.save()
    desk.holds(odessa, hinds[0])
    assert '<p class="small" lang="es">Entre por la puerta lateral.</p>' in desk.does("book", only(odessa))
