"""A drill run in this very process, and what it left in the ledger."""

from pathlib import Path

from contactcenter.drill import day, result
from contactcenter.drill.run import Drill, Options, phone
from crm.models import CallEvent


def replay(path: Path, operators: int, **options) -> tuple[Drill, dict]:
    """The finished drill and its report.json."""
    drill = Drill(day.read(path), Options(operators=operators, **options))
    drill.run()
    return drill, result.figures(drill)


def waits(drill: Drill, kind: str) -> dict[int, float]:
    """Seconds by call_no of the ledger's lines of one kind."""
    numbers = {phone(row): row.number for row in drill.callers}
    lines = CallEvent.objects.filter(kind=kind).values_list("call__from_number", "seconds")
    return {numbers[caller]: seconds for caller, seconds in lines}
