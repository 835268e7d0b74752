"""Any events in any order, repeated as the carrier may repeat them: after every one the floor is sound."""

from datetime import time, timedelta

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from core import clock as core_clock
from crm import handling
from floor import consults, dispatch, listenings, offers, outbox, outlook, presence
from floor.models import Callback, CallbackRule, Consult, Debt, Entry, Listening, Offer, Queue
from knowledgebase.models import OpeningHours
from reporting import audits
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
        overtaken = self.overtaken_without_a_reason()
        transaction.set_rollback(True)
        self.rolled_back.__exit__(None, None, None)
        self.running.__exit__(None, None, None)
        outbox.get_carrier = self.real_carrier
        assert overtaken == ()

    def overtaken_without_a_reason(self) -> tuple:
        """By the audit, over the whole story."""
        if not hasattr(self, "agency"):
            return ()
        first, last = make.START - timedelta(days=1), self.clock() + timedelta(days=1)
        return audits.between(self.agency, first, last, drill=False, slack=timedelta(0)).cases

    @initialize(call_back_under_way=st.booleans(), wrap_s=st.sampled_from((0, 90)), overflows=st.booleans())
    def opens(self, call_back_under_way: bool, wrap_s: int, overflows: bool) -> None:
        outlook.forget()
        self.agency = make.agency()
        make.breaks(self.agency)
        queue = make.queue(self.agency, callback=True)
        make.queue(self.agency, "other")
        Queue.objects.update(wrap_s=wrap_s)
        self.supervisors = [make.supervisor(self.agency, f"sup{n}") for n in range(2)]
        self.operators = [  # the last has a desk, and it may fall asleep
            make.operator(self.agency, f"op{n}", by_phone_alone=n < OPERATORS - 1) for n in range(OPERATORS)
        ]
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

    @rule(n=which, offline=st.booleans(), reason=st.sampled_from(("break", "training")))
    def away(self, n: int, offline: bool, reason: str) -> None:
        dispatch.away(self.operators[n % OPERATORS], reason=reason, offline=offline)

    @rule(n=which, then=st.sampled_from(("", "lunch", "training")))
    def wraps_up(self, n: int, then: str) -> None:
        dispatch.wrapped_up(self.operators[n % OPERATORS], then_away=bool(then), reason=then)

    @rule(n=which, then=st.sampled_from(("", "lunch", "training")))
    def wishes(self, n: int, then: str) -> None:
        if offer := _offer(n):
            dispatch.wish(offer, then=then)

    @rule(n=which)
    def needs_more_time(self, n: int) -> None:
        dispatch.more_time(self.operators[n % OPERATORS], why="notes")

    @rule(n=which)
    def types(self, n: int) -> None:
        if offer := _offer(n):
            handling.save(offer.entry.call, offer.operator.user, self.clock(), notes="typed")

    @rule()
    def desks_beat(self) -> None:
        presence.beat([operator.pk for operator in self.operators], at=self.clock())

    # ---- callers

    @rule(number=st.sampled_from(NUMBERS))
    def arrives(self, number: str) -> None:
        make.arrives(self.agency, number)

    @rule(n=which)
    def hangs_up(self, n: int) -> None:
        if entry := _pick(Entry, n):
            dispatch.hung_up(entry.call)

    @rule(n=which, number=st.sampled_from(NUMBERS))
    def asks_for_a_call_back(self, n: int, number: str) -> None:
        if entry := _pick(Entry, n):
            dispatch.call_back(entry, number=number)

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

    @rule(n=which, result=st.sampled_from(CallbackRule.RESULTS))
    def a_try_comes_to(self, n: int, result: str) -> None:
        if promise := _pick(Callback, n):
            dispatch.callback_missed(promise, result=result)

    @rule(mode=st.sampled_from(Queue.CallbackMode.values))
    def the_admin_changes_the_mode(self, mode: str) -> None:
        Queue.objects.update(callback_mode=mode)

    @rule(n=which, later=st.booleans(), mine=st.booleans(), number=st.sampled_from(NUMBERS[:2]))
    def an_operator_sets_a_call(self, n: int, later: bool, mine: bool, number: str) -> None:
        operator = self.operators[n % OPERATORS]
        at = self.clock()
        dispatch.call_out(
            agency=self.agency,
            number=number,
            queue=Queue.objects.get(slug="book"),
            not_before=at + timedelta(minutes=5) if later else None,
            only=operator if mine else None,
            made_by=operator,
        )

    @rule(n=which, hand=st.sampled_from((dispatch.callback_moved_up, dispatch.callback_removed)))
    def a_supervisor_has_a_hand_in_it(self, n: int, hand) -> None:
        if promise := _pick(Callback, n):
            hand(promise, who="sup", why="asked for")

    @rule(n=which)
    def its_time_is_over(self, n: int) -> None:
        if promise := _pick(Callback, n):
            dispatch.callback_expired(promise)

    # ---- in a conversation

    @rule(n=which, on=st.booleans())
    def holds(self, n: int, on: bool) -> None:
        if offer := _offer(n):
            dispatch.hold(offer, on)

    @rule(n=which, on=st.booleans())
    def is_told_of_a_hold(self, n: int, on: bool) -> None:
        if offer := _offer(n):
            dispatch.held(offer, on)

    @rule(n=which, whom=which, cold=st.booleans())
    def asks_a_colleague(self, n: int, whom: int, cold: bool) -> None:
        if offer := _offer(n):
            dispatch.consult(offer, operator=self.operators[whom % OPERATORS], cold=cold)

    @rule(n=which, cold=st.booleans())
    def asks_somebody_outside(self, n: int, cold: bool) -> None:
        if offer := _offer(n):
            dispatch.consult(offer, number="+16015559999", cold=cold)

    @rule(n=which)
    def whoever_was_asked_joins(self, n: int) -> None:
        if asked := _one_of(consults.whole(), n):
            dispatch.consult_joined(asked, leg_uuid=f"asked-{asked.pk}", member_id="9")

    @rule(n=which)
    def whoever_was_asked_leaves(self, n: int) -> None:
        if asked := _one_of(consults.whole(), n):
            dispatch.consult_left(asked, why="no answer")

    @rule(n=which, how=st.sampled_from((dispatch.complete, dispatch.take_back, dispatch.operator_left)))
    def a_transfer_ends(self, n: int, how) -> None:
        if offer := _offer(n):
            how(offer)

    @rule(n=which, side=st.sampled_from(Consult.Side.values))
    def swaps(self, n: int, side: str) -> None:
        if offer := _offer(n):
            dispatch.talk_to(offer, side)

    @rule(n=which, queue=st.sampled_from(("book", "other")))
    def passes_to_a_queue(self, n: int, queue: str) -> None:
        if offer := _offer(n):
            dispatch.to_queue(offer, Queue.objects.get(agency=self.agency, slug=queue))

    @rule(n=which, out=st.sampled_from((dispatch.caller_left, dispatch.caller_out)))
    def the_caller_is_out_of_the_room(self, n: int, out) -> None:
        if offer := _offer(n):
            out(offer)

    # ---- supervisors

    @rule(n=which, who=which)
    def listens(self, n: int, who: int) -> None:
        if offer := _offer(n):
            dispatch.listen(self.supervisors[who % 2], offer)

    @rule(n=which)
    def asks_for_help(self, n: int) -> None:
        if offer := _offer(n):
            dispatch.ask_for_help(offer) or dispatch.help_not_needed(offer)

    @rule(n=which)
    def a_supervisor_joins(self, n: int) -> None:
        if listening := _one_of(listenings.whole(), n):
            dispatch.listening_joined(listening, leg_uuid=f"sup-{listening.pk}", member_id="8")

    @rule(n=which, mode=st.sampled_from(Listening.Mode.values))
    def a_supervisor_turns(self, n: int, mode: str) -> None:
        if listening := _one_of(listenings.whole(), n):
            dispatch.take_over(listening) if mode == Listening.Mode.TAKEN else dispatch.turn(listening, mode)

    @rule(n=which)
    def a_supervisor_leaves(self, n: int) -> None:
        if listening := _one_of(listenings.whole(), n):
            dispatch.listening_over(listening)

    @rule(n=which, queue=st.sampled_from(("", "book", "other")))
    def a_supervisor_moves_a_caller(self, n: int, queue: str) -> None:
        if entry := _pick(Entry, n):
            to = Queue.objects.get(agency=self.agency, slug=queue) if queue else None
            dispatch.move_caller(entry, queue=to, by="sup", why="waits too long")

    # ---- missed callers

    @rule(n=which, op=which)
    def is_taken_on(self, n: int, op: int) -> None:
        if debt := _debt(n):
            dispatch.take_missed(self.operators[op % OPERATORS], debt.pk)

    @rule(op=which)
    def is_called(self, op: int) -> None:
        dispatch.call_missed(self.operators[op % OPERATORS])

    @rule(n=which, op=which)
    def is_taken_on_and_called(self, n: int, op: int) -> None:
        self.is_taken_on(n, op)
        self.is_called(op)

    @rule(op=which)
    def is_given_back(self, op: int) -> None:
        dispatch.give_back_missed(self.operators[op % OPERATORS])

    @rule(n=which)
    def is_withdrawn(self, n: int) -> None:
        if debt := _debt(n):
            dispatch.withdraw_missed(debt, who="sup", why="rang the clinic")

    @rule()
    def is_looked_after(self) -> None:
        dispatch.look_after_missed()

    # ---- the worker, and time

    @rule(
        method=st.sampled_from(("ring", "dial", "bring_in", "hang_up", "invite", "send", "set_member")),
        flags=st.sampled_from(ERRORS),
    )
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
            self.carrier.live.update(entry.offers.exclude(leg_uuid="").values_list("leg_uuid", flat=True))

    @rule()
    def carrier_is_asked_who_is_there(self) -> None:
        outbox.reconcile()

    @rule(seconds=st.sampled_from((0, 1, 30, 100, 301, 1801, 3700, 43_200)))
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


def _debt(n: int) -> Debt | None:
    few = list(Debt.objects.order_by(F("closed_at").desc(nulls_first=True), "-pk")[:4])
    return few[n % len(few)] if few else None


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
