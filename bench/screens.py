"""Open pages: a web server of its own, and any number of sockets in one loop, each as a browser would open it."""

import asyncio
import json
import os
import socket
import sys
import time
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import requests
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Permission, User
from django.contrib.sessions.backends.db import SessionStore

from contactcenter.demo.house import Child, House

PATIENCE_S = 60.0
_TEXT, _PING, _PONG = 1, 9, 10  # kinds of frames
_TICKS = os.sysconf("SC_CLK_TCK")


class Web:
    """The web server, as it is run in earnest: daphne, one process."""

    def __init__(self, room: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.base = f"127.0.0.1:{self.port}"
        self._house = House({**os.environ, "DATABASE_KEEP_OPEN": "0", "DEBUG": "0"}, room)
        # Five seconds is daphne's own patience with a browser that knocks: what is measured here is not that.
        serve = ["-b", "127.0.0.1", "-p", str(self.port), "--websocket_connect_timeout", "60"]
        words = [sys.executable, "-m", "daphne", *serve, "contactcenter.asgi:application"]
        self._house.start("web server", words, self._answers)
        self._pid = self._house.pids[0]

    def _answers(self, child: Child) -> bool:
        try:
            return requests.get(f"http://{self.base}/login/", timeout=5).ok
        except requests.ConnectionError:
            return False

    def cpu_s(self) -> float:
        """Seconds of processor time it has used so far."""
        fields = Path(f"/proc/{self._pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def close(self) -> None:
        self._house.close()


class Screen:
    """One open page with one card: what it was told last, and when.

    A client of our own of a few lines: the one in the house (autobahn's) can be used with one framework a process, and
    daphne has chosen Twisted.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.stage, self.told_at, self.cards = "", 0.0, 0
        self._reader, self._writer, self._moved = reader, writer, asyncio.Event()
        self._hears = asyncio.create_task(self._hear())

    async def shows(self, wanted: Callable[[str], bool]) -> float:
        """The moment at which it was told a stage that is wanted."""
        async with asyncio.timeout(PATIENCE_S):
            while not wanted(self.stage):
                self._moved.clear()
                await self._moved.wait()
        return self.told_at

    def close(self) -> None:
        self._hears.cancel()
        self._writer.close()

    async def _hear(self) -> None:
        """Frames as RFC 6455 has them; a server's are not masked, and ours are short."""
        while True:
            kind, size = await self._reader.readexactly(2)
            if size > 125:
                size = int.from_bytes(await self._reader.readexactly(2 if size == 126 else 8), "big")
            payload = await self._reader.readexactly(size)
            if kind & 0x0F == _PING:
                self._writer.write(bytes([0x80 | _PONG, 0x80 | size, 0, 0, 0, 0]) + payload)  # masked with zeros
            elif kind & 0x0F == _TEXT:
                self._take(json.loads(payload))

    def _take(self, told: dict) -> None:
        if "card" in told:
            self.stage, self.told_at = told["stage"], time.perf_counter()
            self.cards += 1
            self._moved.set()


async def opened(web: Web, session: str, card: str) -> Screen:
    """Connects as a browser with this session does, again if need be, and waits for the first card."""
    for wait_s in (0.5, 1.0, 2.0, 4.0):
        try:
            return await _opened(web, session, card)
        except (OSError, EOFError) as error:  # a busy server may take longer than it allows itself to let somebody in
            print(f"  not let in ({type(error).__name__}); again in {wait_s} s", flush=True)
            await asyncio.sleep(wait_s)
    return await _opened(web, session, card)


async def _opened(web: Web, session: str, card: str) -> Screen:
    reader, writer = await asyncio.open_connection("127.0.0.1", web.port)
    lines = [
        f"GET /ws/live/?cards={card}&lang=en HTTP/1.1",
        f"Host: {web.base}",
        f"Origin: http://{web.base}",
        f"Cookie: {settings.SESSION_COOKIE_NAME}={session}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {b64encode(os.urandom(16)).decode()}",
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE_S)
    if b" 101 " not in answer.split(b"\r\n", 1)[0]:
        raise RuntimeError(f"not let in: {answer[:80]!r}")
    screen = Screen(reader, writer)
    await screen.shows(bool)
    return screen


def permit(user: User, permission: str) -> User:
    """Gives them one permission, by its codename."""
    user.user_permissions.add(Permission.objects.get(codename=permission))
    return user


def session_of(user: User) -> str:
    """Signs them in; the key of their session."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key
