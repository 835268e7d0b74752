"""Who was overtaken in line, and why: from what was stored, never from what the matcher says of itself. Pure.

Each time an operator is given a caller (a *taking*), everybody who took their place earlier and stands in line at that
moment is overtaken. Each such overtake has exactly one reason, from a closed list; what has none is a fault of ours.

A day has some ten thousand takings and may have hundreds in line at each, so nobody goes through the line: callers
with one need and one head start stand in one row, in which what holds for one holds for all before or behind a point.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from floor.matching import AVOID_S, Levels, Need, need
from reporting.standing import Key, Standing

LONGEST_LIST = 50  # of cases that are named one by one
_FOR_EVER = datetime.max.replace(tzinfo=UTC)
_EVENTS, _TAKINGS, _LATE_EVENTS = range(3)  # within one moment; an offer counts as open in the moment of its end


class Reason(StrEnum):
    """Why somebody was overtaken; the first that holds, in this order."""

    RESTING = "resting"  # a call-back between two tries, or before the time it was promised for
    PUT_BACK = "put_back"  # an operator was being rung for them at the time, and nothing came of it
    SKILL = "skill"  # the operator has not what they need, whatever the wait
    RELAXED = "relaxed"  # the operator would have done after a longer wait
    MOVED = "moved"  # a supervisor gave one of the two another place
    HEAD_START = "head_start"  # the other's queue or class of urgency goes before
    PREFERRED = "preferred"  # kept for an operator they know
    REFUSED_RING = "refused_ring"  # the operator had just not taken them


@dataclass(frozen=True, slots=True)
class Taking:
    """A caller laid before an operator. `ended` None: still going on. `served`: they came to talk, or may yet."""

    pk: int
    place: int
    operator: int
    at: datetime
    ended: datetime | None = None
    served: bool = True
    refused: bool = False
    levels: Levels = field(default_factory=dict)  # of the operator, at that moment


@dataclass(frozen=True, slots=True)
class Before:
    """What held of a place until it went over to another queue."""

    until: datetime
    need: str
    rank: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """A caller's visit to a queue, with everything that was ever laid before an operator for it, in order."""

    pk: int
    call: int
    start: datetime  # when the place in line was taken
    rank: datetime  # the same, less head starts
    entered: datetime
    ended: datetime | None = None
    need: str = ""  # as `floor.matching.Need.text` writes it
    preferred: int | None = None
    kept_until: datetime | None = None
    moved: datetime | None = None  # last, by a supervisor
    before: tuple[Before, ...] = ()  # the queues they came over from, in order
    rests: tuple[tuple[datetime, datetime], ...] = ()
    takings: tuple[Taking, ...] = ()

    @property
    def key(self) -> Key:
        return self.start, self.pk

    def rank_at(self, moment: datetime) -> datetime:
        """What their rank was then."""
        return next((one.rank for one in self.before if moment < one.until), self.rank)


@dataclass(frozen=True, slots=True)
class Case:
    """An overtake without a reason: calls and operator by their keys."""

    overtaken: int
    by: int
    operator: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Audit:
    """What came of it. `most`: (call, times) of those overtaken most often."""

    takings: int
    callers: int
    by_reason: Mapping[str, int]
    unexplained: int
    cases: tuple[Case, ...]
    most: tuple[tuple[int, int], ...]


def audit(
    places: Collection[Place],
    start: datetime,
    end: datetime,
    *,
    ready_since: Mapping[int, Sequence[datetime]],
    slack: timedelta = timedelta(0),
) -> Audit:
    """Everybody overtaken by a taking in [start, end).

    `ready_since`: of each operator, the moments at which they became ready, in order. `slack`: two events closer than
    this may have been written in another order than their moments say, and accuse nobody.
    """
    return _Sweep(places, start, end, ready_since, slack).result()


