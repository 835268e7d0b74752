"""What goes over the wire to the carrier."""

import pytest

from telephony.carrier import CarrierError
from telephony.plivo_adapter import use_adapter
from tests.telephony.wire import (
    EXIT,
    HOLD,
    LEG,
    PROMPT,
    ROOM,
    ROOT,
    Wire,
    bring_in,
    dial,
    flags,
    invite,
    only_request,
    ring,
    set_member,
)

# ---- the way out ------------------------------------------------------------------------------------------------


def test_ring(carrier):
    fired = {"request_uuid": "leg1", "calls": [{"to": "x", "from": "y", "call_uuid": "leg1"}], "message": "call fired"}
    wire = Wire(201, fired)
    with use_adapter(wire):
        assert ring(carrier) == "leg1"
    method, path, body = only_request(wire)
    assert (method, path) == ("POST", f"{ROOT}/MultiPartyCall/name_conv-1/Participant/")
    expected = {
        "role": "agent",
        "to": "sip:op1@phone.plivo.com",
        "from": "+16015550100",
        "ring_timeout": 20,
        "call_status_callback_url": LEG,
        "status_callback_url": ROOM,
        "status_callback_events": "participant-state-changes",
        "stay_alone": True,
        "start_mpc_on_enter": True,
        "end_mpc_on_exit": False,
        "enter_sound": "none",
        "exit_sound": "none",
        "record": False,
    }
    assert expected.items() <= body.items()
    assert "confirm_key" not in body
    assert "confirm_key_sound_url" not in body
    assert "call_uuid" not in body


def test_ring_a_phone_that_may_have_a_mailbox(carrier):
    wire = Wire(201, {"request_uuid": "leg1"})
    with use_adapter(wire):
        assert ring(carrier, prompt_url=PROMPT) == "leg1"
    said = {"confirm_key": "1", "confirm_key_sound_url": PROMPT, "confirm_key_sound_method": "POST"}
    assert said.items() <= only_request(wire)[2].items()


def test_bring_in(carrier):
    wire = Wire(201, {"message": "participant added"})
    with use_adapter(wire):
        bring_in(carrier)
    method, path, body = only_request(wire)
    assert (method, path) == ("POST", f"{ROOT}/MultiPartyCall/uuid_m1/Participant/")
    expected = {
        "role": "customer",
        "call_uuid": "c1",
        "stay_alone": False,
        "end_mpc_on_exit": True,
        "start_mpc_on_enter": True,
        "status_callback_url": ROOM,
        "on_exit_action_url": EXIT,
        "on_exit_action_method": "POST",
        "customer_hold_music_url": HOLD,
        "customer_hold_music_method": "POST",
        "enter_sound": "none",
        "exit_sound": "none",
    }
    assert expected.items() <= body.items()
    assert not {"from", "to"} & set(body)


@pytest.mark.parametrize(("role", "hears_only"), [("agent", False), ("supervisor", True)])
def test_invite(carrier, role, hears_only):
    wire = Wire(201, {"request_uuid": "leg2"})
    with use_adapter(wire):
        assert invite(carrier, role=role) == "leg2"
    method, path, body = only_request(wire)
    assert (method, path) == ("POST", f"{ROOT}/MultiPartyCall/uuid_m1/Participant/")
    expected = {
        "role": role,
        "to": "+16015550202",
        "from": "+16015550100",
        "call_status_callback_url": LEG,
        "status_callback_url": ROOM,
        "mute": hears_only,
        "coach_mode": hears_only,
        "start_mpc_on_enter": not hears_only,
        "stay_alone": False,
        "end_mpc_on_exit": False,
        "enter_sound": "none",
        "exit_sound": "none",
    }
    assert expected.items() <= body.items()
    assert not {"call_uuid", "confirm_key"} & set(body)


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ({"hold": True}, {"hold": True}),
        ({"hold": False, "mute": True}, {"hold": False, "mute": True}),
        ({"mute": False, "coach": False}, {"mute": False, "coach_mode": False}),
    ],
)
def test_set_member(carrier, asked, sent):
    wire = Wire(200, {"message": "updated"})
    with use_adapter(wire):
        set_member(carrier, **asked)
    method, path, body = only_request(wire)
    assert (method, path) == ("POST", f"{ROOT}/MultiPartyCall/uuid_m1/Participant/7/")
    assert {name: value for name, value in body.items() if name in ("hold", "mute", "coach_mode")} == sent


@pytest.mark.parametrize(("call", "member"), [("c1", "9"), ("c2", ""), ("c3", "")])
def test_member(carrier, call, member):
    there, left = {"call_uuid": "c1", "member_id": "9"}, {"call_uuid": "c3", "member_id": "4", "exit_time": "10:00"}
    wire = Wire(200, {"objects": [left, there], "meta": {}})
    with use_adapter(wire):
        assert carrier.member(room_uuid="m1", call_uuid=call) == member


def test_send(carrier):
    wire = Wire(202, {"message": "call transferred"})
    with use_adapter(wire):
        carrier.send(call_uuid="c1", url=EXIT)
    method, path, body = only_request(wire)
    assert (method, path) == ("POST", f"{ROOT}/Call/c1/")
    assert {"legs": "aleg", "aleg_url": EXIT, "aleg_method": "POST"}.items() <= body.items()


