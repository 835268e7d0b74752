"""The exchange as a process of its own, with a small application on the other side of a real wire."""

import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl

import plivo.utils
import pytest
import requests

from tests.exchange.test_exchange_behaviour import wav
from tests.exchange.town import AUTH, CALLER, OUR_NUMBER

PATIENCE_S = 10
ROOT = Path(__file__).resolve().parents[2]


class Application:
    """Answers by script and lets a test wait for what it was told."""

    def __init__(self):
        self.told, self.bell, self.pages = [], threading.Condition(), {}
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), type("Door", (_Door,), {"application": self}))
        self.base = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def hears(self, path, form):
        with self.bell:
            self.told.append((path, form))
            self.bell.notify_all()

    def wait_for(self, path, **wanted):
        """The first form posted to `path` with these values."""

        def found():
            return [form for at, form in self.told if at == path and wanted.items() <= form.items()]

        with self.bell:
            assert self.bell.wait_for(found, PATIENCE_S), f"{path} {wanted} did not come; {self.told}"
            return found()[0]


class _Door(BaseHTTPRequestHandler):
    application: Application

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = dict(parse_qsl(body, keep_blank_values=True))
        signed = self.headers["X-Plivo-Signature-V3"], self.headers["X-Plivo-Signature-V3-Nonce"]
        url = self.application.base + self.path
        form["is_signed"] = plivo.utils.validate_v3_signature("POST", url, signed[1], AUTH[1], signed[0], dict(form))
        self.application.hears(self.path, form)
        page = self.application.pages.get(self.path, "")
        self._write("application/xml", f"<Response>{page}</Response>".encode())

    def do_GET(self):
        self._write("audio/wav", wav(0.2))

    def _write(self, kind, content):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format, *args):
        pass


class Carrier:
    """`python -m exchange` on a free port."""

    def __init__(self, application):
        number = f"{OUR_NUMBER}={application.base}/answer/,{application.base}/hangup/"
        words = [sys.executable, "-m", "exchange", "--port", "0", "--auth-id", AUTH[0], "--auth-token", AUTH[1]]
        self.process = subprocess.Popen(
            [*words, "--number", number], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        line = self.process.stdout.readline()
        assert line.startswith("exchange listens on "), self.process.stderr.read()
        self.base = line.split()[-1]

    def sim(self, method, path, body=None):
        return requests.request(method, f"{self.base}/_sim/{path}", json=body, timeout=PATIENCE_S)

    def rest(self, method, path, body=None, auth=AUTH):
        return requests.request(
            method, f"{self.base}/v1/Account/{AUTH[0]}/{path}", json=body, auth=auth, timeout=PATIENCE_S
        )

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.communicate(timeout=PATIENCE_S)[1]


@pytest.fixture
def application():
    application = Application()
    yield application
    application.http.shutdown()
    application.http.server_close()


@pytest.fixture
def carrier(application):
    carrier = Carrier(application)
    yield carrier
    if carrier.process.poll() is None:
        carrier.process.kill()
        carrier.process.communicate()


def test_a_call_over_http(application, carrier):
    base = application.base
    application.pages = {
        "/answer/": f'<GetInput action="{base}/menu/" numDigits="1"><Play>{base}/hello.wav</Play></GetInput>',
        "/menu/": '<MultiPartyCall role="customer" startMpcOnEnter="false" endMpcOnExit="true" '
        f'statusCallbackUrl="{base}/room/">talk</MultiPartyCall>',
    }
    assert carrier.sim(
        "POST", "phone", {"address": "sip:anna@phone.plivo.com", "behaviour": {"answers_after_s": 0.1}}
    ).ok
    ringing = carrier.sim("POST", "ring", {"from": CALLER, "to": OUR_NUMBER, "behaviour": {"talk_s": None}}).json()
    assert application.wait_for("/answer/", CallUUID=ringing["uuid"], CallStatus="ringing")["is_signed"]
    leg = f"legs/{ringing['uuid']}"
    while not carrier.sim("GET", "state").json()["webhooks"].get("action"):
        # The question may not be asked yet, and a key that nobody listens for is lost: press until it is heard.
        assert carrier.process.poll() is None
        carrier.sim("POST", leg + "/press", {"digits": "4"})
    assert application.wait_for("/menu/")["Digits"] == "4"
    application.wait_for("/room/", EventName="ParticipantJoin", ParticipantRole="customer")
    body = {
        "role": "agent",
        "from": OUR_NUMBER,
        "to": "sip:anna@phone.plivo.com",
        "status_callback_url": base + "/room/",
    }
    assert carrier.rest("POST", "MultiPartyCall/name_talk/Participant/", body).status_code == 201
    application.wait_for("/room/", EventName="ParticipantJoin", ParticipantRole="agent")
    state = carrier.sim("GET", "state").json()
    assert [(room["name"], room["state"], len(room["members"])) for room in state["rooms"]] == [("talk", "active", 2)]
    assert carrier.sim("POST", leg + "/hang_up").status_code == 202
    assert application.wait_for("/hangup/")["HangupCauseCode"] == "4000"
    application.wait_for("/room/", EventName="MPCEnd")
    carrier.stop()
    assert carrier.process.returncode == 0
    assert all(form["is_signed"] for _, form in application.told)


def test_doors_over_http(application, carrier):
    assert carrier.rest("GET", "Call/?status=live").json()["calls"] == []
    assert carrier.rest("GET", "Call/", auth=(AUTH[0], "wrong")).status_code == 401
    assert carrier.rest("GET", "Call/", auth=None).status_code == 401
    assert carrier.sim("POST", "ring", {"from": CALLER, "to": "+1"}).status_code == 400
    assert carrier.sim("POST", "ring", {}).status_code == 400
    assert carrier.sim("POST", "phone", {"address": "1", "behaviour": {"mood": 1}}).status_code == 400
    assert carrier.sim("POST", "legs/none/hang_up").status_code == 404


def test_a_broken_contract_is_loud_over_http(application, carrier):
    application.pages = {"/answer/": "<Sing>la</Sing>"}
    carrier.sim("POST", "ring", {"from": CALLER, "to": OUR_NUMBER})
    assert application.wait_for("/hangup/")["HangupCauseCode"] == "5010"
    assert "<Sing>" in carrier.sim("GET", "state").json()["faults_seen"][0]
    assert carrier.rest("GET", "Call/").status_code == 500
    assert "outside the contract" in carrier.stop()
    assert carrier.process.returncode == 70


def test_an_application_that_is_away(application, carrier):
    application.http.shutdown()
    application.http.server_close()
    carrier.sim("POST", "ring", {"from": CALLER, "to": OUR_NUMBER})
    state = {"legs": [None]}
    while state["legs"]:
        state = carrier.sim("GET", "state").json()
    assert state["webhooks"]["answer"] == 2  # one retry, as without a fragment
    assert state["faults_seen"] == []


def test_help_names_every_option():
    shown = subprocess.run(
        [sys.executable, "-m", "exchange", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for option in ("--port", "--auth-id", "--auth-token", "--number", "--seed", "--lift-limits"):
        assert option in shown.stdout