class _Sweep:
    """Goes through the moments of a day once."""

    def __init__(self, places, start, end, ready_since, slack) -> None:
        self._by_key = {place.key: place for place in places}
        self._by_pk = {place.pk: place for place in places}
        self._start, self._end, self._slack, self._ready_since = start, end, slack, ready_since
        rows: dict[tuple[str, timedelta], list[Key]] = defaultdict(list)
        for place in places:
            for row in {row for _, row in _rows(place)}:
                rows[row].append(place.key)
        self._rows = {row: Standing(keys) for row, keys in rows.items()}
        self._resting = Standing([place.key for place in places if place.rests])
        self._held: dict[Key, Taking] = {}
        self._after: dict[tuple[str, tuple], tuple[bool, float | None]] = {}
        self._reasons: Counter[str] = Counter(dict.fromkeys(Reason, 0))
        self._one_by_one: Counter[Key] = Counter()
        self._cases: list[Case] = []
        self._unexplained = self._takings = 0

    def result(self) -> Audit:
        events = [event for place in self._by_key.values() for event in self._events(place)]
        for _, _, _, do, what in sorted(events, key=lambda event: event[:3]):
            do(*what)
        for standing in (*self._rows.values(), self._resting):
            self._one_by_one.update(standing.passed)
        often = sorted(self._one_by_one.items(), key=lambda item: (-item[1], item[0]))
        return Audit(
            takings=self._takings,
            callers=len(often),
            by_reason={str(reason): self._reasons[reason] for reason in Reason},
            unexplained=self._unexplained,
            cases=tuple(self._cases),
            most=tuple((self._by_key[key].call, times) for key, times in often[:LONGEST_LIST]),
        )

    # ---- the moments of a place ---------------------------------------------------------------------------------

    def _events(self, place: Place) -> Iterator[tuple]:
        """(moment, phase, number, what to do, with what), in no order."""
        key = place.key
        late, since = False, place.entered
        for taking in place.takings:
            yield from self._free(place, since, taking.at, late)
            if self._start <= taking.at < self._end:
                yield taking.at, _TAKINGS, taking.pk, self._take, (place, taking)
            if not taking.served and taking.ended is not None and self._goes_on(place, taking):
                yield taking.at, _EVENTS, taking.pk, self._held.__setitem__, (key, taking)
                over, following = taking.ended + self._slack, _following(place, taking)
                phase = _LATE_EVENTS if over < following else _EVENTS
                yield min(over, following), phase, -taking.pk, self._let_go, (key, taking)
            late, since = True, taking.ended or _FOR_EVER
        yield from self._free(place, since, place.ended or _FOR_EVER, late)

    def _goes_on(self, place: Place, taking: Taking) -> bool:
        """Whether a ring that came to nothing cost them time: not if they left, nor if it was over at once and the next
        operator was rung in the same moment.
        """
        if place.ended is not None and place.ended <= taking.ended:
            return False
        return taking.ended > taking.at or _following(place, taking) > taking.ended

    def _let_go(self, key: Key, taking: Taking) -> None:
        if self._held.get(key) is taking:  # else the next operator is being rung already
            del self._held[key]

    def _free(self, place: Place, since: datetime, until: datetime, late: bool) -> Iterator[tuple]:
        """From `since` to `until` nobody was reached for them: they stood in line, or rested."""
        for rest_from, rest_until in place.rests:
            if rest_until <= since or rest_from >= until:
                continue
            if rest_from > since:
                yield from self._waits(place, since, rest_from, late)
                since, late = rest_from, False
            yield from self._stands(place, self._resting, since, min(rest_until, until), late)
            since, late = min(rest_until, until), False
        if since < until:
            yield from self._waits(place, since, until, late)

    def _waits(self, place: Place, since: datetime, until: datetime, late: bool) -> Iterator[tuple]:
        """In the row of the queue they stood in: in one after the other, where they went over."""
        for leaves, row in _rows(place):
            if since < min(leaves, until):
                yield from self._stands(place, self._rows[row], since, min(leaves, until), late)
                since, late = min(leaves, until), False

    def _stands(self, place: Place, where: Standing, since: datetime, until: datetime, late: bool) -> Iterator[tuple]:
        since = since + self._slack if since < _FOR_EVER else since
        until = until - self._slack if until < _FOR_EVER else until
        if since < until:
            yield since, _LATE_EVENTS if late else _EVENTS, place.pk, where.come, (place.key,)
            yield until, _EVENTS, -place.pk, where.go, (place.key,)

    # ---- a taking -----------------------------------------------------------------------------------------------

    def _take(self, place: Place, taking: Taking) -> None:
        self._takings += 1
        self._count(Reason.RESTING, self._resting.pass_by(0, self._resting.before(place.key)))
        for key, held in self._held.items():
            if key < place.key and held.pk != taking.pk:
                own = held.refused and held.operator == taking.operator
                self._count(Reason.REFUSED_RING if own else Reason.PUT_BACK, 1)
                self._one_by_one[key] += 1
        for (text, head_start), row in self._rows.items():
            if len(row) and row.count(0, earlier := row.before(place.key)):
                self._in_row(row, text, head_start, earlier, place, taking)

    def _in_row(self, row: Standing, text: str, head_start: timedelta, earlier: int, place: Place, taking: Taking):
        """Those of one need and one head start, in three pieces: ahead in rank, behind in rank, not served by this
        operator yet.
        """
        ever, after_s = self._when(text, taking.levels)
        fits = 0 if after_s is None else min(earlier, row.until(taking.at - timedelta(seconds=after_s)))
        ahead = min(fits, row.before((place.rank_at(taking.at) + head_start, place.pk)))
        self._count(Reason.RELAXED if ever else Reason.SKILL, row.pass_by(fits, earlier))
        moved = place.moved is not None and place.moved <= taking.at
        self._count(Reason.MOVED if moved else Reason.HEAD_START, row.pass_by(ahead, fits))
        if row.count(0, ahead):
            for key in row.those(0, ahead):
                self._one(self._by_key[key], place, taking)

    def _one(self, overtaken: Place, place: Place, taking: Taking) -> None:
        """Somebody who was to be served before, and whom this operator could serve."""
        self._one_by_one[overtaken.key] += 1
        reason = self._reason(overtaken, place, taking)
        if reason is not None:
            self._count(reason, 1)
            return
        self._unexplained += 1
        if len(self._cases) < LONGEST_LIST:
            self._cases.append(Case(overtaken.call, place.call, taking.operator, taking.at))

    def _reason(self, overtaken: Place, place: Place, taking: Taking) -> Reason | None:
        if overtaken.moved is not None or (place.moved is not None and place.moved <= taking.at):
            return Reason.MOVED
        if overtaken.kept_until is not None and taking.at < overtaken.kept_until:
            return None if overtaken.preferred == taking.operator else Reason.PREFERRED
        return Reason.REFUSED_RING if self._avoids(overtaken, taking) else None

    def _avoids(self, overtaken: Place, taking: Taking) -> bool:
        """Whether this operator was the last who did not take them, a moment ago, and gave no new sign of life."""
        before = [one for one in overtaken.takings if one.refused and one.ended <= taking.at]
        if not before or before[-1].operator != taking.operator:
            return False
        refused_at = before[-1].ended
        ready = [moment for moment in self._ready_since.get(taking.operator, ()) if moment <= taking.at]
        sign_of_life = bool(ready) and ready[-1] > refused_at
        return not sign_of_life and taking.at < refused_at + timedelta(seconds=AVOID_S)

    def _when(self, text: str, levels: Levels) -> tuple[bool, float | None]:
        """Whether an operator with these levels serves this need at all, and after how many seconds in line."""
        key = text, tuple(sorted(levels.items()))
        if key not in self._after:
            after_s = served_after_s(need(text), levels)
            self._after[key] = after_s is not None, after_s
        return self._after[key]

    def _count(self, reason: Reason, times: int) -> None:
        self._reasons[reason] += times


def served_after_s(what: Need, levels: Levels) -> float | None:
    """Seconds in line after which an operator with these levels may serve this need; None: never.

    Written out once more and not asked of `floor.matching.fit`: the audit must not share a fault with what it audits.
    """
    demands = [(0, what.levels), *((step.after_s, step.levels) for step in what.steps)]
    enough = [after for after, asked in demands if all(levels.get(skill, 0) >= least for skill, least in asked.items())]
    return min(enough, default=None)


def _rows(place: Place) -> list[tuple[datetime, tuple[str, timedelta]]]:
    """The rows a place stood in, one after the other, each with the moment it left it."""
    before = [(one.until, (one.need, place.start - one.rank)) for one in place.before]
    return [*before, (_FOR_EVER, (place.need, place.start - place.rank))]


def _following(place: Place, taking: Taking) -> datetime:
    """When they were laid before the next operator."""
    return next((one.at for one in place.takings if one.pk > taking.pk), _FOR_EVER)