@pytest.mark.parametrize("request_uuid", ["call1", ["call1"]])
def test_dial(carrier, request_uuid):
    wire = Wire(201, {"message": "call fired", "request_uuid": request_uuid, "api_id": "x"})
    with use_adapter(wire):
        assert dial(carrier) == "call1"
    method, path, body = only_request(wire)
    assert (method, path) == ("POST", f"{ROOT}/Call/")
    expected = {
        "to": "+16015550101",
        "from": "+16015550100",
        "answer_url": LEG + "a/",
        "hangup_url": LEG + "h/",
        "machine_detection": "true",
        "machine_detection_url": LEG + "m/",
        "ring_timeout": 25,
    }
    assert expected.items() <= body.items()


@pytest.mark.parametrize("ask", [ring, invite, bring_in, dial])
def test_every_callback_comes_by_post(carrier, ask):
    wire = Wire(201, {"request_uuid": "x"})
    with use_adapter(wire):
        ask(carrier)
    body = only_request(wire)[2]
    assert {value for name, value in body.items() if name.endswith("_method")} == {"POST"}
    for name in (name for name in body if name.endswith("_url")):
        assert body[name.removesuffix("_url") + "_method"] == "POST"


@pytest.mark.parametrize("status", [200, 202, 204])
def test_hang_up(carrier, status):
    wire = Wire(status, b"")
    with use_adapter(wire):
        carrier.hang_up("c1")
    assert only_request(wire)[:2] == ("DELETE", f"{ROOT}/Call/c1/")


def test_members_are_those_who_have_not_left(carrier):
    there = {"member_id": "1", "call_uuid": "c1", "exit_time": None}
    gone = {"member_id": "2", "call_uuid": "c2", "exit_time": "2026-01-14 13:00:00+00:00"}
    wire = Wire(200, {"api_id": "x", "meta": {}, "objects": [there, gone]})
    with use_adapter(wire):
        assert carrier.members("m1") == ["c1"]
    assert only_request(wire)[:2] == ("GET", f"{ROOT}/MultiPartyCall/uuid_m1/Participant/")


def test_is_live(carrier):
    wire = Wire(200, {"call_uuid": "c1", "call_status": "in-progress"})
    with use_adapter(wire):
        assert carrier.is_live("c1") is True
    assert only_request(wire)[:2] == ("GET", f"{ROOT}/Call/c1/?status=live")
    with use_adapter(Wire(404, {"error": "call not found"})):
        assert carrier.is_live("c1") is False


def test_live_to(carrier):
    wire = Wire(200, {"calls": ["a", "b"], "api_id": "x"})
    with use_adapter(wire):
        assert carrier.live_to("+16015550101") == ["a", "b"]
    assert only_request(wire)[:2] == ("GET", f"{ROOT}/Call/?to_number=%2B16015550101&limit=20&offset=0&status=live")
    with use_adapter(Wire(200, {"calls": []})):
        assert carrier.live_to("+16015550101") == []


def test_an_id_is_one_piece_of_the_path(carrier):
    wire = Wire(204, b"")
    with use_adapter(wire):
        carrier.hang_up("../Call/c2?x")
    assert only_request(wire)[1] == f"{ROOT}/Call/..%2FCall%2Fc2%3Fx/"


@pytest.mark.parametrize(
    "ask",
    [
        lambda carrier: carrier.hang_up(""),
        lambda carrier: carrier.is_live(""),
        lambda carrier: carrier.live_to(""),
        lambda carrier: carrier.members(""),
        lambda carrier: bring_in(carrier, call_uuid=""),
        lambda carrier: bring_in(carrier, room_uuid=""),
        lambda carrier: invite(carrier, room_uuid=""),
        lambda carrier: set_member(carrier, member_id="", hold=True),
        lambda carrier: carrier.send(call_uuid="", url=EXIT),
        lambda carrier: ring(carrier, to=""),
        lambda carrier: ring(carrier, from_=""),
        lambda carrier: ring(carrier, room_url="not a url"),
        lambda carrier: ring(carrier, room=""),
    ],
)
def test_nonsense_is_not_sent(carrier, ask):
    wire = Wire(200, {"calls": []})
    with use_adapter(wire), pytest.raises(CarrierError) as caught:
        ask(carrier)
    assert wire.sent == []
    assert flags(caught.value) == (False, False, False)


# ---- texts ------------------------------------------------------------------------------------------------------


def _text(carrier):
    return carrier.send_text(to="+16015550142", from_="+16015550100", text="Hola: https://x.example", status_url=LEG)


def test_a_text_is_one_request_and_stays_out_of_the_carriers_logs(carrier):
    wire = Wire(202, {"message": "message(s) queued", "message_uuid": ["m1"], "api_id": "x"})
    with use_adapter(wire):
        assert _text(carrier) == "m1"
    method, path, body = only_request(wire)
    assert (method, path) == ("POST", f"{ROOT}/Message/")
    expected = {"src": "+16015550100", "dst": "+16015550142", "text": "Hola: https://x.example", "url": LEG}
    assert (expected | {"method": "POST", "log": "false"}).items() <= body.items()


@pytest.mark.parametrize(
    ("status", "ambiguous", "retryable"), [(503, True, True), (429, False, True), (400, False, False)]
)
def test_what_an_error_says_of_a_text(carrier, status, ambiguous, retryable):
    wire = Wire(status, {"error": "no"})
    with use_adapter(wire), pytest.raises(CarrierError) as raised:
        _text(carrier)
    assert (raised.value.ambiguous, raised.value.retryable) == (ambiguous, retryable)
    assert len(wire.sent) == 1
