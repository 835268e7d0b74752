"""The socket: who is let in, what is sent and what is not, and who has to leave."""

import asyncio
import itertools

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth import get_user_model

from contactcenter import sockets as doors
from contactcenter.live import beats, cards, hub
from core import live, live_ears
from tests.contactcenter import pages
from tests.contactcenter.pages import Page, on_a_loop, probe, session_of, watcher

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def probing(monkeypatch):
    """A probe card, and a wire that the test itself is."""
    monkeypatch.setitem(cards.CARDS, "probe", pages.CARD)
    monkeypatch.setattr("channels.db.close_old_connections", lambda: None)  # it is the test's own, in its transaction
    probe.__init__()

    async def nothing():
        await asyncio.Event().wait()
        yield

    monkeypatch.setattr(live_ears, "listen", nothing)


@pytest.fixture
def sue(db):
    return watcher("sue")


def changed(word, topic=pages.TOPIC):
    probe.word = word
    hub.here().changed(topic)


# ---- who is let in ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["cards=probe", "cards=desk", "cards=", ""])
def test_nobody_who_is_not_logged_in(query):
    async def talk():
        assert await Page(None, query).open() == (False, 4403)

    on_a_loop(talk)


@pytest.mark.parametrize("query", ["", "cards=", "cards=nothing", "cards=probe,nothing", "cards=probe,desk"])
def test_nobody_who_may_not_have_every_card_asked_for(sue, query):
    session = session_of(sue)

    async def talk():
        assert await Page(session, query).open() == (False, 4403)

    on_a_loop(talk)


def test_nobody_without_the_permission():
    session = session_of(watcher("tom", "floor.use_desk"))

    async def talk():
        assert await Page(session).open() == (False, 4403)

    on_a_loop(talk)


@pytest.mark.parametrize("origin", ["http://elsewhere.example", "null"])
def test_no_page_of_another_house(sue, origin):
    session = session_of(sue)

    async def talk():
        assert not (await Page(session, origin=origin).open())[0]

    on_a_loop(talk)


def test_a_desk_needs_an_operator_and_a_board_an_agency():
    lone = watcher("lone", "floor.use_desk", "reporting.view_board")
    assert cards.whose(cards.CARDS["desk"], lone) is None
    assert cards.whose(cards.CARDS["board"], lone) is None


# ---- what is sent -----------------------------------------------------------------------------------------------


def test_a_page_begins_with_the_card_as_it_is_and_hears_of_changes(sue):
    session = session_of(sue)

    async def talk():
        page = await Page(session).opened()
        first = await page.card()
        assert (first["card"], first["html"], first["stage"]) == ("probe", "<b>calm</b>", "calm:en")
        changed("busy")
        second = await page.card()
        assert second["html"] == "<b>busy</b>"
        assert second["version"] > first["version"]
        await page.close()

    on_a_loop(talk)


def test_other_topics_are_none_of_its_business_but_anything_is(sue, monkeypatch):
    monkeypatch.setattr(hub, "EVERY_S", 0.0)
    session = session_of(sue)

    async def talk():
        page = await Page(session).opened()
        await page.card()
        changed("busy", "floor:another")
        probe.word = "calm"
        reads = len(probe.read_at)
        changed("late", live.ANYTHING)
        assert (await page.card())["stage"] == "late:en"
        assert len(probe.read_at) == reads + 1
        await page.close()

    on_a_loop(talk)


def test_while_nothing_changes_nothing_is_read(sue, monkeypatch):
    monkeypatch.setattr(hub, "EVERY_S", 0.01)
    session = session_of(sue)

    async def talk():
        page = await Page(session).opened()
        await page.card()
        await asyncio.sleep(20 * hub.EVERY_S)
        assert len(probe.read_at) == 1
        await page.close()

    on_a_loop(talk)


def test_the_same_card_is_not_sent_twice(sue, monkeypatch):
    monkeypatch.setattr(hub, "EVERY_S", 0.01)
    session = session_of(sue)

    async def talk():
        page = await Page(session).opened()
        await page.card()
        while len(probe.read_at) < 5:
            changed("calm")
            await asyncio.sleep(0.01)
        changed("busy")
        assert await page.stages_until("busy") == ["busy"]
        await page.close()

    on_a_loop(talk)


def test_what_a_page_sends_is_ignored(sue):
    session = session_of(sue)

    async def talk():
        page = await Page(session).opened()
        await page.card()
        for text in ('{"card": "desk"}', "not even json", "x" * 10_000):
            await page.says(text)
        changed("busy")
        assert (await page.card())["stage"] == "busy:en"
        await page.close()

    on_a_loop(talk)


