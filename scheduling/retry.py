"""Runs a change whole, and once more if the database broke a deadlock by undoing it."""

from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connection, transaction

_DEADLOCK = "40P01"  # PostgreSQL's code; SQLite has none, its writers take turns
Result = TypeVar("Result")


def once_more(work: Callable[[], Result]) -> Result:
    """`work()` in a transaction. Inside somebody else's only they can begin anew, so there the error goes through."""
    try:
        with transaction.atomic():
            return work()
    except OperationalError as error:
        if connection.in_atomic_block or getattr(error.__cause__, "sqlstate", "") != _DEADLOCK:
            raise
    with transaction.atomic():
        return work()
