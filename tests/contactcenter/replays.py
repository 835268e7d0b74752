"""Small days for tests: the first callers of the sample hour, and a drill run in this very process."""

import csv
from pathlib import Path

from django.conf import settings

from contactcenter.drill import day, result
from contactcenter.drill.run import Drill, Options, _number
from crm.models import CallEvent

SAMPLE = settings.BASE_DIR / "fixtures" / "days" / "sample_hour.csv"


def first(count: int, path: Path) -> Path:
    """A day of the sample hour's first `count` callers, from 07:00 on."""
    with SAMPLE.open(newline="", encoding="utf-8") as file:
        heading, *rows = csv.reader(file)
    arrive = heading.index("arrive_s")
    start = int(rows[0][arrive])
    for row in rows:
        row[arrive] = str(int(row[arrive]) - start)  # at 07:00 sharp: no idle hours to replay
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([heading, *rows[:count]])
    return path


def replay(path: Path, operators: int, **options) -> tuple[Drill, dict]:
    """The finished drill and its report.json."""
    drill = Drill(day.read(path), Options(operators=operators, **options))
    drill.run()
    return drill, result.figures(drill)


def waits(drill: Drill, kind: str) -> dict[int, float]:
    """Seconds by call_no of the ledger's lines of one kind."""
    numbers = {_number(row.number): row.number for row in drill.callers}
    lines = CallEvent.objects.filter(kind=kind).values_list("call__from_number", "seconds")
    return {numbers[caller]: seconds for caller, seconds in lines}
