"""Calls that we make to somebody whose call we missed.

Each is a contact of its own that came from nobody's ringing: it is neither inbound nor offered, and counted apart.
"""

from datetime import datetime, timedelta

from core import clock
from core.models import Agency
from crm import services as facts
from crm.ledger import Kind
from crm.models import Call
from floor import callbacks, needs, waiting
from floor.dispatch.lock import the_floor
from floor.dispatch.match import match
from floor.models import Callback, Entry, Operator, Queue

HELD_S = 3600  # so long a call is kept for the operator it was set for; then anybody makes it


def call_out(
    *,
    agency: Agency,
    number: str,
    queue: Queue,
    language: str = "en",
    at: datetime | None = None,
    only: Operator | None = None,
    kind: str = Callback.Kind.MISSED,
    about: Call | None = None,
) -> Entry:
    """Has `number` (E.164) called by whoever is free, or for an hour by `only`.

    `about`: the call it goes on from, whose number of ours is shown. A number is owed one call at a time: where one is
    open already, its entry is returned and nothing changes.
    """
    at = at or clock.now()
    with the_floor(agency.pk):
        if open_ones := callbacks.owed_to(number, agency_id=agency.pk):
            return open_ones[0].entry
        ours = (about.to_number if about else "") or facts.our_number(agency.pk)
        call = facts.arrange_call(agency_id=agency.pk, number=number, ours=ours, at=at)
        entry = waiting.enter_to_be_called(
            call,
            queue,
            language=language,
            need=needs.of(queue, language),
            preferred=only.pk if only else None,
            kept_until=at + timedelta(seconds=HELD_S) if only else None,
            at=at,
        )
        callbacks.promise(entry, number, kind=kind, at=at)
        facts.record(call.pk, Kind.CALL_ARRANGED, at=at, queue=queue.slug)
        match(agency.pk, at)
    return entry
