"""Whole days against the queue model, caller by caller. The short form stands in tests/contactcenter/test_drill.py."""

import pytest
from django.conf import settings

from floor.models import Entry, Offer
from tests import queue_model
from tests.contactcenter.replays import replay, waits
from tests.contactcenter.test_drill_options import agrees, asks_back, served_by_menu
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


# The replayed day this program was planned by; it is handed around beside the repository, not in it.
THE_DAY = settings.BASE_DIR.parent / "shared" / "data" / "calls" / "replay_day_11000.csv"
the_day = pytest.mark.skipif(not THE_DAY.exists(), reason=f"{THE_DAY.name} is not here")


@the_day
def test_a_quarter_served_by_the_menu_takes_two_thirds_off_the_abandonment_of_the_day():
    drill, figures = replay(THE_DAY, 80, self_service=0.25)
    agrees(drill, queue_model.simulate(THE_DAY, 80, leave_out=served_by_menu(THE_DAY, 0.25)))
    answered, abandoned, _ = queue_model.simulate(THE_DAY, 80)
    plain = len(abandoned) / (len(answered) + len(abandoned))
    assert 0.28 < figures["abandon_rate"] / plain < 0.39
    assert figures["fairness"]["unexplained_overtakes"] == 0


@the_day
def test_places_kept_for_call_backs_take_only_the_tail_off_the_lost_of_the_day():
    drill, figures = replay(THE_DAY, 80, callback="keep-place", accept=0.5)
    agrees(drill, queue_model.simulate(THE_DAY, 80, keep_place=asks_back(THE_DAY, 0.5)))
    answered, abandoned, _ = queue_model.simulate(THE_DAY, 80)
    plain = len(abandoned) / (len(answered) + len(abandoned))
    assert figures["lost_rate"] > 0.9 * plain
    assert figures["fairness"]["unexplained_overtakes"] == 0


@the_day
def test_a_day_of_everything_at_once_overtakes_nobody_without_a_reason():
    everything = {"skills": True, "decline": 0.05, "ring": 5, "priority_head_start": 90, "redial": True}
    figures = replay(THE_DAY, 80, callback="keep-place", self_service=0.25, **everything)[1]
    assert figures["fairness"]["unexplained_overtakes"] == 0
    assert figures["fairness"]["overtaken"]["head_start"] > 1000
