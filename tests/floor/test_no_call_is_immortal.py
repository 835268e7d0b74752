"""The carrier has forgotten everything: from wherever the floor stands then, time alone brings every call to an end."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core import clock as core_clock
from floor import dispatch, outbox, presence
from floor.models import Entry, Offer, Queue, Stint
from tests.floor import factories as make
from tests.floor.factories import again, arrives, fates, offer_of, picks_up, promised, talks
from tests.floor.invariants import violations

pytestmark = pytest.mark.django_db

LONG_S = 3000  # a wrap-up before a desk long gone takes a quarter of an hour, two tries of a call-back ten minutes
ROUND_S = 100


def a_caller_waits(house, operator):
    dispatch.away(operator)
    return arrives(house)


def a_caller_is_offered(house, operator):
    return arrives(house)


def an_operator_is_rung(house, operator):
    entry = arrives(house)
    outbox.run()
    return entry


def an_operator_picked_up(house, operator):
    entry = arrives(house)
    picks_up(entry)
    return entry


def the_caller_is_being_brought_in(house, operator):
    entry = an_operator_picked_up(house, operator)
    outbox.run()
    return entry


def they_talk(house, operator):
    entry = arrives(house)
    talks(entry)
    return entry


def the_caller_is_on_hold(house, operator):
    entry = they_talk(house, operator)
    assert presence.happens(presence.Event.HOLD, operator, at=core_clock.now())
    return entry


def the_operator_hangs_up(house, operator):
    entry = they_talk(house, operator)
    assert dispatch.hang_up(operator)
    return entry


def somebody_is_to_be_called_back(house, operator):
    dispatch.away(operator)
    entry = promised(house)
    dispatch.ready(operator)
    return entry


def somebody_is_being_called_back(house, operator):
    entry = somebody_is_to_be_called_back(house, operator)
    outbox.run()
    return entry


def who_was_called_back_pressed_1(house, operator):
    entry = somebody_is_being_called_back(house, operator)
    assert dispatch.callback_accepted(offer_of(entry))
    return entry


def who_was_called_back_talks(house, operator):
    entry = who_was_called_back_pressed_1(house, operator)
    talks(entry)
    return entry


def the_operator_wraps_up(house, operator):
    entry = they_talk(house, operator)
    assert dispatch.talk_over(offer_of(entry))
    return entry


OPEN = (
    a_caller_waits, a_caller_is_offered, an_operator_is_rung, an_operator_picked_up, the_caller_is_being_brought_in,
    they_talk, the_caller_is_on_hold, the_operator_hangs_up, somebody_is_to_be_called_back,
    somebody_is_being_called_back, who_was_called_back_pressed_1, who_was_called_back_talks, the_operator_wraps_up,
)  # fmt: skip
BUSY = (Stint.State.OFFERED, Stint.State.TALKING, Stint.State.HOLD, Stint.State.WRAPPING)


def time_passes(clock, carrier, seconds=LONG_S):
    """The worker's rounds, before a carrier that takes every order and knows of no line."""
    for _ in range(seconds // ROUND_S):
        clock.forward(ROUND_S)
        outbox.run()
        carrier.live.clear()
        dispatch.tick()
        outbox.reconcile()


def test_every_open_state_is_begun_with():
    """So that a state somebody adds is not forgotten here."""
    assert set(Offer.State) - {"ended", "refused", "withdrawn"} == {"reserved", "ringing", "answered", "connected"}
    assert set(Entry.State) - {"done"} == {"waiting", "callback", "offered", "talking"}
    assert set(BUSY) == set(Stint.State) - {"ready", "away", "training", "offline"}


@pytest.mark.parametrize("begin", OPEN, ids=lambda begin: begin.__name__)
@pytest.mark.parametrize(("by_phone_alone", "wrap_s"), [(True, 90), (False, 0)], ids=["by phone", "at a desk"])
def test_time_alone_ends_it(house, clock, carrier, begin, by_phone_alone, wrap_s):
    Queue.objects.update(wrap_s=wrap_s)
    ada = make.operator(house, by_phone_alone=by_phone_alone)
    assert dispatch.ready(ada)
    entry = begin(house, ada)
    carrier.live.clear()
    time_passes(clock, carrier)
    _over(clock, entry)
    assert make.presence(ada) not in BUSY


def _over(clock, *entries):
    """Each has its fate; a promise nobody could keep stands, and somebody who is ready brings it to its end."""
    assert violations(clock()) == []
    assert not Offer.objects.filter(ended_at=None).exists()
    for entry in entries:
        entry = again(entry)
        assert entry.state in ("done", "callback")
        assert len(fates(entry)) == (entry.state == "done")


def test_a_promise_is_kept_or_given_up_as_soon_as_somebody_is_ready(house, ada, clock, carrier):
    entry = somebody_is_to_be_called_back(house, ada)
    time_passes(clock, carrier)
    assert fates(entry) == ["callback_failed"]


class FromAnywhere(TestCase):
    """Several calls at once, each as far as it came, in any order."""

    @given(st.lists(st.sampled_from(OPEN), min_size=2, max_size=5), st.sampled_from((0, 90)))
    @settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def test_time_alone_ends_all_of_it(self, stories, wrap_s):
        hand, carrier = make.HandClock(), make.FakeCarrier()
        real, outbox.get_carrier = outbox.get_carrier, lambda: carrier
        try:
            with core_clock.running_on(hand):
                house = make.agency()
                make.queue(house, callback=True)
                Queue.objects.update(wrap_s=wrap_s)
                crew = [make.operator(house, f"op{n}", by_phone_alone=n % 2 == 0) for n in range(len(stories))]
                entries = []
                for operator, begin in zip(crew, stories, strict=True):
                    dispatch.ready(operator)
                    if make.presence(operator) == "ready":  # else somebody before is laid before them
                        entries.append(begin(house, operator))
                carrier.live.clear()
                time_passes(hand, carrier)
                _over(hand, *entries)
                assert not Stint.objects.filter(until=None, state__in=BUSY).exists()
        finally:
            outbox.get_carrier = real
