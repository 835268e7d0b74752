"""Rounds of subject and baseline, interleaved, so that a busy neighbour falls on both."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

ROUNDS = 5
Measure = Callable[[], float]


@dataclass(frozen=True)
class Row:
    """One line of the table: medians of ROUNDS; `ratio` is value / baseline_value."""

    name: str
    value: float
    unit: str
    baseline: str
    baseline_value: float
    ratio: float


def compare(name: str, unit: str, subject: Measure, baseline: str, least: Measure) -> Row:
    """Measures both, one after the other, ROUNDS times. `baseline` says in words what `least` does."""
    pairs = [(subject(), least()) for _ in range(ROUNDS)]
    value, baseline_value = (median(column) for column in zip(*pairs, strict=True))
    return Row(name, round(value, 2), unit, baseline, round(baseline_value, 2), round(value / baseline_value, 2))


def table(rows: list[Row]) -> str:
    """For people."""
    head = ("what", "measured", "unit", "baseline", "its value", "ratio")
    lines = [(r.name, f"{r.value:,}", r.unit, r.baseline, f"{r.baseline_value:,}", f"{r.ratio:.2f}") for r in rows]
    widths = [max(len(line[column]) for line in [head, *lines]) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in [head, *lines]
    )


def write(rows: list[Row], path: Path) -> None:
    """For machines: a list of {name, value, unit, baseline, baseline_value, ratio}."""
    path.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n", encoding="utf-8")
