"""Alerts: opened once, cleared once, mailed once, whoever looks, however often, and after a crash in the middle."""

import itertools
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, transaction
from django.utils import translation

from core import clock, live
from crm.ledger import Kind
from crm.models import CallEvent
from floor.models import Entry, Stint
from reporting import alerts, board, board_words, floor_now, thresholds, today
from reporting.models import Alert, Threshold
from tests.floor.threads import in_threads, shared_database
from tests.reporting import factories as make
from tests.reporting import floors
from tests.reporting.factories import at

pytestmark = pytest.mark.django_db
NOW = at(10, 42)
Metric = Threshold.Metric


@pytest.fixture(autouse=True)
def now():
    today.forget()
    with clock.running_on(lambda: NOW), translation.override("en"):
        yield
    today.forget()


@pytest.fixture
def agency():
    of = make.agency()
    make.queue(of)
    return of


def ago(minutes: float):
    return NOW - timedelta(minutes=minutes)


def later(seconds: float):
    return NOW + timedelta(seconds=seconds)


def threshold(of, metric=Metric.WAITING, value=0, **more) -> Threshold:
    return Threshold.objects.create(agency=of, slug=f"t{Threshold.objects.count()}", metric=metric, value=value, **more)


def look(seconds: float = 0) -> None:
    alerts.look(later(seconds))


def calm(of) -> None:
    Entry.objects.filter(agency=of).update(state=Entry.State.DONE, ended_at=NOW)


def opened(of) -> int:
    return Alert.objects.filter(threshold__agency=of).exclude(opened_at=None).count()


# ---- once -------------------------------------------------------------------------------------------------------


def test_it_fires_once_and_clears_once(agency):
    threshold(agency)
    floors.entry(agency, ago(1))
    for seconds in (0, 5, 10):
        look(seconds)
    alert = Alert.objects.get()
    assert (alert.opened_at, alert.value, alert.bound, alert.cleared_at) == (NOW, 1, 0, None)
    calm(agency)
    for seconds in (15, 20, 25, 30, 35, 40):
        look(seconds)
    assert Alert.objects.get().cleared_at == later(30)
    floors.entry(agency, later(40))
    look(45)
    assert opened(agency) == 2


def test_what_does_not_last_leaves_nothing(agency):
    threshold(agency, for_s=10)
    floors.entry(agency, ago(1))
    look(0)
    assert Alert.objects.get().opened_at is None
    calm(agency)
    look(5)
    assert not Alert.objects.exists()


def test_the_time_it_has_lasted_survives_a_crash(agency):
    """Nothing is kept but rows: every look here could be that of another process."""
    threshold(agency, for_s=10)
    floors.entry(agency, ago(1))
    for seconds in (0, 5, 10, 15):
        look(seconds)
    assert Alert.objects.get().opened_at == later(10)


def test_an_older_reading_decides_nothing(agency):
    threshold(agency)
    floors.entry(agency, ago(1))
    look(10)
    calm(agency)
    for seconds in (15, 20, 25, 30):
        look(seconds)
    assert Alert.objects.get().cleared_at
    floors.entry(agency, ago(1))
    look(29)  # a worker that was slow to write what it read before the alert cleared
    assert opened(agency) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_fire_once_and_mail_once(agency, tmp_path):
    for _ in range(3):
        threshold(agency, emails="sup@example.org")
    floors.entry(agency, ago(1))

    def worker(offset):
        def work():
            with clock.running_on(lambda: NOW):
                for n in range(6):
                    alerts.look(later(5 * n + offset))
                    alerts.mail(later(5 * n + offset))

        return work

    with shared_database(tmp_path):
        in_threads(*(worker(offset) for offset in (0, 0, 0.5)))
        found = in_threads(lambda: list(Alert.objects.values_list("threshold_id", "cleared_at", "mailed_at")))[0]
    assert len(found) == len({pk for pk, _cleared, _mailed in found}) == 3
    assert all(mailed and cleared is None for _pk, cleared, mailed in found)
    assert len(mail.outbox) == 3


def test_the_database_holds_one_open_alert_a_threshold(agency):
    mine = threshold(agency)
    same = {"threshold": mine, "noticed_at": NOW, "seen_at": NOW, "value": 1, "bound": 0}
    Alert.objects.create(**same, cleared_at=NOW)
    Alert.objects.create(**same)
    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.create(**same)


def test_switched_off_it_clears(agency):
    mine = threshold(agency)
    lasting = threshold(agency, for_s=60)
    floors.entry(agency, ago(1))
    look()
    Threshold.objects.update(active=False)
    look(5)
    assert Alert.objects.get(threshold=mine).cleared_at == later(5)
    assert not Alert.objects.filter(threshold=lasting).exists()


