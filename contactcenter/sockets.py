"""The one socket, /ws/live/?cards=desk&lang=es: cards go out as they change, and one word comes in.

The word is "here": the page's answer to each of our beats, and the only thing it may say. From a page with a desk it is
a sign of life of its operator. An answer and not a timer of the page's own, since a browser slows down the timers of a
page that is out of sight, but not what it hears.

Commands go by HTTP, where permissions, CSRF and idempotency are at home. Who is not logged in, or may not have one of
the cards asked for, is not let in; who loses that right meanwhile is closed with 4403. After four hours every socket is
closed with 4001 and the page connects anew, so that none outlives a shift.
"""

import asyncio
import json
import logging
from contextlib import suppress
from importlib import import_module
from urllib.parse import parse_qs

from channels.auth import AuthMiddlewareStack, get_user
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import URLRouter
from channels.security.websocket import AllowedHostsOriginValidator, WebsocketDenier
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.urls import path, re_path
from django.utils.translation import get_supported_language_variant

from contactcenter.live import beats, hub
from contactcenter.live.cards import CARDS, Card, Whose, whose
from core import clock

log = logging.getLogger(__name__)

NOT_YOURS = 4403
RENEW = 4001

RENEW_S = 4 * 3600.0
BEAT_S = 10.0  # the page hears that we live, and says the same of itself
LOOK_S = 20.0  # we look again whether it may stay
HERE = "here"

Places = dict[str, tuple[Card, Whose]]


class Live(AsyncWebsocketConsumer):
    """An open page. It knows whose cards it shows; the hub does the rest."""

    user_id = 0
    _beat: asyncio.Task | None = None

    async def __call__(self, scope, receive, send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            hub.here().leave(self)
            if self._beat is not None:
                self._beat.cancel()

    async def connect(self) -> None:
        asked = parse_qs(self.scope["query_string"].decode("latin-1"))
        self._names = ",".join(asked.get("cards", [])).split(",")
        self._places = await _places(self.scope["user"], self._names)
        if not self._places:
            await self.close(NOT_YOURS)
            return
        self.user_id = self.scope["user"].pk
        await self.accept()
        language = _language(asked.get("lang", [""])[0])
        for card, its_owner in self._places.values():
            hub.here().join(self, card, its_owner, language)
        self._is_here()
        self._beat = asyncio.create_task(self._keep_beating())

    async def receive(self, text_data=None, bytes_data=None) -> None:
        """Whatever a page sends is ignored, but for the one word."""
        if text_data == HERE:
            self._is_here()

    def _is_here(self) -> None:
        for _card, its_owner in self._places.values():
            if its_owner.operator is not None:
                beats.here().note(its_owner.operator)

    async def tell(self, text: str) -> None:
        await self.send(text)

    async def refuse(self) -> None:
        await self.close(NOT_YOURS)  # first: leaving may cancel the very task that refuses
        hub.here().leave(self)

    async def _keep_beating(self) -> None:
        """Until the page is to renew, or its session has ended, or its user's place is no longer what it was."""
        loop = asyncio.get_running_loop()
        until, look_at = loop.time() + RENEW_S, loop.time() + LOOK_S
        with suppress(Exception):  # a socket that is just closing
            while loop.time() < until:
                await self.tell(json.dumps({"beat": int(clock.now().timestamp() * 1_000_000)}))
                await asyncio.sleep(min(BEAT_S, max(until - loop.time(), 0)))
                if loop.time() < look_at:
                    continue
                look_at = loop.time() + LOOK_S
                if not await self._may_stay():
                    await self.refuse()
                    return
            await self.close(RENEW)

    async def _may_stay(self) -> bool:
        """The session is read anew: a log-out deletes it, a changed password unsettles it."""
        try:
            fresh = import_module(settings.SESSION_ENGINE).SessionStore(self.scope["session"].session_key)
            return await _places(await get_user({"session": fresh}), self._names) == self._places
        except Exception:  # a database that is away just now says nothing about anybody
            log.exception("an open page could not be looked at; it stays until the next look")
            return True


@database_sync_to_async
def _places(user: AbstractBaseUser | AnonymousUser, names: list[str]) -> Places:
    """Card by name and whose; empty unless the user may have every one of them."""
    if not user.is_authenticated:
        return {}
    found = {name: (CARDS[name], whose(CARDS[name], user)) for name in names if name in CARDS}
    complete = len(found) == len(set(names)) and all(its_owner for _, its_owner in found.values())
    return found if complete else {}


def _language(asked: str) -> str:
    """One of ours, since the page said which one it is in."""
    try:
        return get_supported_language_variant(asked)
    except LookupError:
        return settings.LANGUAGE_CODE


_doors = URLRouter([path("ws/live/", Live.as_asgi()), re_path("", WebsocketDenier.as_asgi())])
sockets = AllowedHostsOriginValidator(AuthMiddlewareStack(_doors))
