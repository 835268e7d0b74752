"""One person at a time: what each step does, and each way to be refused."""

from datetime import date, timedelta

import pytest

from scheduling import codes, queries, services
from scheduling.models import Appointment, ClinicSession, EligibilityRule, Slot
from scheduling.services import Refused
from tests.scheduling import factories as make
from tests.scheduling.factories import AT, again, booked, held
from tests.scheduling.invariants import violations

pytestmark = pytest.mark.django_db
State = Appointment.State
LATER = AT + timedelta(seconds=services.HOLD_S)


@pytest.fixture(autouse=True)
def sound(db):
    """Whatever a test does, the book is sound afterwards."""
    yield
    assert violations() == []


def refused(reason: str, work, *args, **kwargs) -> Refused:
    with pytest.raises(Refused) as caught:
        work(*args, **kwargs)
    assert caught.value.reason == reason
    return caught.value


def seats(*slots) -> list[int]:
    return [again(slot).booked for slot in slots]


# ---- hold -------------------------------------------------------------------------------------------------------


def test_a_hold_takes_a_seat_until_it_is_let_go(hazel, slots):
    hold = held(hazel, slots[0], category="health")
    assert (hold.state, hold.held_until, hold.code, hold.category) == (State.HELD, LATER, "", "health")
    assert (hold.agency, hold.service) == (hazel.agency, slots[0].session.service)
    assert seats(*slots) == [1, 0, 0]
    assert services.let_go(hold, at=AT)
    assert not services.let_go(hold, at=AT)
    assert again(hold).state == State.LET_GO
    assert seats(*slots) == [0, 0, 0]


def test_the_last_seat_taken_shows_the_next_best(agency, vaccine, hazel, slots):
    near = make.clinic(make.site(agency, "near", (32.4, -90.2)), vaccine)
    make.clinic(make.site(agency, "far", make.TUPELO), vaccine)
    held(make.person(agency), slots[1])
    error = refused("taken", held, hazel, slots[1])
    assert [seat.slot_id for seat in error.seats[:3]] == [slots[0].pk, slots[2].pk, near[0].pk]
    assert [seat.site.slug for seat in error.seats] == ["jackson", "jackson", "near", "far"]


def test_a_second_hold_lets_the_first_go(hazel, slots):
    first = held(hazel, slots[0])
    second = held(hazel, slots[2])
    assert (again(first).state, again(second).state) == (State.LET_GO, State.HELD)
    assert seats(*slots) == [0, 0, 1]


def test_a_second_hold_that_is_refused_leaves_the_first(agency, hazel, slots):
    held(make.person(agency), slots[1])
    first = held(hazel, slots[0])
    refused("taken", held, hazel, slots[1])
    assert again(first).state == State.HELD
    assert seats(*slots) == [1, 1, 0]


def test_whoever_holds_the_last_seat_may_hold_it_once_more(hazel, slots):
    first, second = held(hazel, slots[0]), held(hazel, slots[0], AT + timedelta(minutes=5))
    assert again(first).state == State.LET_GO
    assert second.held_until == AT + timedelta(minutes=15)
    assert seats(*slots) == [1, 0, 0]


def test_holds_for_two_services_stand_side_by_side(agency, jackson, hazel, slots):
    (flu, _) = make.clinic(jackson, make.service(agency, "flu"))
    held(hazel, slots[0]), held(hazel, flu)
    assert Appointment.objects.filter(state=State.HELD).count() == 2


def test_the_same_key_is_the_same_hold(agency, hazel, slots):
    first = held(hazel, slots[0], key="press-1")
    assert held(hazel, slots[1], key="press-1").pk == first.pk
    booked_one = services.book(first, user=None, at=AT)
    assert held(hazel, slots[0], key="press-1").code == booked_one.code
    refused("gone", held, make.person(agency), slots[1], key="press-1")
    assert seats(*slots) == [1, 0, 0]


def test_no_key_is_no_key(agency, hazel, slots):
    assert held(hazel, slots[0], key="").pk != held(make.person(agency), slots[1], key="").pk


