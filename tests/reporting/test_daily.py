"""A day from rows to figures: what is counted, what breaks, what stays apart."""

import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm.ledger import Kind
from crm.models import CallEvent
from floor.models import Callback, Entry, Stint
from ivr.models import Session
from reporting import daily, facts
from reporting.identity import IdentityError
from reporting.metrics import FATES
from tests.reporting import factories as make
from tests.reporting.factories import DAY, at

pytestmark = pytest.mark.django_db
AFTER = at(30)


def figures(agency, **more) -> dict:
    return daily.figures(daily.build(agency, DAY, at=AFTER, **more))


def test_every_fate_is_counted_from_its_own_rows():
    agency = make.agency()
    make.one_of_each(agency)
    found = figures(agency)
    assert {fate: found[fate] for fate in FATES} == dict.fromkeys(FATES, 1)
    assert found["inbound"] == 16
    assert found["offered"] == 11
    assert found["identity"] == {
        "inbound": {"counted": 16, "fates": 16},
        "offered": {"counted": 11, "fates": 11},
    }


FATE_ROWS = [fate for fate in FATES if fate not in ("in_menu", "waiting", "talking", "callback_pending")]


@pytest.mark.parametrize("fate", FATE_ROWS)
def test_without_the_row_of_a_fate_there_is_no_report(fate):
    agency = make.agency()
    calls = make.one_of_each(agency)
    assert CallEvent.objects.filter(call=calls[fate], kind=fate).delete()[0] == 1
    with pytest.raises(IdentityError, match=rf"1[16] .*but 1[05] = .*look at call {calls[fate].pk}\)"):
        figures(agency)


@pytest.mark.parametrize("fate", [*FATES[5:]])
def test_without_its_offered_event_there_is_no_report(fate):
    agency = make.agency()
    calls = make.one_of_each(agency)
    assert CallEvent.objects.filter(call=calls[fate], kind=Kind.OFFERED).delete()[0] == 1
    with pytest.raises(IdentityError, match="inbound: 16 calls, but 15 ="):
        figures(agency)


@pytest.mark.parametrize(
    ("fate", "rows"),
    [("in_menu", Session), ("waiting", Entry), ("talking", Entry), ("callback_pending", Callback)],
)
def test_without_the_live_row_there_is_no_report(fate, rows):
    agency = make.agency()
    calls = make.one_of_each(agency)
    mine = {"entry__call": calls[fate]} if rows is Callback else {"call": calls[fate]}
    rows.objects.filter(**mine).delete()
    with pytest.raises(IdentityError, match=str(calls[fate].pk)):
        figures(agency)


@pytest.mark.parametrize(
    ("fate", "kind"),
    [("answered", Kind.CONNECTED), ("callback_done", Kind.CONNECTED), ("talking", Kind.CONNECTED)]
    + [(fate, Kind.CALLBACK_ASKED) for fate in FATES if fate.startswith("callback")],
)
def test_without_the_row_a_figure_rests_on_there_is_no_report(fate, kind):
    agency = make.agency()
    calls = make.one_of_each(agency)
    assert CallEvent.objects.filter(call=calls[fate], kind=kind).delete()[0] == 1
    with pytest.raises(IdentityError, match=f"{kind}: "):
        figures(agency)


def test_two_wrongs_that_balance_are_found():
    agency = make.agency()
    calls = make.one_of_each(agency)
    CallEvent.objects.filter(call=calls["answered"], kind=Kind.OFFERED).update(call=calls["closed"])
    with pytest.raises(IdentityError, match="fates: 16 calls, but 14 whole"):
        figures(agency)


def test_a_contact_cannot_have_ended_and_still_wait():
    agency = make.agency()
    calls = make.one_of_each(agency)
    make.entry(calls["abandoned"], Entry.State.WAITING)
    with pytest.raises(IdentityError, match="offered: 11 entered a queue, but 12"):
        figures(agency)


def test_a_call_back_being_rung_for_is_owed_and_one_that_talks_is_talking():
    agency = make.agency()
    rung, talks = (make.asked_back(agency, at(9, n), fate=None) for n in (1, 2))
    make.promise(make.entry(rung, Entry.State.OFFERED))
    make.event(talks, Kind.CONNECTED, after=500, seconds=500)
    make.promise(make.entry(talks, Entry.State.TALKING))
    found = figures(agency)
    assert (found["callback_pending"], found["talking"], found["waiting"]) == (1, 1, 0)


def test_figures_by_hand():
    agency = make.agency()
    make.queue(agency, "book", "Book")
    make.answered(agency, at(9), wait=10, talk=300, wrap=30, number="+16015550100")
    make.answered(agency, at(9, 10), wait=50, talk=100, wrap=20, queue="es", number="+16015550100")
    make.left(agency, at(9, 40), wait=3, number="")
    make.asked_back(agency, at(10), fate=Kind.CALLBACK_DONE, wait=900, tries=2)
    found = figures(agency)
    assert found["asa_s"] == 30
    assert found["time_to_operator_s"] == 320
    assert found["sl_20"] == pytest.approx(1 / 3, abs=1e-6)
    assert found["sl_60"] == pytest.approx(2 / 3, abs=1e-6)
    assert (found["short_abandons"], found["abandon_rate"], found["lost_rate"]) == (1, 0.25, 0.25)
    assert found["longest_wait_s"] == 50
    assert (found["talk_s"], found["wrap_s"]) == (pytest.approx(460 / 3, abs=1e-6), pytest.approx(50 / 3, abs=1e-6))
    assert found["unique_callers"] == 3
    assert found["by_type"]["es"]["offered"] == 1
    assert found["by_type"]["book"]["asa_s"] == 10
    assert found["callbacks"]["asked"] == 1
    assert found["callbacks"]["attempts_per_success"] == 2
    assert json.loads(json.dumps(found)) == found


