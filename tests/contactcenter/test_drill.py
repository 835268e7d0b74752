"""The drill against an independent queue model, under every reading of what the carrier's contract leaves open."""

import pytest
from django.db import connection

from bench.sample import first
from contactcenter.drill import result
from contactcenter.drill.run import phone
from crm.models import CallEvent, Person
from exchange import Faults, Switches
from floor.models import Entry, Offer, Stint
from scheduling.models import Appointment, Slot
from tests import queue_model
from tests.contactcenter.replays import replay, waits
from tests.contactcenter.test_day import GOOD as ROW
from tests.contactcenter.test_day import write
from tests.days import invent
from tests.scheduling.invariants import violations

pytestmark = pytest.mark.django_db(transaction=True)
once = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="a drill brings its own SQLite; the others here show that PostgreSQL agrees"
)

OF_THE_RUN = ("wall_seconds", "speed_factor", "peak_memory_mb")
TIMES = ("call_no", "arrive_s", "ivr_s", "service_x_s", "wrap_s", "patience_s")
OPERATORS = 14  # too few for the sample hour: people wait, and some leave


@pytest.fixture(scope="module")
def day_of_60(tmp_path_factory):
    return first(60, tmp_path_factory.mktemp("day") / "day.csv")


@pytest.fixture(scope="module")
def day_of_200(tmp_path_factory):
    return first(200, tmp_path_factory.mktemp("day") / "day.csv")


def steady(figures):
    """What must be the same from run to run."""
    return {name: value for name, value in figures.items() if name not in OF_THE_RUN}


def agrees(drill, figures, path):
    """Every single caller fared as the model says."""
    answered, abandoned, in_menu = queue_model.simulate(path, drill.options.operators, drill.options.talk)
    assert waits(drill, "connected") == pytest.approx({number: float(wait) for number, wait in answered.items()})
    assert waits(drill, "abandoned") == pytest.approx({number: float(wait) for number, wait in abandoned.items()})
    assert figures["ivr_abandoned"] == in_menu
    assert figures["asa_s"] == pytest.approx(float(sum(answered.values()) / len(answered)), abs=1e-5)
    assert len(abandoned) > 5, "a day on which nobody has to wait proves nothing"


def test_200_calls_agree_with_the_model_caller_by_caller(day_of_200):
    drill, figures = replay(day_of_200, OPERATORS)
    agrees(drill, figures, day_of_200)
    assert figures["requests"]["answer"] == figures["requests"]["hangup"] == 200
    assert figures["requests"]["rest POST Participant"] == 2 * figures["answered"]
    assert figures["requests"]["wait"] > figures["answered"]


OTHER_READINGS = [(name, switches) for name, switches in Switches.variants() if switches != Switches()]


@pytest.mark.parametrize(("name", "switches"), OTHER_READINGS, ids=[name for name, _ in OTHER_READINGS])
def test_the_same_under_every_other_reading_of_the_contract(name, switches, day_of_60):
    drill, figures = replay(day_of_60, 4, switches=switches, callback="keep-place", accept=0.0)
    agrees(drill, figures, day_of_60)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_days_nobody_has_seen_agree_with_the_model(seed, tmp_path):
    path = invent(tmp_path / "day.csv", calls=80, seed=seed, hours=0.5)
    drill, figures = replay(path, 8)
    agrees(drill, figures, path)
    assert set(figures["by_type"]) == {"book", "change", "Fragen und Antworten", "español"}


def test_at_one_instant_freed_operators_come_first_then_arrivals_then_patience(tmp_path):
    rows = [
        # call_no, rings, menu, talk, wrap, patience; one operator, whose calls end at 100, 150, 150
        (1, 0, 0, 60, 40, 1000),
        (2, 10, 10, 50, 0, 80),  # out of patience at 100, the moment the operator is freed: answered
        (3, 50, 0, 0, 10, 100),  # out of patience at 150, when call 2 ends without wrap-up: answered
        (4, 160, 0, 30, 0, 0),  # no patience at all, but the operator is freed at 160: answered
        (5, 170, 0, 30, 0, 0),  # no patience, nobody free: gone at once
        (6, 170, 20, 30, 0, 5),  # enters at 190 as call 4 ends: answered at 0 s
    ]
    path = tmp_path / "ties.csv"
    write(path, *({**ROW, **dict(zip(TIMES, map(str, row), strict=True))} for row in rows))
    drill, figures = replay(path, 1)
    assert waits(drill, "connected") == {1: 0, 2: 80, 3: 100, 4: 0, 6: 0}
    assert waits(drill, "abandoned") == {5: 0}
    answered, abandoned, _ = queue_model.simulate(path, 1)
    assert (answered, abandoned) == ({1: 0, 2: 80, 3: 100, 4: 0, 6: 0}, {5: 0})


