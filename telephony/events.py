"""A webhook's form as one value, whatever was in it.

The carrier calls one thing by several names, leaves out what does not apply, spells numbers as it likes and adds new
parameters at any time. All of that ends here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from core.phone import e164

_ID = 64  # more than any id of the carrier; what is longer is cut, and then fits nothing of ours
_WORD = 40
_URL = 256
_NUMBER = 128  # a SIP address is longer than a number
_KEY = 160  # what a column for keys has room for
_NOT_KEYS = re.compile(r"[^0-9*#]")

# Every parameter an event is made of. The door refuses a form that holds one of them twice.
READ = frozenset(
    (
        "CallUUID",
        "From",
        "To",
        "Direction",
        "CallStatus",
        "Event",
        "Digits",
        "HangupCauseCode",
        "HangupSource",
        "Machine",
        "MPCUUID",
        "MPCName",
        "MPCFriendlyName",
        "EventName",
        "MemberID",
        "ParticipantRole",
        "ParticipantCallUUID",
        "SequenceNumber",
        "EventTimestamp",
        "DialStatus",
        "RecordUrl",
        "RecordingID",
        "RecordingDuration",
        "MessageUUID",
        "Status",
        "ErrorCode",
    )
)


@dataclass(frozen=True, slots=True)
class CarrierEvent:
    """What the carrier says happened. Every text is "" where it did not say.

    `key` (at most 160 characters) is the same for a repeat and different for anything else of that kind; "" when the
    form names nothing to tell it by. A question that is asked more than once in a call (the steps of a menu, the rounds
    of a wait) has one key for all of them: its address must carry the step.
    """

    call_uuid: str
    from_number: str  # E.164, "" where withheld or not a telephone number
    to_number: str  # likewise
    direction: str  # "inbound", "outbound"
    status: str  # "ringing", "in-progress", "completed", "busy", "failed", "timeout", "no-answer", "cancel"
    event: str  # the carrier's name for it; some webhooks have none, so the address decides what it is about
    digits: str  # keys 0-9 * #, at most 32; "" is "nothing was pressed"
    hangup_code: str  # such as "4000"
    hangup_source: str  # "Caller", "Callee", "Plivo", ...
    machine: bool  # an answering machine picked up
    room_uuid: str
    room_name: str
    room_event: str  # such as "ParticipantJoin"
    member_id: str
    role: str  # "agent", "customer", "supervisor"
    participant_call_uuid: str
    sequence: int | None  # order of the events of one room, where the carrier gave it
    key: str
    dial_status: str = ""  # of a call to an outside number: "completed", "busy", "no-answer", ...
    record_url: str = ""
    record_id: str = ""
    record_seconds: int = 0  # 0 as well where the carrier does not know yet
    message_uuid: str = ""
    message_status: str = ""  # of a text: "queued", "sent", "delivered", "undelivered", "failed", ...
    error_code: str = ""


def parse(form: Mapping, kind: str) -> CarrierEvent:
    """The event in `form`, read as a webhook of `kind` (the door's name). Never raises, whatever `form` holds."""
    call_uuid = _text(form, "CallUUID", _ID)
    status = _status(form)
    room_uuid = _text(form, "MPCUUID", _ID)
    room_event = _text(form, "EventName", _WORD)
    member_id = _text(form, "MemberID", _ID)
    sequence = _sequence(form)
    if kind == "room":
        key = _room_key(form, room_uuid, room_event, member_id, sequence)
    elif not call_uuid:
        key = ""
    else:
        key = f"leg:{call_uuid}:{status}" if kind == "leg" else f"{kind}:{call_uuid}"
    return CarrierEvent(
        call_uuid=call_uuid,
        from_number=e164(_text(form, "From", _NUMBER)),
        to_number=e164(_text(form, "To", _NUMBER)),
        direction=_text(form, "Direction", _WORD).lower(),
        status=status,
        event=_text(form, "Event", _WORD),
        digits=_NOT_KEYS.sub("", _text(form, "Digits", _NUMBER))[:32],
        hangup_code=_text(form, "HangupCauseCode", _WORD),
        hangup_source=_text(form, "HangupSource", _WORD),
        machine=_text(form, "Machine", _WORD).lower() == "true",
        room_uuid=room_uuid,
        room_name=_text(form, "MPCName", _ID) or _text(form, "MPCFriendlyName", _ID),
        room_event=room_event,
        member_id=member_id,
        role=_text(form, "ParticipantRole", _WORD).lower(),
        participant_call_uuid=_text(form, "ParticipantCallUUID", _ID),
        sequence=sequence,
        key=key,
        dial_status=_text(form, "DialStatus", _WORD).lower(),
        record_url=_text(form, "RecordUrl", _URL),
        record_id=_text(form, "RecordingID", _ID),
        record_seconds=_seconds(form),
        message_uuid=_text(form, "MessageUUID", _ID),
        message_status=_text(form, "Status", _WORD).lower(),
        error_code=_text(form, "ErrorCode", _WORD),
    )


def _seconds(form: Mapping) -> int:
    text = _text(form, "RecordingDuration", 8)
    return int(text) if text.isascii() and text.isdigit() else 0


def _text(form: Mapping, name: str, limit: int) -> str:
    """A parameter, cut to `limit`. What cannot be printed goes: PostgreSQL, for one, takes no NUL."""
    value = form.get(name, "")
    if not value or not isinstance(value, str):
        return ""
    value = value[:limit]
    if not value.isprintable():
        value = "".join(filter(str.isprintable, value))
    return value.strip()


def _status(form: Mapping) -> str:
    status = _text(form, "CallStatus", _WORD).lower()
    return "cancel" if status in ("canceled", "cancelled") else status


def _sequence(form: Mapping) -> int | None:
    text = _text(form, "SequenceNumber", 18)
    return int(text) if text.isascii() and text.isdigit() else None


def _room_key(form: Mapping, room_uuid: str, room_event: str, member_id: str, sequence: int | None) -> str:
    if not room_uuid or not room_event:
        return ""
    if sequence is not None:
        return f"{room_uuid}:{sequence}:{room_event}"
    return f"{room_uuid}:{room_event}:{member_id}:{_text(form, 'EventTimestamp', _WORD)}"[:_KEY]