def test_boards_are_told_when_it_opens_and_when_it_clears_and_not_in_between(agency, monkeypatch):
    topics = []
    monkeypatch.setattr(live, "publish", topics.append)
    threshold(agency, for_s=5)
    floors.entry(agency, ago(1))
    counts = []
    for seconds in (0, 5, 10):
        look(seconds)
        counts.append(len(topics))
    calm(agency)
    for seconds in (15, 20, 25, 30):
        look(seconds)
        counts.append(len(topics))
    assert counts == [0, 1, 1, 1, 1, 1, 2]
    assert set(topics) == {live.floor(agency.pk)}


def test_a_calm_floor_writes_nothing(agency, django_assert_num_queries):
    threshold(agency)
    look()
    with django_assert_num_queries(12):  # agencies, thresholds, open alerts, and the floor as the board reads it
        look(5)
    assert not Alert.objects.exists()


def test_one_agency_is_nobody_elses_business(agency):
    threshold(agency)
    other = make.agency("other")
    floors.entry(other, ago(1))
    look()
    assert not Alert.objects.exists()


def test_one_that_breaks_is_not_in_the_way_of_the_next(agency, monkeypatch, caplog):
    other = make.agency("other")
    for of in (agency, other):
        threshold(of)
        floors.entry(of, ago(1))
    real = floor_now.floor

    def broken(of, *, at):
        if of == agency:
            raise RuntimeError("no floor here")
        return real(of, at=at)

    monkeypatch.setattr(floor_now, "floor", broken)
    look()
    assert (opened(agency), opened(other)) == (0, 1)
    assert "no floor here" in caplog.text


# ---- the figures ------------------------------------------------------------------------------------------------


def figure(of, metric, queue=""):
    today.forget()
    return thresholds.figure(floor_now.floor(of, at=NOW), metric, queue)


def test_the_figures_of_a_floor(agency):
    make.queue(agency, "change", "Change or cancel")
    floors.entry(agency, ago(4))
    floors.entry(agency, ago(2), queue="change")
    floors.owed(agency, ago(30))
    floors.at_work(agency, "Quincy", Stint.State.READY, ago(2))
    floors.at_work(agency, "Gideon", Stint.State.AWAY, ago(12), reason="lunch")
    make.debt(agency, "+16015550142", at(9))
    assert [figure(agency, metric) for metric in (
        Metric.WAITING, Metric.LONGEST_WAIT, Metric.CALLBACKS_OWED, Metric.OLDEST_CALLBACK, Metric.DEBTS_OPEN,
        Metric.OPERATORS_READY, Metric.NO_OPERATOR,
    )] == [2, 240, 1, 1800, 1, 1, 0]  # fmt: skip
    assert [figure(agency, metric, "change") for metric in (
        Metric.WAITING, Metric.LONGEST_WAIT, Metric.CALLBACKS_OWED, Metric.OLDEST_CALLBACK, Metric.NO_OPERATOR,
    )] == [1, 120, 0, 0, 0]  # fmt: skip


def test_callers_and_nobody_at_work(agency):
    floors.entry(agency, ago(1))
    floors.at_work(agency, "Gideon", Stint.State.AWAY, ago(12), reason="lunch")
    assert figure(agency, Metric.NO_OPERATOR) == 1
    floors.at_work(agency, "Emmett", Stint.State.WRAPPING, ago(1))
    assert figure(agency, Metric.NO_OPERATOR) == 0


def test_rates_are_in_per_cent_and_speak_from_twenty_contacts_on(agency):
    for _ in range(19):
        make.left(agency, at(9), drill=True)
    assert figure(agency, Metric.ABANDON_RATE) is None
    make.answered(agency, at(9), drill=True)
    assert figure(agency, Metric.ABANDON_RATE) == pytest.approx(95)
    assert figure(agency, Metric.ABANDON_RATE, "book") == pytest.approx(95)
    assert figure(agency, Metric.SERVICE_LEVEL, "gone") is None


def test_a_day_that_does_not_add_up_changes_nothing(agency):
    threshold(agency, Metric.ABANDON_RATE, 5)
    for _ in range(20):
        make.left(agency, at(9), drill=True)
    look()
    assert opened(agency) == 1
    CallEvent.objects.filter(kind=Kind.ABANDONED).first().delete()
    for seconds in range(5, 60, 5):
        today.forget()
        look(seconds)
    assert Alert.objects.get().cleared_at is None


@pytest.mark.parametrize("metric", Metric.values)
def test_every_figure_can_be_watched_and_said_in_both_languages(agency, metric):
    mine = threshold(agency, metric, 3, comparison="below", emails="a@example.org")
    alert = Alert.objects.create(threshold=mine, noticed_at=NOW, seen_at=NOW, opened_at=NOW, value=2, bound=3)
    assert figure(agency, metric) is None or figure(agency, metric) >= 0
    said = set()
    for language in ("en", "es"):
        with translation.override(language):
            said.add(board_words.alert_words.line(alert))
    assert len(said) == 2, said


