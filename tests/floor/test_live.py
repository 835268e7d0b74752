"""Whenever the floor changes, its boards are told; whenever a desk's stage changes, that desk is."""

import pytest

from core import live
from floor import dispatch
from floor.desk import current
from tests.floor import factories as make
from tests.floor.factories import arrives, offer_of, picks_up, promised

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(monkeypatch):
    topics = []
    monkeypatch.setattr(live, "publish", topics.append)
    return topics


def test_every_step_of_a_desk_is_told_to_that_desk(house, told):
    """By way of a call-back, which passes through every stage there is."""
    ada, bob = make.operator(house, "ada"), make.operator(house, "bob")
    entry = promised(house)
    stages = ["offline"]

    def step(work):
        told.clear()
        work()
        stages.append(current.of(ada).word)
        assert stages[-1] != stages[-2]
        assert told.count(live.desk(ada.pk)) >= 1, stages
        assert live.desk(bob.pk) not in told, stages
        assert live.floor(house.pk) in told, stages

    step(lambda: dispatch.ready(ada))
    step(lambda: dispatch.callback_accepted(offer_of(entry)))
    step(lambda: picks_up(entry))
    step(lambda: dispatch.connected(offer_of(entry), key="join"))
    step(lambda: dispatch.talk_over(offer_of(entry)))
    step(lambda: dispatch.wrapped_up(ada))
    step(lambda: dispatch.away(ada))
    step(lambda: dispatch.ready(ada))
    other = arrives(house)
    stages.append(current.of(ada).word)
    step(lambda: dispatch.refused(offer_of(other), why="declined"))
    assert stages == [
        "offline", "calling", "ringing", "joining", "talking", "wrapup", "ready", "away", "ready", "ringing", "ready",
    ]  # fmt: skip


def test_nothing_is_told_of_what_did_not_happen(house, ada, told):
    assert not dispatch.wrapped_up(ada)
    assert not dispatch.hang_up(ada)
    assert live.desk(ada.pk) not in told
