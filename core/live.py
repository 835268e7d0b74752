"""One voice: tells every web process, once a change is committed, that a topic has changed.

A topic is a short name such as "floor:1" or "desk:7" (ids, never a name or a number of anybody). The signal says only
*that* something changed; whoever shows it reads it anew. Three wires, by what the process is set up with:

- SQLite: nothing is sent. Every web process watches the file itself (`PRAGMA data_version`), and any commit of
  another connection counts as "everything may have changed". So a writer pays nothing.
- PostgreSQL: NOTIFY, which the database delivers at commit and never for what was rolled back.
- With REDIS_URL: published to Redis after commit, for a database behind a pooler through which LISTEN cannot pass.

A signal may be lost (a wire breaks); whoever listens hears `ANYTHING` once the wire holds again, and looks at
everything every so often besides. `core.live_ears` is the listening side.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.db import connection

CHANNEL = "kindline"
ANYTHING = "*"  # heard in place of a topic: anything may have changed
_gathered: ContextVar[dict[str, None] | None] = ContextVar("gathered", default=None)


def publish(topic: str) -> None:
    """Inside the transaction of a change: tell every web process once it has committed."""
    gathered = _gathered.get()
    if gathered is None:
        _send((topic,))
    else:
        gathered[topic] = None


@contextmanager
def together() -> Iterator[None]:
    """What is published in the block goes out at its end, each topic once, in one statement; none if it raises."""
    if _gathered.get() is not None:
        yield
        return
    topics: dict[str, None] = {}
    token = _gathered.set(topics)
    try:
        yield
    finally:
        _gathered.reset(token)
    _send(tuple(topics))


def _send(topics: tuple[str, ...]) -> None:
    if settings.REDIS_URL:
        from core import live_redis  # the one wire that needs a library of its own

        for topic in topics:
            live_redis.publish(topic)
    elif topics and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, topic) FROM unnest(%s::text[]) AS topic", [CHANNEL, list(topics)])


def floor(agency_id: int) -> str:
    """Topic: anything on an agency's floor."""
    return f"floor:{agency_id}"


def desk(operator_id: int) -> str:
    """Topic: what one operator's desk shows of the floor."""
    return f"desk:{operator_id}"
