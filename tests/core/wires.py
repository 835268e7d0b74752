"""Listening in a test, with an end to the patience."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import aclosing

import redis
from asgiref.sync import async_to_sync

from core import live_ears

PATIENCE_S = 10
REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")


def redis_problem() -> str:
    """Why Redis cannot be used, or "" if it can."""
    try:
        redis.Redis.from_url(REDIS_URL, socket_connect_timeout=2).ping()
    except redis.RedisError as error:
        return str(error).splitlines()[0]
    return ""


class Ear:
    """Hears one topic after the other."""

    def __init__(self, topics) -> None:
        self._topics = topics

    async def next(self) -> str:
        return await asyncio.wait_for(anext(self._topics), PATIENCE_S)

    async def until(self, topic: str) -> list[str]:
        """Everything heard up to and with this topic."""
        heard = [await self.next()]
        while heard[-1] != topic:
            heard.append(await self.next())
        return heard


def listening(talk: Callable[[Ear], Awaitable[None]]) -> None:
    """Runs `talk(ear)` on a loop of its own while the wire of this process's settings is listened to."""

    async def run() -> None:
        async with aclosing(live_ears.listen()) as topics:
            await talk(Ear(topics))

    async_to_sync(run)()


async def elsewhere(work: Callable[[], object]) -> object:
    """Runs it in a thread with a connection of its own, as another process would."""
    from tests.floor.threads import in_threads

    return (await asyncio.to_thread(in_threads, work))[0]
