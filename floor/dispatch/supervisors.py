"""The supervisor's hand: on a live call, when an operator asks for help, on who works, and on the order of the line.

A supervisor listens, whispers to the operator, barges in, takes the call over, and leaves. All of it is written down.
"""

from datetime import datetime, timedelta

from core import clock, live
from crm import services as facts
from crm.ledger import Kind
from floor import listenings, needs, offers, waiting
from floor.dispatch.lock import the_floor
from floor.dispatch.match import match, seconds
from floor.dispatch.operators import away, ready
from floor.dispatch.parting import clear_asked, fate_of_served, part
from floor.models import Entry, Listening, Offer, Operator, Queue, Stint, Supervisor

Mode = Listening.Mode
_MODES = (Mode.LISTEN, Mode.WHISPER, Mode.BARGE)
_IN_LINE = (Entry.State.WAITING, Entry.State.CALLBACK)
READY, AWAY, OFFLINE = Stint.State.READY, Stint.State.AWAY, Stint.State.OFFLINE


def listen(supervisor: Supervisor, offer: Offer, *, for_help: bool = False, at: datetime | None = None) -> bool:
    """Rings the supervisor's phone into the conversation, as somebody who only hears.

    False if nobody talks, another supervisor is on this call, or this one is on another.
    """
    with the_floor(offer.entry.agency_id, at) as at:
        talks = Offer.objects.filter(pk=offer.pk, state=offers.State.CONNECTED).exists()
        if not talks or supervisor.agency_id != offer.entry.agency_id:
            return False
        if listenings.open_on(offer.entry) is not None or listenings.open_of(supervisor) is not None:
            return False
        listenings.ask(supervisor, offer, for_help=for_help, at=at)
    return True


def listening_joined(listening: Listening, *, leg_uuid: str, member_id: str = "", at: datetime | None = None) -> None:
    """The supervisor's leg is in the room. A late one, after it was over, is taken down."""
    with the_floor(listening.entry.agency_id, at) as at:
        if listenings.joined(listening, at=at, leg_uuid=leg_uuid, member_id=member_id):
            talk = offers.open_for(listening.entry)
            if talk is not None:
                if talk.help_at is not None:  # whoever comes first is the help
                    offers.note(talk, help_at=None)
                live.publish(live.desk(talk.operator_id))
        elif listening.ended_at is not None:
            listenings.take_down(listening, leg_uuid, at=at)


def turn(listening: Listening, mode: str, *, at: datetime | None = None) -> bool:
    """Listen, whisper or barge. False if the supervisor is not in the call, or has taken it over."""
    if mode not in _MODES:
        return False
    with the_floor(listening.entry.agency_id, at) as at:
        return listenings.turn(listening, mode, at=at)


def take_over(listening: Listening, *, at: datetime | None = None) -> bool:
    """The supervisor has the caller from now on; the operator wraps up. False if the supervisor is not in the call."""
    entry = listening.entry
    with the_floor(entry.agency_id, at) as at:
        talk = offers.in_room(entry, listening.room_uuid)
        if talk is None or not listenings.turn(listening, Mode.TAKEN, at=at, taken_at=at, offer=talk):
            return False
        clear_asked(talk, at)
        part(talk, Kind.TRANSFERRED, at=at, **offers.leg_down(at))
        _write(listening, Kind.CONNECTED, at=at, seconds=seconds(entry.entered_at, at))
    return True


def listening_over(listening: Listening, *, at: datetime | None = None) -> bool:
    """The supervisor left, did not pick up, or is to leave. With a call taken over, that ends. False: known already."""
    entry = listening.entry
    with the_floor(entry.agency_id, at) as at:
        if not listenings.end(listening, at=at):
            return False
        if listening.taken_at is not None:
            if waiting.move(entry, to=Entry.State.DONE, came_from=(Entry.State.TALKING,), ended_at=at):
                facts.end_arranged_call(entry.call_id, at=at)
                _write(listening, fate_of_served(entry), at=at, seconds=seconds(listening.taken_at, at))
            return True
        talk = offers.open_for(entry)
        if talk is not None:
            if listening.for_help and listening.joined_at is None and talk.help_at is not None:
                _ring_next(talk, at)
            live.publish(live.desk(talk.operator_id))
    return True


