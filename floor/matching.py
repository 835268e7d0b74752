"""Who is served by whom. Pure: values in, pairs out.

The rule (docs/metrics.md, "Order of service"): down the line in order of rank, each caller goes to the operator idle
longest among those who fit. To fit is to have what the queue asks for, or what one of its relaxed steps asks for once
the caller has waited that long. An operator who did not take a caller is not rung for them again in a row.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

AVOID_S = 60  # then a caller may come back to the operator who did not take them: better late than never
Levels = Mapping[str, int]  # skill -> at least (of a need), or at (of an operator)


@dataclass(frozen=True, slots=True)
class Step:
    """From `after_s` seconds in line on, operators with these levels fit too. No levels: anybody does."""

    after_s: int
    kind: str  # "level", "other" or "anyone": for words only
    levels: Levels


@dataclass(frozen=True, slots=True)
class Need:
    """What a caller's queue and language ask of an operator, as it was when they came."""

    levels: Levels = field(default_factory=dict)
    steps: tuple[Step, ...] = ()

    def text(self) -> str:
        """As it is kept with the entry; one spelling for equal needs."""
        steps = [[step.after_s, step.kind, dict(step.levels)] for step in self.steps]
        return json.dumps({"levels": dict(self.levels), "steps": steps}, sort_keys=True, separators=(",", ":"))


NOTHING = Need()


@lru_cache(maxsize=1024)
def need(text: str) -> Need:
    """What `Need.text` wrote. There are few of them: a queue, a language, and what an admin changed since."""
    if not text:
        return NOTHING
    told = json.loads(text)
    return Need(told["levels"], tuple(Step(after, kind, levels) for after, kind, levels in told["steps"]))


@dataclass(frozen=True, slots=True)
class Ticket:
    """A place in line."""

    pk: int
    virtual_start: datetime
    promised: bool = False  # held for a call-back: the caller is dialled first
    need: Need = NOTHING
    preferred: int | None = None  # an operator
    kept_until: datetime | None = None  # until then nobody but the preferred one
    refused_by: int | None = None
    refused_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Idle:
    """An operator who is ready, and since when."""

    operator: int
    since: datetime
    levels: Levels = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pair:
    """`step`: None if the operator has all that was asked, else the kind of step the demand was relaxed by."""

    ticket: Ticket
    idle: Idle
    step: str | None = None
    preferred: bool = False


def pair(line: Iterable[Ticket], idle: Sequence[Idle], at: datetime) -> list[Pair]:
    """Down the line while somebody is idle. `line` in order of rank (read no further than needed), `idle` in order of
    becoming ready.
    """
    free, pairs = list(idle), []
    soonest: dict[int, tuple[Need, float]] = {}  # the need is kept with it, so that no other gets its number
    places = iter(line)
    while free and (ticket := next(places, None)) is not None:
        if ticket.preferred is None:  # of a long line most need one of a few things that nobody idle has
            what = ticket.need
            if (known := soonest.get(id(what))) is None:
                known = soonest[id(what)] = what, min(fits_after(what, one.levels) for one in free)
            if (at - ticket.virtual_start).total_seconds() < known[1]:
                continue
        if (found := _choose(ticket, free, at)) is not None:
            pairs.append(found)
            free.remove(found.idle)
            soonest.clear()
    return pairs


def fits_after(what: Need, levels: Levels) -> float:
    """Seconds in line from which on `fit` says yes; infinite if it never does."""
    if _has(levels, what.levels):
        return -math.inf
    return min((step.after_s for step in what.steps if _has(levels, step.levels)), default=math.inf)


def _choose(ticket: Ticket, free: list[Idle], at: datetime) -> Pair | None:
    if ticket.preferred is not None:
        liked = next((one for one in free if one.operator == ticket.preferred), None)
        if liked is not None and not avoids(ticket, liked, at):
            return Pair(ticket, liked, preferred=True)  # who knows the caller need not have the skill besides
        if ticket.kept_until is not None and at < ticket.kept_until:
            return None
    for one in free:
        fits, step = fit(ticket.need, (at - ticket.virtual_start).total_seconds(), one.levels)
        if fits and not avoids(ticket, one, at):
            return Pair(ticket, one, step)
    return None


def fit(need: Need, waited_s: float, levels: Levels) -> tuple[bool, str | None]:
    """Whether an operator with these levels may serve it now, and the kind of step that made it so (None: no step)."""
    if _has(levels, need.levels):
        return True, None
    for step in need.steps:
        if waited_s >= step.after_s and _has(levels, step.levels):
            return True, step.kind
    return False, None


def avoids(ticket: Ticket, idle: Idle, at: datetime) -> bool:
    """Whether this operator just did not take this caller, and has shown no new sign of being there.

    Ready again by their own doing, or after another call, counts as a sign: then `since` is later than the refusal.
    """
    if ticket.refused_by != idle.operator or ticket.refused_at is None:
        return False
    return idle.since <= ticket.refused_at and at < ticket.refused_at + timedelta(seconds=AVOID_S)


def _has(levels: Levels, asked: Levels) -> bool:
    return all(levels.get(skill, 0) >= least for skill, least in asked.items())
