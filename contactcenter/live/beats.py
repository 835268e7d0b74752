"""Signs of life of desks: collected in each web process, written by it in one statement every few seconds.

What was heard is written up to `EVERY_S` late; `floor.presence` waits for several beats before it calls a desk asleep.
"""

import asyncio
import logging
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async

from core import clock
from floor import presence

log = logging.getLogger(__name__)

EVERY_S = 5.0


@database_sync_to_async
def _write(operators: set[int]) -> None:
    presence.beat(operators, at=clock.now())


class Beats:
    """One per event loop. At work while there is anything to write."""

    def __init__(self) -> None:
        self._heard: set[int] = set()
        self._task: asyncio.Task | None = None

    def note(self, operator: int) -> None:
        """The desk of this operator (key) lives. Costs nothing, however often it is said."""
        self._heard.add(operator)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._keep_writing())

    async def _keep_writing(self) -> None:
        while self._heard:
            heard, self._heard = self._heard, set()
            try:
                await _write(heard)
            except Exception:  # a database that is away says nothing about anybody; the next beat is near
                log.exception("signs of life of %s desks could not be written", len(heard))
            await asyncio.sleep(EVERY_S)


_beats: WeakKeyDictionary[asyncio.AbstractEventLoop, Beats] = WeakKeyDictionary()


def here() -> Beats:
    """Those of the running loop."""
    return _beats.setdefault(asyncio.get_running_loop(), Beats())
