"""A whole day of contacts by the thousand, from a seed: for what must agree on any day, and for what must be quick."""

import random
from datetime import timedelta

from core.models import Agency
from crm.ledger import Kind
from crm.models import Call, CallEvent
from tests.reporting import factories as make

QUEUES = {"book": "Book a vaccine", "change": "Change or cancel", "second": "Second dose", "ask": "Questions"}


def day(of: Agency, *, contacts: int, seed: int = 7, drill: bool = False) -> None:
    """Contacts from 7 AM to 5 PM of `make.DAY`; some callers ring again. Nobody is left waiting."""
    dice = random.Random(seed)
    for slug, name in QUEUES.items():
        make.queue(of, slug, name)
    arrivals = sorted(dice.uniform(0, 36_000) for _ in range(contacts))
    callers = [f"+1601555{n:04}" for n in range(min(9999, max(1, contacts * 3 // 4)))]
    calls = Call.objects.bulk_create(
        Call(
            agency=of,
            carrier_uuid=f"g{of.pk}-{n}",
            from_number=dice.choice(callers) if dice.random() > 0.02 else "",
            started_at=make.at(7) + timedelta(seconds=after),
            drill=drill,
        )
        for n, after in enumerate(arrivals)
    )
    lines = [line for call in calls for line in _became(call, dice)]
    CallEvent.objects.bulk_create(lines, batch_size=2000)


def _became(call: Call, dice: random.Random) -> list[CallEvent]:
    """The ledger of one contact."""
    queue = dice.choices(list(QUEUES), weights=(6, 2, 1, 1))[0]
    menu, wait, talk = dice.uniform(5, 40), dice.expovariate(1 / 40), dice.expovariate(1 / 240)

    def line(kind: Kind, after: float, seconds: float | None = None) -> CallEvent:
        slug = "" if kind in (Kind.CLOSED, Kind.IVR_ABANDONED) else queue
        return CallEvent(
            call=call, kind=kind, at=call.started_at + timedelta(seconds=after), seconds=seconds, queue=slug
        )

    fate = dice.choices(
        (Kind.ANSWERED, Kind.ABANDONED, Kind.CALLBACK_DONE, Kind.CALLBACK_FAILED, Kind.IVR_ABANDONED, Kind.CLOSED),
        weights=(80, 6, 4, 1, 6, 3),
    )[0]
    if fate in (Kind.IVR_ABANDONED, Kind.CLOSED):
        return [line(fate, menu)]
    offered = line(Kind.OFFERED, menu)
    if fate == Kind.ABANDONED:
        return [offered, line(fate, menu + wait, wait)]
    asked = [line(Kind.CALLBACK_OFFERED, menu), line(Kind.CALLBACK_ASKED, menu + 9, 9.0)]
    if fate == Kind.CALLBACK_FAILED:
        return [offered, *asked, line(Kind.CALLBACK_DIALLED, menu + 600), line(fate, menu + 660)]
    if fate == Kind.CALLBACK_DONE:
        wait += 900
        offered, asked = offered, [*asked, line(Kind.CALLBACK_DIALLED, menu + wait - 20)]
    else:
        asked = []
    ends = [line(Kind.CONNECTED, menu + wait, wait), line(fate, menu + wait + talk, talk)]
    return [offered, *asked, *ends, line(Kind.WRAPPED, menu + wait + talk + 40, 40.0)]