def test_the_other_column_of_talk_time(day_of_60):
    drill, figures = replay(day_of_60, 3, talk="service_s")
    agrees(drill, figures, day_of_60)


def test_every_webhook_twice_and_in_any_order_changes_nothing(day_of_60):
    drill, figures = replay(day_of_60, 4, faults=Faults(duplicate=1.0, shuffle=True))
    agrees(drill, figures, day_of_60)
    assert drill.requests["answer"] == 120


def test_nothing_is_left_on_the_floor(day_of_60):
    drill, figures = replay(day_of_60, 4)
    assert not Entry.objects.exclude(state="done").exists()
    assert not Offer.objects.filter(ended_at=None).exists()
    assert not Offer.objects.exclude(todo="").exists()
    assert set(Stint.objects.filter(until=None).values_list("state", flat=True)) == {"offline"}
    assert figures["waiting"] == figures["talking"] == figures["callback_pending"] == 0
    assert figures["identity"]["inbound"] == {"counted": 60, "fates": 60}


@once
def test_the_same_day_and_seed_give_the_same_report(day_of_60):
    once = steady(replay(day_of_60, 4, callback="keep-place", seed=7)[1])
    _forget()
    assert steady(replay(day_of_60, 4, callback="keep-place", seed=7)[1]) == once


def test_keep_place_call_backs_are_all_made_in_the_order_of_the_places(day_of_200):
    drill, figures = replay(day_of_200, OPERATORS, callback="keep-place", accept=0.5)
    asked = set(CallEvent.objects.filter(kind="callback_asked").values_list("call_id", flat=True))
    assert len(asked) > 20
    assert figures["callback_done"] == len(asked)
    assert figures["callback_failed"] == figures["callback_pending"] == 0
    served = Entry.objects.filter(connected_at__isnull=False).order_by("connected_at", "virtual_start")
    starts = [entry.virtual_start for entry in served]
    assert starts == sorted(starts), "somebody was overtaken"


def test_everybody_called_back_means_nobody_abandons(day_of_60):
    figures = replay(day_of_60, 4, callback="keep-place", accept=1.0)[1]
    assert figures["abandoned"] == 0
    assert figures["offered"] == figures["answered"] + figures["callback_done"]


def _forget():
    """Empties the tables between two drills of one test."""
    from django.core.management import call_command

    call_command("flush", interactive=False, verbosity=0)


def _day(path, *rows):
    """A day of rows (call_no, rings, menu, talk, wrap, patience)."""
    return write(path, *({**ROW, **dict(zip(TIMES, map(str, row), strict=True))} for row in rows))


def test_the_last_hang_up_of_the_day_is_told(tmp_path):
    path = write(tmp_path / "day.csv", {**ROW, "contained_in_ivr": "1"})
    figures = replay(path, 1)[1]
    assert (figures["inbound"], figures["ivr_abandoned"], figures["in_menu"]) == (1, 1, 0)


def test_who_waits_or_talks_for_more_than_four_hours_is_not_cut_off(tmp_path):
    path = _day(tmp_path / "day.csv", (1, 0, 0, 20_000, 0, 60), (2, 5, 0, 100, 0, 90_000))
    drill, figures = replay(path, 1)
    assert waits(drill, "connected") == {1: 0, 2: 19_995}
    assert figures["talk_s"] == pytest.approx((20_000 + 100) / 2)


@once
def test_occupancy_counts_past_midnight(tmp_path):
    before_midnight = 61_100
    path = _day(tmp_path / "day.csv", (1, before_midnight, 0, 8_900, 0, 60))
    figures = replay(path, 1)[1]
    assert figures["occupancy"] == pytest.approx(8_900 / (before_midnight + 8_900), abs=1e-6)