def test_a_desk_that_answers_is_a_sign_of_life_and_nothing_else_is(sue, monkeypatch):
    written = []

    async def write(operators):
        written.append(set(operators))

    monkeypatch.setattr(beats, "_write", write)
    monkeypatch.setattr(beats, "EVERY_S", 0.01)
    probe.operator = 7
    session = session_of(sue)

    async def talk():
        page = await Page(session).opened()
        await page.card()
        while not written:
            await asyncio.sleep(0.01)
        assert written == [{7}]  # it has opened
        for text in ("HERE", '"here"', "here here", "not even json"):
            await page.says(text)
        await asyncio.sleep(0.1)
        assert written == [{7}]
        for _ in range(3):
            await page.says("here")
        while len(written) < 2:
            await asyncio.sleep(0.01)
        await page.close()

    on_a_loop(talk)
    assert all(operators == {7} for operators in written)


def test_a_board_is_nobodys_sign_of_life(sue, monkeypatch):
    written = []
    monkeypatch.setattr(beats, "_write", written.append)
    session = session_of(sue)

    async def talk():
        page = await Page(session).opened()
        await page.card()
        await page.says("here")
        await asyncio.sleep(0.05)
        await page.close()

    on_a_loop(talk)
    assert written == []


def test_many_desks_are_written_at_once_and_a_write_that_fails_is_not_the_end(monkeypatch, caplog):
    written, fails = [], [True]

    async def write(operators):
        if fails:
            fails.pop()
            raise RuntimeError("no database just now")
        written.append(set(operators))

    monkeypatch.setattr(beats, "_write", write)
    monkeypatch.setattr(beats, "EVERY_S", 0.05)

    async def talk():
        collected = beats.Beats()
        collected.note(1)
        while "could not be written" not in caplog.text:
            await asyncio.sleep(0.005)
        for operator in (*range(100), *range(100)):
            collected.note(operator)
        while not written:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)

    on_a_loop(talk)
    assert written == [set(range(100))]


def test_at_most_four_a_second_and_the_last_word_is_always_heard(sue):
    session = session_of(sue)

    async def talk():
        page = await Page(session).opened()
        await page.card()
        for n in range(300):  # a burst of a second and more
            changed(f"busy{n}")
            await asyncio.sleep(0.004)
        changed("over")
        heard = await page.stages_until("over")
        assert len(heard) >= 3, "the burst was not shown while it went on"
        gaps = [after - before for before, after in itertools.pairwise(probe.read_at)]
        assert min(gaps) >= hub.EVERY_S - 0.002, gaps
        await page.close()

    on_a_loop(talk)


def test_where_nobody_knows_what_changed_half_of_the_time_is_left_to_others(sue):
    session = session_of(sue)
    probe.takes_s = hub.EVERY_S

    async def talk():
        page = await Page(session).opened()
        await page.card()
        for n in range(300):
            changed(f"busy{n}", live.ANYTHING)
            await asyncio.sleep(0.004)
        changed("over", live.ANYTHING)
        await page.stages_until("over")
        gaps = [after - before for before, after in itertools.pairwise(probe.read_at[1:])]
        assert gaps
        assert min(gaps) >= 3 * probe.takes_s - 0.002, gaps
        await page.close()

    on_a_loop(talk)


def test_one_reading_serves_every_page_of_the_same_house_and_language(sue):
    sessions = [session_of(sue), session_of(sue), session_of(watcher("sam"))]
    spanish = session_of(watcher("eva"))

    async def talk():
        english = [await Page(session).opened() for session in sessions]
        other = await Page(spanish, "cards=probe&lang=es").opened()
        for page in (*english, other):
            await page.card()
        reads = len(probe.read_at)
        changed("busy")
        assert [(await page.card())["stage"] for page in english] == ["busy:en"] * 3
        assert (await other.card())["stage"] == "busy:es"
        assert len(probe.read_at) == reads + 2
        for page in (*english, other):
            await page.close()

    on_a_loop(talk)


@pytest.mark.parametrize(("asked", "spoken"), [("es", "es"), ("es-mx", "es"), ("", "en"), ("xx", "en"), ("../", "en")])
def test_a_page_hears_its_own_language(sue, asked, spoken):
    session = session_of(sue)

    async def talk():
        page = await Page(session, f"cards=probe&lang={asked}").opened()
        assert (await page.card())["stage"] == f"calm:{spoken}"
        await page.close()

    on_a_loop(talk)


def test_a_card_that_nobody_says_anything_about_is_read_anew(sue, monkeypatch):
    monkeypatch.setattr(hub, "SAFETY_S", 0.05)
    session = session_of(sue)

    async def talk():
        page = await Page(session).opened()
        await page.card()
        probe.word = "unannounced"
        assert (await page.card())["stage"] == "unannounced:en"
        await page.close()

    on_a_loop(talk)


def test_a_card_that_cannot_be_built_stays_and_is_tried_again(sue, monkeypatch, caplog):
    monkeypatch.setattr(hub, "AFTER_ERROR_S", 0.01)
    monkeypatch.setattr(hub, "EVERY_S", 0.01)
    session = session_of(sue)

    async def talk():
        page = await Page(session).opened()
        await page.card()
        probe.fails = True
        changed("busy")
        while "could not be built" not in caplog.text:
            await asyncio.sleep(0.01)
        probe.fails = False
        assert (await page.card())["stage"] == "busy:en"
        await page.close()

    on_a_loop(talk)


