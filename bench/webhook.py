"""What a webhook costs, against a bare Django view with the least statements that would keep the rule."""

import hashlib
import hmac
import io
import time
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import urlencode

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection, transaction
from django.http import HttpResponse
from django.urls import path, set_urlconf

from bench.harness import Row, compare
from contactcenter.drill.asked import Options
from contactcenter.drill.program import set_up
from core import clock
from floor.models import Entry
from ivr.models import Session

REQUESTS = 400  # a round
NONCE = "31627761595286130198"
_CANNED = b"<Response><Wait length='20'/></Response>"


def rows() -> Iterator[Row]:
    """A round of the wait loop with 50 callers in line, and an answer in the menu."""
    lab = Lab()
    yield compare(
        "webhook, a round of the wait loop", "us", lambda: lab.time(lab.full, "wait"),
        "bare view: read entry, mark it seen, count who is ahead", lambda: lab.time(lab.bare, "wait"),
    )  # fmt: skip
    yield compare(
        "webhook, a menu answer through the flow", "us", lambda: lab.time(lab.full, "menu"),
        "bare view: read session, guarded update", lambda: lab.time(lab.bare, "menu"),
    )  # fmt: skip


class Lab:
    """50 callers in line and one in the menu, on a fresh database; two handlers to knock at."""

    def __init__(self) -> None:
        set_up(["book"], Options(operators=1), at=clock.now())
        for number in range(51):
            self._knock(self._handler(), "/carrier/answer/", self._form(number))
        for session in Session.objects.order_by("pk")[:50]:
            self._enter(session)
        self.entry = Entry.objects.order_by("-pk").first()
        self.session = Session.objects.order_by("pk").last()
        self.full = self._handler()
        self.bare = self._handler(middleware=[], urls=__name__)

    def time(self, handler: BaseHandler, kind: str) -> float:
        """Microseconds of one request, the mean of a round."""
        address = f"/carrier/wait/{self.entry.pk}/" if kind == "wait" else f"/carrier/menu/{self.session.pk}/0/"
        bodies = self._form(50) | {"CallStatus": "in-progress", "Digits": "" if kind == "wait" else "1"}
        body, headers = self._sealed(address, bodies)
        spent = 0.0
        for _ in range(REQUESTS):
            Session.objects.filter(pk=self.session.pk).update(step=0, node="need")
            started = time.perf_counter()
            status = self._send(handler, address, body, headers)
            spent += time.perf_counter() - started
            if status != 200:
                raise RuntimeError(f"{address} answered {status}")
        return spent / REQUESTS * 1e6

    def _enter(self, session: Session) -> None:
        for step, digits in ((0, "1"), (1, "39201")):
            form = self._form(0) | {"Digits": digits, "CallUUID": session.call.carrier_uuid}
            self._knock(self._handler(), f"/carrier/menu/{session.pk}/{step}/", form)

    def _form(self, number: int) -> dict[str, str]:
        return {
            "CallUUID": f"bench-{number}", "From": f"+16015550{number:03}", "To": "+16015550100", "Digits": "1",
            "Direction": "inbound", "CallStatus": "ringing", "Event": "StartApp", "BillRate": "0.0085",
        }  # fmt: skip

    def _knock(self, handler: BaseHandler, address: str, form: dict[str, str]) -> None:
        if self._send(handler, address, *self._sealed(address, form)) != 200:
            raise RuntimeError(f"{address} did not answer well")

    def _sealed(self, address: str, form: dict[str, str]) -> tuple[bytes, dict[str, str]]:
        text = f"{settings.PUBLIC_BASE_URL}{address}?" + "".join(k + v for k, v in sorted(form.items())) + "." + NONCE
        seal = b64encode(hmac.digest(settings.PLIVO_AUTH_TOKEN.encode(), text.encode(), hashlib.sha256)).decode()
        return urlencode(form).encode(), {
            "HTTP_X_PLIVO_SIGNATURE_V3": seal,
            "HTTP_X_PLIVO_SIGNATURE_V3_NONCE": NONCE,
        }

    def _handler(self, middleware: list[str] | None = None, urls: str = "") -> BaseHandler:
        handler = BaseHandler()
        kept = settings.MIDDLEWARE
        settings.MIDDLEWARE = kept if middleware is None else middleware
        handler.load_middleware()
        settings.MIDDLEWARE = kept
        handler.urls = urls
        return handler

    def _send(self, handler: BaseHandler, address: str, body: bytes, headers: dict[str, str]) -> int:
        request = WSGIRequest(
            {
                "REQUEST_METHOD": "POST", "PATH_INFO": address, "SERVER_NAME": "localhost", "SERVER_PORT": "80",
                "CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body)),
                "wsgi.input": io.BytesIO(body), "wsgi.url_scheme": "http", **headers,
            }
        )  # fmt: skip
        if handler.urls:
            request.urlconf = handler.urls
        try:
            return handler.get_response(request).status_code
        finally:
            set_urlconf(None)  # a request's own urls stay with the thread


def _bare_wait(request, pk: int) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT agency_id, rank_at FROM floor_entry WHERE id = %s", [pk])
        agency, start = cursor.fetchone()
        cursor.execute("UPDATE floor_entry SET seen_at = %s WHERE id = %s", [clock.now(), pk])
        cursor.execute(
            "SELECT COUNT(*) FROM floor_entry WHERE agency_id = %s AND ended_at IS NULL AND rank_at < %s",
            [agency, start],
        )
        cursor.fetchone()
    return HttpResponse(_CANNED, content_type="application/xml")


def _bare_menu(request, pk: int, step: int) -> HttpResponse:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT answers FROM ivr_session WHERE id = %s", [pk])
        cursor.fetchone()
        cursor.execute("UPDATE ivr_session SET step = %s, node = 'zip' WHERE id = %s AND step = %s", [1, pk, step])
    return HttpResponse(_CANNED, content_type="application/xml")


urlpatterns = [
    path("carrier/wait/<int:pk>/", _bare_wait),
    path("carrier/menu/<int:pk>/<int:step>/", _bare_menu),
]
