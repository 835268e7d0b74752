"""The listening side of `core.live`, for a web process: one listener serves all its open pages."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, suppress

import psycopg
from django.conf import settings
from django.db import Error, connection

from core.live import ANYTHING, CHANNEL

log = logging.getLogger(__name__)

POLL_S = 0.05  # between two looks at an SQLite file: 20 looks a second at some 20 microseconds each
AGAIN_S = (0.1, 5.0)  # before a broken wire is tried again: at first, and at most


async def listen() -> AsyncIterator[str]:
    """Topics as they change, for ever; `ANYTHING` when the wire starts to hold, since what came before is unknown."""
    wait = AGAIN_S[0]
    while True:
        try:
            async with aclosing(_wire()) as topics:
                async for topic in topics:
                    wait = AGAIN_S[0]
                    yield topic
        except Exception as error:  # whatever a broken wire raises: the boards must hear again
            log.warning("the wire for live boards broke (%s); trying again in %s s", error or type(error), wait)
        await asyncio.sleep(wait)
        wait = min(wait * 2, AGAIN_S[1])


def _wire() -> AsyncIterator[str]:
    if settings.REDIS_URL:
        from core import live_redis

        return live_redis.listen()
    return _postgres() if connection.vendor == "postgresql" else _sqlite()


# ---- PostgreSQL -------------------------------------------------------------------------------------------------


async def _postgres() -> AsyncIterator[str]:
    """A connection of its own: one from the pool would be lost to it for good."""
    ear = await psycopg.AsyncConnection.connect(**_own_connection(), autocommit=True)
    async with ear:
        await ear.execute(f"LISTEN {CHANNEL}")
        yield ANYTHING
        async for told in ear.notifies():
            yield told.payload


def _own_connection() -> dict:
    """What psycopg needs to know. The keep-alives find out within half a minute that the server is gone."""
    told = connection.get_connection_params()
    ours = {name: value for name, value in told.items() if name not in ("context", "cursor_factory")}
    return {
        **ours,
        "application_name": "kindline-live",
        "connect_timeout": 5,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
    }


# ---- SQLite -----------------------------------------------------------------------------------------------------


async def _sqlite() -> AsyncIterator[str]:
    """`ANYTHING` at every commit of another connection, however many lie between two looks."""
    loop, stirred, stop = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def tell() -> None:
        with suppress(RuntimeError):  # the loop has closed meanwhile: nobody is left to hear it
            loop.call_soon_threadsafe(stirred.set)

    threading.Thread(target=_watch, args=(tell, stop), name="kindline-live", daemon=True).start()
    try:
        while True:
            await stirred.wait()
            stirred.clear()
            yield ANYTHING
    finally:
        stop.set()


def _watch(tell: Callable[[], None], stop: threading.Event) -> None:
    """In a thread of its own, whose connection is nobody else's: only the commits of others move the number."""
    seen = None
    try:
        while not stop.is_set():
            try:
                version, rest = _data_version(), POLL_S
            except Error as error:
                log.warning("the database file cannot be watched (%s); trying again", error)
                connection.close()
                version, rest = None, AGAIN_S[1]
            if version != seen:
                seen = version
                tell()
            stop.wait(rest)
    finally:
        connection.close()


def _data_version() -> int:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA data_version")
        return cursor.fetchone()[0]