def test_a_seat_of_holds_that_ran_out_is_found_without_the_worker(agency, hazel, slots):
    forgotten = held(make.person(agency), slots[0])
    refused("taken", held, hazel, slots[0], LATER - timedelta(seconds=1))
    assert held(hazel, slots[0], LATER).state == State.HELD
    assert again(forgotten).state == State.LET_GO


@pytest.mark.parametrize("off", ["session", "site", "service"])
def test_a_closed_clinic_is_neither_held_nor_booked(hazel, slots, off):
    hold = held(hazel, slots[0])
    session = ClinicSession.objects.get()
    row = session if off == "session" else getattr(session, off)
    row.active = False
    row.save()
    refused("closed", held, hazel, slots[1])
    refused("closed", services.book, hold, user=None, at=AT)
    assert again(hold).state == State.HELD


def test_a_seat_whose_time_has_come_is_neither_held_nor_booked(hazel, slots):
    hold = held(hazel, slots[0])
    services.renew(hold, at=slots[0].starts_at)
    error = refused("over", services.book, hold, user=None, at=slots[0].starts_at)
    assert [seat.slot_id for seat in error.seats] == [slots[1].pk, slots[2].pk]
    refused("over", held, hazel, slots[0], slots[0].starts_at)


def test_nobody_books_across_agencies(hazel, slots):
    stranger = make.person(make.agency("other"))
    assert refused("gone", held, stranger, slots[0]).seats == []
    refused("gone", services.hold, slot_id=0, person=hazel, user=None, at=AT)


def test_who_is_not_eligible_hears_for_whom_it_is(agency, vaccine, slots):
    make.rule(vaccine, min_age=65, name="aged 65 and over")
    make.rule(vaccine, "workers", min_age=18, category="health", name="health workers")
    young = make.person(agency, born_on=date(1990, 1, 1))
    assert refused("not_eligible", held, young, slots[0]).reasons == ("health workers", "aged 65 and over")
    assert held(young, slots[0], category="health")
    assert seats(*slots) == [1, 0, 0]


def test_age_counts_on_the_clinics_day(agency, jackson, vaccine):
    """At 11 PM in Jackson it is tomorrow in UTC already."""
    make.rule(vaccine, min_age=65)
    late = AT.replace(day=12, hour=5)  # 11 PM on the 11th
    turns_65_on_the_12th = make.person(agency, born_on=date(1961, 11, 12))
    early, after = (
        make.clinic(jackson, vaccine, starts=late),
        make.clinic(jackson, vaccine, starts=late.replace(hour=7)),
    )
    refused("not_eligible", held, turns_65_on_the_12th, early[0])
    assert held(turns_65_on_the_12th, after[0])


# ---- book -------------------------------------------------------------------------------------------------------


def test_a_held_seat_is_booked_once_and_gets_a_code(hazel, slots, django_user_model):
    ada = django_user_model.objects.create(username="ada")
    hold = held(hazel, slots[0])
    done = services.book(hold, user=ada, at=AT)
    assert (done.state, done.booked_at, done.made_by, done.version) == (State.BOOKED, AT, ada, 2)
    assert len(done.code) == 6
    assert set(done.code) <= set(codes.ALPHABET)
    assert services.book(hold, user=ada, at=LATER) == done
    assert again(done).version == 2
    assert seats(*slots) == [1, 0, 0]


def test_a_hold_that_is_overdue_but_not_swept_may_be_booked(hazel, slots):
    assert services.book(held(hazel, slots[0]), user=None, at=LATER + timedelta(hours=1)).state == State.BOOKED


def test_a_hold_that_was_swept_is_gone_and_its_seat_is_offered_again(hazel, slots):
    hold = held(hazel, slots[0])
    assert services.expire(LATER) == 1
    error = refused("gone", services.book, hold, user=None, at=LATER)
    assert error.seats[0].slot_id == slots[0].pk
    assert seats(*slots) == [0, 0, 0]


def test_eligibility_is_looked_at_again_when_booking(hazel, vaccine, slots):
    hold = held(hazel, slots[0])
    make.rule(vaccine, min_age=90)
    refused("not_eligible", services.book, hold, user=None, at=AT)
    EligibilityRule.objects.update(active=False)
    assert services.book(hold, user=None, at=AT)


