"""The floor under eight threads at once, and the two races that are told step by step."""

import random
import threading
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, transaction

from core import clock as core_clock
from floor import callbacks, dispatch, matching, offers, outbox, presence, waiting
from floor.dispatch import callers, lock, operators, promises, rings
from floor.models import CallbackAttempt, Entry, Offer, Operator, Queue
from tests.floor import factories as make
from tests.floor import hammer as hammering
from tests.floor.hammer import hammer
from tests.floor.invariants import violations
from tests.floor.threads import in_threads, shared_database

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 8
ROUNDS = 120  # events a thread causes; about three seconds of work for all


@pytest.fixture
def floor(house, tmp_path):
    """An agency of six operators, in a database threads can share."""
    for n in range(6):
        make.operator(house, f"op{n}")
    with shared_database(tmp_path):
        yield house


def sound() -> list[str]:
    return violations(core_clock.now())


def test_eight_threads_leave_a_sound_floor(floor):
    in_threads(*[lambda n=n: hammer(floor.pk, n, rounds=ROUNDS) for n in range(THREADS)])
    assert in_threads(sound) == [[]]
    calls, ended = in_threads(lambda: (Entry.objects.count(), Offer.objects.exclude(ended_at=None).count()))[0]
    assert calls > 40, "a race in which nobody rang proves nothing"
    assert ended > 20


def test_the_race_would_catch_a_floor_without_its_guards(floor, monkeypatch):
    """The negative control: no lock, and updates that look first and write afterwards, as careless code does."""

    @contextmanager
    def no_lock(agency_id):
        yield

    def careless(offer_or_entry, *, to, came_from, **changes):
        model = type(offer_or_entry)
        seen = model.objects.filter(pk=offer_or_entry.pk, state__in=came_from).exists()
        barrier_wait()
        if seen:
            model.objects.filter(pk=offer_or_entry.pk).update(state=to, **changes)
            offer_or_entry.state = to
        return seen

    barrier = threading.Barrier(2)

    def barrier_wait():
        try:
            barrier.wait(0.05)
        except threading.BrokenBarrierError:
            barrier.reset()

    for room in (callers, operators, promises, rings):
        monkeypatch.setattr(room, "the_floor", no_lock)
    monkeypatch.setattr(transaction, "atomic", lambda *args, **kwargs: no_lock(0))
    monkeypatch.setattr(waiting, "move", careless)
    monkeypatch.setattr(offers, "move", careless)
    try:
        in_threads(*[lambda n=n: hammer(floor.pk, n, rounds=40) for n in range(THREADS)])
    except (IntegrityError, RuntimeError):
        return  # the constraints behind the guards caught it
    assert in_threads(sound) != [[]]


def meet(floor, first, second, *, before: str, module, monkeypatch):
    """Runs `first` until it is about to call `before`, lets `second` run as far as it can, then both to their end."""
    arrived, released = threading.Event(), threading.Event()
    really = getattr(module, before)
    owner = []

    def halted(*args, **kwargs):
        if owner == [threading.get_ident()] and not arrived.is_set():
            arrived.set()
            released.wait(0.5)  # if `second` has to wait for `first`, as it should, this is how long
        return really(*args, **kwargs)

    def run_first():
        owner.append(threading.get_ident())
        first()

    def run_second():
        assert arrived.wait(5)
        try:
            second()
        finally:
            released.set()

    monkeypatch.setattr(module, before, halted)
    in_threads(run_first, run_second)


def test_an_operator_who_goes_away_while_being_matched_costs_no_caller_the_call(floor, monkeypatch):
    ada, call = in_threads(lambda: _one_ready(floor))[0]
    meet(
        floor,
        lambda: dispatch.arrive(call, queue="book"),
        lambda: dispatch.away(ada),
        before="pair",
        module=matching,
        monkeypatch=monkeypatch,
    )
    assert in_threads(lambda: Entry.objects.count()) == [1]
    assert in_threads(sound) == [[]]


def test_a_caller_who_hangs_up_in_the_moment_of_connecting_locks_nobody_out(floor, monkeypatch):
    """One holds the offer and wants the entry, the other the entry and wants the offer."""
    entry, offer = in_threads(lambda: _one_answered(floor))[0]
    meet(
        floor,
        lambda: dispatch.connected(offers.by_token(offer.token), key="k"),
        lambda: dispatch.hung_up(entry.call),
        before="move",
        module=waiting,
        monkeypatch=monkeypatch,
    )
    assert in_threads(sound) == [[]]
    assert in_threads(lambda: make.fates(entry)) == [["answered"]]


