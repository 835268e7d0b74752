"""An independent model of the drill's line, in forty lines: one heap, no Django, nothing shared with the product.

At one instant freed operators come first, then arrivals, then patience. First come, first served; with a head start,
each class of urgency (0, 1, 2) as if it had come so much earlier. `leave_out`: calls that never come; `keep_place`:
those of whom, if not served at once, nobody runs out of patience.
"""

import csv
import heapq
from fractions import Fraction

FREED, ARRIVED, OUT_OF_PATIENCE = 0, 1, 2


def simulate(path, operators, talk="service_x_s", head_start=0, leave_out=(), keep_place=()):
    """Waits in s by call_no: (answered, abandoned); and how many hung up in the menu."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    since_ever = []  # in order of coming, which decides between equals
    events, seconds = [], lambda row, *names: sum(Fraction(row[name]) for name in names)
    calls = {int(row["call_no"]): row for row in rows if row["contained_in_ivr"] == "0"}
    calls = {number: row for number, row in calls.items() if number not in leave_out}
    for number, row in calls.items():
        heapq.heappush(events, (seconds(row, "arrive_s", "ivr_s"), ARRIVED, number))
    free, line, since, answered, abandoned = operators, [], {}, {}, {}
    while events:
        now, kind, number = heapq.heappop(events)
        row = calls[number]
        if kind == FREED:
            free += 1
        elif kind == ARRIVED:
            since[number] = now
            heapq.heappush(line, (now - head_start * int(row["priority"]), len(since_ever), number))
            since_ever.append(number)
            heapq.heappush(events, (now + seconds(row, "patience_s"), OUT_OF_PATIENCE, number))
        elif number in since and number not in keep_place:
            abandoned[number] = now - since.pop(number)
        while free and line:
            number = heapq.heappop(line)[2]
            if number in since:
                free -= 1
                answered[number] = now - since.pop(number)
                heapq.heappush(events, (now + seconds(calls[number], talk, "wrap_s"), FREED, number))
    return answered, abandoned, sum(row["contained_in_ivr"] == "1" for row in rows)
