"""REST: multi-party calls, their participants and their recording."""

from exchange import forms, room_events, rooms
from exchange.calls import Application
from exchange.errors import Refusal
from exchange.invitations import Invitation, move_in
from exchange.joining import Terms, seconds_per_leg
from exchange.pages import page
from exchange.party import Party
from exchange.rest_calls import read_sip_headers
from exchange.room_events import TERMINATIONS
from exchange.timeline import SECOND

_MAX_DESTINATIONS = 20


def list_all(exchange, given: dict):
    status, name = str(given.get("status") or "").lower(), given.get("friendly_name")
    known = [*exchange.rooms.values(), *reversed(exchange.ended_rooms.values())]
    found = [room for room in known if (not status or room.state == status) and (not name or room.name == name)]
    return 200, page([_room(room) for room in found], given)


def get(exchange, room_id: str, given: dict):
    return 200, _room(_known(exchange, room_id))


def _known(exchange, room_id: str):
    """A live room by name or uuid, an ended one by uuid only."""
    how, _, value = room_id.partition("_")
    if how == "name":
        room = exchange.room_names.get(value)
    else:
        room = exchange.rooms.get(value) or exchange.ended_rooms.get(value)
    if room is None or room.state == "pending":
        raise Refusal(404, "multi party call not found")
    return room


def _live(exchange, room_id: str):
    room = _known(exchange, room_id)
    if not room.is_live:
        raise Refusal(404, "multi party call has ended")
    return room


def _room(room) -> dict:
    exchange = room.exchange
    end_us = exchange.timeline.now if room.ended_us is None else room.ended_us
    seconds = (end_us - room.created_us) // SECOND
    uri = f"/v1/Account/{exchange.auth_id}/MultiPartyCall/uuid_{room.uuid}/"
    return {
        "mpc_uuid": room.uuid,
        "friendly_name": room.name,
        "status": room.state.capitalize(),
        "creation_time": forms.moment(exchange, room.created_us),
        "start_time": None if room.started_us is None else forms.moment(exchange, room.started_us),
        "end_time": None if room.ended_us is None else forms.moment(exchange, room.ended_us),
        "duration": seconds,
        "billed_duration": room_events.billed(seconds),
        "billed_amount": f"{room_events.amount(seconds):.5f}",
        "termination_cause": TERMINATIONS.get(room.termination),
        "termination_cause_code": room.termination,
        "participants": uri + "Participant/",
        "recording": None if room.tape is None else room.tape.url,
        "resource_uri": uri,
        "stay_alone": False,
        "sub_account": None,
    }


def start(exchange, room_id: str, given: dict):
    """POST {"status": "active"}; a list is taken as well (an open question, and both clients exist)."""
    room, status = _live(exchange, room_id), given.get("status")
    if (status[0] if isinstance(status, list) and status else status) != "active":
        raise Refusal(400, "status can only be set to active")
    rooms.start(room)
    return 200, {"message": "MPC: started", "status": "active", "mpc_uuid": room.uuid}


def stop(exchange, room_id: str, given: dict):
    rooms.end(_live(exchange, room_id), 3000)
    return 204, None


def add(exchange, room_id: str, given: dict):
    """POST Participant/: dial `to` into the room, or move the live call `call_uuid` there."""
    terms = Terms.of_body(given)
    has_call, has_ends = bool(given.get("call_uuid")), bool(given.get("from")) and bool(given.get("to"))
    if has_call == has_ends:
        raise Refusal(400, "either call_uuid or from and to is required")
    leg = _movable(exchange, given["call_uuid"]) if has_call else None
    destinations = [] if has_call else _destinations(given, terms)
    room = _room_to_fill(exchange, room_id, terms)
    room.subscribe(terms)
    return _move(room, leg, terms) if has_call else _dial(exchange, room, given, terms, destinations)


def _room_to_fill(exchange, room_id: str, terms):
    how, _, value = room_id.partition("_")
    is_named = how == "name" and value
    room = rooms.find_or_open(exchange, value, terms) if is_named else _live(exchange, room_id)
    if len(room.members) + len(room.invitations) >= room.max_participants:
        raise Refusal(400, "the multi party call is full")
    return room


def _movable(exchange, uuid: str):
    leg = exchange.legs.get(uuid)
    if leg is None or (leg.answered_us is None and leg.direction == "outbound"):
        raise Refusal(404, "call not found")
    return leg


def _destinations(given: dict, terms) -> list[str]:
    found = [part.strip() for part in str(given["to"]).split("<")]
    if len(found) > 1 and terms.role != "agent":
        raise Refusal(400, "several destinations are for agents only")
    if len(found) > _MAX_DESTINATIONS or "" in found:
        raise Refusal(400, "1 to 20 destinations")
    return found


def _move(room, leg, terms):
    if leg.room is room:
        raise Refusal(400, "the call is in this multi party call already")
    move_in(leg, room, terms)
    calls = [{"to": leg.to, "from": leg.from_, "call_uuid": leg.uuid}]
    return 201, {"message": "add participant action initiated", "request_uuid": leg.uuid, "calls": calls}


