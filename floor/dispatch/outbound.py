"""Calls that we make: set for later at the desk, or to somebody whose call we missed.

Each is a contact of its own that came from nobody's ringing: it is neither inbound nor offered, and counted apart.
"""

from datetime import datetime, timedelta

from core.models import Agency
from crm import services as facts
from crm.ledger import Kind
from crm.models import Call
from floor import callbacks, needs, waiting
from floor.callbacks import Terms
from floor.dispatch.lock import the_floor
from floor.dispatch.match import match
from floor.models import Entry, Operator, Queue

HELD_S = 3600  # from its moment on, a call is kept so long for the operator it was set for; then anybody makes it


def call_out(
    *,
    agency: Agency,
    number: str,
    queue: Queue,
    language: str = "en",
    at: datetime | None = None,
    not_before: datetime | None = None,
    only: Operator | None = None,
    kind: str = callbacks.Kind.SET,
    about: Call | None = None,
    made_by: Operator | None = None,
) -> Entry:
    """Has `number` (E.164) called at `not_before`, or now, by whoever is free then, or for an hour by `only`.

    It is dialled in legal hours only. `about`: the call it goes on from, whose number of ours is shown. A number is
    owed one call at a time: where one is open already, its entry is returned and nothing changes.
    """
    with the_floor(agency.pk, at) as at:
        if (open_one := callbacks.owed_already(number, agency_id=agency.pk)) is not None:
            return open_one.entry
        terms = callbacks.terms_of(agency.pk)
        ours = (about.to_number if about else "") or terms.caller_id or facts.our_number(agency.pk)
        call = facts.arrange_call(agency_id=agency.pk, number=number, ours=ours, at=at)
        zones = callbacks.phone_zones_of(number)
        due = max(not_before or at, at)
        legal_from, legal_until = callbacks.legal_span(agency, zones, due, terms)
        entry = waiting.enter_to_be_called(
            call,
            queue,
            language=language,
            need=needs.of(queue, language),
            not_before=legal_from,
            not_after=legal_until,
            preferred=only.pk if only else None,
            kept_until=legal_from + timedelta(seconds=HELD_S) if only else None,
            at=at,
        )
        promised = Terms(
            kind,
            window_from=legal_from if not_before else None,
            expires_at=legal_from + timedelta(hours=terms.keep_h),
            made_by=made_by,
            about=about,
        )
        callbacks.promise(entry, number, terms=promised, zones=zones, at=at)
        facts.record(call.pk, Kind.CALL_ARRANGED, at=at, queue=queue.slug)
        match(agency.pk, at)
    return entry
