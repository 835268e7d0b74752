"""What the audit of fairness reads of the floor: who stood in line when, and who was laid before whom. Reads only.

Apart from `facts`, since nothing else asks for it; five statements for a day.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from django.db.models import Q, QuerySet

from core.models import Agency
from crm.ledger import Kind
from crm.models import CallEvent
from floor.models import Entry, Listening, Offer, Stint
from reporting.fairness import Before, Place, Taking

_HANDED_ON = "transfer"  # why an offer was made that no place in line led to
_CAME_TO_NOTHING = (Offer.State.REFUSED, Offer.State.WITHDRAWN)
_READY_BEFORE = timedelta(hours=24)  # who has been ready for longer was not rung in vain a minute ago


def places(agency: Agency, start: datetime, end: datetime, *, drill: bool) -> list[Place]:
    """Everybody who stood in line at some moment of [start, end), with all that was ever laid before operators."""
    there = Entry.objects.filter(Q(ended_at=None) | Q(ended_at__gte=start), agency=agency, entered_at__lt=end)
    there = there.filter(call__drill=drill)
    takings = _takings(there)
    rests, moves, before = _rests_and_moves(there)
    fields = (
        "pk", "call_id", "virtual_start", "rank_at", "entered_at", "ended_at", "need", "preferred_id", "kept_until",
    )  # fmt: skip
    return [
        Place(
            *row,
            moved=moves.get(row[1]),
            before=tuple(before.get(row[1], ())),
            rests=rests.get(row[1], ()),
            takings=tuple(takings.get(row[0], ())),
        )
        for row in there.values_list(*fields)
    ]


def ready_since(agency: Agency, start: datetime, end: datetime) -> dict[int, list[datetime]]:
    """By operator, the moments at which they became ready, in order; from a day before the range on."""
    stints = Stint.objects.filter(agency=agency, state=Stint.State.READY, since__gte=start - _READY_BEFORE)
    found: dict[int, list[datetime]] = defaultdict(list)
    for operator, since in stints.filter(since__lt=end).order_by("since").values_list("operator_id", "since"):
        found[operator].append(since)
    return found


def _takings(there: QuerySet) -> dict[int, list[Taking]]:
    offers = Offer.objects.filter(entry__in=there.values("pk")).order_by("pk")
    fields = ("pk", "entry_id", "operator_id", "made_at", "ended_at", "state", "terms", "why")
    found: dict[int, list[Taking]] = defaultdict(list)
    for pk, entry, operator, at, ended, state, terms, why in offers.values_list(*fields):
        if why == _HANDED_ON:  # nobody was overtaken: the conversation went on with somebody else
            found[entry][-1] = replace(found[entry][-1], ended=ended)
            continue
        levels, refused = terms.get("levels", {}), state == Offer.State.REFUSED
        served = state not in _CAME_TO_NOTHING
        found[entry].append(Taking(pk, entry, operator, at, ended, served, refused, levels))
    taken = Listening.objects.filter(entry__in=there.values("pk"), taken_at__isnull=False)
    for entry, ended in taken.values_list("entry_id", "ended_at"):  # a supervisor has, or had, them to the end
        found[entry][-1] = replace(found[entry][-1], ended=ended)
    return found


def _rests_and_moves(there: QuerySet) -> tuple[dict[int, tuple], dict[int, datetime], dict[int, list[Before]]]:
    """By call: rests, of which a later one takes the place of an earlier; moves by staff; queues left before.

    Passed on to another queue, a caller is offered anew.
    """
    kinds = (Kind.RESTED, Kind.MOVED, Kind.OFFERED)
    lines = CallEvent.objects.filter(kind__in=kinds, call__in=there.values("call_id"))
    rests, moves, before, offered = defaultdict(list), {}, defaultdict(list), set()
    for call, kind, at, data in lines.order_by("at", "pk").values_list("call_id", "kind", "at", "data"):
        if kind == Kind.RESTED:
            rests[call].append((at, datetime.fromisoformat(data["until"])))
        elif kind == Kind.MOVED and "need" in data:
            before[call].append(Before(at, data["need"], datetime.fromisoformat(data["rank_at"])))
        elif kind == Kind.MOVED or call in offered:
            moves[call] = at
        else:
            offered.add(call)
    return {call: _one_after_the_other(mine) for call, mine in rests.items()}, moves, before


def _one_after_the_other(rests: list[tuple[datetime, datetime]]) -> tuple[tuple[datetime, datetime], ...]:
    clipped = [(since, min(until, following)) for (since, until), (following, _) in pairwise(rests)]
    return (*clipped, rests[-1])
