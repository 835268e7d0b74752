"""The definitions, by hand-made cases and by properties that must hold for any day."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm import ledger
from floor.models import Stint
from reporting import metrics as m
from reporting.metrics import Contact

T0 = datetime(2026, 11, 10, 13, tzinfo=UTC)


def contact(fate: str, wait: float | None = None, **more) -> Contact:
    entered = T0 if fate in m.OFFERED_FATES else None
    return Contact(arrived_at=T0, entered_at=entered, fate=fate, wait_s=wait, **more)


@st.composite
def any_contact(draw) -> Contact:
    fate = draw(st.sampled_from(m.FATES))
    seconds = st.floats(0, 10_000, allow_nan=False)
    offered = fate in m.OFFERED_FATES
    back = fate.startswith("callback")
    return Contact(
        arrived_at=T0 + timedelta(seconds=draw(st.integers(0, 86_399))),
        caller=draw(st.sampled_from(["", "+16015550100", "+16015550101", "+16015550102"])),
        fate=fate,
        queue=draw(st.sampled_from(["book", "change", "es"])) if offered else "",
        entered_at=T0 if offered else None,
        wait_s=draw(seconds) if fate in (*m.CONNECTED_FATES, "abandoned", "turned_away") else None,
        talk_s=draw(seconds) if fate in m.SERVED_FATES else 0.0,
        wrap_s=draw(seconds) if fate in m.SERVED_FATES else 0.0,
        callback_offered=back or draw(st.booleans()),
        callback_asked=back,
        callback_dialled=draw(st.integers(0, 3)) if back else 0,
    )


days = st.lists(any_contact(), max_size=60)
COUNTS = (m.inbound, m.offered, m.answered, m.served, m.abandoned, m.short_abandons, m.lost, m.withheld)
RATES = (
    m.abandon_rate,
    m.abandon_rate_without_short,
    m.lost_rate,
    m.containment,
    m.callback_acceptance,
    m.callback_success,
)


@given(days)
def test_rows_of_any_partition_add_up(day):
    for key in (lambda c: c.queue, lambda c: c.arrived_at.hour * 2 + c.arrived_at.minute // 30, lambda c: c.fate):
        groups = m.grouped(day, key).values()
        for metric in (*COUNTS, m.callbacks_offered, m.callbacks_asked, m.callback_attempts):
            assert sum(metric(group) for group in groups) == metric(day)


@given(days)
def test_bounds(day):
    for rate in (*(metric(day) for metric in RATES), *(m.service_level(day, x) for x in (0, 20, 1e9))):
        assert rate is None or 0 <= rate <= 1
    assert m.served(day) + m.lost(day) <= m.offered(day) <= m.inbound(day)
    assert m.withheld(day) <= m.unique_callers(day) <= m.inbound(day)
    if day:
        assert sum(m.fates(day).values()) == len(day)


@given(days)
def test_a_longer_limit_never_lowers_the_service_level(day):
    levels = [m.service_level(day, x) for x in (0, 20, 60, 120, 1e9)]
    assert None in levels or levels == sorted(levels)


@given(days)
def test_parts_of_handling_add_up_to_its_mean(day):
    if m.aht_s(day) is not None:
        assert m.talk_s(day) + m.hold_s(day) + m.wrap_s(day) == pytest.approx(m.aht_s(day))


@given(days, st.floats(1, 5000))
def test_a_call_back_never_counts_as_zero_seconds(day, wait):
    more = [*day, contact("callback_done", wait, callback_asked=True)]
    assert m.asa_s(more) == m.asa_s(day)
    assert m.longest_wait_s(more) == m.longest_wait_s(day)
    assert m.time_to_operator_s(more) > 0
    assert m.service_level([contact("callback_done", wait)], 20) == (1.0 if wait <= 20 else 0.0)


def test_an_empty_day_has_no_rates():
    rates = (*RATES, m.asa_s, m.time_to_operator_s, m.aht_s, m.longest_wait_s, m.attempts_per_success)
    assert {metric([]) for metric in rates} == {None}
    assert m.service_level([], 20) is None
    assert m.occupancy({}) is None


def test_service_level_leaves_short_abandons_out_of_what_was_offered():
    day = [contact("answered", 20), contact("answered", 20.01), contact("abandoned", 4.9), contact("abandoned", 5)]
    assert m.short_abandons(day) == 1
    assert m.service_level(day, 20) == pytest.approx(1 / 3)
    assert m.abandon_rate(day) == 0.5
    assert m.abandon_rate_without_short(day) == pytest.approx(1 / 3)
    assert m.short_abandons(day, short_s=10) == 2


def test_who_is_being_talked_to_has_been_answered_and_goodbye_changes_nothing():
    def day(fate):
        return [contact(fate, 5), contact(fate, 90), contact("answered", 20), contact("waiting", None)]

    assert m.service_level(day("talking"), 20) == m.service_level(day("answered"), 20) == 2 / 4
    assert m.service_level(day("talking"), 90) == 3 / 4
    assert m.answered(day("talking")) == 1
    assert m.asa_s(day("talking")) == 20


def test_speed_of_answer_takes_zeros_in_and_call_backs_apart():
    day = [contact("answered", 0), contact("answered", 30), contact("callback_done", 900), contact("abandoned", 99)]
    assert m.asa_s(day) == 15
    assert m.time_to_operator_s(day) == 310
    assert m.longest_wait_s(day) == 99
    assert m.longest_callback_wait_s(day) == 900


def test_a_promise_not_kept_is_lost():
    day = [contact(fate) for fate in m.OFFERED_FATES]
    assert m.lost(day) == 4
    assert m.lost_rate(day) == pytest.approx(4 / 11)
    assert m.abandon_rate(day) == pytest.approx(1 / 11)


def test_call_backs():
    done = contact("callback_done", 900, callback_offered=True, callback_asked=True, callback_dialled=1)
    failed = contact("callback_failed", callback_offered=True, callback_asked=True, callback_dialled=2)
    withdrawn = contact("callback_cancelled", callback_offered=True, callback_asked=True)
    day = [done, failed, withdrawn, contact("answered", 3, callback_offered=True)]
    assert m.callback_acceptance(day) == 0.75
    assert m.callback_success(day) == 0.5
    assert m.attempts_per_success(day) == 3


def test_withheld_numbers_count_one_each():
    day = [contact("answered", 1, caller=number) for number in ("+16015550100", "+16015550100", "", "")]
    assert m.unique_callers(day) == 3
    assert m.withheld(day) == 2


def test_occupancy_leaves_breaks_out():
    seconds = {"talking": 50, "wrapping": 10, "offered": 20, "ready": 20, "away": 500, "training": 300, "offline": 900}
    assert m.occupancy(seconds) == 0.8


def test_containment_is_of_those_inside_hours():
    assert m.containment([contact("closed"), contact("ivr_contained"), contact("answered", 1)]) == 0.5


def test_the_words_are_those_of_the_ledger_and_the_floor():
    assert set(m.NOT_OFFERED_FATES) == set(ledger.NOT_OFFERED_FATES)
    assert set(m.ENDED_FATES) == set(ledger.OFFERED_FATES)
    assert set(m.LIVE_FATES) == set(ledger.LIVE_FATES)
    in_neither = {Stint.State.AWAY, Stint.State.TRAINING, Stint.State.OFFLINE}
    assert set(Stint.State.values) == {m.AVAILABLE_STATE, *m.BUSY_STATES} | in_neither
