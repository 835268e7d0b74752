"""A short day: the first callers of the sample hour, from 07:00 sharp, so that no idle hours are replayed."""

import csv
from pathlib import Path

from django.conf import settings

SAMPLE = settings.BASE_DIR / "fixtures" / "days" / "sample_hour.csv"


def first(count: int, path: Path) -> Path:
    """Writes a day of the sample hour's first `count` callers to `path`."""
    with SAMPLE.open(newline="", encoding="utf-8") as file:
        heading, *rows = csv.reader(file)
    arrive = heading.index("arrive_s")
    start = int(rows[0][arrive])
    for row in rows:
        row[arrive] = str(int(row[arrive]) - start)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([heading, *rows[:count]])
    return path
