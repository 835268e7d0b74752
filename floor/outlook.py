"""What the wait loop has to know of the floor at large: who is there, how long calls take, what an admin set up.

Read anew every ten seconds (who is there) and every minute (the rest), and kept in the process meanwhile: the loop is
the busiest door of the house. So a rule that an admin changes holds within a minute. Reads only.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings

from core.models import Agency
from crm.ledger import Kind
from crm.models import CallEvent
from floor import matching, needs, waittime
from floor.models import ComfortMessage, OverflowRule, Queue, Stint
from knowledgebase.queries import Hours, all_hours

STAFF_S, SET_UP_S = 10, 60
DAYS = 7  # of history, and no more of it than these lines:
LINES = 2000
ABSENT = ("away", "offline", "training")  # not there for callers; every other state is, or soon will be again
_HANDLED = (Kind.ANSWERED, Kind.CALLBACK_DONE, Kind.WRAPPED)
_WAITED = (Kind.CONNECTED, Kind.ABANDONED)


@dataclass(frozen=True)
class Staff:
    """Who is logged in: key of the operator to what they are good at, and to their log-in name."""

    levels: dict[int, dict[str, int]]
    names: dict[int, str]
    _fitting: dict[tuple[str, int], frozenset[int]] = field(default_factory=dict)

    def who_can(self, need: str, waited_s: float) -> frozenset[int]:
        """Who may serve a need after so many seconds in line (`Entry.need`, as it is kept)."""
        wants = matching.need(need)
        passed = sum(waited_s >= step.after_s for step in wants.steps)
        key = need, passed
        if key not in self._fitting:
            fit = (one for one, levels in self.levels.items() if matching.fit(wants, waited_s, levels)[0])
            self._fitting[key] = frozenset(fit)
        return self._fitting[key]


@dataclass(frozen=True)
class SetUp:
    """What an admin arranged, by key of the queue; and what the ledger says of the last days."""

    comfort: dict[int, list[ComfortMessage]]
    rules: dict[int, list[OverflowRule]]
    hours: dict[str, Hours]
    handling: dict[str, tuple[float, int]]  # log-in name -> seconds of talk and wrap-up, conversations
    patience_s: float

    def aht(self, names: Iterable[str]) -> tuple[float, int]:
        """How long a call keeps one of these operators, in s, and how many calls say so."""
        known = [self.handling[name] for name in names if name in self.handling]
        total, count = sum(seconds for seconds, _ in known), sum(n for _, n in known)
        return waittime.history(total, count, default_s=waittime.AHT_S), count

    def closes_at(self, queue: Queue, at: datetime) -> datetime | None:
        """When this queue's present span ends; `at` itself if it is closed, None if it never closes."""
        hours = self.hours.get(queue.hours)
        return None if hours is None else hours.closes_at(at) or at

    def opens_at(self, queue: Queue, at: datetime) -> datetime | None:
        """When it opens next."""
        hours = self.hours.get(queue.hours)
        return None if hours is None else hours.opens_at(at)


_staff: dict[int, tuple[datetime, Staff]] = {}
_set_up: dict[int, tuple[datetime, SetUp]] = {}


def staff(agency_id: int, at: datetime) -> Staff:
    """Who is logged in, as it was at most ten seconds before `at`. Two statements, or none."""
    return _kept(_staff, agency_id, at, STAFF_S) or _keep(_staff, agency_id, at, read_staff(agency_id))


def set_up(agency_id: int, at: datetime) -> SetUp:
    """The queues' arrangements and the history, as they were at most a minute before `at`. Six statements, or none."""
    return _kept(_set_up, agency_id, at, SET_UP_S) or _keep(_set_up, agency_id, at, _read_set_up(agency_id, at))


def is_closed(queue: Queue, at: datetime) -> bool:
    """Whether this queue is closed and cuts off those who still wait."""
    if queue.at_closing == Queue.AtClosing.SERVE:
        return False
    closes = set_up(queue.agency_id, at).closes_at(queue, at)
    return closes is not None and closes <= at


def opens_again(queue: Queue, at: datetime) -> datetime | None:
    """When a queue that is closed, and cuts off those who still wait, opens; None: it is not, or nobody knows when."""
    return set_up(queue.agency_id, at).opens_at(queue, at) if is_closed(queue, at) else None


def forget() -> None:
    """Everything is read anew: for tests and drills, which begin a world of their own."""
    _staff.clear()
    _set_up.clear()


def read_staff(agency_id: int) -> Staff:
    """Who is logged in this very moment."""
    there = Stint.objects.filter(agency_id=agency_id, until=None).exclude(state__in=ABSENT)
    names = dict(there.values_list("operator_id", "operator__user__username"))
    levels = needs.levels(names)
    return Staff({one: levels.get(one, {}) for one in names}, names)


def _kept(kept, agency_id, at, seconds):
    read_at, found = kept.get(agency_id, (None, None))
    if read_at is None or not timedelta() <= at - read_at < timedelta(seconds=seconds):
        return None
    return found


def _keep(kept, agency_id, at, found):
    kept[agency_id] = at, found
    return found


def _read_set_up(agency_id: int, at: datetime) -> SetUp:
    handling, patience_s = _history(agency_id, at)
    return SetUp(
        comfort=_by_queue(ComfortMessage.objects.filter(queue__agency_id=agency_id)),
        rules=_by_queue(OverflowRule.objects.filter(queue__agency_id=agency_id).select_related("to_queue")),
        hours=all_hours(Agency.objects.get(pk=agency_id)),
        handling=handling,
        patience_s=patience_s,
    )


def _by_queue(rows) -> dict[int, list]:
    found = defaultdict(list)
    for row in rows.order_by("order", "pk"):
        found[row.queue_id].append(row)
    return dict(found)


def _history(agency_id: int, at: datetime) -> tuple[dict[str, tuple[float, int]], float]:
    """Handling times by operator, and patience: all waiting of the served and the gone, by those who left."""
    events = CallEvent.objects.filter(
        call__agency_id=agency_id,
        call__drill=settings.SANDBOX,
        at__gt=at - timedelta(days=DAYS),
        kind__in=(*_HANDLED, *_WAITED),
    )
    handling: dict[str, list] = defaultdict(lambda: [0.0, 0])
    waited, left = 0.0, 0
    for kind, who, seconds in events.order_by("-at").values_list("kind", "operator", "seconds")[:LINES]:
        if kind in _WAITED:
            waited += seconds or 0.0
            left += kind == Kind.ABANDONED
        else:
            handling[who][0] += seconds or 0.0
            handling[who][1] += kind != Kind.WRAPPED
    found = {who: (seconds, count) for who, (seconds, count) in handling.items()}
    return found, waittime.history(waited, left, default_s=waittime.PATIENCE_S)
