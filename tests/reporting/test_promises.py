"""Announced waits against actual ones."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core import clock as core_clock
from floor import dispatch, outlook
from floor.models import WaitPromise
from reporting import daily, promises
from reporting.facts import Promise
from tests.floor import factories as make

START = datetime(2026, 11, 10, 15, tzinfo=UTC)


def told(low_min, high_min, wait_min, *, served=True, call=1, after_min=0):
    made_at = START + timedelta(minutes=after_min)
    end = None if wait_min is None else made_at + timedelta(minutes=wait_min)
    return Promise(call, made_at, low_min * 60, high_min * 60, end, served)


def test_the_shares_are_of_those_served_and_the_others_are_counted_as_censored():
    some = [
        told(5, 10, 3),
        told(5, 10, 8),
        told(5, 10, 10),
        told(5, 10, 12),
        told(5, 10, 1, served=False),
        told(5, 10, None, served=False),
    ]
    found = promises.score(some, START + timedelta(hours=1))
    assert (found.promises, found.served, found.censored, found.still_waiting) == (6, 4, 1, 1)
    assert (found.at_or_under_upper, found.under_lower) == (0.75, 0.25)
    assert (found.median_low_s, found.median_width_s) == (300, 300)
    assert found.median_excess_width_s == pytest.approx(600 - 2.2 * 300)


def test_nothing_told_is_no_share():
    found = promises.score([], START)
    assert (found.promises, found.at_or_under_upper, found.median_width_s) == (0, None, None)


def test_who_leaves_early_does_not_make_the_promises_look_better():
    """Waits of 10 to 20 minutes were promised to be 15; the impatient leave, and the plain share is too good."""
    dice = random.Random(3)
    some = []
    for _ in range(4000):
        wait, patience = dice.uniform(10, 20), dice.uniform(0, 40)
        some.append(told(10, 15, min(wait, patience), served=wait <= patience))
    found = promises.score(some, START)
    assert found.at_or_under_upper_censored == pytest.approx(0.5, abs=0.03)
    assert found.at_or_under_upper > found.at_or_under_upper_censored


def test_the_first_of_each_caller_and_by_hour():
    some = [told(5, 10, 1, call=1), told(4, 8, 1, call=1, after_min=3), told(5, 10, 1, call=2, after_min=61)]
    first = promises.firsts(some)
    assert [promise.call_id for promise in first] == [1, 2]
    hours = promises.by_hour(first, ZoneInfo("America/Chicago"))
    assert [hour.hour for hour in hours] == [9, 10]


@pytest.mark.django_db
def test_from_the_announcement_to_the_report():
    hand = make.HandClock(START)
    with core_clock.running_on(hand):
        house = make.agency()
        make.queue(house, callback=True)
        ann, bob = make.operator(house, "ann"), make.operator(house, "bob")
        for one in (ann, bob):
            dispatch.ready(one)
        talks = [make.talks(make.arrives(house)) for _ in range(2)]
        outlook.forget()
        served, gone, asks = (make.arrives(house) for _ in range(3))
        assert WaitPromise.objects.count() == 3
        hand.forward(60)
        dispatch.hung_up(gone.call)
        dispatch.call_back(asks)
        dispatch.talk_over(talks[0])
        dispatch.wrapped_up(ann)
        make.talks(make.again(served))
        hand.forward(600)
        end = START + timedelta(days=1)
        found = promises.accuracy(house, START, end, drill=make.again(served.call).drill, at=hand())
        assert (found["callers"], found["served"], found["censored"], found["still_waiting"]) == (3, 1, 2, 0)
        assert found["at_or_under_upper"] == 1
        assert [hour["served"] for hour in found["by_hour"]] == [1]
        report = daily.build(house, START.date(), drill=make.again(served.call).drill, at=hand())
        assert report.promises_total.callers == 3
        assert promises.accuracy(house, end, end + timedelta(days=1))["promises"] == 0