def test_a_promise_withdrawn_in_the_moment_of_connecting_locks_nobody_out(floor, monkeypatch):
    """One holds the offer and wants the promise, the other the promise and wants the offer."""
    entry, offer = in_threads(lambda: _one_called_back(floor))[0]
    promise = in_threads(lambda: make.again(entry.callback))[0]
    meet(
        floor,
        lambda: dispatch.connected(offers.by_token(offer.token), key="k"),
        lambda: dispatch.callback_withdrawn(promise),
        before="happens",
        module=presence,
        monkeypatch=monkeypatch,
    )
    assert in_threads(sound) == [[]]


def test_the_floor_is_entered_by_one_at_a_time(floor):
    """The lock itself: a second thread gets in only after the first has left, on either database."""
    inside, order = threading.Event(), []

    def first():
        with lock.the_floor(floor.pk):
            inside.set()
            assert not second_in.wait(0.3)
            order.append("first leaves")

    def second():
        assert inside.wait(5)
        with lock.the_floor(floor.pk):
            second_in.set()
            order.append("second enters")

    second_in = threading.Event()
    in_threads(first, second)
    assert order == ["first leaves", "second enters"]


def test_two_workers_never_dial_one_promise_twice(floor, monkeypatch):
    """Six promises, six operators, four workers at once: each number is dialled once, for an operator of its own."""
    in_threads(lambda: _six_promises(floor))
    carrier = make.FakeCarrier()
    monkeypatch.setattr("floor.outbox.get_carrier", lambda: carrier)
    in_threads(*[lambda: [outbox.run() for _ in range(3)]] * 4)
    dialled = [told["to"] for name, told in carrier.asked if name == "dial"]
    assert sorted(dialled) == sorted(set(dialled))
    assert len(dialled) == 6
    tries = in_threads(lambda: list(CallbackAttempt.objects.values_list("callback", "operator", "result")))[0]
    assert len({promise for promise, _, _ in tries}) == len({who for _, who, _ in tries}) == len(tries) == 6
    assert in_threads(sound) == [[]]


def test_call_backs_under_eight_threads(floor, monkeypatch):
    """Asked for, dialled, missed, withdrawn, set at a desk, rung again: never two open to one number."""
    carrier = make.FakeCarrier()
    monkeypatch.setattr("floor.outbox.get_carrier", lambda: carrier)
    in_threads(*[lambda n=n: promise_hammer(floor.pk, n) for n in range(THREADS)])
    assert in_threads(sound) == [[]]
    assert in_threads(lambda: CallbackAttempt.objects.count())[0] > 1, (
        "a race in which nobody was dialled proves nothing"
    )


def promise_hammer(agency_id: int, seed: int) -> None:
    dice = random.Random(seed)
    of = make.Agency.objects.get(pk=agency_id)
    operators = list(Operator.objects.filter(agency=of).select_related("user"))
    numbers = [f"+1601555900{n}" for n in range(4)]
    for _ in range(40):
        number = dice.choice(numbers)
        event = dice.randrange(8)
        if event <= 1:
            dispatch.call_back(make.arrives(of, number))
        elif event == 2:
            hammering._ready(of, operators, dice)
        elif event == 3:
            outbox.run()
        elif event == 4:
            hammering._connect(of, operators, dice)
            hammering._wrap_up(of, operators, dice)
        elif event == 5:
            queue = Queue.objects.get(agency=of)
            dispatch.call_out(agency=of, number=number, queue=queue, made_by=operators[0])
        else:
            end = dispatch.callback_missed if event == 6 else dispatch.callback_withdrawn
            for promise in callbacks.owed_to(number, agency_id=agency_id):
                end(promise)


def _six_promises(of):
    for n in range(6):
        make.promised(of, f"+1601555900{n}")
    for operator in Operator.objects.filter(agency=of).select_related("user"):
        dispatch.ready(operator)


def _one_ready(of):
    ada = Operator.objects.select_related("user").earliest("pk")
    dispatch.ready(ada)
    return ada, make.call(of)


def _one_answered(of):
    _one_ready(of)
    entry = make.arrives(of)
    return entry, make.picks_up(entry)


def _one_called_back(of):
    entry = make.promised(of)
    _one_ready(of)
    dispatch.callback_accepted(make.offer_of(entry))
    return entry, make.picks_up(entry)
