"""Turns the crank: one thread, virtual time, the real webhooks, the real SDK, the real database.

The exchange's timeline holds every event. After each one the worker does what commits have left it, as its process
would a few milliseconds later; in virtual time that is the same instant.
"""

import io
import json
import resource
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import requests
from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection

from contactcenter.drill import parties
from contactcenter.drill.asked import Options
from contactcenter.drill.bookings import Bookings, open_clinics
from contactcenter.drill.day import DAY_STARTS_H, SECOND, Caller
from contactcenter.drill.program import LINE, Program, set_up
from contactcenter.drill.shuffle import shuffled
from core import clock, wake
from exchange import Exchange, Timeline, WebReply, WebRequest
from floor import dispatch, outbox, outlook
from floor.models import Entry, Offer
from ivr import services
from ivr.models import Session
from scheduling import services as seats
from telephony.addresses import address
from telephony.plivo_adapter import use_adapter

DAY = datetime(2026, 1, 14, DAY_STARTS_H, tzinfo=ZoneInfo("America/Chicago"))  # any Wednesday; always the same
SETTLE_S = 3600  # after the last caller: by then everybody silent has been asked after
TICK_S = 30  # how often the worker looks for what fell due
MUSIC_S = 25.0  # the length of our hold music


class Drill:
    """One day on an empty, migrated database. `run()` once."""

    def __init__(self, callers: list[Caller], options: Options) -> None:
        self.callers, self.options = callers, options
        self.timeline = Timeline()
        self.requests: Counter[str] = Counter()
        self.talks: dict[str, parties.DrillCaller] = {}
        self.callers_left, self.wrapping = len(callers), 0
        self._work = False
        self._handler = BaseHandler()
        self._handler.load_middleware()
        self._exchange = Exchange(
            auth_id=settings.PLIVO_AUTH_ID,
            auth_token=settings.PLIVO_AUTH_TOKEN,
            timeline=self.timeline,
            web=self._webhook,
            switches=options.switches,
            faults=options.faults,
            seed=options.seed,
            media_seconds=lambda url: MUSIC_S,
            limits=False,
            endless=True,
        )
        self.program: Program
        self.bookings: Bookings | None = None
        self.wall_seconds = 0.0

    @property
    def now(self) -> datetime:
        """The virtual moment."""
        return DAY + timedelta(microseconds=self.timeline.now)

    def run(self, progress: Callable[[datetime, int], None] = lambda now, left: None) -> None:
        """The whole day, until the last caller is served and the last wrap-up written."""
        with ExitStack() as around:
            around.enter_context(clock.running_on(lambda: self.now))
            around.enter_context(use_adapter(_IntoExchange(self._exchange, self.requests)))
            if self.options.shuffle is not None:
                around.enter_context(shuffled(self.options.shuffle))
            self._prepare()
            wake.set_bell(self._ring_bell)
            started = time.perf_counter()
            try:
                self._turn(progress)
            finally:
                wake.set_bell(None)
                self.wall_seconds = time.perf_counter() - started

    @property
    def speed_factor(self) -> float:
        """Virtual seconds per second of the run, set-up excluded."""
        return self.timeline.now / SECOND / self.wall_seconds

    @property
    def peak_memory_mb(self) -> float:
        """The most this process ever held."""
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    # ---- before -------------------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        outlook.forget()  # another drill of this process had operators of its own
        kinds = sorted({row.type for row in self.callers})
        self.program = set_up(kinds, self.options, at=self.now)
        if self.options.book:
            service = open_clinics(self.program.agency, callers=len(self.callers), day=DAY.date())
            self.bookings = Bookings(self.program.agency, service, self.options.book, self.options.seed)
        self._exchange.add_number(LINE, answer_url=address("answer"), hangup_url=address("hangup"))
        for device in self.program.operators:
            self._exchange.add_phone(device, parties.DrillOperator(self, device))
        for row in self.callers:
            self.rings(row, at=row.arrive)
        self.timeline.after(TICK_S * SECOND, self._tick, rank=(parties.HOUSEKEEPING, 0))

    def rings(self, row: Caller, *, at: int, redials: int = 0) -> None:
        """This caller will ring at `at` (microseconds), for the first time or after `redials` vain ones."""
        rank = (parties.ARRIVAL, row.number)
        self.timeline.at(at, lambda: self._ring(row, redials), rank=rank)

    def _ring(self, row: Caller, redials: int) -> None:
        party = parties.DrillCaller(self, row, rings_at=self.timeline.now, redials=redials)
        number = phone(row)
        if self.options.callback != "off":
            self._exchange.add_phone(number, party)
        party.rang(self._exchange.ring_in(number, LINE, party))

    # ---- the crank ----------------------------------------------------------------------------------------------

    def _turn(self, progress: Callable[[datetime, int], None]) -> None:
        shown = 0
        while self.callers_left or self.wrapping:
            if not self._step():
                raise RuntimeError(f"nothing left to happen, yet {self.callers_left} callers have not been served")
            if self.timeline.now >= shown:
                progress(self.now, self.callers_left)
                shown = self.timeline.now + 600 * SECOND
        while self.timeline.next_at == self.timeline.now:  # the carrier still has the last hang-up to tell
            self._step()
        self._settle()
        for operator in self.program.operators.values():
            dispatch.away(operator, offline=True)
        progress(self.now, 0)

    def _settle(self) -> None:
        """What a bad carrier never told is asked after, which takes its time; otherwise nothing is open."""
        until = self.timeline.now + SETTLE_S * SECOND
        while self._open() and self.timeline.now < until and self._step():
            pass

    def _open(self) -> bool:
        return Entry.objects.filter(ended_at=None).exists() or Session.objects.filter(ended_at=None).exists()

    def _step(self) -> bool:
        happened = self.timeline.step()
        while self._work:
            self._work = False
            outbox.run()
        return happened

    def _tick(self) -> None:
        dispatch.tick()
        outbox.reconcile()
        services.reconcile()
        seats.expire(self.now)
        outbox.run()
        self.timeline.after(TICK_S * SECOND, self._tick, rank=(parties.HOUSEKEEPING, 0))

    def _ring_bell(self) -> None:
        self._work = True

    def served(self, caller: parties.DrillCaller, device: str) -> None:
        """A caller's talk with the operator at this device is over."""
        if self.bookings is not None:
            self.bookings.served(caller, self.program.operators[device], at=self.now)

    def wrapped_up(self, device: str) -> bool:
        """An operator's wrap-up is written. False if the floor has not heard yet that the talk is over."""
        operator = self.program.operators[device]
        done = dispatch.wrapped_up(operator)
        return done or not Offer.objects.filter(operator=operator, ended_at=None).exclude(connected_at=None).exists()

    def back_at_the_desk(self, device: str) -> None:
        """An operator says that they are there; heard only if they were set away."""
        dispatch.ready(self.program.operators[device])

    # ---- the wire -----------------------------------------------------------------------------------------------

    def _webhook(self, request: WebRequest, done: Callable[[WebReply], None]) -> None:
        path, _, query = request.url.removeprefix(settings.PUBLIC_BASE_URL).partition("?")
        self.requests[_door(path)] += 1
        environ = {
            "REQUEST_METHOD": request.method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(request.body)),
            "wsgi.input": io.BytesIO(request.body),
            "wsgi.url_scheme": "http",
        }
        for name, value in request.headers.items():
            environ["HTTP_" + name.upper().replace("-", "_")] = value
        response = self._handler.get_response(WSGIRequest(environ))
        if response.status_code != 200:
            raise RuntimeError(f"{path} answered {response.status_code}")
        done(WebReply(response.status_code, response.headers.get("Content-Type", ""), response.content, ""))


