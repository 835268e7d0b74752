"""Carries changed cards to this process's open sockets.

No channel layer: it drops messages in silence when a socket's queue is full, and after a day (`group_expiry`) it
forgets who is in a group, while here a lost message would leave a board wrong and nobody would know. What travels
between processes is only "this topic has changed" (`core.live`); each process reads for itself, and every open card is
read anew every `SAFETY_S` besides, so whatever was lost is made good by itself.

A card is read at most four times a second, however many changes there were and however many pages show it. Where the
wire cannot say what has changed (SQLite), every card is read after every commit: then cards rest twice as long as one
reading of all of them takes, and the pages being served keep half of the process.
"""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import aclosing, suppress
from typing import Protocol
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async

from contactcenter.live import cards
from contactcenter.live.cards import Built, Card, Whose
from core import live, live_ears

log = logging.getLogger(__name__)

EVERY_S = 0.25  # between two builds of one card
SAFETY_S = 20.0  # a card nobody has said anything about is read anew all the same
AFTER_ERROR_S = 1.0


@database_sync_to_async
def _build(card: Card, users: Collection[int], language: str) -> tuple[Built, float]:
    """The card, and the seconds it took."""
    began = time.perf_counter()
    return cards.build(card, users, language), time.perf_counter() - began


class Socket(Protocol):
    """An open page."""

    user_id: int

    async def tell(self, text: str) -> None:
        """Sends it."""

    async def refuse(self) -> None:
        """Closes: its user may not have what it shows."""


class Table:
    """The sockets that show one card of one `whose` in one language, and the task that keeps them current."""

    def __init__(self, card: Card, whose: Whose, language: str, round_s: Callable[[], float]) -> None:
        self.card, self.topics, self._language = card, whose.topics, language
        self.took_s = 0.0
        self._round_s, self._blindly = round_s, False
        self._last: dict[Socket, tuple[str, str] | None] = {}  # stage and html each has been sent
        self._version = 0
        self._stirred = asyncio.Event()
        self._task = asyncio.create_task(self._keep())

    def sit(self, socket: Socket) -> None:
        self._last[socket] = None
        self._stirred.set()

    def rise(self, socket: Socket) -> bool:
        """True if that was the last."""
        self._last.pop(socket, None)
        if not self._last:
            self._task.cancel()
        return not self._last

    def stir(self, *, blindly: bool) -> None:
        """Something has changed; read before long. `blindly`: perhaps not here, nobody knows."""
        self._blindly = blindly
        self._stirred.set()

    async def _keep(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(SAFETY_S):
                    await self._stirred.wait()
            self._stirred.clear()  # before the reading: what changes from here on will be read once more
            try:
                await self._bring()
            except Exception:
                log.exception("card %s could not be built; it stays as it is", self.card.name)
                self._stirred.set()
                await asyncio.sleep(AFTER_ERROR_S)
            await asyncio.sleep(max(EVERY_S, 2 * self._round_s()) if self._blindly else EVERY_S)

    async def _bring(self) -> None:
        sockets = list(self._last)
        built, self.took_s = await _build(self.card, {socket.user_id for socket in sockets}, self._language)
        self._version = max(built.version, self._version + 1)
        text = json.dumps({**built.message, "version": self._version})
        for socket in sockets:
            with suppress(Exception):  # one that is just closing; it leaves by itself
                await self._hand(socket, built, text)

    async def _hand(self, socket: Socket, built: Built, text: str) -> None:
        if socket.user_id not in built.allowed:
            await socket.refuse()
        elif socket in self._last and self._last[socket] != (told := (built.stage, built.html)):
            self._last[socket] = told
            await socket.tell(text)


class Hub:
    """One per event loop. Listens while there is anybody to listen for."""

    def __init__(self) -> None:
        self._tables: dict[tuple[str, str, str], Table] = {}
        self._ear: asyncio.Task | None = None

    def join(self, socket: Socket, card: Card, whose: Whose, language: str) -> None:
        """From now on this socket has that card, beginning with how it is now."""
        key = (card.name, whose.key, language)
        if key not in self._tables:
            self._tables[key] = Table(card, whose, language, self._round_s)
        self._tables[key].sit(socket)
        if self._ear is None:
            self._ear = asyncio.create_task(self._listen())

    def leave(self, socket: Socket) -> None:
        """It has gone, from every card. The last one puts out the light."""
        self._tables = {key: table for key, table in self._tables.items() if not table.rise(socket)}
        if not self._tables and self._ear is not None:
            self._ear.cancel()
            self._ear = None

    def changed(self, topic: str) -> None:
        """What shows this topic is read anew; all there is for `live.ANYTHING`."""
        for table in self._about(topic):
            table.stir(blindly=topic == live.ANYTHING)

    def _about(self, topic: str) -> Iterator[Table]:
        return (table for table in self._tables.values() if topic == live.ANYTHING or topic in table.topics)

    def _round_s(self) -> float:
        """How long reading every card once takes."""
        return sum(table.took_s for table in self._tables.values())

    async def _listen(self) -> None:
        async with aclosing(live_ears.listen()) as topics:
            async for topic in topics:
                self.changed(topic)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def here() -> Hub:
    """The hub of the running loop."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())
