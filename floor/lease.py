"""A command on a row, taken on by one worker at a time. For every table whose row is the outbox of its own story.

Such a row has `todo`, `todo_at` (due; while a worker is at it, the lease) and `tries`.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Model, QuerySet

from core import wake
from floor.models import Command


def time() -> timedelta:
    """Longer than the two requests that a second attempt makes may take, connecting (2 s) included."""
    return timedelta(seconds=2 * (2 + settings.PLIVO_TIMEOUT_S) + 5)


def claim(row: Model, at: datetime, **changes: Any) -> bool:
    """A lease: whoever dies with it leaves the command to the next. False: another worker has it, or it is no more."""
    until = at + time()
    if mine(row).update(todo_at=until, tries=F("tries") + 1, **changes) != 1:
        return False
    row.todo_at, row.tries = until, row.tries + 1
    return True


def mine(row: Model) -> QuerySet:
    """The row, as long as it holds the very command and lease that this worker read."""
    return type(row).objects.filter(pk=row.pk, todo=row.todo, todo_at=row.todo_at)


def done(row: Model, **changes: Any) -> bool:
    """Takes the command off the row, unless the story went on meanwhile and left another."""
    return mine(row).update(todo=Command.NONE, todo_at=None, tries=0, **changes) == 1


def order(row: Model, command: str, *, at: datetime, **changes: Any) -> None:
    """Leaves the worker a command; `row` in memory follows."""
    changes = {"todo": command, "todo_at": at, "tries": 0, **changes}
    type(row).objects.filter(pk=row.pk).update(**changes)
    for name, value in changes.items():
        setattr(row, name, value)
    wake.worker()
