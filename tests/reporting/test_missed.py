"""Who was missed and what came of it: days worked out by hand, and that report and list say the same of any day."""

import random
from datetime import timedelta

import pytest

from core import clock as core_clock
from crm.ledger import Kind
from crm.missed import Missed
from crm.models import Call
from floor import dispatch, offers, outbox
from floor.models import Debt, Offer
from reporting import daily, facts, metrics
from tests.floor import factories as floor
from tests.floor.invariants import violations
from tests.reporting import factories as make
from tests.reporting.factories import DAY, at

pytestmark = pytest.mark.django_db
A, B, C, D, E, F, G = (f"+1601555900{n}" for n in range(7))


@pytest.fixture
def agency():
    return make.agency()


def called_by_us(agency, when, number, *, connected: bool) -> None:
    call = make.call(agency, when, number=number)
    Call.objects.filter(pk=call.pk).update(direction=Call.Direction.OUT)
    make.event(call, Kind.CALL_ARRANGED)
    make.event(call, Kind.CALLBACK_DIALLED, after=2)
    if connected:
        make.event(call, Kind.CONNECTED, after=20, seconds=20)
    make.event(call, Kind.CALLBACK_DONE if connected else Kind.CALLBACK_FAILED, after=200, seconds=180)


def figures(agency, until=None) -> dict:
    total = daily.build(agency, DAY, at=until or at(48)).total
    return {name: total[name] for name in daily._MISSED if name != "processed_rate"} | {
        "processed_rate": total["processed_rate"] and round(total["processed_rate"], 4)
    }


def test_a_day_worked_out_by_hand(agency):
    """Nine numbers and one withheld rang: ten unique callers. Six numbers were missed in the end."""
    make.answered(agency, at(8), number=A)
    # B left at 9:01, was called at 9:15 in vain and at 10:00 with success.
    make.left(agency, at(9), number=B)
    called_by_us(agency, at(9, 15), B, connected=False)
    called_by_us(agency, at(10), B, connected=True)
    # C rang after hours, and again the next morning within a day.
    make.event(make.call(agency, at(19), number=C), Kind.CLOSED, after=8)
    make.answered(agency, at(24 + 9), number=C)
    # D gave up in the menu after a choice; F before one; nobody has called D.
    drop = make.call(agency, at(11), number=D)
    make.event(drop, Kind.IVR_ABANDONED, after=40)
    make.event(drop, Kind.HAD_CHOSEN, after=40)
    make.event(make.call(agency, at(11), number=F), Kind.IVR_ABANDONED, after=10)
    # E was reached, but too late; G was called after twenty minutes and a half.
    make.left(agency, at(7), number=E)
    make.answered(agency, at(24 + 7, 2), number=E)
    make.left(agency, at(12), number=G)
    called_by_us(agency, at(12, 21, 30), G, connected=False)
    # One left at once, the menu served one, and one left who withheld the number.
    make.left(agency, at(13), wait=3, number="+16015559010")
    make.event(make.call(agency, at(13), number="+16015559011"), Kind.IVR_CONTAINED, after=60)
    make.left(agency, at(14), number="")
    assert figures(agency) == {
        "missed_callers": 5,  # B, C, D, E, G
        "missed_withheld": 1,
        "tried_20": 1,  # B
        "recovered_by_us": 1,  # B
        "recovered_by_caller": 1,  # C
        "not_recovered": 3,  # D, E, G
        "processed": 4,  # A, B, C and whom the menu served
        "processed_rate": 0.4,
    }


def test_tried_in_time_is_to_the_second(agency):
    make.left(agency, at(9), number=A, wait=60)  # missed at 9:01:00
    called_by_us(agency, at(9, 20, 58), A, connected=False)  # dialled at 9:21:00
    assert figures(agency)["tried_20"] == 1
    make.left(agency, at(9), number=B, wait=60)
    called_by_us(agency, at(9, 20, 59), B, connected=False)
    assert figures(agency)["tried_20"] == 1


def test_a_number_counts_once_by_its_last_spell(agency):
    make.left(agency, at(8), number=A)
    make.answered(agency, at(9), number=A)
    make.left(agency, at(10), number=A)
    make.left(agency, at(11), number=A)
    found = figures(agency)
    assert (found["missed_callers"], found["not_recovered"], found["processed"]) == (1, 1, 1)


