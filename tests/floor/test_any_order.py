"""Any events in any order, repeated as the carrier may repeat them: after every one the floor is sound."""

from datetime import time, timedelta

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from core import clock as core_clock
from floor import dispatch, offers, outbox, outlook
from floor.models import Callback, Entry, Offer, Queue
from knowledgebase.models import OpeningHours
from tests.floor import factories as make
from tests.floor.invariants import violations
from tests.floor.knocking import knock

pytestmark = pytest.mark.django_db

OPERATORS = 3
NUMBERS = ("+16015559001", "+16015559002", "")
ERRORS = ({}, {"retryable": True}, {"gone": True}, {"ambiguous": True})
which = st.integers(min_value=0, max_value=30)


class Floor(RuleBasedStateMachine):
    """Three operators and whoever rings in. A rule picks any row, whatever its state: too early, too late, twice."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = make.HandClock()
        self.running = core_clock.running_on(self.clock)
        self.running.__enter__()
        self.carrier = make.FakeCarrier()
        self.real_carrier, outbox.get_carrier = outbox.get_carrier, lambda: self.carrier
        self.rolled_back = transaction.atomic()
        self.rolled_back.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.rolled_back.__exit__(None, None, None)
        self.running.__exit__(None, None, None)
        outbox.get_carrier = self.real_carrier

    @initialize(call_back_under_way=st.booleans(), overflows=st.booleans())
    def opens(self, call_back_under_way: bool, overflows: bool) -> None:
        outlook.forget()
        self.agency = make.agency()
        queue = make.queue(self.agency, callback=True)
        self.operators = [make.operator(self.agency, f"op{n}") for n in range(OPERATORS)]
        if call_back_under_way:  # the longest way to anything, so it begins there half of the time
            make.promised(self.agency, NUMBERS[0])
            dispatch.ready(self.operators[0])
        if overflows:
            self.overflows(queue)

    def overflows(self, queue: Queue) -> None:
        """A queue with every way out, another one it sends to, and opening hours that end in ten minutes."""
        other = make.queue(self.agency, "help", callback=True)
        ways = (("length", 3, "queue"), ("wait", 90, "queue"), ("wait", 300, "transfer"), ("unstaffed", 0, "voicemail"))
        for order, (when, limit, then) in enumerate(ways):
            where = {"to_queue": other, "number": "+16015550199"}
            queue.overflow_rules.create(order=order, when=when, limit=limit, then=then, **where)
        Queue.objects.filter(pk=queue.pk).update(at_closing="callback")
        Queue.objects.filter(pk=other.pk).update(at_closing="message")
        closes = (self.clock() + timedelta(seconds=600)).astimezone(self.agency.zone)
        OpeningHours.objects.create(agency=self.agency, weekday=closes.weekday(), opens=time(1), closes=closes.time())

    # ---- waiting

    @rule(n=which, digits=st.sampled_from(("", "1", "2")))
    def a_round_of_the_wait_loop(self, n: int, digits: str) -> None:
        if entry := _pick(Entry, n):
            before = entry.told_high_s
            knock(f"/carrier/wait/{entry.pk}/", CallUUID=entry.call.carrier_uuid, Digits=digits)
            entry.refresh_from_db(fields=["told_high_s"])
            assert before is None or entry.told_high_s <= before, "a promise has grown"

    @rule(n=which, digits=st.sampled_from(("", "1")))
    def is_asked_at_closing_time(self, n: int, digits: str) -> None:
        if entry := _pick(Entry, n):
            knock(f"/carrier/closing/{entry.pk}/", CallUUID=entry.call.carrier_uuid, Digits=digits)

    # ---- operators

    @rule(n=which)
    def ready(self, n: int) -> None:
        dispatch.ready(self.operators[n % OPERATORS])

    @rule(n=which, offline=st.booleans())
    def away(self, n: int, offline: bool) -> None:
        dispatch.away(self.operators[n % OPERATORS], reason="pause", offline=offline)

    @rule(n=which)
    def wraps_up(self, n: int) -> None:
        dispatch.wrapped_up(self.operators[n % OPERATORS])

    # ---- callers

    @rule(number=st.sampled_from(NUMBERS))
    def arrives(self, number: str) -> None:
        make.arrives(self.agency, number)

    @rule(n=which)
    def hangs_up(self, n: int) -> None:
        if entry := _pick(Entry, n):
            dispatch.hung_up(entry.call)

    @rule(n=which)
    def asks_for_a_call_back(self, n: int) -> None:
        if entry := _pick(Entry, n):
            dispatch.call_back(entry)

    # ---- a day as it should be; without these most examples would end before anybody talks

    @rule(n=which)
    def goes_on(self, n: int) -> None:
        if offer := _offer(n):
            _ONWARD.get(offer.state, lambda offer: None)(offer)

    @rule(n=which)
    def goes_well(self, n: int) -> None:
        for _ in range(2):
            self.goes_on(n)

    @rule()
    def everybody_is_back(self) -> None:
        for operator in self.operators:
            dispatch.wrapped_up(operator) or dispatch.ready(operator)

    # ---- offers, whatever their state

    @rule(n=which)
    def answers(self, n: int) -> None:
        if offer := _offer(n):
            _answer(offer)

    @rule(n=which)
    def connects(self, n: int) -> None:
        if offer := _offer(n):
            _connect(offer)

    @rule(n=which)
    def refuses(self, n: int) -> None:
        if offer := _offer(n):
            dispatch.refused(offer, why="declined")

    @rule(n=which)
    def talk_ends(self, n: int) -> None:
        if offer := _offer(n):
            dispatch.talk_over(offer)

    # ---- call-backs

    @rule(n=which)
    def accepts(self, n: int) -> None:
        if offer := _offer(n):
            dispatch.callback_accepted(offer)

    @rule(n=which, end=st.sampled_from((dispatch.callback_missed, dispatch.callback_withdrawn)))
    def is_called_back_in_vain(self, n: int, end) -> None:
        if promise := _pick(Callback, n):
            end(promise)

    # ---- the worker, and time

    @rule(method=st.sampled_from(("ring", "dial", "bring_in", "hang_up")), flags=st.sampled_from(ERRORS))
    def next_request_fails(self, method: str, flags: dict) -> None:
        self.carrier.errors = {}
        self.carrier.fails(method, **flags)

    @rule()
    def worker_runs(self) -> None:
        outbox.run()

    @rule(n=which)
    def somebody_is_live(self, n: int) -> None:
        if entry := _pick(Entry, n):
            self.carrier.live.add(entry.call.carrier_uuid)

    @rule()
    def carrier_is_asked_who_is_there(self) -> None:
        outbox.reconcile()

    @rule(seconds=st.sampled_from((0, 1, 30, 100, 301)))
    def time_passes(self, seconds: int) -> None:
        self.clock.forward(seconds)
        dispatch.tick()

    @invariant()
    def is_sound(self) -> None:
        assert violations(self.clock()) == []


def _pick(model, n: int):
    """The row `n` points at among a few, open ones first: most rules meet something that is not over yet."""
    return _one_of(model.objects.all(), n)


def _answer(offer: Offer) -> None:
    dispatch.answered(offer, leg_uuid=f"leg-{offer.pk}", room_uuid=f"room-{offer.pk}")


def _connect(offer: Offer) -> None:
    dispatch.connected(offer, key=f"join-{offer.pk}")


_ONWARD = {
    Offer.State.RESERVED: dispatch.callback_accepted,
    Offer.State.RINGING: _answer,
    Offer.State.ANSWERED: _connect,
    Offer.State.CONNECTED: dispatch.talk_over,
}


def _offer(n: int) -> Offer | None:
    return _one_of(offers.whole(), n)


def _one_of(rows, n: int):
    few = list(rows.order_by(F("ended_at").desc(nulls_first=True), "-pk")[:4])
    return few[n % len(few)] if few else None


def test_the_floor_is_sound_after_any_events_in_any_order():
    effort = settings(
        max_examples=50,
        stateful_step_count=40,
        deadline=None,
        derandomize=True,
        phases=(Phase.explicit, Phase.generate),  # finding the shortest story takes minutes; do that by hand
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Floor, settings=effort)
