"""Open pages without a browser, and a card that counts how often it is read."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable

from asgiref.sync import async_to_sync
from channels.testing import WebsocketCommunicator
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.auth.models import Permission
from django.contrib.sessions.backends.db import SessionStore
from django.utils import translation

from contactcenter.live import hub
from contactcenter.live.cards import Card, Whose
from contactcenter.sockets import sockets

PATIENCE_S = 20
TOPIC = "floor:probe"
PERMISSION = "reporting.view_board"


class Probe:
    """What the probe card shows, who may have it, and the moments it was read at."""

    def __init__(self) -> None:
        self.word, self.key, self.fails, self.hidden_from = "calm", "house", False, set()
        self.takes_s, self.read_at, self.operator = 0.0, [], None

    def build(self, user) -> dict | None:
        self.read_at.append(time.perf_counter())
        time.sleep(self.takes_s)
        if self.fails:
            raise RuntimeError("the probe was told to fail")
        if user.get_username() in self.hidden_from:
            return None
        return {"html": f"<b>{self.word}</b>", "stage": f"{self.word}:{translation.get_language()}"}

    def whose(self, user) -> Whose:
        return Whose(self.key, frozenset({TOPIC}), self.operator)


probe = Probe()


def build(user) -> dict | None:
    return probe.build(user)


CARD = Card("probe", PERMISSION, f"{__name__}.build", lambda user: probe.whose(user))


def watcher(name: str, *permissions: str):
    """A user with the permission to see the probe, or with those named."""
    user = get_user_model().objects.create(username=name)
    for permission in permissions or (PERMISSION,):
        app, codename = permission.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return user


def session_of(user) -> SessionStore:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session


class Page:
    """One socket, as a browser with this session opens it."""

    def __init__(self, session=None, query: str = "cards=probe&lang=en", origin: str = "http://testserver") -> None:
        headers = [(b"origin", origin.encode()), (b"host", b"testserver")]
        if session is not None:
            headers.append((b"cookie", f"sessionid={session.session_key}".encode()))
        self._wire = WebsocketCommunicator(sockets, f"/ws/live/?{query}", headers)

    async def open(self) -> tuple[bool, int | None]:
        """Whether it was let in, and if not the code."""
        return await self._wire.connect(PATIENCE_S)

    async def opened(self) -> "Page":
        assert (await self.open())[0], "not let in"
        return self

    async def heard(self) -> dict:
        """The next that is said: a card, a beat, or {"closed": code}."""
        said = await self._wire.receive_output(PATIENCE_S)
        return {"closed": said["code"]} if said["type"] == "websocket.close" else json.loads(said["text"])

    async def card(self) -> dict:
        """The next card; fails if the socket is closed before."""
        while "card" not in (said := await self.heard()):
            assert "closed" not in said, said
        return said

    async def stages_until(self, word: str) -> list[str]:
        """The words of all cards up to and with this one."""
        words = [(await self.card())["stage"].split(":")[0]]
        while words[-1] != word:
            words.append((await self.card())["stage"].split(":")[0])
        return words

    async def closed(self) -> int:
        """Its code, once it closes."""
        while "closed" not in (said := await self.heard()):
            pass
        return said["closed"]

    async def heard_nothing_but_the_end(self) -> int:
        """The code it closes with; fails if a card comes before."""
        while "closed" not in (said := await self.heard()):
            assert "card" not in said, said
        return said["closed"]

    async def says(self, text: str) -> None:
        await self._wire.send_to(text)

    async def close(self) -> None:
        await self._wire.disconnect(timeout=PATIENCE_S)


def on_a_loop(talk: Callable[[], Awaitable[None]]) -> None:
    """Runs it on a loop of its own; afterwards no socket, table or listener may be left."""

    async def run() -> None:
        here = hub.here()
        async with asyncio.timeout(3 * PATIENCE_S):
            await talk()
        assert here._tables == {}
        assert here._ear is None
        left = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.wait_for(asyncio.gather(*left, return_exceptions=True), PATIENCE_S)

    async_to_sync(run)()
