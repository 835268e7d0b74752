"""Passing a caller on: to a colleague or a number outside (asked first, or at once), or back to a queue.

Of a conversation with two operators the first owns it until the second has taken it over; then the second has an offer
of their own, and the first wraps up. Whatever goes wrong on the way, the caller is with somebody or in line.
"""

from datetime import datetime, timedelta

from core import live
from crm import services as facts
from crm.ledger import Kind
from crm.models import Call
from floor import consults, listenings, needs, offers, presence, waiting
from floor.dispatch.holds import want_hold
from floor.dispatch.lock import the_floor
from floor.dispatch.match import match, record, rest_over, rests, seconds
from floor.dispatch.parting import clear, fate_of_served, let_go, part, write
from floor.dispatch.rings import UNREACHABLE, talk_over
from floor.dispatch.supervisors import listening_over
from floor.models import Command, Consult, Entry, Offer, Operator, Queue
from floor.presence import Event

Side, State = Consult.Side, Consult.State


def consult(
    offer: Offer, *, operator: Operator | None = None, number: str = "", cold: bool = False, at: datetime | None = None
) -> bool:
    """Rings a colleague, or a number outside (E.164), into the conversation. `cold`: whoever picks up has the caller.

    Asked first, the caller hears music meanwhile. False if nobody talks, somebody is asked already, or the colleague is
    not ready: nobody is rung who is busy, and whoever is asked is not rung for anybody else.
    """
    with the_floor(offer.entry.agency_id, at) as at:
        if not _may_pass_on(offer) or (operator is None) == (not number):
            return False
        if operator is not None and operator.agency_id != offer.entry.agency_id:
            return False
        if operator is not None and not presence.happens(Event.OFFER, operator, at=at):
            return False
        consults.ask(offer, operator=operator, number=number, cold=cold, at=at)
        if not cold:
            want_hold(offer, True, at)
        live.publish(live.desk(offer.operator_id))
    return True


def consult_joined(asked: Consult, *, leg_uuid: str, member_id: str = "", at: datetime | None = None) -> None:
    """Whoever was asked is in the room. A late one, after it was taken back, is taken down again."""
    with the_floor(asked.offer.entry.agency_id, at) as at:
        due = at + timedelta(seconds=offers.CHECK_S)
        in_room = {"leg_uuid": leg_uuid, "member_id": member_id, "joined_at": at, "due_at": due}
        came_from = (State.RINGING,)
        if consults.move(asked, to=State.JOINED, came_from=came_from, todo=Command.NONE, todo_at=None, **in_room):
            if asked.operator is not None:
                presence.happens(Event.CONNECT, asked.operator, at=at)
                presence.took(asked.operator)
            if asked.cold:
                _over_to(asked, at)
            live.publish(live.desk(asked.offer.operator_id))
        elif asked.state in (State.REFUSED, State.CANCELLED):
            consults.move(asked, to=asked.state, came_from=(asked.state,), leg_uuid=leg_uuid, **offers.leg_down(at))


def consult_refused(asked: Consult, *, why: str, at: datetime | None = None) -> bool:
    """Whoever was asked declined, did not pick up or cannot be reached: the caller is with the first operator again."""
    with the_floor(asked.offer.entry.agency_id, at) as at:
        if asked.state != State.RINGING or not Consult.objects.filter(pk=asked.pk, state=State.RINGING).exists():
            return False
        over = asked.operator is not None and (presence.missed(asked.operator) >= presence.MISSES or why == UNREACHABLE)
        let_go(asked, State.REFUSED, at, missed=over, why=why)
        want_hold(asked.offer, False, at)
    return True


def talk_to(offer: Offer, side: str, *, at: datetime | None = None) -> bool:
    """Swaps, or brings all three together (a `Consult.Side`). False if nobody who was asked is there."""
    with the_floor(offer.entry.agency_id, at) as at:
        asked = consults.open_of(offer)
        if asked is None or asked.state != State.JOINED or side not in Side.values:
            return False
        consults.turn(asked, side, at=at)
        want_hold(offer, side == Side.TARGET, at)
    return True


def complete(offer: Offer, *, at: datetime | None = None) -> bool:
    """Whoever was asked has the caller from now on. False if they are not there."""
    with the_floor(offer.entry.agency_id, at) as at:
        asked = consults.open_of(offer)
        return asked is not None and asked.state == State.JOINED and _over_to(asked, at)


def take_back(offer: Offer, *, at: datetime | None = None) -> bool:
    """Whoever was asked, or is being rung, is let go; the caller is with the operator. False: nobody was asked."""
    with the_floor(offer.entry.agency_id, at) as at:
        asked = consults.open_of(offer)
        if asked is None or not let_go(asked, State.CANCELLED, at):
            return False
        want_hold(offer, False, at)
    return True


def consult_left(asked: Consult, *, why: str, at: datetime | None = None) -> None:
    """The leg of whoever was asked is down, at whatever point that was."""
    with the_floor(asked.offer.entry.agency_id, at) as at:
        if consult_refused(asked, why=why, at=at):
            return
        if asked.state == State.JOINED and let_go(asked, State.CANCELLED, at):
            want_hold(asked.offer, False, at)
        elif asked.state == State.OUTSIDE:
            consults.move(asked, to=State.DONE, came_from=(State.OUTSIDE,), ended_at=at)
        elif (theirs := offers.of_leg(asked.leg_uuid)) is not None:  # they took the conversation over
            operator_left(theirs, at=at)


