"""The floor's lock: one change of an agency's floor at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from core import clock, live

_LOCK = 0x6B6C  # the floor's own space of advisory locks


@contextmanager
def the_floor(agency_id: int, at: datetime | None = None) -> Iterator[datetime]:
    """One change of the floor at a time, since strict order is part of the promise; so nothing here can deadlock.

    Gives the moment of the change: `at`, or now. The clock is read once the lock is held: read before, two changes that
    wait for each other could be written down in the wrong order, and a report would show an operator with two calls.

    On SQLite the immediate transaction is the lock. Inside a menu's transaction no savepoint is made: what fails here
    must not leave half of the other.
    """
    with transaction.atomic(savepoint=False):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, agency_id])
        with live.together():
            yield at or clock.now()
            live.publish(live.floor(agency_id))