def ask_for_help(offer: Offer, *, at: datetime | None = None) -> bool:
    """The operator needs a supervisor: the board says so, and their phones ring, one after another. False: no talk."""
    with the_floor(offer.entry.agency_id, at) as at:
        talk = offers.open_for(offer.entry)
        if talk is None or talk.pk != offer.pk or talk.state != offers.State.CONNECTED or talk.help_at is not None:
            return False
        offers.note(talk, help_at=at)
        if listenings.open_on(talk.entry) is None:
            _ring_next(talk, at)
        live.publish(live.desk(talk.operator_id))
    return True


def help_not_needed(offer: Offer, *, at: datetime | None = None) -> bool:
    """The operator manages: nobody is rung any more. Who is on the call already stays. False: none was asked for."""
    with the_floor(offer.entry.agency_id, at) as at:
        talk = offers.open_for(offer.entry)
        if talk is None or talk.pk != offer.pk or talk.help_at is None:
            return False
        offers.note(talk, help_at=None)
        rung = listenings.open_on(talk.entry)
        if rung is not None and rung.for_help and rung.joined_at is None:
            listenings.end(rung, at=at)
        live.publish(live.desk(talk.operator_id))
    return True


def set_state(operator: Operator, to: str, *, why: str, at: datetime | None = None) -> bool:
    """A supervisor sets an operator ready, away or offline, with a reason. Never out of a call, a ring or a wrap-up."""
    at = at or clock.now()
    if to == READY:
        return ready(operator, at=at)
    if to not in (AWAY, OFFLINE) or not why:
        return False
    return away(operator, reason=why, offline=to == OFFLINE, at=at)


def move_caller(entry: Entry, *, queue: Queue | None = None, by: str, why: str, at: datetime | None = None) -> bool:
    """A supervisor moves whoever is in line: into another queue with the same place, or (none given) to the head.

    The ledger keeps `by` (a log-in name) and `why`, so that whoever was overtaken can be told. False without a reason,
    or once an operator is being rung for this caller.
    """
    if not why:
        return False
    with the_floor(entry.agency_id, at) as at:
        fresh = Entry.objects.select_related("queue").get(pk=entry.pk)
        if queue is not None and (queue.agency_id != fresh.agency_id or queue.pk == fresh.queue_id):
            return False
        if queue is not None:
            changes = waiting.into(fresh, queue, needs.of(queue, fresh.language))
        else:
            first = waiting.head(fresh.agency_id)
            changes = {"rank_at": min(fresh.rank_at, first - timedelta(microseconds=1)) if first else fresh.rank_at}
        before, came_from = fresh.rank_at, fresh.queue.slug
        if not waiting.move(fresh, to=fresh.state, came_from=tuple({fresh.state} & set(_IN_LINE)), **changes):
            return False
        facts.record(
            fresh.call_id,
            Kind.MOVED,
            at=at,
            seconds=seconds(fresh.rank_at, before),
            queue=queue.slug if queue is not None else came_from,
            data={"by": by, "why": why[:120], "from": came_from, "to": queue.slug if queue is not None else "head"},
        )
        match(fresh.agency_id, at)
    return True


def _ring_next(talk: Offer, at: datetime) -> None:
    supervisor = listenings.next_for_help(talk, talk.help_at)
    if supervisor is not None:
        listenings.ask(supervisor, talk, for_help=True, at=at)


def _write(listening: Listening, kind: Kind, *, at: datetime, seconds: float) -> None:
    entry, name = listening.entry, listening.supervisor.user.get_username()
    facts.record(entry.call_id, kind, at=at, seconds=seconds, queue=entry.queue.slug, operator=name)
