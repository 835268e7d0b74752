"""Multi-party calls: joining, talking, leaving, and what each switch changes."""

import pytest

from exchange import Party, Switches, WebReply
from tests.exchange.town import ANNA, APP, BEN, SECOND, Picks, Presses, Town

ALL = "mpc-state-changes,participant-state-changes,participant-digit-input-events,add-participant-api-events"
WAITING = f'<GetInput action="{APP}/key" executionTimeout="20"/><Redirect>{APP}/tick</Redirect>'


def member(town, role):
    room = next(iter(town.exchange.rooms.values()))
    return next(one for one in room.members.values() if one.role == role)


def talking(pages=None, switches=None, customer=None, **agent):
    """A caller of the wait loop talks with Anna since second 2; the town and the caller's leg."""
    town = Town({"/answer": WAITING, "/tick": WAITING, **(pages or {})}, switches=switches)
    town.exchange.add_phone(ANNA, Picks(2))
    leg = town.ring()
    town.invite(ANNA, stay_alone=True, status_callback_events=ALL, call_status_callback_url=APP + "/leg", **agent)
    town.run(2)
    status, _ = town.move(leg, status_callback_events=ALL, **(customer or {"end_mpc_on_exit": True}))
    assert status == 201
    town.run(2)
    return town, leg


def test_from_the_menu_through_the_wait_loop_into_a_talk_and_out():
    class Customer(Presses):
        met = 0

        def together(self, leg, room):
            self.met += 1
            leg.hang_up(60 * SECOND)

    def tick(request):
        if len(town.forms("redirect")) == 2:
            town.invite(ANNA, stay_alone=True, call_status_callback_url=APP + "/leg")
        return WAITING

    def told(request):
        if request.form["EventName"] == "ParticipantJoin" and request.form["ParticipantRole"] == "agent":
            assert town.move(leg, end_mpc_on_exit=True)[0] == 201
        return WebReply(200)

    menu = f'<GetInput action="{APP}/menu" numDigits="1"/>'
    town = Town({"/answer": menu, "/menu": f"<Redirect>{APP}/tick</Redirect>", "/tick": tick, "/room": told})
    town.exchange.add_phone(ANNA, Picks(3))
    customer = Customer("1")
    leg = town.ring(customer)
    town.run()
    assert [(at, kind, form.get("EventName") or form["CallStatus"]) for at, kind, _, form in town.seen] == [
        (0.0, "answer", "ringing"),
        (1.0, "action", "in-progress"),
        (1.0, "redirect", "in-progress"),
        (21.0, "redirect", "in-progress"),
        (21.0, "leg", "ringing"),
        (24.0, "leg", "in-progress"),
        (24.0, "room", "MPCInitialized"),
        (24.0, "room", "MPCStart"),
        (24.0, "room", "ParticipantJoin"),
        (24.0, "room", "ParticipantJoin"),
        (84.0, "room", "ParticipantExit"),
        (84.0, "room", "ParticipantExit"),
        (84.0, "room", "MPCEnd"),
        (84.0, "leg", "completed"),
        (84.0, "hangup", "completed"),
    ]
    assert customer.met == 1
    assert town.forms("leg")[-1]["HangupCauseCode"] == "4020"
    assert [form["SequenceNumber"] for form in town.forms("room")] == [str(n) for n in range(1, 8)]
    assert not town.exchange.legs
    assert not town.exchange.rooms
    assert not town.exchange.room_names


def test_only_subscribed_groups_are_told():
    town = Town({"/answer": WAITING, "/tick": WAITING})
    town.exchange.add_phone(ANNA, Picks(0))
    town.invite(ANNA, stay_alone=True, status_callback_events="add-participant-api-events")
    town.run(1)
    assert town.events() == ["AddParticipantByAPIActionInitiated", "AddParticipantByAPIActionCompleted"]


def test_digits_in_a_room():
    town, leg = talking()
    leg.press("57")
    town.run(3)
    digits = [form["DigitInput"] for form in town.forms("room") if form["EventName"] == "ParticipantDigitInput"]
    assert digits == ["5", "7"]


