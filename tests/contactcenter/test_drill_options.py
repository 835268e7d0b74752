"""What a drill may be asked for besides: each option does what it says, and nobody is overtaken without a reason."""

import random

import pytest
from django.db import connection

from contactcenter.drill import day
from contactcenter.drill.run import phone
from crm.models import Call, CallEvent
from floor.models import Entry, Offer
from tests import queue_model
from tests.contactcenter.replays import replay, waits
from tests.contactcenter.test_drill import OF_THE_RUN, _forget
from tests.days import invent

pytestmark = pytest.mark.django_db(transaction=True)
once = pytest.mark.skipif(connection.vendor != "sqlite", reason="a drill brings its own SQLite")

EVERYTHING = {
    "callback": "keep-place", "accept": 0.3, "self_service": 0.2, "skills": True, "decline": 0.15, "ring": 5,
    "priority_head_start": 90, "redial": True,
}  # fmt: skip


@pytest.fixture(scope="module")
def busy_hour(tmp_path_factory):
    return invent(tmp_path_factory.mktemp("day") / "day.csv", calls=60, seed=11, hours=0.4)


def steady(figures):
    return {name: value for name, value in figures.items() if name not in OF_THE_RUN}


@once
def test_everything_at_once_overtakes_nobody_without_a_reason_and_repeats_byte_for_byte(busy_hour):
    drill, figures = replay(busy_hour, 6, **EVERYTHING)
    assert figures["fairness"]["unexplained_overtakes"] == 0
    told = figures["fairness"]["overtaken"]
    assert min(told["relaxed"], told["head_start"]) > 0, told
    assert {name: figures["drill"][name] for name in EVERYTHING} == EVERYTHING
    assert not Entry.objects.exclude(state="done").exists()
    _forget()
    assert steady(replay(busy_hour, 6, **EVERYTHING)[1]) == steady(figures)


@once
def test_a_line_served_in_no_order_is_found_out(busy_hour):
    figures = replay(busy_hour, 6, shuffle=3)[1]
    assert figures["fairness"]["unexplained_overtakes"] > 0
    assert figures["drill"]["shuffle"] == 3
    _forget()
    figures = replay(busy_hour, 6)[1]
    assert figures["fairness"] == {
        "overtaken": dict.fromkeys(figures["fairness"]["overtaken"], 0),
        "callers_overtaken": 0,
        "unexplained_overtakes": 0,
    }
    assert set(figures["drill"]) == {"operators", "talk", "seed", "callback", "accept"}


def served_by_menu(path, share, seed=1):
    """Calls by number that a drill draws for the menu."""
    drawn = [row.number for row in day.read(path) if random.Random(f"{seed}:{row.number}:self").random() < share]
    return {row.number for row in day.read(path) if not row.contained} & set(drawn)


def asks_back(path, share, seed=1):
    """Calls by number that would rather be called back than wait."""
    found = set()
    for row in day.read(path):
        dice = random.Random(f"{seed}:{row.number}")
        dice.randrange(100, 800)  # their ZIP code comes first
        if dice.random() < share:
            found.add(row.number)
    return found


def agrees(drill, model):
    answered, abandoned, _ = model
    assert waits(drill, "connected") == pytest.approx({number: float(wait) for number, wait in answered.items()})
    assert waits(drill, "abandoned") == pytest.approx({number: float(wait) for number, wait in abandoned.items()})


def test_a_share_is_served_by_the_menu_and_the_others_fare_as_if_those_had_not_rung(busy_hour):
    drill, figures = replay(busy_hour, 6, self_service=0.3)
    menu = served_by_menu(busy_hour, 0.3)
    assert figures["ivr_contained"] == len(menu) > 10
    agrees(drill, queue_model.simulate(busy_hour, 6, leave_out=menu))


def test_places_kept_for_call_backs_agree_with_the_model_caller_by_caller(busy_hour):
    drill, figures = replay(busy_hour, 6, callback="keep-place", accept=0.4)
    agrees(drill, queue_model.simulate(busy_hour, 6, keep_place=asks_back(busy_hour, 0.4)))
    assert figures["callback_done"] > 5


def test_a_quarter_served_by_the_menu_halves_a_steady_overload_and_keeping_places_takes_next_to_nothing_off(tmp_path):
    """What the model says of a whole day under steady overload; that drills agree with it is shown above."""
    path = invent(tmp_path / "day.csv", calls=4_000, seed=5)

    def lost(**how):
        answered, abandoned, _ = queue_model.simulate(path, 26, **how)
        return len(abandoned) / (len(answered) + len(abandoned))

    plain = lost()
    assert 0.2 < plain < 0.4
    assert lost(leave_out=served_by_menu(path, 0.25)) < plain * 0.5
    assert lost(keep_place=asks_back(path, 0.5)) > plain * 0.95


@pytest.mark.parametrize("seed", [1, 2])
def test_head_starts_agree_with_the_model_caller_by_caller(seed, tmp_path):
    path = invent(tmp_path / "day.csv", calls=60, seed=seed, hours=0.4)
    drill, figures = replay(path, 6, priority_head_start=90)
    agrees(drill, queue_model.simulate(path, 6, head_start=90))
    assert figures["fairness"]["overtaken"]["head_start"] > 0
    assert set(Entry.objects.values_list("priority", flat=True)) == {0, 1, 2}


def test_an_operator_lets_it_ring_and_the_caller_waits_as_long(tmp_path):
    path = invent(tmp_path / "day.csv", calls=12, seed=2, hours=5)
    drill, figures = replay(path, 12, ring=5)
    taken = list(waits(drill, "connected").values())
    assert taken
    assert all(wait == pytest.approx(5) for wait in taken)


def test_rings_that_are_not_taken_cost_nobody_the_place(busy_hour):
    drill, figures = replay(busy_hour, 6, decline=0.3)
    assert Offer.objects.filter(state="refused").count() > 5
    assert figures["fairness"]["unexplained_overtakes"] == 0
    assert figures["offered"] == figures["answered"] + figures["abandoned"]


def test_who_gave_up_rings_again_from_the_same_number_at_most_twice(busy_hour):
    drill, figures = replay(busy_hour, 3, redial=True)
    assert figures["inbound"] > 60
    assert figures["unique_callers"] == 60
    numbers = {phone(row) for row in drill.callers}
    tries = [Call.objects.filter(from_number=number).count() for number in numbers]
    assert max(tries) == 3
    again = CallEvent.objects.filter(kind="abandoned").count()
    assert figures["inbound"] - 60 <= again
