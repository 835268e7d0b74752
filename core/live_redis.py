"""The wire through Redis. One Redis for one installation: the channel is the server's, whatever database is asked for.

A Redis that is down costs a caller's turn a quarter of a second at most, once a second, and nobody an error: the boards
are late until their next look, the calls go on.
"""

import logging
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from functools import cache

import redis
from django.conf import settings
from django.db import transaction
from redis import asyncio as redis_asyncio
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

from core.live import ANYTHING, CHANNEL

log = logging.getLogger(__name__)

SEND_S = 0.25  # a caller is waiting
CONNECT_S = 2.0
PING_S = 10  # a wire nobody has heard of for this long is tried
REST_S = 1.0  # after a failure nothing is tried for this long

_rests_until = 0.0


def publish(topic: str) -> None:
    """Once the transaction at hand has committed. Never raises: a signal lost is a board late, not a call lost."""
    transaction.on_commit(lambda: _send(topic))


def _send(topic: str) -> None:
    global _rests_until
    if time.monotonic() < _rests_until:
        return
    try:
        _client(settings.REDIS_URL).publish(CHANNEL, topic)
    except redis.RedisError as error:
        _rests_until = time.monotonic() + REST_S
        log.warning("Redis did not take a signal (%s); boards are late until it does", error)


@cache
def _client(url: str) -> redis.Redis:
    again = Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))  # one the server has closed meanwhile
    return redis.Redis.from_url(
        url, socket_timeout=SEND_S, socket_connect_timeout=SEND_S, retry=again, client_name="kindline"
    )


async def listen() -> AsyncIterator[str]:
    """Topics, and `ANYTHING` whenever the wire begins to hold. Raises when it breaks."""
    client = redis_asyncio.Redis.from_url(
        settings.REDIS_URL,
        decode_responses=True,
        socket_connect_timeout=CONNECT_S,
        socket_keepalive=True,
        health_check_interval=PING_S,
        retry=AsyncRetry(NoBackoff(), 0),  # a reconnection behind our back would hide what was missed meanwhile
        client_name="kindline-live",
    )
    async with client, client.pubsub() as ear:
        await ear.subscribe(CHANNEL)
        async with aclosing(_messages(ear)) as messages:
            async for message in messages:
                # The confirmation comes first, and anew should the library have reconnected all the same.
                yield message["data"] if message["type"] == "message" else ANYTHING


async def _messages(ear: redis_asyncio.client.PubSub) -> AsyncIterator[dict]:
    """As they come. Waits no longer than the ping's interval at a time, since the ping is sent between two waits."""
    while True:
        message = await ear.get_message(timeout=PING_S)
        if message is not None:
            yield message
