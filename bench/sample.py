"""A short day: the first callers of the sample hour."""

import csv
from pathlib import Path

from django.conf import settings

SAMPLE = settings.BASE_DIR / "fixtures" / "days" / "sample_hour.csv"


def first(count: int, path: Path) -> Path:
    """Writes a day of the sample hour's first `count` callers to `path`."""
    with SAMPLE.open(newline="", encoding="utf-8") as file:
        heading, *rows = csv.reader(file)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([heading, *rows[:count]])
    return path