def test_a_hundred_types_have_keys_of_three_digits(tmp_path):
    rows = [{**ROW, "call_no": str(n), "arrive_s": str(n), "type": f"T{n}"} for n in range(1, 101)]
    figures = replay(write(tmp_path / "day.csv", *rows), 100)[1]
    assert figures["answered"] == len(figures["by_type"]) == 100


def test_long_call_numbers_do_not_matter(tmp_path):
    rows = [{**ROW, "call_no": str(202_601_140_000 + n), "arrive_s": str(n)} for n in range(1, 6)]
    figures = replay(write(tmp_path / "day.csv", *rows), 1, callback="keep-place", accept=1.0)[1]
    assert (figures["answered"], figures["callback_done"]) == (1, 4)


@pytest.mark.parametrize(("name", "switches"), OTHER_READINGS, ids=[name for name, _ in OTHER_READINGS])
def test_call_backs_are_kept_under_every_reading_of_the_contract(name, switches, tmp_path):
    figures = replay(first(25, tmp_path / "day.csv"), 2, switches=switches, callback="keep-place", accept=0.5)[1]
    assert figures["callbacks"]["asked"] == figures["callback_done"] > 5


@pytest.mark.parametrize("faults", [{"answer_429": 0.2}, {"answer_503": 0.1}], ids=str)
def test_a_carrier_that_often_says_not_now_costs_nobody_the_call(faults, tmp_path):
    path = first(40, tmp_path / "day.csv")
    drill, figures = replay(path, 40, faults=Faults(**faults))
    assert figures["offered"] == figures["answered"] + figures["abandoned"]
    assert figures["answered"] > 0.9 * figures["offered"]
    assert figures["requests"]["rest POST Participant"] > 2 * figures["answered"], (
        "the carrier said nothing of the sort"
    )
    assert not Stint.objects.filter(state="away").exists()


# ---- bookings ---------------------------------------------------------------------------------------------------


def booked_by(drill):
    """Who booked: number of the call, site and moment."""
    numbers = {phone(row): row.number for row in drill.callers}
    rows = Appointment.objects.select_related("call", "slot__session__site")
    return {numbers[row.call.from_number]: (row.slot.session.site.slug, row.booked_at) for row in rows}


def test_a_share_of_those_served_books_and_every_seat_taken_is_an_appointment(day_of_200):
    drill, figures = replay(day_of_200, OPERATORS, book=0.3)
    agrees(drill, figures, day_of_200)
    booked = booked_by(drill)
    assert len(booked) == figures["appointments"] == figures["seats_taken"] == Person.objects.count()
    assert booked.keys() <= waits(drill, "connected").keys(), "somebody booked who was not served"
    assert 0.2 < len(booked) / figures["answered"] < 0.4
    assert violations() == []
    assert len({site for site, _ in booked.values()}) > 3, "everybody was sent to one place"


@once
def test_a_drill_that_books_is_otherwise_the_same_and_so_is_its_repetition(day_of_60):
    plain = steady(replay(day_of_60, 4, callback="keep-place", seed=7)[1])
    _forget()
    drill, figures = replay(day_of_60, 4, callback="keep-place", seed=7, book=0.5)
    once, who = steady(figures), booked_by(drill)
    _forget()
    drill, figures = replay(day_of_60, 4, callback="keep-place", seed=7, book=0.5)
    assert (steady(figures), booked_by(drill)) == (once, who)
    assert once.pop("appointments") == once.pop("seats_taken") == len(who) > 10
    assert once["drill"].pop("book") == 0.5
    assert once == plain
    assert "book" not in plain["drill"]


def test_everybody_may_book_whoever_was_called_back_as_well(day_of_60):
    figures = replay(day_of_60, 4, callback="keep-place", accept=1.0, book=1.0)[1]
    assert figures["callback_done"] > 5
    assert figures["appointments"] == figures["answered"] + figures["callback_done"]


def test_every_webhook_twice_books_once(day_of_60):
    figures = replay(day_of_60, 4, faults=Faults(duplicate=1.0, shuffle=True), book=1.0)[1]
    assert figures["appointments"] == figures["answered"]


def test_a_seat_without_an_appointment_is_not_passed_over(day_of_60):
    drill, _ = replay(day_of_60, 4, book=0.2)
    Slot.objects.filter(pk=Slot.objects.filter(booked=0).first().pk).update(booked=1)
    with pytest.raises(RuntimeError, match="bookings made, .* appointments, .* seats taken"):
        result.figures(drill)
