"""The exchange as a process of its own: REST for the application, and /_sim/ for whoever plays the world."""

import base64
import binascii
import json
import logging
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

from exchange import behaviour, media
from exchange.carrier import Exchange
from exchange.errors import ContractError
from exchange.faults import Faults
from exchange.handset.by_hand import ByHand, NoCall
from exchange.handset.page import HEADERS, page
from exchange.timeline import RealTimeline
from exchange.webclient import WebClient

log = logging.getLogger("exchange")


class Server:
    """An exchange in real time behind an HTTP port (0: any free one, see `port`)."""

    def __init__(
        self, *, port: int, auth_id: str, auth_token: str, host: str = "127.0.0.1", seed: int = 1, limits=True
    ):
        self.timeline = RealTimeline(self._event_failed)
        self._web = WebClient(self.timeline)
        self.exchange = Exchange(
            auth_id=auth_id,
            auth_token=auth_token,
            timeline=self.timeline,
            web=self._web,
            seed=seed,
            limits=limits,
            media_seconds=media.media_seconds,
            speech_seconds=media.speech_seconds,
        )
        self._http = ThreadingHTTPServer((host, port), type("Door", (Door,), {"server_of": self}))
        self.port = self._http.server_address[1]

    def serve(self) -> None:
        """Answer until `stop` is called from another thread."""
        self.timeline.start()
        self._http.serve_forever(poll_interval=0.1)
        self._http.server_close()
        self.timeline.stop()
        self._web.close()

    def stop(self) -> None:
        self._http.shutdown()

    def _event_failed(self, error: Exception) -> None:
        log.error("the application or the exchange broke the contract", exc_info=error)
        if not isinstance(error, ContractError):  # those are noted where they are found
            self.exchange.faults_seen.append(repr(error))

    def rest(self, method: str, path: str, body: dict, auth) -> tuple[int, dict | None]:
        """After the first fault every REST request is answered 500, so that nobody overlooks it."""
        time.sleep(self.exchange.faults.stall_s)  # on the thread of this one request: calls and webhooks go on
        if self.exchange.faults_seen:
            return 500, {"api_id": "", "error": "; ".join(self.exchange.faults_seen)}
        return self.timeline.call(lambda: self.exchange.rest(method, path, body, auth))

    def control(self, method: str, parts: list[str], body: dict) -> tuple[int, dict]:
        """One request to /_sim/. Runs on the timeline's thread."""
        match method, parts:
            case "GET", ["state"]:
                return 200, self.state()
            case "POST", ["ring"]:
                leg = self.exchange.ring_in(body["from"], body["to"], behaviour.caller(body.get("behaviour", {})))
                return 201, {"uuid": leg.uuid}
            case "POST", ["phone"]:
                return self._phone(body["address"], behaviour.handset(body.get("behaviour", {})))
            case "POST", ["faults"]:
                self.exchange.suffer(_faults(body))
                return 200, body
            case _, ["handset", number, *verbs]:
                return self._handset(method, unquote(number), verbs, body)
            case "POST", ["legs", uuid, verb] if uuid in self.exchange.legs:
                return self._told(self.exchange.legs[uuid], verb, body)
        return 404, {"error": "no such leg or verb"}

    def _phone(self, address: str, party) -> tuple[int, dict]:
        """Another party at an address; but a phone in somebody's hand is not taken out of it."""
        if isinstance(party, ByHand) and isinstance(self.exchange.phone(address), ByHand):
            return 200, {"address": address}
        self.exchange.add_phone(address, party)
        return 201, {"address": address}

    def _handset(self, method: str, number: str, verbs: list[str], body: dict) -> tuple[int, dict]:
        handset = self.exchange.phone(number)
        if not isinstance(handset, ByHand):
            return 404, {"error": "no phone to be answered by hand at this number"}
        if method == "GET" and not verbs:
            return 200, handset.shown(self.timeline)
        if method != "POST" or len(verbs) != 1:
            return 404, {"error": "GET the handset, or POST one verb to it"}
        try:
            handset.do(verbs[0], str(body.get("digits", "")))
        except NoCall:
            return 409, {"error": "there is no call"}
        return 202, {"address": number}

    def _told(self, leg, verb: str, body: dict) -> tuple[int, dict]:
        if verb == "press":
            leg.press(body["digits"])
        elif verb == "hang_up":
            leg.hang_up()
        else:
            return 404, {"error": f"a leg cannot {verb}"}
        return 202, {"uuid": leg.uuid}

    def state(self) -> dict:
        """What lives now, how many webhooks went out by kind, and every fault seen."""
        exchange = self.exchange
        legs = [
            {"uuid": leg.uuid, "from": leg.from_, "to": leg.to, "direction": leg.direction, "state": leg.state}
            for leg in exchange.legs.values()
        ]
        rooms = [
            {"uuid": room.uuid, "name": room.name, "state": room.state, "members": list(room.members)}
            for room in exchange.rooms.values()
        ]
        counts = dict(exchange.postman.counts)
        return {
            "legs": legs,
            "rooms": rooms,
            "phones": exchange.phones,
            "webhooks": counts,
            "faults_seen": list(exchange.faults_seen),
        }


def _faults(words: dict) -> Faults:
    """Faults from JSON, what is not named being off; ValueError for a word or a value nobody knows."""
    try:
        return Faults(**words)
    except TypeError as error:
        raise ValueError(str(error)) from error


class Door(BaseHTTPRequestHandler):
    """One HTTP request. A subclass made by Server knows which server it belongs to."""

    protocol_version = "HTTP/1.1"
    server_of: Server

    def do_GET(self):
        path = urlsplit(self.path).path
        if path.startswith("/handset/"):
            self._write_page(*page(self.server_of.exchange, unquote(path.removeprefix("/handset/"))))
        else:
            self._answer("GET")

    def do_POST(self):
        self._answer("POST")

    def do_DELETE(self):
        self._answer("DELETE")

    def _answer(self, method: str) -> None:
        try:
            body = self._body()
            status, answer = self._routed(method, body) if self._is_ours() else (403, {"error": "another site's page"})
        except (ValueError, KeyError) as error:
            status, answer = 400, {"error": f"{type(error).__name__}: {error}"}
        self._write(status, answer)

    def _routed(self, method: str, body: dict) -> tuple[int, dict | None]:
        server, path = self.server_of, urlsplit(self.path).path
        if not path.startswith("/_sim/"):
            return server.rest(method, self.path, body, self._credentials())
        parts = path.strip("/").split("/")[1:]
        return server.timeline.call(lambda: server.control(method, parts, body))

    def _body(self) -> dict:
        written = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.loads(written) if written else {}
        if not isinstance(body, dict):
            raise ValueError("a JSON object was expected")
        return body

    def _is_ours(self) -> bool:
        """Whether this is no browser, or a page of our own: no other site may press a button here."""
        origin = self.headers.get("Origin")
        return origin is None or urlsplit(origin).netloc == self.headers.get("Host")

    def _credentials(self) -> tuple[str, str] | None:
        scheme, _, secret = (self.headers.get("Authorization") or "").partition(" ")
        try:
            user, _, password = base64.b64decode(secret, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        return (user, password) if scheme.lower() == "basic" else None

    def _write(self, status: int, answer: dict | None) -> None:
        written = b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(written)))
        if answer is not None:
            self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(written)

    def _write_page(self, status: int, kind: str, content: bytes) -> None:
        self.send_response(status)
        for name, value in {**HEADERS, "Content-Type": kind, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format, *args):
        log.debug(format, *args)