def test_hold_mute_and_coach():
    town, _ = talking()
    customer = member(town, "customer").id
    path = f"MultiPartyCall/name_talk/Participant/{customer}/"
    before = len(town.events())
    assert town.rest("POST", path, hold=True)[0] == 200
    assert town.rest("POST", path, hold=True)[0] == 200  # no change, no event
    assert town.rest("POST", path, hold=False, mute=True)[0] == 200
    assert town.rest("POST", path, coach_mode=False)[0] == 400
    assert town.rest("POST", "MultiPartyCall/name_talk/Participant/999/", hold=True)[0] == 404
    town.invite(BEN, role="supervisor", start_mpc_on_enter=False)
    town.run(3)
    town.run(2)
    assert town.events()[before:][:3] == ["ParticipantHold", "ParticipantMute", "ParticipantUnhold"]


def test_supervisor_coaches_then_barges_in():
    town, _ = talking()
    town.exchange.add_phone(BEN, Picks(0))
    town.invite(BEN, role="supervisor", mute=True)
    town.run(4)
    supervisor = member(town, "supervisor")
    assert (supervisor.mute, supervisor.coach_mode) == (True, True)
    town.rest("POST", f"MultiPartyCall/name_talk/Participant/{supervisor.id}/", mute=False, coach_mode=False)
    town.run(4)
    assert town.events()[-2:] == ["ParticipantUnmute", "ParticipantCoachModeStop"]


def test_kicked_members_go_to_their_exit_action_or_off_the_line():
    town, leg = talking(pages={"/survey": "<Hangup/>"}, customer={"on_exit_action_url": APP + "/survey"})
    agent = member(town, "agent").id
    assert town.rest("DELETE", f"MultiPartyCall/name_talk/Participant/{agent}/") == (204, None)
    town.run()
    assert town.forms("leg")[-1]["HangupCauseCode"] == "4030"
    exit_form = town.forms("exit_action")[0]
    assert (exit_form["ParticipantRole"], exit_form["ParticipantCallUUID"]) == ("customer", leg.uuid)
    assert exit_form["CallStatus"] == "in-progress"
    end = town.forms("room")[-1]
    assert (end["EventName"], end["MPCTerminationCauseCode"]) == ("MPCEnd", "1010")


def test_stopped_room_lets_xml_members_go_on():
    room = f'<MultiPartyCall role="customer" statusCallbackUrl="{APP}/room">talk</MultiPartyCall>'
    town = Town({"/answer": room + '<Wait length="7"/>'})
    town.ring()
    town.run(3)
    assert town.rest("DELETE", "MultiPartyCall/name_talk/") == (204, None)
    town.run()
    assert town.forms("room")[-1]["MPCTerminationCauseCode"] == "3000"
    assert town.hangups() == ["4010"]
    assert town.seen[-1][0] == town.seen[-2][0] + 7.0


def test_last_one_out_and_longest_time():
    room = '<MultiPartyCall role="customer" statusCallbackUrl="{app}/room"{more}>talk</MultiPartyCall>'
    town = Town({"/answer": room.format(app=APP, more=' maxDuration="300"')})
    town.ring()
    town.run()
    assert (town.seen[-1][0], town.forms("room")[-1]["MPCTerminationCauseCode"]) == (300.0, "2000")
    town = Town({"/answer": room.format(app=APP, more="")})
    town.ring().hang_up(9 * SECOND)
    town.run()
    assert town.forms("room")[-1]["MPCTerminationCauseCode"] == "1000"


def test_room_waits_until_somebody_may_start_it():
    town = Town(
        {
            "/answer": f'<MultiPartyCall role="customer" startMpcOnEnter="false" statusCallbackUrl="{APP}/room">talk'
            "</MultiPartyCall>"
        }
    )
    town.ring()
    town.run(1)
    assert town.events() == ["MPCInitialized", "ParticipantJoin"]
    assert town.rest("POST", "MultiPartyCall/name_talk/", status=["active"])[0] == 200
    town.run(2)
    assert town.events()[-1] == "MPCStart"


