"""Multi-party calls: who is in, when the conversation starts, and what ends it."""

from exchange import calls, forms, interpreter, room_events
from exchange.timeline import SECOND

HUNG_UP = "Participant Call Hangup"
KICKED = "Kicked Out of Multiparty Call"
ENDED = "Multiparty Call Ended"
TRANSFERRED = "Participant Call Transferred"


class Member:
    """One participant. What callbacks and REST say stays after the leg is gone; `leg` is then None."""

    __slots__ = (
        "id", "leg", "terms", "role", "by_api", "mute", "hold", "coach_mode", "call_uuid", "address",
        "call_from", "call_to", "direction", "joined_us", "left_us", "exit_cause", "is_together", "room",
    )  # fmt: skip

    def __init__(self, room, leg, terms, by_api: bool):
        exchange = leg.exchange
        self.room = room
        self.id = exchange.new_member_id()
        self.leg = leg
        self.terms = terms
        self.role = terms.role
        self.by_api = by_api
        self.mute, self.hold = terms.mute, terms.hold
        self.coach_mode = terms.coach_mode and terms.role == "supervisor"
        self.call_uuid = leg.uuid
        self.address = leg.to if leg.direction == "outbound" else leg.from_
        self.call_from, self.call_to, self.direction = leg.base["From"], leg.base["To"], leg.direction
        self.joined_us = exchange.timeline.now
        self.left_us = None
        self.exit_cause = ""
        self.is_together = False


class Room:
    """One multi-party call. `state`: pending (asked for, nobody in yet), initialized, active, ended. `members` maps
    member ids to those who are in, `gone` lists those who were."""

    __slots__ = (
        "exchange", "uuid", "name", "state", "members", "gone", "subscriptions", "sequence", "invitations", "tape",
        "max_participants", "max_duration", "created_us", "started_us", "ended_us", "termination", "limit", "record",
    )  # fmt: skip

    def __init__(self, exchange, name: str, terms):
        self.exchange = exchange
        self.uuid = exchange.new_uuid()
        self.name = name
        self.state = "pending"
        self.members, self.gone = {}, []
        self.subscriptions, self.sequence = {}, 0
        self.invitations = {}
        self.max_participants, self.max_duration = terms.max_participants, terms.max_duration
        self.created_us = self.started_us = self.ended_us = self.termination = self.limit = None
        self.record = self.tape = None

    @property
    def is_live(self) -> bool:
        return self.state in ("initialized", "active")

    def subscribe(self, terms) -> None:
        """Status callbacks go to every distinct URL that a member brought, each with the groups it asked for last."""
        if terms.status_callback_url:
            self.subscriptions[terms.status_callback_url] = (terms.status_callback_method, terms.status_callback_events)
        if terms.record and self.record is None:
            self.record = terms

    def keys(self, leg, digits: str) -> None:
        for digit in digits:
            group = "participant-digit-input-events"
            room_events.tell(self, group, "ParticipantDigitInput", leg.member, DigitInput=digit)


def find_or_open(exchange, name: str, terms) -> Room:
    """The live (or asked for) room of that name; names of ended rooms are free again."""
    room = exchange.room_names.get(name)
    if room is None:
        room = exchange.room_names[name] = Room(exchange, name, terms)
    return room


def enter_by_document(leg, name: str, terms) -> None:
    """A MultiPartyCall element runs."""
    room = find_or_open(leg.exchange, name, terms)
    room.subscribe(terms)
    enter(room, leg, terms, by_api=False)


def enter(room: Room, leg, terms, *, by_api: bool) -> None:
    """A leg becomes a member."""
    if len(room.members) >= room.max_participants:
        # Nobody documents what the eleventh member gets; it must not be silence.
        return calls.end(leg, 5010, "Error")
    member = Member(room, leg, terms, by_api)
    leg.room, leg.member = room, member
    room.members[member.id] = member
    _announce(room, member)
    leg.party.joined(leg, room)
    room_events.record_if_due(room)
    _bring_together(room)


def _announce(room: Room, member: Member) -> None:
    """State changes of the room and the member's arrival, in the order that the switch says."""
    joins_first = room.exchange.switches.join_order == "join_first"
    if joins_first:
        _tell_join(room, member)
    if room.state == "pending":
        _initialize(room)
    if room.state == "initialized" and member.terms.start_mpc_on_enter:
        activate(room)
    if not joins_first:
        _tell_join(room, member)


def _tell_join(room: Room, member: Member) -> None:
    room_events.tell(room, "participant-state-changes", "ParticipantJoin", member)


def _initialize(room: Room) -> None:
    exchange = room.exchange
    room.state, room.created_us = "initialized", exchange.timeline.now
    exchange.rooms[room.uuid] = room
    if not exchange.endless:
        room.limit = exchange.timeline.after(room.max_duration * SECOND, lambda: end(room, 2000))
    room_events.tell(room, "mpc-state-changes", "MPCInitialized")


def activate(room: Room) -> None:
    """The conversation starts: a member that may start it came, or the API said so."""
    if room.state == "initialized":
        room.state, room.started_us = "active", room.exchange.timeline.now
        room_events.tell(room, "mpc-state-changes", "MPCStart")


def start(room: Room) -> None:
    """The API starts the conversation."""
    activate(room)
    _bring_together(room)