def test_rows_add_up_to_the_day():
    agency = make.agency()
    make.one_of_each(agency)
    report = daily.build(agency, DAY, at=AFTER)
    names = (*FATES, "inbound", "offered", "lost", "served")
    for rows, contacts in ((report.intervals, names), (report.queues, ("offered", "answered", "lost"))):
        assert {n: sum(row.figures[n] for row in rows) for n in contacts} == {n: report.total[n] for n in contacts}


def test_intervals_have_no_gap():
    agency = make.agency()
    for when in (at(0, 5), at(2, 59, 59), at(23, 59)):
        make.left(agency, when)
    report = daily.build(agency, DAY, at=AFTER)
    assert len(report.intervals) == 48
    assert [row.figures["inbound"] for row in report.intervals if row.figures["inbound"]] == [1, 1, 1]


def test_the_first_connection_decides_the_wait_and_the_first_queue_the_row():
    agency = make.agency()
    call = make.answered(agency, at(9), wait=10)
    make.event(call, Kind.OFFERED, after=200, queue="change")
    make.event(call, Kind.CONNECTED, after=260, seconds=60)
    found = figures(agency)
    assert (found["asa_s"], found["offered"], list(found["by_type"])) == (10, 1, ["book"])


def test_a_day_is_the_agencys_own_and_half_open():
    agency = make.agency()
    for when in (at(0), at(23, 59, 59), at(24), at(0) - timedelta(seconds=1)):
        make.left(agency, when)
    assert figures(agency)["inbound"] == 2


def test_drills_and_other_agencies_stay_apart():
    agency, other = make.agency(), make.agency("other")
    make.one_of_each(agency)
    make.answered(agency, at(9), drill=True)
    make.left(other, at(9))
    assert figures(agency)["inbound"] == 16
    assert figures(agency, drill=True)["inbound"] == figures(agency, drill=True)["answered"] == 1
    assert figures(other)["abandoned"] == 1


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 8), 23), (date(2026, 11, 1), 25), (DAY, 24)])
def test_a_day_has_as_many_half_hours_as_the_clock_gives_it(day, hours):
    agency = make.agency()
    start, end = daily.day_bounds(day, agency.zone)
    assert end - start == timedelta(hours=hours)
    for n in range(hours * 2):
        make.left(agency, start + timedelta(minutes=30 * n, seconds=1))
    report = daily.build(agency, day, at=end)
    assert [row.figures["inbound"] for row in report.intervals] == [1] * hours * 2
    assert len({row.start.isoformat() for row in report.intervals}) == hours * 2


def test_half_hours_follow_the_wall_clock_of_odd_zones():
    moment = datetime(2026, 11, 10, 0, 20, tzinfo=UTC)
    assert daily.interval_of(moment, ZoneInfo("Asia/Kathmandu")) == datetime(2026, 11, 10, 0, 15, tzinfo=UTC)


def test_operators_seconds_are_clipped_to_the_day_and_open_stints_to_now():
    agency = make.agency()
    ada = make.operator(agency)
    start, end = daily.day_bounds(DAY, agency.zone)
    make.stint(ada, Stint.State.READY, start - timedelta(hours=1), at(1))
    make.stint(ada, Stint.State.TALKING, at(1), at(4))
    make.stint(ada, Stint.State.AWAY, at(4), None)
    seconds = facts.operator_seconds(agency, start, end, at(6))
    assert (seconds["ready"], seconds["talking"], seconds["away"]) == (3600, 3 * 3600, 2 * 3600)
    assert facts.operator_seconds(agency, start, end, AFTER)["away"] == 20 * 3600
    assert figures(agency)["occupancy"] == 0.75


def test_a_day_with_nobody():
    found = figures(make.agency())
    assert found["inbound"] == 0
    assert found["by_type"] == {}
    assert found["lost_rate"] is found["sl_20"] is found["occupancy"] is found["longest_wait_s"] is None


def test_how_complete_it_is():
    agency = make.agency()
    make.left(agency, at(9))
    running = daily.build(agency, DAY, at=at(12))
    assert (running.complete_until, running.over) == (at(12), False)
    done = daily.build(agency, DAY, at=AFTER)
    assert (done.complete_until, done.over) == (at(24), True)


@pytest.mark.parametrize("days", [1, 3])
def test_a_report_takes_four_queries_however_many_called(django_assert_num_queries, days):
    agency = make.agency()
    make.queue(agency)
    for n in range(days * 3):
        make.answered(agency, at(9, n))
    with django_assert_num_queries(4):
        daily.build(agency, DAY, at=AFTER)
