"""Invented days in the format of docs/drill.md: any seed gives another, with ties and fractions."""

import csv
import random
from pathlib import Path

from contactcenter.drill.day import COLUMNS


def invent(path: Path, *, calls: int, seed: int, hours: float = 12.0) -> Path:
    """Writes a day of `calls` that ring evenly over `hours`, with mean talk 360 s, wrap 60 s and patience 300 s."""
    dice = random.Random(seed)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for number in range(1, calls + 1):
            writer.writerow(_row(number, dice, hours))
    return path


def _row(number: int, dice: random.Random, hours: float) -> dict:
    return {
        "call_no": number,
        "arrive_s": dice.randrange(int(hours * 3600)),
        "src_date": "2026-01-14",
        "type": dice.choice(["book", "change", "Fragen und Antworten", "español"]),
        "priority": dice.randrange(3),
        "ivr_s": dice.choice([0, 5, 10, dice.randrange(200)]),
        "contained_in_ivr": int(dice.random() < 0.1),
        "service_s": dice.randrange(600),
        "service_x_s": round(dice.expovariate(1 / 360)),
        "wrap_s": dice.choice([0, 30, 60, 150]),
        "service_obs": 1,
        "patience_s": dice.choice([0, 60, round(dice.expovariate(1 / 300), 1)]),
        "patience_obs": 1,
        "obs_outcome": "AGENT",
        "obs_wait_s": 0,
    }
