"""`manage.py robots`: callers who ring and operators who answer, in a sandbox."""

import logging
import signal
import sys
import threading
import time
from random import Random

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections

from contactcenter.robots import callers
from contactcenter.robots.carrier import Away, Town
from contactcenter.robots.crew import Crew
from core import clock
from core.models import Agency

log = logging.getLogger(__name__)

ROUND_S = 0.5
PHONES_S = 3.0  # between two looks whether the exchange still knows every phone
TROUBLE_S = 1.0
EAGER = 6  # so many ring quickly at first, so that a fresh floor is soon at work
EAGER_S = 3.0
KEPT = "op01,op02,op03"


class Command(BaseCommand):
    """SIGTERM or Ctrl-C sends the robots home. They wait for a database or an exchange that is away."""

    help = "Let robots ring and answer: for a sandbox only."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--agency", default="ms", help="slug of the agency whose line is rung")
        parser.add_argument("--operators", type=int, default=6, help="how many operators are robots")
        parser.add_argument("--keep", default=KEPT, help=f"log-ins left to people (default {KEPT})")
        parser.add_argument("--every", type=float, default=12.0, help="a caller about every so many seconds")
        parser.add_argument("--pace", type=float, default=1.0, help="below 1 operators are faster than people")
        parser.add_argument("--seed", type=int, default=None, help="default: another one each time")

    def handle(self, *, agency: str, operators: int, keep: str, every: float, pace: float, seed: int | None, **options):
        if not settings.SANDBOX:
            self.stderr.write("Robots ring in a sandbox only (KINDLINE_SANDBOX=1): real people use this line.")
            sys.exit(2)
        self._stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: self._stop.set())
        of = Agency.objects.get(slug=agency)
        self._agency, self._town, self._every = of, Town(), every
        self._luck = Random(seed)
        kept = [name.strip() for name in keep.split(",") if name.strip()]
        self._crew = Crew(of, kept=kept, count=operators, seed=seed or 0, pace=pace)
        self._phones_at = self._ring_at = 0.0
        self._rung = 0
        self._work()
        self._crew.go_home(clock.now())

    def _work(self) -> None:
        self.stdout.write("The robots are on their way.")
        greeted = False
        while not self._stop.is_set():
            try:
                self._round(time.monotonic())
                if not greeted:
                    greeted = True
                    self.stdout.write(f"The robots are at work: {len(self._crew.robots)} operators.")
            except Away:
                self._phones_at = 0.0  # whoever answers next may be a new one
                self._stop.wait(TROUBLE_S)
            except (OperationalError, InterfaceError) as error:
                self.stderr.write(f"The database does not answer ({type(error).__name__}); trying again.")
                close_old_connections()
                self._stop.wait(TROUBLE_S)
            except Exception:  # robots are there to be looked at: one mishap must not empty the floor
                log.exception("a round of the robots broke")
                self._stop.wait(TROUBLE_S)
            self._stop.wait(ROUND_S)

    def _round(self, now: float) -> None:
        if now >= self._phones_at:
            self._crew.put_phones(self._town)
            self._phones_at = now + PHONES_S
        self._crew.tend(clock.now())
        if now >= self._ring_at:
            self._ring_at = now + self._gap()
            ring = callers.next_ring(self._agency, self._luck, clock.now())
            if ring is not None:
                callers.place(ring, self._town)
                self._rung += 1

    def _gap(self) -> float:
        """Seconds to the next caller: by lot, as people ring, but never long without one."""
        mean = min(EAGER_S, self._every) if self._rung < EAGER else self._every
        return min(self._luck.expovariate(1 / mean), 2.5 * mean)