def test_eleventh_member_is_refused():
    town = Town({"/answer": '<MultiPartyCall role="customer">talk</MultiPartyCall>'})
    for _ in range(11):
        town.ring()
    town.run(1)
    assert town.hangups() == ["5010"]
    status, _ = town.rest("POST", "MultiPartyCall/name_talk/Participant/", role="agent", **{"from": "1", "to": ANNA})
    assert status == 400


def test_first_phone_wins_the_race():
    town = Town({})
    slow, quick = Picks(5), Picks(2)
    town.exchange.add_phone(ANNA, slow)
    town.exchange.add_phone(BEN, quick)
    body = town.invite(f"{ANNA}<{BEN}", stay_alone=True, call_status_callback_url=APP + "/leg")
    assert [one["to"] for one in body["calls"]] == [ANNA, BEN]
    assert body["request_uuid"] not in {one["call_uuid"] for one in body["calls"]}
    town.run(10)
    lost = next(form for form in town.forms("leg") if form.get("HangupCauseCode"))
    assert (lost["HangupCauseCode"], lost["CallUUID"]) == ("9000", body["calls"][0]["call_uuid"])
    assert quick.legs[0].room is not None


@pytest.mark.parametrize(("confirms", "code"), [(True, None), (False, "9110")])
def test_confirm_key_keeps_voicemail_out(confirms, code):
    town = Town({"/sound": "<Speak>Press one to accept</Speak>"})
    town.exchange.add_phone(ANNA, Picks(1, confirms=confirms))
    town.invite(
        ANNA,
        confirm_key="1",
        confirm_key_sound_url=APP + "/sound",
        confirm_key_sound_method="POST",
        stay_alone=True,
        call_status_callback_url=APP + "/leg",
    )
    town.run(60)
    assert town.forms("leg")[-1].get("HangupCauseCode") == code
    assert ("ParticipantJoin" in town.events()) is confirms


@pytest.mark.parametrize(("timeout", "at"), [(None, 45.0), (20, 20.0), ("20", 20.0)])
def test_ring_timeout(timeout, at):
    town = Town({})
    town.exchange.add_phone(ANNA, Party())
    town.invite(ANNA, ring_timeout=timeout, call_status_callback_url=APP + "/leg")
    town.run()
    assert town.seen[-1][0] == at
    assert town.forms("leg")[-1]["HangupCauseCode"] == "6010"
    assert not town.exchange.room_names  # nobody ever came: the room never was


def test_move_needs_a_live_call_and_a_live_room():
    town, leg = talking()
    uuid = next(iter(town.exchange.rooms))
    leg.hang_up()
    town.run()
    assert town.move(leg)[0] == 404
    other = town.ring()
    town.run(100)
    assert not other.is_over
    path = f"MultiPartyCall/uuid_{uuid}/Participant/"
    assert town.rest("POST", path, role="customer", call_uuid=other.uuid)[0] == 404
    assert town.move(other)[0] == 201  # by name: a new room
    assert uuid not in town.exchange.rooms
    assert town.rest("GET", f"MultiPartyCall/uuid_{uuid}/")[1]["status"] == "Ended"


def test_transfer_takes_a_member_out():
    town, leg = talking(pages={"/queue": '<Wait length="300"/>'})
    town.rest("POST", f"Call/{leg.uuid}/", legs="aleg", aleg_url=APP + "/queue")
    town.run(5)
    assert leg.room is None
    assert not leg.is_over
    assert town.forms("leg")[-1]["HangupCauseCode"] == "4020"  # end_mpc_on_exit took the agent along


