"""What comes of every way the carrier can answer, and where requests go. No socket but on this machine."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests
from django.core.exceptions import ImproperlyConfigured
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError

from telephony.carrier import CarrierError, get_carrier
from telephony.plivo_adapter import PlivoCarrier, use_adapter
from tests.telephony.wire import ALL, AUTH_ID, ENDS, ROOT, Wire, dial, flags, only_request, ring

each_request = pytest.mark.parametrize("ask", ALL.values(), ids=ALL.keys())


# ---- the way back -----------------------------------------------------------------------------------------------


ANSWERS = {
    400: (False, False, False),
    401: (False, False, False),
    403: (False, False, False),
    404: (False, True, False),
    405: (False, False, False),
    409: (False, False, False),
    422: (False, False, False),
    429: (True, False, False),
    302: (False, False, False),
    500: (True, False, True),
    502: (True, False, True),
    503: (True, False, True),
    504: (True, False, True),
}


@pytest.mark.parametrize(("status", "expected"), ANSWERS.items(), ids=map(str, ANSWERS))
@pytest.mark.parametrize("body", [{"api_id": "x", "error": "no, +16015550101"}, b"<html>", b"", b"7", b"[]"])
@each_request
def test_every_refusal_is_one_request_and_one_error(carrier, ask, status, expected, body, capsys):
    wire = Wire(status, body)
    with use_adapter(wire):
        if status == 404 and ask in ENDS.values():
            assert ask(carrier) is None
        elif status == 404 and ask is ALL["is_live"]:
            assert ask(carrier) is False
        else:
            with pytest.raises(CarrierError) as caught:
                ask(carrier)
            assert flags(caught.value) == expected
            assert str(status) in str(caught.value)
            assert "5550101" not in str(caught.value)
    assert len(wire.sent) == 1
    assert capsys.readouterr().out == ""  # the SDK prints addresses when it repeats


def not_connected():
    refused = NewConnectionError(None, "refused")
    return requests.ConnectionError(MaxRetryError(None, "/", refused))


FAILURES = {
    "no connection in time": (requests.ConnectTimeout(), (True, False, False)),
    "nobody there": (not_connected(), (True, False, False)),
    "no answer in time": (requests.ReadTimeout("for +16015550101"), (True, False, True)),
    "broken off": (requests.ConnectionError(ProtocolError("aborted")), (True, False, True)),
    "broken body": (requests.exceptions.ChunkedEncodingError(), (True, False, True)),
}


@pytest.mark.parametrize(("error", "expected"), FAILURES.values(), ids=FAILURES.keys())
@each_request
def test_every_failure_of_the_wire_is_one_request_and_one_error(carrier, ask, error, expected):
    wire = Wire(error=error)
    with use_adapter(wire), pytest.raises(CarrierError) as caught:
        ask(carrier)
    assert flags(caught.value) == expected
    assert len(wire.sent) == 1
    assert "5550101" not in str(caught.value)


@pytest.mark.parametrize("ask", [ring, dial])
@pytest.mark.parametrize("body", [b"", b"{}", b"<html>", b"7", b'{"request_uuid": []}', b'{"request_uuid": null}'])
def test_a_leg_without_an_id_may_have_been_made(carrier, ask, body):
    wire = Wire(201, body)
    with use_adapter(wire), pytest.raises(CarrierError) as caught:
        ask(carrier)
    assert flags(caught.value) == (True, False, True)
    assert len(wire.sent) == 1


def test_a_failure_leaves_nothing_behind_for_the_next_request(carrier):
    for _ in range(4):
        wire = Wire(503, {})
        with use_adapter(wire), pytest.raises(CarrierError):
            dial(carrier)
        assert len(wire.sent) == 1
    with use_adapter(Wire(201, {"request_uuid": "call1"})):
        assert dial(carrier) == "call1"
    with use_adapter(Wire(404, {})):
        carrier.hang_up("c1")
        with pytest.raises(CarrierError) as caught:
            ring(carrier, room_url="not a url")
    assert flags(caught.value) == (False, False, False)


def test_it_never_waits_long(carrier):
    wire = Wire(201, {"request_uuid": "call1"})
    with use_adapter(wire):
        dial(carrier)
    assert wire.options[0]["timeout"] == (2.0, 5)


# ---- where it goes ----------------------------------------------------------------------------------------------


class Server(BaseHTTPRequestHandler):
    """A carrier that is over its head, then sends people elsewhere."""

    asked = []
    status = 503

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.asked.append((self.path, self.headers["Authorization"][:6]))
        self.send_response(self.status)
        self.send_header("Location", "/elsewhere/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    with HTTPServer(("127.0.0.1", 0), Server) as listening:
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        yield listening
        listening.shutdown()
        thread.join()


@pytest.mark.parametrize("status", [503, 302, 307])
def test_api_base_is_where_it_goes_once(server, monkeypatch, status):
    monkeypatch.setattr(Server, "asked", [])
    monkeypatch.setattr(Server, "status", status)
    carrier = PlivoCarrier(AUTH_ID, "token", api_base=f"http://127.0.0.1:{server.server_port}/", timeout_s=5)
    with pytest.raises(CarrierError) as caught:
        dial(carrier)
    assert Server.asked == [(f"{ROOT}/Call/", "Basic ")]
    assert caught.value.ambiguous is (status == 503)


def test_a_silent_carrier_is_given_up_and_was_perhaps_heard():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with pytest.raises(CarrierError) as caught:
            dial(PlivoCarrier(AUTH_ID, "token", api_base=base, timeout_s=0.05))
    assert flags(caught.value) == (True, False, True)


def test_a_port_nobody_listens_at_has_heard_nothing():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        base = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with pytest.raises(CarrierError) as caught:
        dial(PlivoCarrier(AUTH_ID, "token", api_base=base))
    assert flags(caught.value) == (True, False, False)


def test_stand_ins_nest_and_leave(carrier):
    outer, inner = Wire(204, b""), Wire(204, b"")
    with use_adapter(outer):
        with use_adapter(inner):
            carrier.hang_up("a")
        carrier.hang_up("b")
        with pytest.raises(ZeroDivisionError), use_adapter(inner):
            raise ZeroDivisionError
        carrier.hang_up("c")
    assert [path[-2] for _, path, _ in inner.sent] == ["a"]
    assert [path[-2] for _, path, _ in outer.sent] == ["b", "c"]


# ---- whose it is ------------------------------------------------------------------------------------------------


@pytest.fixture
def _account(settings):
    settings.PLIVO_AUTH_ID, settings.PLIVO_AUTH_TOKEN = AUTH_ID, "token"
    settings.PLIVO_API_BASE, settings.PLIVO_TIMEOUT_S = "http://127.0.0.1:1", 5.0


@pytest.mark.usefixtures("_account")
def test_a_thread_keeps_its_carrier_and_shares_it_with_none():
    found = []
    threads = [threading.Thread(target=lambda: found.append(get_carrier())) for _ in "12"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(carrier) for carrier in [*found, get_carrier()]}) == 3
    assert get_carrier() is get_carrier()


@pytest.mark.usefixtures("_account")
def test_the_carrier_follows_the_settings(settings):
    before = get_carrier()
    settings.PLIVO_AUTH_ID = "MAOTHEROTHEROTHEROTH"
    wire = Wire(204, b"")
    with use_adapter(wire):
        get_carrier().hang_up("c1")
    assert get_carrier() is not before
    assert only_request(wire)[1] == "/v1/Account/MAOTHEROTHEROTHEROTH/Call/c1/"


@pytest.mark.parametrize(("auth_id", "token"), [("", "token"), (AUTH_ID, ""), ("nobody", "token")])
def test_without_an_account_there_is_no_carrier(monkeypatch, auth_id, token):
    monkeypatch.setenv("PLIVO_AUTH_ID", AUTH_ID)  # where the SDK would look by itself
    monkeypatch.setenv("PLIVO_AUTH_TOKEN", "token")
    with pytest.raises(ImproperlyConfigured):
        PlivoCarrier(auth_id, token)