def test_a_figure_of_all_has_no_queue(agency):
    for metric in (Metric.DEBTS_OPEN, Metric.OPERATORS_READY):
        with pytest.raises(ValidationError):
            Threshold(agency=agency, slug="x", metric=metric, value=1, queue=make.queue(agency)).full_clean()
    with pytest.raises(ValidationError):
        Threshold(agency=agency, slug="x", metric=Metric.WAITING, value=1, emails="a@example.org, nobody").full_clean()
    Threshold(agency=agency, slug="x", metric=Metric.WAITING, value=1, emails="a@b.org, c@d.org").full_clean()


# ---- the e-mail -------------------------------------------------------------------------------------------------


@pytest.fixture
def fired(agency):
    threshold(agency, Metric.LONGEST_WAIT, 600, emails="sup@example.org, boss@example.org", queue=make.queue(agency))
    floors.entry(agency, ago(11), number="+16015550142")
    look()
    return Alert.objects.get()


def test_it_is_written_once_in_both_languages_and_names_nobody(fired):
    for seconds in (1, 2, 3):
        alerts.mail(later(seconds))
    (letter,) = mail.outbox
    assert letter.to == ["sup@example.org", "boss@example.org"]
    assert letter.subject == "Kindline: Book a vaccine: longest wait over 10:00"
    assert "11:00" in letter.body
    assert "más de 10:00" in letter.body
    assert "http://testserver/floor/" in letter.body
    assert "0142" not in letter.subject + letter.body
    fired.refresh_from_db()
    assert (fired.mail_tried_at, fired.mailed_at) == (later(1), later(1))


def test_the_attempt_is_on_record_before_it_is_sent_and_is_not_made_twice(fired, monkeypatch):
    seen = []

    def dies(self, messages):
        seen.append(Alert.objects.get().mail_tried_at)
        raise KeyboardInterrupt

    monkeypatch.setattr(EmailBackend, "send_messages", dies)
    with pytest.raises(KeyboardInterrupt):
        alerts.mail(later(1))
    assert seen == [later(1)]
    monkeypatch.undo()
    alerts.mail(later(2))
    assert mail.outbox == []
    assert Alert.objects.get().mailed_at is None


def test_while_the_mail_server_is_away_nothing_is_tried(fired, monkeypatch):
    def refuses(self):
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "open", refuses)
    alerts.mail(later(1))
    assert Alert.objects.get().mail_tried_at is None
    monkeypatch.undo()
    alerts.mail(later(2))
    assert len(mail.outbox) == 1


def test_nobody_is_written_to_about_what_is_long_past(fired):
    alerts.mail(later(3601))
    assert mail.outbox == []


def test_without_addresses_nobody_is(agency):
    threshold(agency)
    floors.entry(agency, ago(1))
    look()
    alerts.mail(later(1))
    assert (mail.outbox, Alert.objects.get().mail_tried_at) == ([], None)


# ---- on the screens ---------------------------------------------------------------------------------------------


def test_the_board_shows_all_the_wall_two(agency):
    for metric in (Metric.WAITING, Metric.LONGEST_WAIT, Metric.NO_OPERATOR):
        threshold(agency, metric)
    threshold(agency, on_screen=False)
    floors.entry(agency, ago(1))
    look()
    on_board, on_wall = board.board(agency)["html"], board.wall(agency)["html"]
    assert on_board.count("data-alert=") == 3
    assert "alerts open: 3" in on_board
    assert on_wall.count("data-alert=") == 2
    assert "and 1 more" in on_wall
    assert "All queues: callers wait and nobody is at work" in on_board
    for one in Alert.objects.all():
        Alert.objects.filter(pk=one.pk).update(cleared_at=NOW)
    assert "data-alert=" not in board.board(agency)["html"] + board.wall(agency)["html"]


def test_what_has_not_lasted_is_not_shown(agency):
    threshold(agency, for_s=60)
    floors.entry(agency, ago(1))
    look()
    assert "data-alert=" not in board.board(agency)["html"]


def test_a_break_that_is_over_comes_first(agency, monkeypatch):
    floors.at_work(agency, "Gideon", Stint.State.AWAY, ago(40), reason="lunch")
    floors.rings(agency, "Carla", ago(0.1))
    real = floor_now.facts.presences

    def limited(of):
        from dataclasses import replace

        return [replace(one, due_at=ago(10)) if one.reason == "lunch" else one for one in real(of)]

    monkeypatch.setattr(floor_now.facts, "presences", limited)
    shown = board_words.board(floor_now.floor(agency, at=NOW))["operators"]
    first = next(itertools.chain(*shown))
    assert (first["name"], first["mark"], str(first["word"]), first["note"]) == (
        "Gideon X.", "away", "lunch", "longer than planned",
    )  # fmt: skip