def test_recording_pauses_and_resumes():
    town, _ = talking()
    path = "MultiPartyCall/name_talk/Record/"
    status, body = town.rest("POST", path, recording_callback_url=APP + "/file")
    assert (status, set(body)) == (200, {"api_id", "message", "recording_id", "recording_url"})
    assert town.rest("POST", path + "Pause/") == (204, None)
    town.run(5)
    assert town.rest("POST", path + "Resume/") == (204, None)
    assert town.rest("DELETE", path) == (204, None)
    assert town.rest("POST", path + "Pause/")[0] == 404
    town.run(6)
    names = [form["EventName"] for form in town.forms("record")]
    assert names == [f"MPCRecording{word}" for word in ("Initiated", "Paused", "Resumed", "Completed")]


def test_recording_on_the_terms_of_a_member():
    terms = {"record": True, "record_min_member_count": 2, "recording_callback_url": APP + "/file"}
    town, leg = talking(customer={**terms, "end_mpc_on_exit": True})
    leg.hang_up(10 * SECOND)
    town.run()
    assert [form["EventName"] for form in town.forms("record")] == ["MPCRecordingInitiated", "MPCRecordingCompleted"]
    assert town.forms("record")[-1]["RecordingDuration"] == "10"


@pytest.mark.parametrize(
    "body",
    [
        {"role": "boss", "from": "1", "to": ANNA},
        {"from": "1", "to": ANNA},
        {"role": "agent", "from": "1"},
        {"role": "agent", "from": "1", "to": ANNA, "call_uuid": "x"},
        {"role": "customer", "from": "1", "to": f"{ANNA}<{BEN}"},
        {"role": "agent", "from": "1", "to": ANNA, "max_duration": 60},
        {"role": "agent", "from": "1", "to": ANNA, "ring_timeout": "20<30"},
        {"role": "agent", "from": "1", "to": ANNA, "status_callback_events": "everything"},
        {"role": "agent", "from": "1", "to": ANNA, "status_callback_url": "room"},
    ],
)
def test_bad_requests(body):
    town = Town({})
    assert town.rest("POST", "MultiPartyCall/name_talk/Participant/", **body)[0] == 400
    assert not town.exchange.legs


