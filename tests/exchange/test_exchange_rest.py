"""The REST door, driven by the official client in-process."""

import base64
import json

import plivo
import pytest
import requests
from plivo.exceptions import AuthenticationError, PlivoRestError, ResourceNotFoundError, ValidationError

from tests.exchange.town import ANNA, APP, AUTH, BEN, CALLER, OUR_NUMBER, Picks, Town

POST = {"status_callback_method": "POST", "recording_callback_method": "POST"}


class InProcess(requests.adapters.BaseAdapter):
    """Hands the client's requests to an exchange without a wire."""

    def __init__(self, exchange):
        super().__init__()
        self.exchange = exchange

    def send(self, request, **options):
        user, _, password = base64.b64decode(request.headers["Authorization"].split()[1]).decode().partition(":")
        body = json.loads(request.body) if request.body else {}
        status, answer = self.exchange.rest(request.method, request.path_url, body, (user, password))
        reply = requests.Response()
        reply.status_code, reply.url, reply.request = status, request.url, request
        reply._content = b"" if answer is None else json.dumps(answer).encode()
        return reply

    def close(self):
        pass


def client_of(town, token=AUTH[1]):
    client = plivo.RestClient(AUTH[0], token)
    client.session.mount("https://api.plivo.com", InProcess(town.exchange))
    return client


@pytest.fixture
def town():
    town = Town({"/answer": '<Wait length="600"/>', "/moved": '<Wait length="600"/>'})
    town.exchange.add_phone(ANNA, Picks(1))
    town.exchange.add_phone(BEN, Picks(1))
    return town


def test_calls(town):
    client = client_of(town)
    created = client.calls.create(from_=OUR_NUMBER, to_=ANNA, answer_url=APP + "/answer", hangup_url=APP + "/hangup")
    assert created.message == "call fired"
    uuid = created.request_uuid
    assert client.queued_calls.list_ids().calls == [uuid]
    town.run(2)
    assert client.live_calls.list_ids(to_number=ANNA).calls == [uuid]
    assert client.live_calls.list_ids(to_number=BEN).calls == []
    live = client.live_calls.get(uuid)
    assert (live.call_status, live.direction, live.to) == ("in-progress", "outbound", ANNA)
    client.calls.transfer(uuid, legs="aleg", aleg_url=APP + "/moved")
    assert client.calls.record(uuid, callback_url=APP + "/file").recording_id
    client.calls.record_stop(uuid)
    client.calls.speak(uuid, "hello")
    client.calls.play(uuid, [APP + "/x.wav"])
    client.calls.send_digits(uuid, "1", leg="aleg")
    town.run(3)
    assert client.calls.hangup(uuid) is None
    town.run()
    with pytest.raises(ResourceNotFoundError):
        client.live_calls.get(uuid)
    assert client.calls.get(uuid).hangup_cause_code == 4000
    assert [record["call_uuid"] for record in client.calls.list(limit=5)] == [uuid]
    assert client.calls.list(limit=5).meta.total_count == 1


def test_cancel_a_request(town):
    client = client_of(town)
    uuid = client.calls.create(from_=OUR_NUMBER, to_=ANNA, answer_url=APP + "/answer").request_uuid
    assert client.calls.cancel(uuid) is None
    with pytest.raises(ResourceNotFoundError):
        client.calls.cancel(uuid)


def test_several_destinations_give_a_list(town):
    created = client_of(town).calls.create(from_=OUR_NUMBER, to_=f"{ANNA}<{BEN}", answer_url=APP + "/answer")
    assert len(created.request_uuid) == 2


def test_multi_party_calls(town):
    rooms = client_of(town).multi_party_calls
    added = rooms.add_participant(
        role="agent",
        friendly_name="conv-1",
        from_=OUR_NUMBER,
        to_=ANNA,
        ring_timeout=20,
        status_callback_url=APP + "/room",
        stay_alone=True,
        **POST,
    )
    assert added.request_uuid == added.calls[0].call_uuid
    town.run(2)
    leg = town.ring()
    town.run(3)
    rooms.add_participant(role="customer", friendly_name="conv-1", call_uuid=leg.uuid, **POST)
    room = rooms.get(friendly_name="conv-1")
    assert (room.status, room.friendly_name) == ("Active", "conv-1")
    assert [one.mpc_uuid for one in rooms.list(status="active")] == [room.mpc_uuid]
    people = {one.role: one.member_id for one in rooms.list_participants(uuid=room.mpc_uuid)}
    assert set(people) == {"agent", "customer"}
    rooms.update_participant(people["customer"], uuid=room.mpc_uuid, hold=True)
    assert rooms.get_participant(people["customer"], uuid=room.mpc_uuid).hold is True
    recording = rooms.start_recording(uuid=room.mpc_uuid, recording_callback_url=APP + "/file")
    assert recording.recording_id
    rooms.pause_recording(uuid=room.mpc_uuid)
    rooms.resume_recording(uuid=room.mpc_uuid)
    rooms.stop_recording(uuid=room.mpc_uuid)
    assert rooms.kick_participant(people["customer"], uuid=room.mpc_uuid) is None
    assert leg.hangup_code == 4030
    assert rooms.stop(uuid=room.mpc_uuid) is None
    assert rooms.get(uuid=room.mpc_uuid).termination_cause_code == 3000
    with pytest.raises(ResourceNotFoundError):
        rooms.get(friendly_name="conv-1")
    town.run()
    assert town.events()[-1] == "MPCEnd"


def test_start_as_the_client_spells_it(town):
    rooms = client_of(town).multi_party_calls
    rooms.add_participant(role="agent", friendly_name="a", from_=OUR_NUMBER, to_=ANNA, start_mpc_on_enter=False, **POST)
    town.run(2)
    assert rooms.get(friendly_name="a").status == "Initialized"
    rooms.start(friendly_name="a")
    assert rooms.get(friendly_name="a").status == "Active"


def test_who_may_not_enter(town):
    with pytest.raises(AuthenticationError):
        client_of(town, token="wrong").live_calls.list_ids()
    with pytest.raises(ValidationError):
        client_of(town).request("POST", ("Call",), {"from": "1"}, is_voice_request=True)
    status, body = town.rest("GET", "Message/")
    assert status == 404
    assert "not served yet" in body["error"]


def test_no_webhook_before_the_answer(town):
    client_of(town).calls.create(from_=OUR_NUMBER, to_=ANNA, answer_url=APP + "/answer", ring_url=APP + "/ring")
    assert town.seen == []
    town.run(0)
    assert town.kinds() == ["ring"]


def test_live_list_finds_numbers_in_both_spellings():
    town = Town({"/answer": '<Wait length="60"/>'})
    leg = town.ring()
    for spelled in (CALLER, CALLER[1:]):
        path = f"/v1/Account/{AUTH[0]}/Call/?status=live&from_number={spelled}"
        assert town.exchange.rest("GET", path, None, AUTH)[1]["calls"] == [leg.uuid]


def test_two_calls_start_per_second():
    town = Town({}, limits=True)
    for number in range(6):
        town.call(f"+1202555{number:04d}")
    town.run()
    assert [at for at, kind, _, _ in town.seen if kind == "hangup"] == [0.0, 0.0, 1.0, 1.0, 2.0, 2.0]


def test_three_hundred_requests_in_five_seconds():
    town = Town({}, limits=True)
    client = client_of(town)
    for _ in range(300):
        client.live_calls.list_ids()
    with pytest.raises(PlivoRestError, match="429"):
        client.live_calls.list_ids()
    town.timeline.after(5_000_000, lambda: None)
    town.run()
    assert client.live_calls.list_ids().calls == []
