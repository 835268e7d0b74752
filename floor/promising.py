"""What can be promised: no more call-backs than the operators' minutes until closing can keep. Pure.

Times are aware datetimes, durations seconds unless the name says minutes. A span is [opens, closes).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

Span = tuple[datetime, datetime]
FEW = 10  # talks; of fewer, the mean says little
AHT_S = 300.0  # then this is how long a call takes
SHARE = 0.5  # of a window's operator minutes that may be promised: the rest is for those who ring meanwhile
GRID_MIN = 30  # windows begin on the half hour: people remember them


@dataclass(frozen=True, slots=True)
class Staff:
    """Who keeps promises: how many operators are at work, and how long one contact takes them."""

    operators: int
    aht_s: float = AHT_S

    def takes(self, contacts: int) -> timedelta:
        """How long these operators, all together, need for so many. There must be one at least."""
        return timedelta(seconds=contacts * self.aht_s / self.operators)


def aht(seconds: Sequence[float]) -> float:
    """The mean of talks with their wrap-up, or `AHT_S` if there are few."""
    return sum(seconds) / len(seconds) if len(seconds) >= FEW and sum(seconds) > 0 else AHT_S


def may_keep_place(*, at: datetime, closes: datetime | None, in_line: int, staff: Staff) -> bool:
    """Whether one more place can be served before closing, after all `in_line`. `closes`: None for never."""
    if closes is None:
        return True
    return staff.operators > 0 and at + staff.takes(in_line + 1) <= closes


def window(
    *,
    at: datetime,
    spans: Iterable[Span],
    length: timedelta,
    lead: timedelta,
    in_line: int,
    promised: Sequence[Span],
    staff: Staff,
    zone: ZoneInfo,
) -> Span | None:
    """The first window with room. None if there is none in all `spans` (open hours, in order).

    It begins on the half hour, `lead` from now at the earliest and not before the present line has been served; it ends
    by closing. Of each window half may be promised. With nobody at work now, one operator is counted on for other days
    and none for today.
    """
    nobody = staff.operators < 1
    if nobody:
        staff = Staff(1, staff.aht_s)
    earliest = at + max(lead, staff.takes(in_line))
    room = int(length / staff.takes(1) * SHARE) if staff.aht_s > 0 else len(promised) + 1
    today = at.astimezone(zone).date()
    for opens, closes in spans:
        start = on_the_grid(max(opens, earliest), zone)
        while start + length <= closes:
            if not (nobody and start.astimezone(zone).date() == today):
                taken = sum(begins < start + length and start < ends for begins, ends in promised)
                if taken < max(room, 1):
                    return start, start + length
            start += timedelta(minutes=GRID_MIN)
    return None


def on_the_grid(moment: datetime, zone: ZoneInfo) -> datetime:
    """`moment`, or the next half hour of the clock in `zone`."""
    local = moment.astimezone(zone)
    over = timedelta(minutes=local.minute % GRID_MIN, seconds=local.second, microseconds=local.microsecond)
    return moment if not over else moment + timedelta(minutes=GRID_MIN) - over
