"""The REST door: who may enter, how often, and which room of the house a path belongs to."""

import random
from collections import deque
from urllib.parse import parse_qsl, unquote, urlsplit

from exchange import rest_calls, rest_messages, rest_rooms
from exchange.errors import Refusal
from exchange.timeline import SECOND

REQUESTS = 300
WINDOW_US = 5 * SECOND
_ROUTES = rest_calls.ROUTES | rest_rooms.ROUTES | rest_messages.ROUTES


class Rest:
    """Answers requests on `/v1/Account/{auth_id}/...`."""

    def __init__(self, exchange, *, limits: bool, seed):
        self._exchange = exchange
        self._recent = deque() if limits else None
        self._luck = random.Random(f"{seed}:rest")

    def answer(self, method: str, path: str, body: dict, auth) -> tuple[int, dict | None]:
        try:
            return self._answered(method.upper(), path, body, auth)
        except Refusal as refusal:
            return refusal.status, {"api_id": self._exchange.new_uuid(), "error": refusal.message}

    def _answered(self, method: str, path: str, body: dict, auth) -> tuple[int, dict | None]:
        split = urlsplit(path)
        parts = [unquote(part) for part in split.path.strip("/").split("/")]
        self._let_in(parts, auth)
        self._count()
        faults = self._exchange.faults
        self._maybe_fail(faults.answer_429, 429, "too many requests")
        fails_late = self._luck.random() < 0.5 if faults.answer_503 else False
        if not fails_late:
            self._maybe_fail(faults.answer_503, 503, "service unavailable")
        answer = self._routed(method, parts[3:], dict(parse_qsl(split.query)) | body)
        if fails_late:
            self._maybe_fail(faults.answer_503, 503, "service unavailable")
        return answer

    def _let_in(self, parts: list[str], auth) -> None:
        exchange = self._exchange
        if parts[:2] != ["v1", "Account"] or len(parts) < 3:
            raise Refusal(404, "not found")
        if auth is None or tuple(auth) != (exchange.auth_id, exchange.auth_token) or parts[2] != exchange.auth_id:
            raise Refusal(401, "authentication failed")

    def _count(self) -> None:
        if self._recent is None:
            return
        now = self._exchange.timeline.now
        while self._recent and self._recent[0] <= now - WINDOW_US:
            self._recent.popleft()
        if len(self._recent) >= REQUESTS:
            raise Refusal(429, "too many requests")
        self._recent.append(now)

    def _maybe_fail(self, chance: float, status: int, message: str) -> None:
        if chance and self._luck.random() < chance:
            raise Refusal(status, message)

    def _routed(self, method: str, parts: list[str], given: dict) -> tuple[int, dict | None]:
        shape, ids = _shape(parts)
        methods = _ROUTES.get(shape)
        if methods is None:
            raise Refusal(404, f"{'/'.join(parts)} is not served yet")
        handler = methods.get(method)
        if handler is None:
            raise Refusal(405, f"{method} is not allowed here")
        status, answer = handler(self._exchange, *ids, given)
        if answer is not None:
            answer = {"api_id": self._exchange.new_uuid(), **answer}
        return status, answer


def _shape(parts: list[str]) -> tuple[str, list[str]]:
    """`["Call", "7c..", "Record"]` -> ("Call/*/Record", ["7c.."]): nouns and ids take turns until the verbs come."""
    shape, ids = [], []
    for place, part in enumerate(parts):
        is_id = place in (1, 3) and shape[-1] in ("Call", "Request", "MultiPartyCall", "Participant", "Member")
        shape.append("*" if is_id else part)
        if is_id:
            ids.append(part)
    return "/".join(shape), ids