class TestSwitches:
    """Each alternative alters what it says."""

    def test_all_variants_are_named_and_differ(self):
        variants = dict(Switches.variants())
        assert len(variants) == len(set(variants.values())) == 11
        with pytest.raises(ValueError, match="join_order"):
            Switches(join_order="sometimes")
        with pytest.raises(ValueError, match="room_retries"):
            Switches(room_retries=True)

    @pytest.mark.parametrize("name", dict(Switches.variants()))
    def test_a_call_ends_cleanly_under_each(self, name):
        town, leg = talking(pages={"/key": "<Hangup/>"}, switches=dict(Switches.variants())[name])
        leg.hang_up(10 * SECOND)
        town.run()
        assert not town.exchange.legs
        assert not town.exchange.rooms
        assert town.hangups() == ["4000"]

    @pytest.mark.parametrize(("value", "kinds"), [("fall_through", []), ("empty_action", [""])])
    def test_input_timeout(self, value, kinds):
        pages = {"/answer": f'<GetInput action="{APP}/key"/>', "/key": "<Hangup/>"}
        town = Town(pages, switches=Switches(input_timeout=value))
        town.ring()
        town.run()
        assert [form["Digits"] for form in town.forms("action")] == kinds

    @pytest.mark.parametrize("element", [f'<GetInput action="{APP}/key"/>', f'<Record action="{APP}/key"/>'])
    @pytest.mark.parametrize(("value", "posts"), [("silent", 0), ("action_post", 1)])
    def test_hangup_mid_input(self, value, posts, element):
        town = Town({"/answer": element, "/key": "<Hangup/>"}, switches=Switches(hangup_mid_input=value))
        town.ring().hang_up(3 * SECOND)
        town.run()
        assert [form["CallStatus"] for form in town.forms("action")] == ["completed"] * posts

    @pytest.mark.parametrize(("value", "posts"), [("silent", 0), ("action_post", 1)])
    def test_interrupted_input(self, value, posts):
        town, leg = talking(pages={"/key": "<Hangup/>"}, switches=Switches(interrupted_input=value))
        assert len(town.forms("action")) == posts
        assert leg.room is not None

    @pytest.mark.parametrize(
        ("value", "events"),
        [
            ("room_first", ["MPCInitialized", "MPCStart", "ParticipantJoin"]),
            ("join_first", ["ParticipantJoin", "MPCInitialized", "MPCStart"]),
        ],
    )
    def test_join_order(self, value, events):
        room = f'<MultiPartyCall role="agent" statusCallbackUrl="{APP}/room">a</MultiPartyCall>'
        town = Town({"/answer": room}, switches=Switches(join_order=value))
        town.ring()
        town.run(1)
        assert town.events() == events

    @pytest.mark.parametrize(("value", "code", "at"), [(True, "1000", 3.0), (False, "4020", 12.0)])
    def test_room_end_cancels_ringing(self, value, code, at):
        town, leg = talking(switches=Switches(room_end_cancels_ringing=value))
        town.exchange.add_phone(BEN, Picks(10))
        town.invite(BEN, call_status_callback_url=APP + "/second")
        leg.hang_up(SECOND)
        town.run()
        last = [(when, form) for when, _, path, form in town.seen if path == "/second"][-1]
        assert (last[0], last[1]["HangupCauseCode"]) == (at, code)

    @pytest.mark.parametrize("value", ["full", "bare"])
    def test_leg_words(self, value):
        town, _ = talking(switches=Switches(leg_words=value))
        bare = {"CallUUID", "CallStatus", "From", "To"}
        assert all((set(form) == bare) is (value == "bare") for form in town.forms("leg"))
        completed = [form for form in town.forms("room") if form["EventName"] == "AddParticipantByAPIActionCompleted"]
        assert len(completed) == 2
        assert all(("AddParticipantAPIRequestOutcome" in form) is (value == "full") for form in completed)

    @pytest.mark.parametrize(("value", "code"), [(None, "4000"), (500, "2060")])
    def test_redirect_limit(self, value, code):
        town = Town(
            {"/answer": f'<Wait length="1"/><Redirect>{APP}/answer</Redirect>'}, switches=Switches(redirect_limit=value)
        )
        town.ring().hang_up(600 * SECOND)
        town.run()
        assert town.hangups() == [code]

    @pytest.mark.parametrize(("value", "nonces"), [("new", 2), ("same", 1)])
    def test_retry_nonce(self, value, nonces):
        town = Town({"/answer": WebReply(0, error="timeout")}, switches=Switches(retry_nonce=value))
        town.ring()
        town.run()
        seen = {request.headers["X-Plivo-Signature-V3-Nonce"] for request in town.requests if request.kind == "answer"}
        assert len(seen) == nonces

    @pytest.mark.parametrize("value", [0, 1])
    def test_room_retries(self, value):
        room = f'<MultiPartyCall role="agent" statusCallbackUrl="{APP}/room">a</MultiPartyCall>'
        town = Town({"/answer": room, "/room": WebReply(500)}, switches=Switches(room_retries=value))
        town.ring()
        town.run(1)
        assert town.events().count("MPCStart") == 1 + value


def test_together_is_said_once_per_leg_and_only_between_roles():
    met = []

    class Meets(Picks):
        def together(self, leg, room):
            met.append(leg.to)

    town = Town({"/answer": WAITING, "/tick": WAITING})
    for address in (ANNA, BEN, "sip:cleo@phone.plivo.com"):
        town.exchange.add_phone(address, Meets(0))
    for role, address in (("agent", ANNA), ("agent", BEN), ("supervisor", "sip:cleo@phone.plivo.com")):
        town.invite(address, role=role, stay_alone=True)
        town.run(1)
    assert met == [ANNA, BEN, "sip:cleo@phone.plivo.com"]
    town.exchange.add_phone("sip:dora@phone.plivo.com", Meets(0))
    town.invite("sip:dora@phone.plivo.com", stay_alone=True)
    town.run(1)
    assert met[3:] == ["sip:dora@phone.plivo.com"]
