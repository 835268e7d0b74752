"""Whole days against the queue model, caller by caller. The short form stands in tests/contactcenter/test_drill.py."""

import pytest

from floor.models import Entry, Offer
from tests import queue_model
from tests.contactcenter.replays import replay, waits
from tests.days import invent

pytestmark = [pytest.mark.soak, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("calls", "operators"), [(11_000, 80), (6_000, 40)])
def test_a_whole_day_agrees_with_the_model(calls, operators, tmp_path):
    path = invent(tmp_path / "day.csv", calls=calls, seed=calls)
    drill, figures = replay(path, operators)
    answered, abandoned, in_menu = queue_model.simulate(path, operators)
    assert waits(drill, "connected") == pytest.approx({number: float(wait) for number, wait in answered.items()})
    assert waits(drill, "abandoned") == pytest.approx({number: float(wait) for number, wait in abandoned.items()})
    assert figures["ivr_abandoned"] == in_menu
    assert figures["inbound"] == calls


def test_a_whole_day_of_call_backs_leaves_nobody_behind(tmp_path):
    path = invent(tmp_path / "day.csv", calls=6_000, seed=3)
    _, figures = replay(path, 40, callback="keep-place", accept=0.5)
    assert figures["callbacks"]["asked"] > 500
    assert figures["callback_done"] == figures["callbacks"]["asked"]
    assert not Entry.objects.exclude(state="done").exists()
    assert not Offer.objects.filter(ended_at=None).exists()
