"""What an operator may be, what changes it, and when nobody is sent to a desk."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from floor import dispatch, presence
from floor.models import AwayReason, Stint
from floor.presence import TRANSITIONS, Event, State
from tests.floor import factories as make
from tests.floor.factories import again, arrives, offer_of

pytestmark = pytest.mark.django_db

LEADS = """
    offline   ready>ready rest>away train>training leave>offline
    ready     rest>away train>training leave>offline sleep>away offer>offered
    offered   release>ready miss>away connect>talking
    talking   hold>hold free>ready part>wrapping
    hold      resume>talking part>wrapping
    wrapping  sleep>away finish>ready finish_rest>away finish_train>training
    away      ready>ready rest>away train>training leave>offline
    training  ready>ready rest>away train>training leave>offline
"""  # written out once more, from the other side: by state
BY_STATE = {
    state: dict(step.split(">") for step in steps)
    for state, *steps in (line.split() for line in LEADS.split("\n") if line.strip())
}


def in_state(operator, state, clock):
    """The operator, with a single open stint in `state`."""
    return Stint.objects.create(operator=operator, agency=operator.agency, state=state, since=clock())


def now(operator):
    return Stint.objects.get(operator=operator, until=None)


# ---- the table --------------------------------------------------------------------------------------------------


def test_the_table_names_every_event_and_every_state():
    assert set(TRANSITIONS) == set(Event)
    assert set(BY_STATE) == set(State.values)
    assert {event for leads in BY_STATE.values() for event in leads} == set(Event)


@pytest.mark.parametrize("event", Event)
@pytest.mark.parametrize("state", State.values)
def test_an_event_leads_where_the_table_says_and_nowhere_else(house, clock, state, event):
    operator = make.operator(house)
    before = in_state(operator, state, clock)
    at = clock.forward(10)
    to = BY_STATE[state].get(event)
    assert presence.happens(event, operator, at=at, reason="why") == (to is not None)
    stints = list(Stint.objects.order_by("pk").values_list("state", "since", "until", "reason"))
    if to is None:
        assert stints == [(state, before.since, None, "")]
    else:
        assert stints == [(state, before.since, at, ""), (to, at, None, "why")]


@pytest.mark.parametrize("event", Event)
def test_who_was_never_seen_is_offline(house, clock, event):
    operator = make.operator(house)
    to = BY_STATE["offline"].get(event)
    assert presence.happens(event, operator, at=clock()) == (to is not None)
    assert list(Stint.objects.values_list("state", flat=True)) == ([to] if to else [])


# ---- away, with reasons an admin defines ------------------------------------------------------------------------


def test_a_reason_brings_its_limit_and_training_is_a_state(house, ada, clock):
    make.breaks(house)
    for slug, state, minutes in (("break", "away", 15), ("training", "training", None), ("unheard of", "away", None)):
        assert dispatch.away(ada, reason=slug)
        stint = now(ada)
        due_at = clock() + timedelta(minutes=minutes) if minutes else None
        assert (stint.state, stint.reason, stint.due_at) == (state, slug, due_at)


def test_a_limit_ends_nobodys_break(house, ada, clock):
    make.breaks(house)
    dispatch.away(ada, reason="break")
    arrives(house)
    clock.forward(3600)
    dispatch.tick()
    assert (now(ada).state, now(ada).reason) == ("away", "break")


def test_a_reason_of_another_agency_is_none_of_ours(house, ada):
    make.breaks(make.agency("other"))
    dispatch.away(ada, reason="training")
    assert now(ada).state == "away"
    assert AwayReason.objects.count() == 3


# ---- signs of life ----------------------------------------------------------------------------------------------


@pytest.fixture
def bea(house):
    """An operator with a desk, ready."""
    operator = make.operator(house, "bea", by_phone_alone=False)
    assert dispatch.ready(operator)
    return operator


def test_ready_is_a_sign_of_life(bea, clock):
    assert again(bea).seen_at == clock()


@pytest.mark.parametrize(("silent_s", "rung"), [(0, True), (45, True), (46, False), (3600, False)])
def test_no_caller_is_sent_to_a_desk_that_is_silent(house, bea, clock, silent_s, rung):
    clock.forward(silent_s)
    entry = arrives(house)
    assert (again(entry).state == "offered") == rung
    assert now(bea).state == ("offered" if rung else "ready")


def test_a_caller_goes_past_the_sleeping_desk_to_the_next(house, bea, clock):
    clock.forward(60)
    ada = make.operator(house, "ada", by_phone_alone=False)
    dispatch.ready(ada)
    assert offer_of(arrives(house)).operator == ada


def test_a_silent_desk_is_set_away_and_says_why(house, bea, clock):
    clock.forward(45)
    dispatch.tick()
    assert now(bea).state == "ready"
    clock.forward(1)
    dispatch.tick()
    assert (now(bea).state, now(bea).reason) == ("away", "desk asleep")
    assert dispatch.ready(bea)
    assert offer_of(arrives(house)).operator == bea


def test_who_was_never_seen_at_a_desk_is_asleep(house, clock):
    cyd = make.operator(house, "cyd", by_phone_alone=False)
    in_state(cyd, State.READY, clock)
    dispatch.tick()
    assert now(cyd).reason == "desk asleep"


def test_beats_keep_a_desk_awake(house, bea, clock):
    for _ in range(20):
        clock.forward(40)
        presence.beat([bea.pk], at=clock())
        dispatch.tick()
    assert now(bea).state == "ready"
    assert offer_of(arrives(house)).operator == bea


def test_a_beat_while_the_tick_looks_saves_the_desk(bea, clock):
    clock.forward(60)
    (asleep,) = presence.asleep(clock())
    presence.beat([bea.pk], at=clock())
    assert not dispatch.operators.fall_asleep(asleep, at=clock())
    assert now(bea).state == "ready"


def test_who_serves_by_phone_alone_needs_no_desk(house, ada, clock):
    clock.forward(86400)
    dispatch.tick()
    assert offer_of(arrives(house)).operator == ada


def test_nobody_is_asleep_in_the_middle_of_a_call(house, bea, clock):
    make.talks(arrives(house))
    clock.forward(3600)
    dispatch.tick()
    assert now(bea).state == "talking"


def test_all_beats_are_one_statement(house, clock):
    them = [make.operator(house, f"op{n}", by_phone_alone=False) for n in range(30)]
    stranger = make.operator(house, "stranger")
    with CaptureQueriesContext(connection) as asked:
        presence.beat([operator.pk for operator in them], at=clock())
    assert len([query for query in asked if "SAVEPOINT" not in query["sql"]]) == 1
    assert {again(operator).seen_at for operator in them} == {clock()}
    assert again(stranger).seen_at is None


# ---- hold -------------------------------------------------------------------------------------------------------


def test_a_conversation_ends_from_hold_as_well(house, ada, clock):
    offer = make.talks(arrives(house))
    assert presence.happens(Event.HOLD, ada, at=clock())
    assert dispatch.talk_over(offer)
    assert now(ada).state == "wrapping"
