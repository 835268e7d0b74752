"""One voice: what is committed is heard elsewhere, on each of the three wires."""

import contextlib
import logging
import socket
import threading
import time

import pytest
import redis
from django.db import connection, transaction

from contactcenter.drill import ports
from core import live, live_redis
from core.models import Agency
from tests.core.wires import REDIS_URL, elsewhere, listening, redis_problem
from tests.floor.threads import shared_database

pytestmark = pytest.mark.django_db(transaction=True)
only_postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's wire")
only_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's wire")
# Its channel is the server's: two suites at once would hear each other.
needs_redis = pytest.mark.skipif(
    bool(redis_problem()) or connection.vendor != "postgresql", reason="Redis: once, beside PostgreSQL, if it is there"
)


def say(topic):
    with transaction.atomic():
        live.publish(topic)


def say_and_take_back(topic):
    with transaction.atomic():
        live.publish(topic)
        transaction.set_rollback(True)


def found_an_agency():
    Agency.objects.create(slug="south", name="South")


@only_postgres
def test_postgres_tells_what_was_committed_and_nothing_else(tmp_path):
    async def talk(ear):
        assert await ear.next() == live.ANYTHING
        await elsewhere(lambda: say_and_take_back("desk:1"))
        await elsewhere(lambda: say("desk:2"))
        assert await ear.next() == "desk:2"

    with shared_database(tmp_path):
        listening(talk)


@only_postgres
def test_postgres_after_a_break_anything_may_have_changed(tmp_path):
    def hang_up():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE application_name = 'kindline-live' AND datname = current_database()"
            )
            return cursor.fetchone()[0]

    async def talk(ear):
        assert await ear.next() == live.ANYTHING
        assert await elsewhere(hang_up) == 1
        assert await ear.next() == live.ANYTHING
        await elsewhere(lambda: say("desk:3"))
        assert await ear.next() == "desk:3"

    with shared_database(tmp_path):
        listening(talk)


@only_sqlite
def test_sqlite_hears_every_commit_without_being_told(tmp_path):
    async def talk(ear):
        assert await ear.next() == live.ANYTHING
        await elsewhere(found_an_agency)
        assert await ear.next() == live.ANYTHING

    with shared_database(tmp_path):
        listening(talk)


@only_sqlite
def test_sqlite_a_writer_says_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        live.publish("desk:1")


@only_sqlite
def test_sqlite_nobody_watches_once_nobody_listens(tmp_path):
    def watchers():
        return [thread for thread in threading.enumerate() if thread.name == "kindline-live"]

    async def talk(ear):
        await ear.next()
        assert len(watchers()) == 1

    with shared_database(tmp_path):
        listening(talk)
    for watcher in watchers():
        watcher.join(5)
    assert watchers() == []


@needs_redis
def test_redis_tells_what_was_committed_and_nothing_else(tmp_path, settings):
    settings.REDIS_URL = REDIS_URL

    async def talk(ear):
        assert await ear.next() == live.ANYTHING
        await elsewhere(lambda: say_and_take_back("test:1"))
        await elsewhere(lambda: say("test:2"))
        assert "test:1" not in await ear.until("test:2")

    with shared_database(tmp_path):
        listening(talk)


@needs_redis
def test_redis_after_a_break_anything_may_have_changed(tmp_path, settings):
    settings.REDIS_URL = REDIS_URL

    def hang_up():
        server = redis.Redis.from_url(REDIS_URL)
        here = str(server.get_connection_kwargs()["db"])
        ears = [told for told in server.client_list() if (told["name"], told["db"]) == ("kindline-live", here)]
        return sum(bool(server.client_kill(told["addr"])) for told in ears)

    async def talk(ear):
        assert await ear.next() == live.ANYTHING
        assert await elsewhere(hang_up) >= 1
        await ear.until(live.ANYTHING)
        await elsewhere(lambda: say("test:3"))
        await ear.until("test:3")

    with shared_database(tmp_path):
        listening(talk)


@pytest.fixture
def redis_never_failed(monkeypatch):
    monkeypatch.setattr(live_redis, "_rests_until", 0.0)


def test_a_redis_that_is_down_is_no_callers_business(settings, caplog, redis_never_failed):
    settings.REDIS_URL = f"redis://127.0.0.1:{ports.any_free()}/0"
    with caplog.at_level(logging.WARNING, logger="core.live_redis"):
        say("desk:1")
        say("desk:2")  # within the rest after the first: not even tried
    assert len(caplog.records) == 1


def test_a_redis_that_never_answers_is_not_waited_for(settings, redis_never_failed):
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as deaf:
        settings.REDIS_URL = f"redis://127.0.0.1:{deaf.getsockname()[1]}/0"
        began = time.perf_counter()
        for _ in range(5):
            say("desk:1")
        assert time.perf_counter() - began < 2 * live_redis.SEND_S