class _IntoExchange(requests.adapters.BaseAdapter):
    """Where the SDK's requests go in a drill: into the exchange, without a socket."""

    def __init__(self, exchange: Exchange, counts: Counter[str]) -> None:
        super().__init__()
        self._exchange, self._counts = exchange, counts

    def send(self, request: requests.PreparedRequest, **kwargs) -> requests.Response:
        self._counts["rest " + _verb(request)] += 1
        body = json.loads(request.body) if request.body else {}
        status, answer = self._exchange.rest(
            request.method, request.path_url, body, auth=(settings.PLIVO_AUTH_ID, settings.PLIVO_AUTH_TOKEN)
        )
        response = requests.Response()
        response.status_code, response.url, response.request = status, request.url, request
        response.headers["Content-Type"] = "application/json"
        response._content = b"" if answer is None else json.dumps(answer).encode()
        return response

    def close(self) -> None:
        """Nothing is open."""


def _verb(request: requests.PreparedRequest) -> str:
    """A kind of REST request: the method and the last word of the path that is not an id."""
    words = [word for word in urlsplit(request.url).path.split("/") if word.isalpha() and word != "v"]
    return f"{request.method} {words[-1]}"


def _door(path: str) -> str:
    """The name of the address a webhook knocks at."""
    words = path.split("/")
    return f"callback-{words[4]}" if words[2] == "callback" else words[2]


def phone(row: Caller) -> str:
    """A number of nobody: 555-01xx in every area code there could be, 80,000 of them, then 555-02xx and so on."""
    area, last = divmod(row.place, 100)
    return f"+1{200 + area % 800}555{1 + area // 800:02}{last:02}"


def database_is_empty() -> bool:
    """Whether this database has seen no call: a drill must never run on one that has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM crm_call")
        return cursor.fetchone()[0] == 0