# ---- who has to leave -------------------------------------------------------------------------------------------


def test_who_loses_the_permission_is_closed_at_the_next_reading_and_others_stay(sue):
    tom = watcher("tom")
    sessions = [session_of(sue), session_of(tom)]

    async def talk():
        hers, his = [await Page(session).opened() for session in sessions]
        await hers.card()
        await his.card()
        await database_sync_to_async(tom.user_permissions.clear)()
        changed("secret")
        assert await his.heard_nothing_but_the_end() == 4403
        assert await hers.stages_until("secret") == ["secret"]
        await hers.close()
        await his.close()

    on_a_loop(talk)


def test_who_the_builder_refuses_is_closed_and_others_stay(sue):
    tom = watcher("aaron")
    sessions = [session_of(tom), session_of(sue)]

    async def talk():
        his, hers = [await Page(session).opened() for session in sessions]
        await hers.card()
        await his.card()
        probe.hidden_from = {"sue"}
        changed("secret")
        assert await his.stages_until("secret") == ["secret"]
        probe.hidden_from = {"sue", "aaron"}
        changed("nobody's")
        assert await hers.closed() == 4403
        assert await his.closed() == 4403
        await hers.close()
        await his.close()

    on_a_loop(talk)


def log_out(user, session):
    session.delete()


def lose_the_account(user, session):
    get_user_model().objects.filter(pk=user.pk).update(is_active=False)


def get_a_new_password(user, session):
    user.set_password("a new one, chosen by an admin")
    user.save()


def move_to_another_agency(user, session):
    probe.key = "another house"


@pytest.mark.parametrize("happens", [log_out, lose_the_account, get_a_new_password, move_to_another_agency])
def test_a_page_is_closed_when_its_session_or_place_is_gone(sue, monkeypatch, happens):
    monkeypatch.setattr(doors, "BEAT_S", 0.05)
    monkeypatch.setattr(doors, "LOOK_S", 0.0)
    session = session_of(sue)

    async def talk():
        page = await Page(session).opened()
        await page.card()
        assert "beat" in await page.heard()
        await database_sync_to_async(happens)(sue, session)
        assert await page.closed() == 4403
        await page.close()

    on_a_loop(talk)


def test_a_database_that_is_away_throws_nobody_out(sue, monkeypatch):
    monkeypatch.setattr(doors, "BEAT_S", 0.01)
    monkeypatch.setattr(doors, "LOOK_S", 0.0)
    session = session_of(sue)

    async def broken(scope):
        raise RuntimeError("no database just now")

    async def talk():
        page = await Page(session).opened()
        monkeypatch.setattr(doors, "get_user", broken)
        beats = 0
        while beats < 4:
            beats += "beat" in await page.heard()
        await page.close()

    on_a_loop(talk)


def test_after_four_hours_a_page_is_asked_to_connect_anew(sue, monkeypatch):
    assert doors.RENEW_S == 4 * 3600
    monkeypatch.setattr(doors, "RENEW_S", 0.05)
    session = session_of(sue)

    async def talk():
        page = await Page(session).opened()
        assert await page.closed() == 4001
        await page.close()

    on_a_loop(talk)


def test_listens_from_the_first_page_to_the_last(sue, monkeypatch):
    heard = []

    async def ear():
        heard.append("begins")
        try:
            yield live.ANYTHING
            await asyncio.Event().wait()
        finally:
            heard.append("ends")

    monkeypatch.setattr(live_ears, "listen", ear)
    session = session_of(sue)

    async def talk():
        first, second = await Page(session).opened(), await Page(session).opened()
        await first.card()
        await first.close()
        await second.card()
        assert heard == ["begins"]
        await second.close()
        while len(heard) < 2:
            await asyncio.sleep(0.01)

    on_a_loop(talk)
    assert heard == ["begins", "ends"]


def test_the_work_grows_with_screens_and_not_with_screens_times_events(sue):
    """Twelve screens and a burst of 300 changes: one reading serves all, and none is sent more than four a second."""
    session = session_of(sue)

    async def talk():
        pages = [await Page(session).opened() for _ in range(12)]
        for page in pages:
            await page.card()
        reads = len(probe.read_at)
        began = asyncio.get_running_loop().time()
        for n in range(300):
            changed(f"busy{n}")
            await asyncio.sleep(0.004)
        changed("over")
        heard = [await page.stages_until("over") for page in pages]
        seconds = asyncio.get_running_loop().time() - began
        most = seconds / hub.EVERY_S + 2
        assert len(probe.read_at) - reads <= most
        assert max(len(words) for words in heard) <= most
        for page in pages:
            await page.close()

    on_a_loop(talk)
