"""What callers do: come into the line, and hang up."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from crm import services as facts
from crm.ledger import Kind
from crm.models import Call
from floor import callbacks, listenings, needs, offers, waiting
from floor.dispatch.lock import the_floor
from floor.dispatch.match import match
from floor.dispatch.parting import leave_line
from floor.dispatch.promises import may_call_back, take_place
from floor.dispatch.rings import talk_over
from floor.dispatch.supervisors import listening_over
from floor.dispatch.waits import settle_in
from floor.models import Entry, Queue

log = logging.getLogger(__name__)

RESUME_S = 900  # who rings again so soon after a conversation goes on with it, with the same operator if possible


def arrive(
    call: Call,
    *,
    queue: str,
    language: str = "en",
    answers: Mapping[str, str] | None = None,
    priority: int = 0,
    at: datetime | None = None,
) -> Entry:
    """A caller leaves the menu for the line, with what the menu learned. Once per call; who calls this guards that.

    Who is owed a call-back and rings again has that earlier place. `priority`: class of urgency, 0 to 2; what a class
    is worth is the queue's to say.
    """
    with the_floor(call.agency_id, at) as at:
        found = _queue(call.agency_id, queue)
        owed = callbacks.owed_already(call.from_number, agency_id=call.agency_id)
        entry = waiting.enter(
            call,
            found,
            language=language,
            answers=dict(answers or {}),
            need=needs.of(found, language),
            priority=priority,
            preferred=offers.last_talked_to(call, since=at - timedelta(seconds=RESUME_S)),
            place_of=take_place(owed, at) if owed else None,
            at=at,
        )
        facts.record(call.pk, Kind.OFFERED, at=at, queue=entry.queue.slug)
        match(call.agency_id, at, just_came=entry)
        settle_in(entry, at)
        if entry.state == Entry.State.WAITING and may_call_back(entry, at=at):  # else they will not hear of it
            facts.record(call.pk, Kind.CALLBACK_OFFERED, at=at, queue=entry.queue.slug)
    return entry


def hung_up(call: Call, *, at: datetime | None = None) -> bool:
    """The caller's line is down. True if the call had come as far as a queue."""
    entry = Entry.objects.select_related("call", "queue", "callback").filter(call=call).order_by("-pk").first()
    if entry is None:
        return False
    # Who asked to be called back may hang up; from then on the line we called them on counts.
    if entry.state != Entry.State.DONE and entry.promise is None:
        gone(entry, at)
    return True


def gone(entry: Entry, at: datetime | None = None) -> None:
    """The caller of an open entry left: whatever was being done for them ends here."""
    with the_floor(entry.agency_id, at) as at:
        if leave_line(entry, at):
            return
        if (offer := offers.open_for(entry)) is not None:
            talk_over(offer, at=at)
        elif (listening := listenings.open_on(entry)) is not None:  # a supervisor has taken the call over
            listening_over(listening, at=at)


def _queue(agency_id: int, slug: str) -> Queue:
    """The queue a menu names; if it is gone, any of the agency: a caller must not fall through a gap in the set-up."""
    found = Queue.objects.filter(agency_id=agency_id, slug=slug).first()
    if found is None:
        log.error("a menu of agency %s names a queue that does not exist: %s", agency_id, slug)
        found = any_queue(agency_id)
    return found


def any_queue(agency_id: int) -> Queue:
    """For whom no queue is known."""
    return Queue.objects.filter(agency_id=agency_id).earliest("pk")