def test_one_booking_for_a_person_and_service(hazel, slots):
    first = booked(hazel, slots[0])
    error = refused("already_booked", held, hazel, slots[1])
    assert error.appointment == first
    assert error.appointment.slot.session.site.slug == "jackson"


@pytest.mark.parametrize("end", ["cancel", "keep"])
def test_what_has_ended_cannot_be_booked_and_another_may_be(hazel, slots, end):
    first = booked(hazel, slots[0])
    assert getattr(services, end)(first, user=None, at=AT)
    refused("not_held", services.book, first, user=None, at=AT)
    assert booked(hazel, slots[1]).state == State.BOOKED


def test_a_code_somebody_has_is_answered_by_another(agency, hazel, slots, monkeypatch):
    taken = booked(make.person(agency), slots[0]).code
    monkeypatch.setattr(codes, "some", lambda: iter([taken, taken, "FFFFFF"]))
    assert booked(hazel, slots[1]).code == "FFFFFF"


def test_no_free_code_leaves_the_hold_as_it_was(agency, hazel, slots, monkeypatch):
    taken = booked(make.person(agency), slots[0]).code
    hold = held(hazel, slots[1])
    monkeypatch.setattr(codes, "some", lambda: iter([taken]))
    with pytest.raises(RuntimeError):
        services.book(hold, user=None, at=AT)
    assert again(hold).state == State.HELD


# ---- renew, expire ----------------------------------------------------------------------------------------------


def test_a_renewed_hold_has_its_full_time_again(hazel, slots):
    hold = held(hazel, slots[0])
    assert services.renew(hold, at=AT + timedelta(minutes=9))
    assert services.expire(LATER) == 0
    assert services.expire(LATER + timedelta(minutes=9)) == 1
    assert not services.renew(hold, at=LATER)


def test_overdue_holds_are_let_go_once_and_nothing_else_is(agency, hazel, slots):
    booked(hazel, slots[0])
    held(make.person(agency), slots[1])
    held(make.person(agency), slots[2], AT + timedelta(minutes=1))
    assert (services.expire(LATER), services.expire(LATER)) == (1, 0)
    assert seats(*slots) == [1, 0, 1]


def test_a_hold_renewed_in_the_moment_it_is_swept_still_moves_what_it_was_to_move(hazel, slots, monkeypatch):
    old = booked(hazel, slots[0])
    new = held(hazel, slots[1], moving=old)

    def one_step_late(rows, do):
        for row in list(rows):
            services.renew(new, at=LATER)
            do(row)

    monkeypatch.setattr(services, "each", one_step_late)
    assert services.expire(LATER) == 0
    assert services.book(new, user=None, at=LATER).state == State.BOOKED
    assert again(old).state == State.MOVED


# ---- cancel, keep -----------------------------------------------------------------------------------------------


def test_a_cancelled_seat_is_free_once(hazel, slots, django_user_model):
    ada = django_user_model.objects.create(username="ada")
    done = booked(hazel, slots[0])
    assert services.cancel(done, user=ada, at=LATER)
    assert not services.cancel(done, user=ada, at=LATER)
    row = again(done)
    assert (row.state, row.ended_at, row.ended_by, row.changed_at, row.version) == (
        State.CANCELLED,
        LATER,
        ada,
        LATER,
        3,
    )
    assert seats(*slots) == [0, 0, 0]


def test_a_hold_is_let_go_and_not_cancelled(hazel, slots):
    assert not services.cancel(held(hazel, slots[0]), user=None, at=AT)


def test_who_came_keeps_the_seat_and_the_tick_may_be_taken_back(hazel, slots):
    done = booked(hazel, slots[0])
    assert not services.unkeep(done, at=AT)
    assert services.keep(done, user=None, at=AT)
    assert not services.keep(done, user=None, at=AT)
    assert not services.cancel(done, user=None, at=AT)
    assert services.unkeep(done, at=AT)
    assert (again(done).state, again(done).ended_at) == (State.BOOKED, None)
    assert seats(*slots) == [1, 0, 0]


