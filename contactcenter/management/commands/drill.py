"""`manage.py drill FILE --operators 80 --out DIR`: replays a day of calls and writes what came of it."""

import shutil
import subprocess
import sys
import tempfile
from argparse import ArgumentTypeError
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from contactcenter.drill import day, sandbox
from contactcenter.drill.asked import CALLBACK_MODES, NAMES, Options

UNFAIR = 3  # exit code
MOST_DECLINED = 0.5
LONGEST_RING_S = 15  # a phone is given up after twenty seconds
LONGEST_HEAD_START_S = 10_000


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 5000:
        raise ArgumentTypeError(f"{text!r} should be a whole number from 1 to 5000")
    return int(text)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise ArgumentTypeError(f"{text!r} should be a share from 0 to 1")
    return share


def _seconds(most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isdecimal() or int(text) > most:
            raise ArgumentTypeError(f"{text!r} should be whole seconds from 0 to {most}")
        return int(text)

    return read


def _declined(text: str) -> float:
    if (share := _share(text)) > MOST_DECLINED:
        raise ArgumentTypeError(f"{text!r} should be a share from 0 to {MOST_DECLINED}, or nobody would ever be served")
    return share


class Command(BaseCommand):
    """The parent checks the file and hands over to a child with a fresh database, clock and carrier of its own."""

    help = "Replay a day of calls through the real webhooks, queue and database, in virtual time."
    requires_system_checks = []  # touches nothing of this process's own database; the child is checked

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path, help="a day of calls (docs/drill.md has the format)")
        parser.add_argument("--operators", type=_count, required=True, help="how many answer, all day")
        parser.add_argument("--talk", choices=["service_x_s", "service_s"], default="service_x_s")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--callback", choices=list(CALLBACK_MODES), default="off")
        parser.add_argument(
            "--accept", type=_share, default=0.5, help="share of those offered a call-back who want one"
        )
        parser.add_argument("--book", type=_share, default=0.0, help="share of those served who book an appointment")
        parser.add_argument("--self-service", type=_share, default=0.0, help="share of callers whom the menu serves")
        parser.add_argument("--skills", action="store_true", help="types need skills, which operators have in part")
        parser.add_argument("--decline", type=_declined, default=0.0, help="share of rings an operator does not take")
        parser.add_argument(
            "--ring", type=_seconds(LONGEST_RING_S), default=0, help="seconds until an operator picks up"
        )
        parser.add_argument(
            "--priority-head-start",
            type=_seconds(LONGEST_HEAD_START_S),
            default=0,
            help="seconds that each class of urgency is served as if it had come earlier",
        )
        parser.add_argument("--redial", action="store_true", help="who gave up rings again, at most twice")
        parser.add_argument("--shuffle", type=int, help="a seed: serve in no order, to see that the audit notices")
        parser.add_argument("--out", type=Path, required=True, help="directory for report.json, daily.html, daily.csv")
        parser.add_argument("--child", action="store_true", help="(set by the command itself)")

    def handle(self, *, file: Path, out: Path, child: bool, **options) -> None:
        try:
            callers = day.read(file)
        except day.BadDay as error:
            self._refuse(f"{file}: {error}")
        if child:
            if not settings.SANDBOX:
                self._refuse("--child is the command's own; it runs in a sandbox only")
            self.check(tags=["kindline"])
            self._run(callers, out, options)
            return
        if out.exists() and not out.is_dir():
            self._refuse(f"{out} is a file; --out needs a directory")
        try:
            out.mkdir(parents=True, exist_ok=True)
            room = Path(tempfile.mkdtemp(prefix=".drill-", dir=out))
        except OSError as error:
            self._refuse(f"{out}: cannot write there ({error.strerror})")
        try:
            code = self._hand_over(file, room, options)
            self._hand_in(room, out)
        finally:
            shutil.rmtree(room, ignore_errors=True)
        sys.exit(code) if code else None

    def _refuse(self, message: str) -> None:
        self.stderr.write(message)
        sys.exit(2)

    # ---- the parent ---------------------------------------------------------------------------------------------

    def _hand_over(self, file: Path, room: Path, options: dict) -> int:
        """The same once more, in a process whose whole world is `room`. Its exit code: 0, or UNFAIR."""
        line = sandbox.command("drill", str(file), *_asked(options).words(), "--child", "--out", str(room))
        done = subprocess.run(line, env=sandbox.environment(room, keep_open=True), check=False)
        if done.returncode not in (0, UNFAIR):
            sys.exit(done.returncode)
        return done.returncode

    def _hand_in(self, room: Path, out: Path) -> None:
        """All or nothing: files appear in `out` only when the last of them is written."""
        for leftover in out.glob(sandbox.DATABASE + "-*"):
            leftover.unlink()
        for made in sorted(room.iterdir()):
            made.replace(out / made.name)
        self.stdout.write(
            f"\nThe daily report: {(out / 'daily.html').resolve()}\nThe figures:      {out / 'report.json'}"
        )

    # ---- the child ----------------------------------------------------------------------------------------------

    def _run(self, callers: list[day.Caller], room: Path, options: dict) -> None:
        from contactcenter.drill import result
        from contactcenter.drill.run import Drill, database_is_empty

        call_command("migrate", verbosity=0)
        if not database_is_empty():
            self._refuse("a drill needs a database of its own, and this one has calls in it")
        drill = Drill(callers, _asked(options))
        drill.run(progress=lambda now, left: self._progress(drill, now, left))
        numbers = result.write(drill, room)
        self.stdout.write(
            f"\n{numbers['inbound']:,} calls, {numbers['offered']:,} offered: {numbers['answered']:,} answered, "
            f"{numbers['callback_done']:,} called back, {numbers['abandoned']:,} abandoned; "
            f"abandoned {_percent(numbers['abandon_rate'])}, lost {_percent(numbers['lost_rate'])}; "
            f"{numbers['speed_factor']:.0f} times real time"
        )
        if unexplained := numbers["fairness"]["unexplained_overtakes"]:
            self.stderr.write(f"{unexplained:,} times a caller was overtaken without a reason: that is a fault.")
            sys.exit(UNFAIR)

    def _progress(self, drill, now: datetime, left: int) -> None:
        done = len(drill.callers) - left
        end = "\r" if self.stdout.isatty() else "\n"
        self.stdout.write(f"  {now:%H:%M}  {done:>7,} of {len(drill.callers):,} calls over ", ending=end)
        self.stdout.flush()


def _asked(options: dict) -> Options:
    return Options(**{name: options[name] for name in NAMES})


def _percent(rate: float | None) -> str:
    return "–" if rate is None else f"{rate:.1%}"
