"""Webhooks over HTTP: a few threads carry them, the timeline's thread reads the replies."""

import queue
import threading
from collections.abc import Callable

import requests

from exchange.document import MAX_BYTES
from exchange.webhooks import WebReply, WebRequest

_THREADS = 8


class WebClient:
    """The `web` of an exchange in real time."""

    def __init__(self, timeline):
        self._timeline = timeline
        self._waiting = queue.SimpleQueue()
        self._local = threading.local()
        # Daemons: an application that keeps a webhook hanging must not keep this process alive.
        for number in range(_THREADS):
            threading.Thread(target=self._work, name=f"webhook-{number}", daemon=True).start()

    def __call__(self, request: WebRequest, done: Callable[[WebReply], None]) -> None:
        self._waiting.put((request, done))

    def close(self) -> None:
        """Let the threads end once what waits is delivered."""
        for _ in range(_THREADS):
            self._waiting.put(None)

    def _work(self) -> None:
        while (errand := self._waiting.get()) is not None:
            self._deliver(*errand)

    def _deliver(self, request: WebRequest, done: Callable[[WebReply], None]) -> None:
        reply = self._fetched(request)
        self._timeline.submit(lambda: done(reply))

    def _fetched(self, request: WebRequest) -> WebReply:
        try:
            return self._sent(request)
        except (requests.ReadTimeout, requests.exceptions.ChunkedEncodingError):
            return WebReply(0, error="timeout")
        except requests.RequestException:
            return WebReply(0, error="connect")

    def _sent(self, request: WebRequest) -> WebReply:
        headers = dict(request.headers)
        if request.method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
        timeout = (request.connect_ms / 1000, request.read_ms / 1000)
        # A redirect would turn the POST into a GET; an application that answers so is wrong, and gets to know it.
        with self._session().request(
            request.method,
            request.url,
            data=request.body or None,
            headers=headers,
            timeout=timeout,
            allow_redirects=False,
            stream=True,
        ) as reply:
            body = reply.raw.read(MAX_BYTES + 1, decode_content=True)
            return WebReply(reply.status_code, reply.headers.get("Content-Type", ""), body)

    def _session(self) -> requests.Session:
        session = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            session.trust_env = False  # the address in the webhook is the address that is meant
        return session
