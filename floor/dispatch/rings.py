"""An offer on its way: the operator is rung, picks up, the caller is brought in, they talk, they part."""

from datetime import datetime, timedelta

from core import live
from crm import services as facts
from crm.ledger import Kind
from floor import callbacks, offers, presence, waiting
from floor.callbacks import Reason, Result
from floor.dispatch.lock import the_floor
from floor.dispatch.match import match, record, release, rest, seconds
from floor.dispatch.missed import spoken
from floor.dispatch.parting import clear, fate_of_served, part
from floor.dispatch.promises import callback_withdrawn
from floor.models import Callback, Command, Entry, Offer

UNREACHABLE = "phone not reachable"


def answered(offer: Offer, *, leg_uuid: str, room_uuid: str, member_id: str = "", at: datetime | None = None) -> None:
    """The operator's leg is in the room: now the caller is brought in. A late answer, after release, is taken down."""
    with the_floor(offer.entry.agency_id, at) as at:
        moved = offers.move(
            offer,
            to=offers.State.ANSWERED,
            came_from=(offers.State.RINGING,),
            answered_at=at,
            leg_uuid=leg_uuid,
            room_uuid=room_uuid,
            member_id=member_id,
            todo=Command.JOIN,
            todo_at=at,
            tries=0,
            **offers.patience(Command.JOIN, at),
        )
        if moved:  # no change of presence tells the desk of this
            live.publish(live.desk(offer.operator_id))
        elif offer.state in (offers.State.REFUSED, offers.State.WITHDRAWN):
            offers.order(offer, Command.DROP, at=at, leg_uuid=leg_uuid)


def connected(offer: Offer, *, key: str, member_id: str = "", at: datetime | None = None) -> None:
    """Caller and operator hear each other. `key` names the carrier's event, `member_id` the caller in the room."""
    entry = offer.entry
    with the_floor(entry.agency_id, at) as at:
        moved = offers.move(
            offer,
            to=offers.State.CONNECTED,
            came_from=(offers.State.ANSWERED,),
            connected_at=at,
            caller_member_id=member_id,
            due_at=at + timedelta(seconds=offers.CHECK_S),
            todo=Command.NONE,
            todo_at=None,
        )
        if not moved:
            return
        waiting.move(entry, to=Entry.State.TALKING, came_from=(Entry.State.OFFERED,), connected_at=at)
        presence.happens(presence.Event.CONNECT, offer.operator, at=at)
        presence.took(offer.operator)
        if (promise := entry.promise) is not None:
            callbacks.end(promise, Callback.State.DONE, Reason.DONE, at=at)
        record(offer, Kind.CONNECTED, at=at, seconds=seconds(entry.entered_at, at), key=key)
        for other in callbacks.owed_to(entry.call.from_number, agency_id=entry.agency_id):
            callback_withdrawn(other, reason=Reason.THROUGH, at=at)  # got through another way
        spoken(entry, at=at)


def refused(offer: Offer, *, why: str, at: datetime | None = None) -> bool:
    """The operator declined, did not pick up or cannot be reached: the caller keeps the place, the next one is rung.

    The operator is ready for others; after the second time in a row, or at once if their phone cannot be reached, they
    are set away, with the reason: a phone that does not answer must not swallow caller after caller.
    """
    entry = offer.entry
    with the_floor(entry.agency_id, at) as at:
        to, came_from = offers.State.REFUSED, (offers.State.RINGING, offers.State.ANSWERED)
        if not offers.move(offer, to=to, came_from=came_from, ended_at=at, **offers.leg_down(at)):
            return False
        # A call-back's caller who pressed 1 is on the line and waits like anybody else.
        missed = {"refused_by": offer.operator, "refused_at": at}
        waiting.move(entry, to=Entry.State.WAITING, came_from=(Entry.State.OFFERED,), seen_at=at, **missed)
        over = presence.missed(offer.operator) >= presence.MISSES or why == UNREACHABLE
        event = presence.Event.MISS if over else presence.Event.RELEASE
        presence.happens(event, offer.operator, at=at, reason=why)
        record(offer, Kind.RING_ENDED, at=at, seconds=seconds(offer.made_at, at))
        match(entry.agency_id, at)
    return True


def put_back(offer: Offer, *, at: datetime | None = None) -> bool:
    """The carrier could not be asked to ring or dial: as if the offer had not been made. Nobody is blamed.

    False if the story went on meanwhile. A call-back rests first, in case its phone rang after all.
    """
    entry = offer.entry
    with the_floor(entry.agency_id, at) as at:
        promised = offer.state == offers.State.RESERVED
        if not Offer.objects.filter(pk=offer.pk, state=offer.state).exists() or not release(entry, at):
            return False
        if promised:
            callbacks.settle(entry.promise, Result.UNKNOWN, at=at)
            rest(entry, at + timedelta(seconds=callbacks.REST_S), at=at)
        else:
            waiting.move(entry, to=Entry.State.WAITING, came_from=(Entry.State.OFFERED,))
        match(entry.agency_id, at)
    return True


def talk_over(offer: Offer, *, at: datetime | None = None) -> bool:
    """Either side left the conversation. False if it had not begun, or its end was told before."""
    entry = offer.entry
    with the_floor(entry.agency_id, at) as at:
        if not part(offer, fate_of_served(entry), at=at):
            return False
        waiting.move(entry, to=Entry.State.DONE, came_from=(Entry.State.TALKING,), ended_at=at)
        facts.end_arranged_call(entry.call_id, at=at)
        clear(offer, at)
    return True
