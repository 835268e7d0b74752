"""How fast a day is replayed, against as many bare views as the day has webhooks."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.core.management import call_command

from bench.harness import Row, compare
from bench.sample import first
from bench.webhook import Lab
from contactcenter.drill import day
from contactcenter.drill.run import Drill, Options

CALLS, OPERATORS = 150, 12


def rows() -> Iterator[Row]:
    """The whole drill by the webhook: exchange, door, floor, ledger and worker."""
    with tempfile.TemporaryDirectory() as room:
        callers = day.read(first(CALLS, Path(room) / "day.csv"))
    yield compare(
        "drill, microseconds a webhook, all included", "us", lambda: _drill(callers),
        "bare view: read entry, mark it seen, count who is ahead", _bare,
    )  # fmt: skip


def _drill(callers: list[day.Caller]) -> float:
    call_command("flush", interactive=False, verbosity=0)
    drill = Drill(callers, Options(operators=OPERATORS))
    drill.run()
    webhooks = sum(count for kind, count in drill.requests.items() if not kind.startswith("rest "))
    return drill.wall_seconds / webhooks * 1e6


def _bare() -> float:
    call_command("flush", interactive=False, verbosity=0)
    lab = Lab()
    return lab.time(lab.bare, "wait")