def _bring_together(room: Room) -> None:
    if room.state != "active":
        return
    members = list(room.members.values())
    for member in members:
        if not member.is_together and any(other.role != member.role for other in members):
            member.is_together = True
            member.leg.party.together(member.leg, room)


def leave(member: Member, cause: str) -> None:
    """A member is out; what that means for the room follows from `settle`."""
    leg, room = member.leg, member.room
    del room.members[member.id]
    room.gone.append(member)
    member.leg, member.left_us, member.exit_cause = None, room.exchange.timeline.now, cause
    leg.room = leg.member = None
    room_events.tell(room, "participant-state-changes", "ParticipantExit", member)
    leg.party.left(leg, room, cause)


def settle(room: Room, gone: Member) -> None:
    """Somebody left. Does the room end?"""
    members = room.members
    if not room.is_live:
        return
    if gone.terms.end_mpc_on_exit or not members:
        end(room, 1000)  # no code is documented for end_mpc_on_exit
    elif len(members) == 1 and not next(iter(members.values())).terms.stay_alone:
        end(room, 1010)


def end(room: Room, code: int) -> None:
    """The room ends: everybody is out, and each leg goes where its terms say."""
    if not room.is_live:
        return
    room.termination = code
    close(room, "ended")
    if room.tape is not None:
        room.tape.stop()
    left = [(member.leg, member) for member in room.members.values()]
    for _, member in left:
        leave(member, ENDED)
    room_events.tell_end(room)
    if room.exchange.switches.room_end_cancels_ringing:
        for invitation in list(room.invitations):
            invitation.cancel()
    for leg, member in left:
        _go_on_after(leg, member, 4020, "API Request" if code == 3000 else "Plivo")


def close(room: Room, state: str) -> None:
    """Take the room off the books of live rooms."""
    exchange = room.exchange
    room.state, room.ended_us = state, exchange.timeline.now
    if room.limit is not None:
        room.limit.cancel()
    exchange.rooms.pop(room.uuid, None)
    if exchange.room_names.get(room.name) is room:
        del exchange.room_names[room.name]
    if state == "ended":
        exchange.remember_room(room)


def forget_if_unused(room: Room) -> None:
    """Nobody came and nobody is on the way: the room never was."""
    if room.state == "pending" and not room.invitations:
        close(room, "unused")


def _go_on_after(leg, member: Member, code: int, source: str) -> None:
    """A leg that still lives leaves the room: to its exit action, to its next element, or off the line."""
    if leg.is_over:
        return
    if member.terms.on_exit_action_url:
        terms, extra = member.terms, room_events.exit_form(member)
        url, method = terms.on_exit_action_url, terms.on_exit_action_method
        interpreter.fetch(leg, "exit_action", url, method, "action", "Redirect", **extra)
    elif member.by_api or code == 4030:
        calls.end(leg, code, source)
    else:
        interpreter.run(leg)


def hung_up(leg) -> None:
    """A member's leg is over. Its exit action is posted all the same, though nobody runs the reply."""
    room, member = leg.room, leg.member
    leave(member, HUNG_UP)
    if member.terms.on_exit_action_url:
        form = forms.call(leg, "Redirect", **room_events.exit_form(member))
        terms = member.terms
        url, method = terms.on_exit_action_url, terms.on_exit_action_method
        leg.exchange.postman.ask("exit_action", url, method, form, _unread)
    settle(room, member)


def _unread(reply) -> None:
    pass


def kick(member: Member) -> None:
    leg, room = member.leg, member.room
    interpreter.stop(leg)
    leave(member, KICKED)
    settle(room, member)
    _go_on_after(leg, member, 4030, "API Request")


def take_out(leg) -> None:
    """A member is transferred to a document or to another room."""
    if leg.member is not None:
        room, member = leg.room, leg.member
        leave(member, TRANSFERRED)
        settle(room, member)


def update(member: Member, *, mute=None, hold=None, coach_mode=None) -> None:
    """Change what is given, and tell of every real change."""
    changes = (
        ("mute", mute, "ParticipantMute", "ParticipantUnmute"),
        ("hold", hold, "ParticipantHold", "ParticipantUnhold"),
        ("coach_mode", coach_mode, "ParticipantCoachModeStart", "ParticipantCoachModeStop"),
    )
    for name, value, on, off in changes:
        if value is not None and value != getattr(member, name):
            setattr(member, name, value)
            room_events.tell(member.room, "participant-state-changes", on if value else off, member)


def spoken(leg, text: str) -> None:
    """What a member says reaches the others, unless it is muted; who is on hold neither speaks nor hears, and a
    supervisor who coaches is heard by agents only."""
    speaker, room = leg.member, leg.room
    if speaker is None or room.state != "active" or speaker.mute or speaker.hold:
        return
    for member in list(room.members.values()):
        if member is not speaker and not member.hold and (not speaker.coach_mode or member.role == "agent"):
            member.leg.party.hears(member.leg, text)


def tell_leg(leg) -> None:
    """The call-status callback of a leg that was dialled for a room."""
    if leg.invitation is not None:
        leg.invitation.tell_status(leg)


def dialled_leg_answered(leg) -> None:
    leg.invitation.answered(leg)
