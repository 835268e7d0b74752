"""Wakes the worker after a commit that left it something to do.

The row is the outbox; this is only the bell. A worker in another process polls and hears no bell; a drill, which is
its own worker, sets one.
"""

from collections.abc import Callable

from django.db import transaction

_bell: Callable[[], None] | None = None


def set_bell(ring: Callable[[], None] | None) -> None:
    """Call `ring` after each commit that left work; None takes the bell away."""
    global _bell
    _bell = ring


def worker() -> None:
    """Inside a transaction: wake the worker once it has committed."""
    if _bell is not None:
        transaction.on_commit(_bell)
