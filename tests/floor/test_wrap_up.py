"""The wrap-up's time: when it is over, what asks for more, and what is kept of work that was not finished."""

from datetime import timedelta

import pytest

from crm import handling
from crm.ledger import Kind
from crm.models import CallEvent, Disposition, Handling
from floor import dispatch
from floor.models import Queue, Stint, WrapExtension
from tests.floor import factories as make
from tests.floor.factories import arrives, offer_of

pytestmark = pytest.mark.django_db

LIMIT = 90


@pytest.fixture
def timed(house):
    Queue.objects.update(wrap_s=LIMIT)
    make.breaks(house)
    return house


def wraps(of, operator):
    """The operator has said goodbye; returns the call."""
    entry = arrives(of)
    dispatch.talk_over(make.talks(entry))
    assert now(operator).state == "wrapping"
    return entry.call


def now(operator):
    return Stint.objects.get(operator=operator, until=None)


def test_when_the_time_is_over_the_operator_is_ready_and_served_at_once(timed, ada, clock):
    wraps(timed, ada)
    assert now(ada).due_at == clock() + timedelta(seconds=LIMIT)
    entry = arrives(timed)
    clock.forward(LIMIT - 1)
    dispatch.tick()
    assert now(ada).state == "wrapping"
    clock.forward(1)
    dispatch.tick()
    assert offer_of(entry).operator == ada
    assert CallEvent.objects.get(kind=Kind.WRAPPED).seconds == LIMIT


def test_what_was_not_said_stays_open_as_a_draft(timed, ada, clock):
    call = wraps(timed, ada)
    handling.save(call, ada.user, clock(), notes="wants a ride")
    clock.forward(LIMIT)
    dispatch.tick()
    assert [(row.call, row.notes, row.disposition) for row in handling.unfinished(ada.user)] == [
        (call, "wants a ride", None)
    ]


def test_a_draft_is_there_even_if_nothing_was_written(timed, ada, clock):
    call = wraps(timed, ada)
    clock.forward(LIMIT)
    dispatch.tick()
    assert [row.call for row in handling.unfinished(ada.user)] == [call]


def test_work_that_was_closed_is_no_draft(timed, ada, clock):
    call = wraps(timed, ada)
    Disposition.objects.create(agency=timed, slug="done", name="Done")
    handling.close(call, ada.user, clock(), disposition="done", details={}, notes="")
    clock.forward(LIMIT)
    dispatch.tick()
    assert now(ada).state == "ready"
    assert not handling.unfinished(ada.user).exists()
    assert Handling.objects.count() == 1


def test_nobody_is_interrupted_while_typing(timed, ada, clock):
    call = wraps(timed, ada)
    for _ in range(5):
        clock.forward(59)
        handling.save(call, ada.user, clock(), notes="still writing")
        dispatch.tick()
        assert now(ada).state == "wrapping"
    clock.forward(60)
    dispatch.tick()
    assert now(ada).state == "ready"


def test_more_time_is_given_and_why_is_kept(timed, ada, clock):
    wraps(timed, ada)
    due_at = now(ada).due_at
    clock.forward(LIMIT - 5)
    assert dispatch.more_time(ada, why="look-up")
    assert now(ada).due_at == due_at + timedelta(seconds=120)
    clock.forward(5 + 119)
    dispatch.tick()
    assert now(ada).state == "wrapping"
    assert dispatch.more_time(ada, why="breather")
    given = WrapExtension.objects.order_by("pk").values_list("stint", "reason", "due_at")
    assert list(given) == [
        (now(ada).pk, "look-up", due_at + timedelta(seconds=120)),
        (now(ada).pk, "breather", due_at + timedelta(seconds=240)),
    ]
    clock.forward(121)
    dispatch.tick()
    assert now(ada).state == "ready"


def test_more_time_is_for_a_wrap_up_with_a_limit(house, ada):
    assert not dispatch.more_time(ada, why="notes")
    wraps(house, ada)
    assert not dispatch.more_time(ada, why="notes")
    assert not WrapExtension.objects.exists()


def test_more_time_for_a_reason_that_is_none_is_a_fault(timed, ada):
    wraps(timed, ada)
    with pytest.raises(ValueError, match="because"):
        dispatch.more_time(ada, why="because")


@pytest.mark.parametrize(("then", "state"), [("lunch", "away"), ("training", "training"), ("", "ready")])
def test_what_was_wished_for_after_the_call_holds_when_the_time_is_over(timed, ada, clock, then, state):
    entry = arrives(timed)
    offer = make.talks(entry)
    dispatch.wish(offer, then=then)
    dispatch.talk_over(offer)
    clock.forward(LIMIT)
    dispatch.tick()
    assert (now(ada).state, now(ada).reason) == (state, then)


def test_a_wish_ends_with_its_call(timed, ada):
    offer = make.talks(arrives(timed))
    dispatch.talk_over(offer)
    dispatch.wrapped_up(ada)
    dispatch.wish(offer, then="lunch")
    assert make.again(offer).then == ""


def test_without_a_limit_it_lasts_as_long_as_the_desk_is_there(house, clock):
    bea = make.operator(house, "bea", by_phone_alone=False)
    dispatch.ready(bea)
    call = wraps(house, bea)
    for _ in range(100):
        clock.forward(40)
        dispatch.desk_seen(make.again(bea))
        dispatch.tick()
    assert now(bea).state == "wrapping"
    clock.forward(901)
    dispatch.tick()
    assert (now(bea).state, now(bea).reason) == ("away", "desk asleep")
    assert [row.call for row in handling.unfinished(bea.user)] == [call]
    assert CallEvent.objects.filter(kind=Kind.WRAPPED).count() == 1


def test_who_has_no_desk_to_finish_at_goes_on_after_a_quarter_of_an_hour(house, ada, clock):
    wraps(house, ada)
    clock.forward(900)
    dispatch.tick()
    assert now(ada).state == "wrapping"
    clock.forward(1)
    dispatch.tick()
    assert now(ada).state == "ready"


def test_a_lapse_and_a_finish_at_the_same_moment_are_one(timed, ada, clock):
    wraps(timed, ada)
    clock.forward(LIMIT)
    assert dispatch.wrapped_up(ada)
    dispatch.tick()
    assert CallEvent.objects.filter(kind=Kind.WRAPPED).count() == 1
    assert Stint.objects.filter(state="ready").count() == 2  # at first, and now
