"""What came of a drill, written to a directory: report.json, the daily report as page and as CSV."""

import json
from datetime import timedelta
from pathlib import Path

from contactcenter.drill.run import DAY, Drill
from floor.models import Queue
from reporting import audits, daily, export, promises
from reporting.fairness import Audit

FILES = ("report.json", "daily.html", "daily.csv")


def figures(drill: Drill, found: Audit | None = None) -> dict:
    """Everything in report.json. Units: *_s seconds, *_rate, sl_* and occupancy fractions of 1; docs/drill.md.

    `found`: the drill's audit, if it has been made already.
    """
    found = found or audit(drill)
    numbers = daily.figures(_report(drill))
    names = dict(Queue.objects.filter(agency=drill.program.agency).values_list("slug", "name"))
    return {
        **numbers,
        "by_type": {names[slug]: row for slug, row in numbers["by_type"].items()},
        "drill": drill.options.said(),
        "fairness": {
            "overtaken": dict(found.by_reason),
            "callers_overtaken": found.callers,
            "unexplained_overtakes": found.unexplained,
        },
        "promises": _promises(drill),
        **(drill.bookings.figures() if drill.bookings else {}),
        "requests": dict(sorted(drill.requests.items())),
        "wall_seconds": round(drill.wall_seconds, 3),
        "speed_factor": round(drill.speed_factor, 1),
        "peak_memory_mb": round(drill.peak_memory_mb, 1),
    }


def write(drill: Drill, out: Path) -> dict:
    """Writes FILES into `out` and returns the figures."""
    found = audit(drill)
    audits.keep(drill.program.agency, DAY.date(), found, at=drill.now)
    report, numbers = _report(drill), figures(drill, found)
    (out / "report.json").write_text(json.dumps(numbers, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    (out / "daily.html").write_text(
        export.page(report, fairness=audits.kept(drill.program.agency, DAY.date())), encoding="utf-8"
    )
    (out / "daily.csv").write_text(export.csv(report), encoding="utf-8")
    return numbers


def audit(drill: Drill) -> Audit:
    """Who was overtaken, and why. In virtual time every moment is exact."""
    end = drill.now + timedelta(seconds=1)
    return audits.between(drill.program.agency, DAY, end, drill=True, slack=timedelta(0))


def _promises(drill: Drill) -> dict:
    """Announced waits against real ones."""
    end = drill.now + timedelta(seconds=1)
    return promises.accuracy(drill.program.agency, DAY, end, drill=True, at=drill.now)


def _report(drill: Drill) -> daily.DailyReport:
    """As made once the day is over: nobody rings after the last caller of the file."""
    midnight = (DAY + timedelta(days=1)).replace(hour=0)
    at = max(drill.now, midnight)
    return daily.build(drill.program.agency, DAY.date(), drill=True, at=at, staffed_until=drill.now)
