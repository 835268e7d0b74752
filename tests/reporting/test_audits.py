"""The audit of a real floor: what the rooms wrote is enough to say why, and what was found is kept and shown."""

from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from core import clock
from floor import dispatch, waiting
from floor.models import Entry, OperatorSkill, RelaxStep, Skill
from reporting import audits
from reporting.models import FairnessAudit
from tests.floor import factories as floor
from tests.reporting.test_views import reader

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 11, 10, tzinfo=UTC).date()


@pytest.fixture
def at(settings):
    settings.SANDBOX = False
    hand = floor.HandClock()
    with clock.running_on(hand):
        yield hand


@pytest.fixture
def agency(at):
    made = floor.agency()
    floor.queue(made, callback=True)
    return made


def audit(agency):
    found = audits.of_day(agency, DAY, drill=False)
    told = {reason: times for reason, times in found.by_reason.items() if times}
    return told | ({"unexplained": found.unexplained} if found.unexplained else {})


def serves(operator):
    """Ready, and through with whoever came."""
    assert dispatch.ready(operator)


def test_a_floor_at_its_usual_work_overtakes_nobody(agency, at):
    first = floor.arrives(agency)
    at.forward(10)
    floor.arrives(agency)
    serves(ada := floor.operator(agency))
    dispatch.talk_over(floor.talks(first))
    at.forward(10)
    dispatch.wrapped_up(ada)
    assert audit(agency) == {}


def test_who_needs_more_than_the_operator_has_is_overtaken_for_the_skill_and_later_not(agency, at):
    spanish = Skill.objects.create(agency=agency, slug="spanish", name="Spanish")
    asks = floor.queue(agency, "ask")
    asks.skills.add(spanish)
    RelaxStep.objects.create(queue=asks, after_s=60, kind="anyone")
    waits = floor.arrives(agency, queue="ask")
    at.forward(10)
    other = floor.arrives(agency)
    ada = floor.operator(agency)
    OperatorSkill.objects.create(operator=ada, skill=Skill.objects.create(agency=agency, slug="x", name="X"), level=2)
    serves(ada)
    assert floor.again(other).state == Entry.State.OFFERED
    assert audit(agency) == {"relaxed": 1}
    RelaxStep.objects.all().delete()
    ada.skills.all().delete()
    assert audit(agency) == {"relaxed": 1}, "judged by what was set up then, not by what is now"
    assert floor.again(waits).state == Entry.State.WAITING


def test_a_refused_ring(agency, at):
    first = floor.arrives(agency)
    at.forward(5)
    second = floor.arrives(agency)
    at.forward(5)
    serves(floor.operator(agency))
    at.forward(5)
    assert dispatch.refused(floor.offer_of(first), why="declined")
    assert floor.again(second).state == Entry.State.OFFERED
    assert audit(agency) == {"refused_ring": 1}


def test_a_call_back_between_two_tries_rests_by_what_is_written_down(agency, at):
    owed = floor.promised(agency)
    at.forward(5)
    second = floor.arrives(agency)
    at.forward(5)
    serves(ada := floor.operator(agency))
    at.forward(20)
    dispatch.callback_missed(floor.again(owed).callback)
    assert floor.again(second).state == Entry.State.OFFERED
    Entry.objects.filter(pk=owed.pk).update(not_before=at())  # overwritten, as a later try does
    assert audit(agency) == {"put_back": 1}, "in that moment they were being dialled"
    at.forward(30)
    third = floor.arrives(agency)
    dispatch.talk_over(floor.talks(second))
    at.forward(10)
    Entry.objects.filter(pk=owed.pk).update(not_before=at.moment.replace(year=2027))
    dispatch.wrapped_up(ada)
    assert floor.again(third).state == Entry.State.OFFERED
    assert audit(agency)["resting"] >= 1


@pytest.fixture
def upside_down(monkeypatch):
    """Whoever came last is served first."""
    in_order = waiting.in_order
    monkeypatch.setattr(waiting, "in_order", lambda *a, **more: reversed(list(in_order(*a, **more))))


@pytest.fixture
def an_unfair_day(agency, at, upside_down):
    first = floor.arrives(agency)
    at.forward(10)
    floor.arrives(agency)
    at.forward(10)
    serves(floor.operator(agency))
    return first


def test_a_matcher_that_serves_the_last_first_is_found_out(agency, an_unfair_day):
    found = audits.of_day(agency, DAY, drill=False)
    (case,) = found.cases
    assert case.overtaken == an_unfair_day.call_id
    assert audits.of_day(agency, DAY, drill=True).takings == 0, "a drill's callers are nobody's"


def test_the_worker_keeps_one_audit_a_day_once_the_day_is_over(agency, an_unfair_day, at):
    audits.nightly()
    assert not FairnessAudit.objects.exists()
    at.forward(24 * 3600)
    audits.nightly()
    audits.nightly()
    (kept,) = FairnessAudit.objects.all()
    assert (kept.agency, kept.day, kept.takings, kept.unexplained) == (agency, DAY, 1, 1)
    assert kept.cases[0]["overtaken"] == an_unfair_day.call_id
    assert an_unfair_day.call.from_number not in str(kept.cases)
    at.forward(30 * 24 * 3600)
    audits.nightly()
    assert FairnessAudit.objects.count() == 1, "days without a taking have nothing to audit"


def test_the_command_lists_it_and_fails(agency, an_unfair_day, capsys):
    with pytest.raises(CommandError, match="1 times a caller was overtaken without a reason"):
        call_command("fairness", "--day", DAY.isoformat())
    told = capsys.readouterr().out
    assert f"call {an_unfair_day.call_id} by call" in told
    assert "Without a reason" in told
    assert an_unfair_day.call.from_number not in told
    with pytest.raises(CommandError, match="is not a day"):
        call_command("fairness", "--day", "yesterday")


def test_a_fair_day_ends_well(agency, capsys):
    floor.arrives(agency)
    serves(floor.operator(agency))
    call_command("fairness", "--day", DAY.isoformat())
    assert "1 calls laid before operators, 0 callers overtaken" in capsys.readouterr().out


def test_the_daily_report_shows_what_was_kept(agency, an_unfair_day, at):
    browser = Client()
    browser.force_login(reader(agency, "rita").user)
    assert "Overtaken in line" not in browser.get(f"/reports/daily/{DAY}/").text
    at.forward(24 * 3600)
    audits.nightly()
    page = browser.get(f"/reports/daily/{DAY}/").text
    assert "Overtaken in line" in page
    assert '<td class="n over">1</td>' in page