def test_a_caller_who_is_missed_in_a_transfer(agency):
    call = make.answered(agency, at(8), number=A)
    make.event(call, Kind.TRANSFER_MISSED, after=200)
    assert figures(agency)["missed_callers"] == 1


def test_a_day_without_callers_has_no_shares(agency):
    assert figures(agency)["processed_rate"] is None


def test_our_own_calls_are_no_callers(agency):
    make.left(agency, at(9), number=A)
    called_by_us(agency, at(10), A, connected=True)
    report = daily.build(agency, DAY, at=at(20))
    assert (report.total["inbound"], report.total["offered"], report.total["unique_callers"]) == (1, 1, 1)


@pytest.mark.parametrize("seed", range(3))
def test_the_list_and_the_report_agree_on_any_day(seed, monkeypatch, settings):
    """Whoever is on the list is missed by the report's own reckoning, since the same moment, and nobody else."""
    dice, hand = random.Random(seed), floor.HandClock()
    carrier = floor.FakeCarrier()
    monkeypatch.setattr("floor.outbox.get_carrier", lambda: carrier)
    of = floor.agency()
    floor.queue(of, callback=True)
    numbers = [A, B, C, ""]
    with core_clock.running_on(hand):
        operators = [floor.operator(of, f"op{n}") for n in range(2)]
        for step in range(150):
            hand.forward(dice.choice((1, 4, 8, 40, 310)))
            _something(dice, of, operators, numbers)
            outbox.run()
            dispatch.tick()
            if step % 5:
                continue
            day = facts.day(of, floor.START, hand() + timedelta(seconds=1), drill=False)
            later = facts.moments(of, floor.START, hand() + timedelta(seconds=1), drill=False)
            told = metrics.spells_of(day.contacts, later)
            open_ones = {number: mine[-1].since for number, mine in told.items() if mine[-1].ended_at is None}
            assert open_ones == dict(Debt.objects.filter(closed_at=None).values_list("number", "opened_at"))
        assert violations(hand()) == []
    reasons = set(Debt.objects.values_list("closed_reason", flat=True))
    assert {"got_through", "reached"} & reasons, "a day on which nobody was reached proves little"


def _something(dice, of, operators, numbers) -> None:
    """One event of a busy hour; most of them lead on to a talk."""
    what = dice.choice(("arrives", "arrives", "hangs up", "ready", "on", "on", "on", "asks", "menu", "call", "vain"))
    entry = floor.Entry.objects.filter(ended_at=None).order_by("?").first() if what in ("hangs up", "asks") else None
    if what == "arrives":
        floor.arrives(of, dice.choice(numbers))
    elif what == "hangs up" and entry:
        dispatch.hung_up(entry.call)
    elif what == "asks" and entry:
        dispatch.call_back(entry)
    elif what == "ready":
        operator = dice.choice(operators)
        dispatch.wrapped_up(operator) or dispatch.ready(operator)
    elif what == "menu":
        call = floor.call(of, dice.choice(numbers))
        floor.CallEvent.objects.create(call=call, kind=Kind.CLOSED, at=core_clock.now())
        dispatch.missed(call, Missed.CLOSED)
    elif what == "call" and (debt := Debt.objects.filter(closed_at=None).first()):
        operator = dice.choice(operators)
        dispatch.take_missed(operator, debt.pk)
        dispatch.call_missed(operator)
    elif what in ("on", "vain") and (offer := offers.whole().filter(ended_at=None).first()):
        if what == "vain" and offer.state == Offer.State.RESERVED:
            dice.choice((dispatch.callback_missed, dispatch.callback_withdrawn))(offer.entry.callback)
        elif offer.state == Offer.State.RESERVED:
            dispatch.callback_accepted(offer)
        elif offer.state == Offer.State.RINGING:
            floor.picks_up(offer.entry)
        elif offer.state == Offer.State.ANSWERED:
            dispatch.connected(offer, key=f"join-{offer.pk}")
        else:
            dispatch.talk_over(offer)
