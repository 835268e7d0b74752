"""`manage.py worker`: tells the carrier what rows say is to be told, and does what has fallen due."""

import logging
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections

from core import clock
from core.files import Waiting
from floor import dispatch, outbox, tapes, texts
from ivr import services
from reporting import alerts, audits
from scheduling import services as seats

log = logging.getLogger(__name__)

POLL_S = 0.05  # between two looks at the outbox: a caller should not notice it
TICK_S = 1.0  # deadlines
RECONCILE_S = 15.0  # callers and conversations the carrier has been silent about
WATCH_S = 5.0  # looks at the thresholds, and e-mails
AUDIT_S = 900.0  # the day before, once it is over
CLEAR_OUT_S = 300.0  # files of people that nobody said yes to


@dataclass
class Duty:
    """Something done every so often; wall time, since this is the one process that lives in it."""

    do: Callable[[], object]
    every_s: float
    next_at: float = 0.0

    def if_due(self, now: float) -> None:
        """Does it, and counts from the end: a slow round must not be followed by a burst, nor a broken one."""
        if now >= self.next_at:
            try:
                self.do()
            finally:
                self.next_at = time.monotonic() + self.every_s


class Command(BaseCommand):
    """Run one or several: leases on rows keep them apart. SIGTERM or Ctrl-C lets the present round end."""

    help = "Carry out what the floor has left for the carrier, and what has fallen due."

    def handle(self, **options) -> None:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        self.stdout.write("The worker is at work. Ctrl-C stops it.")
        duties = [
            Duty(outbox.run, POLL_S),
            Duty(texts.run, TICK_S),
            Duty(dispatch.tick, TICK_S),
            Duty(lambda: seats.expire(clock.now()), TICK_S),
            Duty(outbox.reconcile, RECONCILE_S),
            Duty(services.reconcile, RECONCILE_S),
            Duty(dispatch.look_after_missed, RECONCILE_S),
            Duty(tapes.fetch, RECONCILE_S),
            Duty(Waiting.clear_out, CLEAR_OUT_S),
            Duty(audits.nightly, AUDIT_S),
        ]
        # Beside the rest: a large day takes a while to read, a mail server longer, and callers should notice neither.
        beside = [Duty(lambda: alerts.look(clock.now()), WATCH_S), Duty(lambda: alerts.mail(clock.now()), WATCH_S)]
        watch = threading.Thread(target=self._rounds, args=(beside, stop), name="kindline-watch", daemon=True)
        watch.start()
        self._rounds(duties, stop)
        watch.join(TICK_S)  # an e-mail that hangs is not waited for: its attempt is on record

    def _rounds(self, duties: list[Duty], stop: threading.Event) -> None:
        while not stop.wait(POLL_S):
            self._round(duties, stop)

    def _round(self, duties: list[Duty], stop: threading.Event) -> None:
        for duty in duties:
            try:
                duty.if_due(time.monotonic())
            except (OperationalError, InterfaceError) as error:  # the database is away: what is due stays due
                self.stderr.write(f"The database does not answer ({type(error).__name__}); trying again.")
                close_old_connections()
                stop.wait(TICK_S)
            except Exception:  # one duty must not keep the others from being done
                log.exception("a round of the worker broke")