def to_queue(offer: Offer, queue: Queue, *, at: datetime | None = None) -> bool:
    """The caller stands in another queue (or the same) with the place they have had all along; the operator wraps up.

    False if nobody talks, or somebody else is being asked.
    """
    entry = offer.entry
    with the_floor(entry.agency_id, at) as at:
        if not _may_pass_on(offer) or queue.agency_id != entry.agency_id:
            return False
        _back_in_line(offer, at, queue)
        if entry.call.direction == Call.Direction.IN:  # a call that we make is never offered
            facts.record(entry.call_id, Kind.OFFERED, at=at, queue=queue.slug)
    return True


def out_of_the_room(entry: Entry, *, at: datetime | None = None) -> None:
    """A caller who was passed on hears the wait loop: whoever is ready is rung for them."""
    with the_floor(entry.agency_id, at) as at:
        if waiting.out_of_the_room(entry, at=at):
            rest_over(entry, at=at)
            match(entry.agency_id, at)


def operator_left(offer: Offer, *, at: datetime | None = None) -> bool:
    """The operator's leg is down: the conversation is over, unless whoever they asked is there already, or still rings.

    Then that one takes it over, or the caller is in line again at the same place. False if nobody was talking.
    """
    with the_floor(offer.entry.agency_id, at) as at:
        asked = consults.open_of(offer)
        if asked is None:
            return talk_over(offer, at=at)
        if asked.state == State.JOINED:
            return _over_to(asked, at)
        return _back_in_line(offer, at)


def caller_left(offer: Offer, *, at: datetime | None = None) -> None:
    """The caller is out of the room in which this offer's conversation was, and off the line."""
    entry = offer.entry
    with the_floor(entry.agency_id, at) as at:
        talk = offers.in_room(entry, offer.room_uuid)
        if talk is not None:
            talk_over(talk, at=at)
        elif (taken := listenings.open_on(entry)) is not None and taken.room_uuid == offer.room_uuid:
            listening_over(taken, at=at)


def caller_out(offer: Offer, *, at: datetime | None = None) -> None:
    """The caller is out of that room, and still on the line: then it is the operator who left it."""
    entry = offer.entry
    with the_floor(entry.agency_id, at) as at:
        talk = offers.in_room(entry, offer.room_uuid)
        if talk is not None:
            operator_left(talk, at=at)
        else:
            caller_left(offer, at=at)
        out_of_the_room(entry, at=at)


def _may_pass_on(offer: Offer) -> bool:
    talks = Offer.objects.filter(
        pk=offer.pk, state=offers.State.CONNECTED, todo__in=(Command.NONE, Command.SET)
    ).exists()
    return talks and consults.open_of(offer) is None


def _over_to(asked: Consult, at: datetime) -> bool:
    """The conversation goes over to whoever was asked, who is in the room."""
    offer = offers.open_for(asked.offer.entry)
    outside = asked.operator is None
    to = State.OUTSIDE if outside else State.DONE
    on_hold = asked.side == Side.CALLER
    told = {"todo": Command.SET, "todo_at": at, "tries": 0, "side": Side.BOTH} if on_hold else {}
    if offer is None or not consults.move(
        asked, to=to, came_from=(State.JOINED,), ended_at=None if outside else at, **told
    ):
        return False
    write(asked, Kind.CONSULTED, at=at, seconds=seconds(asked.joined_at, at))
    if outside:
        return _out_of_the_house(offer, at)
    part(offer, Kind.TRANSFERRED, at=at, **offers.leg_down(at))
    legs = {"leg_uuid": asked.leg_uuid, "room_uuid": asked.room_uuid, "member_id": asked.member_id}
    second = offers.take_over(offer, asked.operator, legs=legs, asked_at=asked.asked_at, at=at)
    record(second, Kind.CONNECTED, at=at, seconds=seconds(offer.entry.entered_at, at))
    live.publish(live.desk(second.operator_id))
    return True


def _out_of_the_house(offer: Offer, at: datetime) -> bool:
    """The caller talks with somebody outside from now on; what we served is served."""
    listening = listenings.open_on(offer.entry)
    if listening is not None:
        listenings.end(listening, at=at)
    entry = offer.entry
    # The worker takes the operator's leg down only when the caller hears again.
    command = {"todo": Command.PASS, "todo_at": at, "tries": 0}
    if not part(offer, Kind.TRANSFERRED, at=at, **command):
        return False
    waiting.move(entry, to=Entry.State.DONE, came_from=(Entry.State.TALKING,), ended_at=at)
    facts.end_arranged_call(entry.call_id, at=at)
    record(offer, fate_of_served(entry), at=at, seconds=0)
    return True


def _back_in_line(offer: Offer, at: datetime, queue: Queue | None = None) -> bool:
    entry = offer.entry
    clear(offer, at)
    if not part(offer, Kind.TRANSFERRED, at=at, todo=Command.PARK, todo_at=at, tries=0):
        return False
    need = needs.of(queue, entry.language) if queue is not None else None
    if waiting.back(entry, at=at, queue=queue, need=need):
        rests(entry, entry.not_before, at=at)
    return True
