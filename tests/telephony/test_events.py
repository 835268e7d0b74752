"""Forms become events, whatever is in them."""

from dataclasses import asdict, fields

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony.events import READ, CarrierEvent, parse

KINDS = ["answer", "wait", "leg", "room", "hangup", "anything"]
NOTHING = {
    field.name: {"machine": False, "sequence": None, "record_seconds": 0}.get(field.name, "")
    for field in fields(CarrierEvent)
}


def event(kind="wait", **form):
    return parse(form, kind)


def test_an_empty_form_is_an_event_about_nothing():
    assert [asdict(parse({}, kind)) for kind in KINDS] == [NOTHING] * len(KINDS)


def test_the_carriers_own_answer_request():
    form = QueryDict(
        "Direction=outbound&From=19792014278&To=sip%3Ax@phone-qa.voice.plivodev.com&CallStatus=in-progress"
        "&Event=StartApp&CallUUID=3e82ae9d&ALegUUID=3e82ae9d&BillRate=0.002"
    )
    assert asdict(parse(form, "answer")) == NOTHING | {
        "call_uuid": "3e82ae9d",
        "from_number": "+19792014278",
        "direction": "outbound",
        "status": "in-progress",
        "event": "StartApp",
        "key": "answer:3e82ae9d",
    }


def test_a_room_event():
    found = event(
        "room",
        MPCUUID="m",
        MPCName="conv-1",
        EventName="ParticipantJoin",
        MemberID="49",
        ParticipantRole="Agent",
        ParticipantCallUUID="leg",
        SequenceNumber="3",
    )
    assert asdict(found) == NOTHING | {
        "room_uuid": "m",
        "room_name": "conv-1",
        "room_event": "ParticipantJoin",
        "member_id": "49",
        "role": "agent",
        "participant_call_uuid": "leg",
        "sequence": 3,
        "key": "m:3:ParticipantJoin",
    }


def test_a_hangup():
    found = event("hangup", CallUUID="c", CallStatus="completed", HangupCauseCode="4000", HangupSource="Caller")
    assert (found.status, found.hangup_code, found.hangup_source) == ("completed", "4000", "Caller")
    assert found.key == "hangup:c"


@pytest.mark.parametrize(
    ("kind", "form", "key"),
    [
        ("hangup", {"CallUUID": "c"}, "hangup:c"),
        ("callback-hangup", {"CallUUID": "c"}, "callback-hangup:c"),
        ("leg", {"CallUUID": "c", "CallStatus": "ringing"}, "leg:c:ringing"),
        ("leg", {"CallUUID": "c", "CallStatus": "Canceled"}, "leg:c:cancel"),
        ("leg", {"CallStatus": "busy"}, ""),
        ("room", {"MPCUUID": "m", "EventName": "MPCEnd", "SequenceNumber": "0"}, "m:0:MPCEnd"),
        (
            "room",
            {"MPCUUID": "m", "EventName": "E", "MemberID": "7", "EventTimestamp": "2026-01-01 10:00:00"},
            "m:E:7:2026-01-01 10:00:00",
        ),
        ("room", {"MPCUUID": "m", "CallUUID": "c"}, ""),
        ("room", {"EventName": "E", "SequenceNumber": "1"}, ""),
    ],
)
def test_a_repeat_has_the_key_of_the_first(kind, form, key):
    assert parse(form, kind).key == parse(dict(form), kind).key == key


def test_no_key_outgrows_its_column():
    long = dict.fromkeys(("CallUUID", "CallStatus", "MPCUUID", "EventName", "MemberID", "EventTimestamp"), "x" * 999)
    for form in (long, long | {"SequenceNumber": "9" * 999}):
        assert max(len(parse(form, kind).key) for kind in KINDS) <= 160


def test_keys_of_different_things_differ():
    base = {"MPCUUID": "m", "EventName": "ParticipantJoin"}
    stamped = base | {"MemberID": "1", "EventTimestamp": "10:00"}
    forms = [
        base | {"SequenceNumber": "1"},
        base | {"SequenceNumber": "2"},
        stamped,
        stamped | {"MemberID": "2"},
        stamped | {"EventTimestamp": "10:01"},
        stamped | {"EventName": "ParticipantExit"},
    ]
    assert len({parse(form, "room").key for form in forms}) == len(forms)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("16015550100", "+16015550100"),
        ("+16015550100", "+16015550100"),
        (" +1 601 555 0100 ", "+16015550100"),
        ("anonymous", ""),
        ("sip:op1@phone.plivo.com", ""),
        ("", ""),
    ],
)
def test_numbers_have_one_spelling(written, read):
    found = event(From=written, To=written)
    assert (found.from_number, found.to_number) == (read, read)


@pytest.mark.parametrize(
    ("pressed", "read"),
    [("1", "1"), ("39201#", "39201#"), ("*9 a;--", "*9"), ("x", ""), ("١٢", ""), ("1" * 500, "1" * 32)],
)
def test_only_keys_are_digits(pressed, read):
    assert event(Digits=pressed).digits == read


@pytest.mark.parametrize("written", ["canceled", "cancelled", "Cancel", "CANCELED"])
def test_one_word_for_cancelled(written):
    assert event(CallStatus=written).status == "cancel"


@pytest.mark.parametrize(("written", "read"), [("true", True), ("True", True), ("false", False), ("", False)])
def test_a_machine(written, read):
    assert event("callback-machine", Machine=written).machine is read


@pytest.mark.parametrize("written", ["", "-1", "1.0", "²", "١", "x", " "])
def test_a_sequence_that_is_no_number(written):
    assert event("room", SequenceNumber=written).sequence is None


def test_what_the_database_or_a_log_would_choke_on_is_gone():
    found = event(CallUUID="a\x00b\nc\ud800", HangupSource="C\x1b[31mr", Event="x" * 500)
    assert (found.call_uuid, found.hangup_source, len(found.event)) == ("abc", "C[31mr", 40)


values = st.none() | st.integers() | st.binary(max_size=9) | st.lists(st.text(max_size=5)) | st.text(max_size=200)
forms = st.dictionaries(st.sampled_from(sorted(READ)) | st.text(max_size=9), values)


@settings(deadline=None)
@given(forms, st.sampled_from(KINDS))
def test_no_form_whatever_raises(form, kind):
    found = parse(form, kind)
    assert {type(value) for value in asdict(found).values()} <= {str, bool, int, type(None)}
    assert found.from_number == "" or found.from_number.startswith("+")
    assert set(found.digits) <= set("0123456789*#")
    assert len(found.key) <= 160
    texts = [value for value in asdict(found).values() if isinstance(value, str)]
    assert all(text.isprintable() and len(text) <= 160 for text in texts)


class Watched(dict):
    """A form that remembers what it was asked for."""

    def __init__(self):
        super().__init__(MPCUUID="m", EventName="E")
        self.asked = set()

    def get(self, name, default=None):
        self.asked.add(name)
        return super().get(name, default)


def test_the_door_knows_every_parameter_an_event_is_made_of():
    form = Watched()
    parse(form, "room")
    assert form.asked == READ
