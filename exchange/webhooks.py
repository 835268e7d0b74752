"""Webhooks on their way: what the application sees, signatures, retries, and the faults of the wire."""

import random
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import parse_qsl, quote_plus

from exchange import signatures
from exchange.timeline import SECOND, SOON

# The retry fragment is documented for these; callbacks of multi-party calls are not on the list.
_OBEYS_FRAGMENT = frozenset(
    ("answer", "fallback", "action", "redirect", "hangup", "ring", "machine", "exit_action", "record")
)


class WebRequest:
    """One webhook. `url` has no fragment; `body` is `form` ready encoded. With GET the parameters stand in `url`, and
    `form` and `body` are empty. `connect_ms` and `read_ms` are how long the carrier waits."""

    __slots__ = ("method", "url", "headers", "form", "kind", "body", "connect_ms", "read_ms")

    def __init__(self, method, url, headers, form, kind, body, connect_ms, read_ms):
        self.method = method
        self.url = url
        self.headers = headers
        self.form = form
        self.kind = kind
        self.body = body
        self.connect_ms = connect_ms
        self.read_ms = read_ms


class WebReply:
    """What came back. `error` is "" or, when nothing did, "connect" or "timeout" (status 0 then)."""

    __slots__ = ("status", "content_type", "body", "error")

    def __init__(self, status: int, content_type: str = "", body: bytes = b"", error: str = ""):
        self.status = status
        self.content_type = content_type
        self.body = body
        self.error = error

    @property
    def is_fine(self) -> bool:
        return not self.error and 200 <= self.status < 300


class Patience:
    """How long and how often one URL is tried, as its fragment says (`#ct=2000&rt=3000&rc=2&rp=ct,rt,5xx`)."""

    __slots__ = ("connect_ms", "read_ms", "total_us", "retries", "policy")

    _LIMITS = {"ct": (100, 10_000), "rt": (100, 40_000), "tt": (100, 55_000), "rc": (0, 5)}

    def __init__(self, fragment: str = ""):
        values = {"ct": 2000, "rt": 40_000, "tt": 55_000, "rc": 1}
        self.policy = frozenset(("ct", "rt"))
        for key, value in parse_qsl(fragment):
            if key in values and value.isdigit():
                low, high = self._LIMITS[key]
                values[key] = min(max(int(value), low), high)
            elif key == "rp":
                self.policy = frozenset(value.replace(" ", "").split(","))
        self.connect_ms, self.read_ms, self.retries = values["ct"], values["rt"], values["rc"]
        self.total_us = values["tt"] * 1000

    def retries_on(self, reply: WebReply) -> bool:
        return bool(self.policy & _complaints(reply))


def _complaints(reply: WebReply) -> set[str]:
    """The words of a retry policy that fit a reply; empty for a good one."""
    if reply.error:
        return {"ct" if reply.error == "connect" else "rt", "all"}
    if reply.status >= 400:
        return {f"{reply.status // 100}xx", "all"}
    return set()


_USUAL_PATIENCE = Patience()


@lru_cache(maxsize=4096)
def _address(url: str) -> tuple[str, Patience]:
    bare, _, fragment = url.partition("#")
    return bare, Patience(fragment) if fragment else _USUAL_PATIENCE


def _quote(value: str) -> str:
    return value if value.isalnum() and value.isascii() else quote_plus(value)


def encode(form: dict[str, str]) -> str:
    """`application/x-www-form-urlencoded`, in the order of the form."""
    return "&".join([_quote(key) + "=" + _quote(value) for key, value in form.items()])


class _Errand:
    """One webhook with all its tries."""

    __slots__ = ("kind", "method", "url", "patience", "form", "done", "only_v2", "tries", "began", "nonce")

    def __init__(self, kind, method, url, form, done, only_v2, began):
        self.kind = kind
        self.method = method.upper()
        self.url, patience = _address(url)
        self.patience = patience if kind in _OBEYS_FRAGMENT else _USUAL_PATIENCE
        self.form = form
        self.done = done
        self.only_v2 = only_v2
        self.tries = 0
        self.began = began
        self.nonce = None


class Postman:
    """Carries webhooks to the application, never inside the event that causes them."""

    def __init__(self, *, token: str, timeline, web, switches, faults, seed):
        self.counts = Counter()
        self._token = token.encode()
        self._timeline = timeline
        self._web = web
        self._switches = switches
        self.faults = faults
        self._nonces = random.Random(f"{seed}:nonce")
        self._luck = random.Random(f"{seed}:wire")

    def ask(self, kind: str, url: str, method: str, form: dict, done: Callable[[WebReply], None]) -> None:
        """Post `form` and hand the reply (after retries) to `done`."""
        errand = _Errand(kind, method, url, form, done, False, self._timeline.now)
        self._timeline.soon(lambda: self._try(errand))
        if self.faults.duplicate and self._luck.random() < self.faults.duplicate:
            again = _Errand(kind, method, url, form, _discard, False, self._timeline.now)
            self._timeline.soon(lambda: self._try(again))

    def notify(
        self, kind: str, url: str, method: str, form: dict, *, of_room: bool = False, of_text: bool = False
    ) -> None:
        """Post `form`; nobody reads the reply. `of_room`: a multi-party call's callback (see `room_signature`).
        `of_text`: a message's, which is only ever signed with V2."""
        if self.faults.drop and self._luck.random() < self.faults.drop:
            return
        twice = self.faults.duplicate and self._luck.random() < self.faults.duplicate
        only_v2 = of_text or (of_room and self._switches.room_signature == "v2")
        for _ in range(2 if twice else 1):
            errand = _Errand(kind, method, url, form, _discard, only_v2, self._timeline.now)
            self._post_later(errand)

    def _post_later(self, errand: _Errand) -> None:
        faults, delay, rank = self.faults, 0, SOON
        if faults.delay_s:
            delay = int(self._luck.random() * faults.delay_s * SECOND)
        if faults.shuffle:
            rank = (0, self._luck.randrange(1, 1_000_000))
        self._timeline.after(delay, lambda: self._try(errand), rank)

    def _try(self, errand: _Errand) -> None:
        errand.tries += 1
        self.counts[errand.kind] += 1
        self._web(self._request(errand), lambda reply: self._replied(errand, reply))

    def _request(self, errand: _Errand) -> WebRequest:
        if errand.nonce is None or self._switches.retry_nonce == "new":
            errand.nonce = str(self._nonces.randrange(10**19, 10**20))
        url, form, text, patience = errand.url, errand.form, encode(errand.form), errand.patience
        if errand.method == "GET":
            url, form, text = url + ("&" if "?" in url else "?") + text, {}, ""
        headers = signatures.headers(self._token, errand.method, url, form, errand.nonce, only_v2=errand.only_v2)
        return WebRequest(
            errand.method, url, headers, form, errand.kind, text.encode(), patience.connect_ms, patience.read_ms
        )

    def _replied(self, errand: _Errand, reply: WebReply) -> None:
        if reply.is_fine or not self._tries_again(errand, reply):
            errand.done(reply)
        else:
            self._timeline.soon(lambda: self._try(errand))

    def _tries_again(self, errand: _Errand, reply: WebReply) -> bool:
        if errand.kind == "room" and not reply.error:
            return reply.status >= 500 and errand.tries <= self._switches.room_retries
        patience = errand.patience
        if errand.tries > patience.retries or self._timeline.now - errand.began >= patience.total_us:
            return False
        return patience.retries_on(reply)


def _discard(reply: WebReply) -> None:
    pass