def test_a_tick_stands_if_another_was_booked_since(hazel, slots):
    done = booked(hazel, slots[0])
    services.keep(done, user=None, at=AT)
    booked(hazel, slots[1])
    assert not services.unkeep(done, at=AT)
    assert again(done).state == State.KEPT


# ---- move -------------------------------------------------------------------------------------------------------


def test_an_appointment_moves_when_the_new_seat_is_booked(hazel, slots):
    old = booked(hazel, slots[0])
    new = held(hazel, slots[1], moving=old)
    assert again(old).state == State.BOOKED
    assert queries.moving(new) == old
    assert seats(*slots) == [1, 1, 0]
    new = services.book(new, user=None, at=AT)
    row = again(old)
    assert (row.state, row.moved_to, row.ended_at) == (State.MOVED, new, AT)
    assert new.code != old.code
    assert seats(*slots) == [0, 1, 0]
    assert services.book(held(hazel, slots[2], moving=new), user=None, at=AT).slot == slots[2]


def test_a_move_that_is_let_go_leaves_everything(hazel, slots):
    old = booked(hazel, slots[0])
    assert services.let_go(held(hazel, slots[1], moving=old), at=AT)
    assert (again(old).state, again(old).moved_to) == (State.BOOKED, None)
    refused("already_booked", held, hazel, slots[1])
    other = held(hazel, slots[2], moving=old)
    assert queries.moving(held(hazel, slots[1], moving=old)) == old
    assert again(other).state == State.LET_GO


def test_a_move_whose_hold_ran_out_leaves_the_old_one(hazel, slots):
    old = booked(hazel, slots[0])
    new = held(hazel, slots[1], moving=old)
    services.expire(LATER)
    refused("gone", services.book, new, user=None, at=LATER)
    assert (again(old).state, again(old).moved_to) == (State.BOOKED, None)
    assert seats(*slots) == [1, 0, 0]


def test_what_is_cancelled_while_it_is_to_be_moved_makes_the_hold_stand_for_itself(hazel, slots):
    old = booked(hazel, slots[0])
    new = held(hazel, slots[1], moving=old)
    assert services.cancel(old, user=None, at=AT)
    assert services.book(new, user=None, at=AT).state == State.BOOKED
    assert again(old).state == State.CANCELLED
    assert seats(*slots) == [0, 1, 0]


def test_only_the_persons_own_booking_is_moved_and_only_somewhere_else(agency, jackson, hazel, slots):
    mine, others = booked(hazel, slots[0]), booked(make.person(agency), slots[1])
    (flu, _) = make.clinic(jackson, make.service(agency, "flu"))
    refused("not_held", held, hazel, slots[2], moving=others)
    refused("not_held", held, hazel, flu, moving=mine)
    make.Slot.objects.filter(pk=slots[0].pk).update(capacity=2)
    assert refused("already_booked", held, hazel, slots[0], moving=mine).appointment == mine
    services.cancel(mine, user=None, at=AT)
    refused("not_held", held, hazel, slots[2], moving=mine)


# ---- the ground it stands on ------------------------------------------------------------------------------------


def test_a_seat_is_taken_by_one_update_without_a_join(hazel, slots, django_assert_num_queries):
    """The database repeats the conditions of the row itself after waiting for it, not those inside a subquery."""
    with django_assert_num_queries(1) as asked:
        assert services._take(slots[0].pk, AT)
    head, _, where = asked[0]["sql"].partition(" WHERE ")
    assert head.startswith("UPDATE")
    own = where[: where.index("IN (SELECT")]
    for column in ("booked", "capacity"):
        assert f'"scheduling_slot"."{column}"' in own + where[where.rindex(")") :]
    Slot.objects.update(booked=0)


def test_a_step_asks_no_more_than_it_needs(hazel, slots, django_assert_max_num_queries):
    with django_assert_max_num_queries(11):  # two of them are the savepoint
        hold = held(hazel, slots[0])
    with django_assert_max_num_queries(14):
        services.book(hold, user=None, at=AT)