def _dial(exchange, room, given: dict, terms, destinations: list[str]):
    count = len(destinations)
    timeouts = seconds_per_leg(given, "ring_timeout", count, 45)
    delays = seconds_per_leg(given, "delay_dial", count, 0)
    more = {"caller_name": terms.caller_name, "sip_headers": read_sip_headers(given.get("sip_headers"))}
    nobody = Application()
    legs = [exchange.open_leg(str(given["from"]), to, "outbound", Party(), nobody, **more) for to in destinations]
    invitation = Invitation(room, terms, legs, legs[0].uuid if count == 1 else exchange.new_uuid())
    for leg, timeout, delay in zip(legs, timeouts, delays, strict=True):
        leg.ring_timeout_s = timeout
        exchange.dialler.dial(leg, delay * SECOND)
    calls = [{"to": leg.to, "from": leg.from_, "call_uuid": leg.uuid} for leg in legs]
    answer = {"message": "add participant action initiated", "request_uuid": invitation.request_uuid, "calls": calls}
    return 201, answer


def list_members(exchange, room_id: str, given: dict):
    room = _known(exchange, room_id)
    members = [*room.members.values(), *room.gone]
    if given.get("call_uuid"):
        members = [member for member in members if member.call_uuid == given["call_uuid"]]
    return 200, page([_member(member) for member in members], given)


def get_member(exchange, room_id: str, member_id: str, given: dict):
    room = _known(exchange, room_id)
    for member in [*room.members.values(), *room.gone]:
        if member.id == member_id:
            return 200, _member(member)
    raise Refusal(404, "participant not found")


def _member(member) -> dict:
    room, exchange = member.room, member.room.exchange
    end_us = exchange.timeline.now if member.left_us is None else member.left_us
    seconds = (end_us - member.joined_us) // SECOND
    return {
        "mpc_uuid": room.uuid,
        "member_id": member.id,
        "member_address": member.address,
        "call_uuid": member.call_uuid,
        "role": member.role,
        "mute": member.mute,
        "hold": member.hold,
        "coach_mode": member.coach_mode,
        "start_mpc_on_enter": member.terms.start_mpc_on_enter,
        "end_mpc_on_exit": member.terms.end_mpc_on_exit,
        "join_time": forms.moment(exchange, member.joined_us),
        "exit_time": None if member.left_us is None else forms.moment(exchange, member.left_us),
        "exit_cause": member.exit_cause or None,
        "duration": seconds,
        "billed_duration": room_events.billed(seconds),
        "billed_amount": f"{room_events.amount(seconds):.5f}",
        "resource_uri": f"/v1/Account/{exchange.auth_id}/MultiPartyCall/uuid_{room.uuid}/Participant/{member.id}/",
    }


def _members_in(exchange, room_id: str, member_ids: str) -> list:
    """The members that `7`, `7,9` or `all` names; each must be in the room now."""
    room = _live(exchange, room_id)
    if member_ids.lower() == "all":
        return list(room.members.values())
    ids = [part.strip() for part in member_ids.split(",")]
    if any(one not in room.members for one in ids):
        raise Refusal(404, "participant not found")
    return [room.members[one] for one in dict.fromkeys(ids)]


def update_members(exchange, room_id: str, member_ids: str, given: dict):
    members = _members_in(exchange, room_id, member_ids)
    changes = {name: _truth(given, name) for name in ("mute", "hold", "coach_mode") if given.get(name) is not None}
    if not changes:
        raise Refusal(400, "at least one of mute, hold and coach_mode is required")
    if "coach_mode" in changes and (
        member_ids.lower() == "all" or any(member.role != "supervisor" for member in members)
    ):
        raise Refusal(400, "coach_mode is for supervisors, one by one")
    for member in members:
        rooms.update(member, **changes)
    return 200, {"message": "participant updated", **changes}


def _truth(given: dict, name: str) -> bool:
    word = str(given[name]).lower()
    if word not in ("true", "false"):
        raise Refusal(400, f"{name} is true or false")
    return word == "true"


def kick_members(exchange, room_id: str, member_ids: str, given: dict):
    for member in _members_in(exchange, room_id, member_ids):
        if member.leg is not None:  # the one before may have ended the room
            rooms.kick(member)
    return 204, None


def start_record(exchange, room_id: str, given: dict):
    room = _live(exchange, room_id)
    if room.tape is not None:
        raise Refusal(400, "the multi party call is recorded already")
    terms = Terms.of_body({**given, "role": "agent", "record_file_format": given.get("file_format") or "mp3"})
    url, method = terms.recording_callback_url, terms.recording_callback_method
    room.tape = room_events.RoomTape(room, terms.record_file_format, url, method)
    return 200, {"message": "MPC: started recording", "recording_id": room.tape.uuid, "recording_url": room.tape.url}


def _tape(exchange, room_id: str):
    tape = _live(exchange, room_id).tape
    if tape is None:
        raise Refusal(404, "the multi party call is not recorded")
    return tape


def stop_record(exchange, room_id: str, given: dict):
    _tape(exchange, room_id).stop()
    return 204, None


def pause_record(exchange, room_id: str, given: dict):
    _tape(exchange, room_id).pause()
    return 204, None


def resume_record(exchange, room_id: str, given: dict):
    _tape(exchange, room_id).resume()
    return 204, None


ROUTES = {
    "MultiPartyCall": {"GET": list_all},
    "MultiPartyCall/*": {"GET": get, "POST": start, "DELETE": stop},
    "MultiPartyCall/*/Participant": {"GET": list_members, "POST": add},
    "MultiPartyCall/*/Participant/*": {"GET": get_member, "POST": update_members, "DELETE": kick_members},
    "MultiPartyCall/*/Record": {"POST": start_record, "DELETE": stop_record},
    "MultiPartyCall/*/Record/Pause": {"POST": pause_record},
    "MultiPartyCall/*/Record/Resume": {"POST": resume_record},
}
