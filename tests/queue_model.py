"""An independent model of the drill's line, in forty lines: one heap, no Django, nothing shared with the product.

At one instant freed operators come first, then arrivals, then patience. First come, first served.
"""

import csv
import heapq
from collections import deque
from fractions import Fraction

FREED, ARRIVED, OUT_OF_PATIENCE = 0, 1, 2


def simulate(path, operators, talk="service_x_s"):
    """Waits in s by call_no: (answered, abandoned); and how many hung up in the menu."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    events, seconds = [], lambda row, *names: sum(Fraction(row[name]) for name in names)
    calls = {int(row["call_no"]): row for row in rows if row["contained_in_ivr"] == "0"}
    for number, row in calls.items():
        heapq.heappush(events, (seconds(row, "arrive_s", "ivr_s"), ARRIVED, number))
    free, line, since, answered, abandoned = operators, deque(), {}, {}, {}
    while events:
        now, kind, number = heapq.heappop(events)
        row = calls[number]
        if kind == FREED:
            free += 1
        elif kind == ARRIVED:
            since[number] = now
            line.append(number)
            heapq.heappush(events, (now + seconds(row, "patience_s"), OUT_OF_PATIENCE, number))
        elif number in since:
            abandoned[number] = now - since.pop(number)
        while free and line:
            number = line.popleft()
            if number in since:
                free -= 1
                answered[number] = now - since.pop(number)
                heapq.heappush(events, (now + seconds(calls[number], talk, "wrap_s"), FREED, number))
    return answered, abandoned, len(rows) - len(calls)
