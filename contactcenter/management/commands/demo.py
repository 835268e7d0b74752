"""`make demo`: replays a real morning, then serves its report."""

import os
import socket
import subprocess
import sys

from django.conf import settings
from django.core.management.base import BaseCommand

from contactcenter.drill import sandbox

MORNING = settings.BASE_DIR / "fixtures" / "days" / "sample_hour.csv"
ROOM = settings.BASE_DIR / "var" / "demo"
OPERATORS = 80
CALL_BACKS = ("--callback", "keep-place", "--accept", "0.5")
DATE = "2026-01-14"  # the drill's day; contactcenter.drill.run has why


class Command(BaseCommand):
    """A drill of one hour, and a web server on what it left. Ctrl-C stops it."""

    help = "Replay an hour of real calls, with progress, and serve its daily report."
    requires_system_checks = []  # touches nothing of this process's own database

    def add_arguments(self, parser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *, port: int, **options) -> None:
        self._check_port(port)
        self.stdout.write(
            f"Replaying an hour made from real calls, with {OPERATORS} operators. Of those who would have to wait,\n"
            "half choose to be called back.\n"
            "Calls: the “Anonymous Bank” log, Technion 1999 (Guedj and Mandelbaum, 2000), with thanks.\n"
        )
        drill = sandbox.command("drill", str(MORNING), "--operators", str(OPERATORS), *CALL_BACKS, "--out", str(ROOM))
        done = subprocess.run(drill, check=False)
        if done.returncode:
            sys.exit(done.returncode)
        self.stdout.write(
            f"\nThe report is served at http://127.0.0.1:{port}/reports/daily/{DATE}/ (Ctrl-C stops it)\n"
        )
        self.stdout.flush()
        serve = sandbox.command("runserver", "--noreload", f"127.0.0.1:{port}")
        os.execve(serve[0], serve, sandbox.environment(ROOM, port=port))

    def _check_port(self, port: int) -> None:
        """Before the minute of replaying, not after it."""
        try:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            self.stderr.write(f"Port {port} cannot be used here. Please try another: make demo PORT=8001")
            sys.exit(2)
