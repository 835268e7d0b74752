"""A wire that ends in a list, and every request a carrier can be asked for."""

import json

import requests
from requests.adapters import BaseAdapter

AUTH_ID = "MATESTTESTTESTTESTTE"
ROOT = f"/v1/Account/{AUTH_ID}"
LEG, ROOM = "https://cc.example.com/carrier/leg/1/", "https://cc.example.com/carrier/room/1/"
PROMPT = "https://cc.example.com/carrier/prompt/1/"
EXIT, HOLD = "https://cc.example.com/carrier/exit/1/", "https://cc.example.com/carrier/hold/1/"


class Wire(BaseAdapter):
    """Answers every request alike and keeps what was asked."""

    def __init__(self, status=200, body=None, error=None):
        super().__init__()
        self.status, self.body, self.error = status, body, error
        self.sent, self.options = [], []

    def send(self, request, **options):
        body = json.loads(request.body) if request.body else None
        self.sent.append((request.method, request.path_url, body))
        self.options.append(options)
        if self.error:
            raise self.error
        response = requests.Response()
        response.status_code, response.url, response.request = self.status, request.url, request
        response._content = self.body if isinstance(self.body, bytes) else json.dumps(self.body or {}).encode()
        return response

    def close(self):
        pass


def ring(carrier, **changes):
    told = {
        "room": "conv-1",
        "to": "sip:op1@phone.plivo.com",
        "from_": "+16015550100",
        "ring_timeout_s": 20,
        "leg_url": LEG,
        "room_url": ROOM,
    }
    return carrier.ring(**told | changes)


def bring_in(carrier, **changes):
    told = {"room_uuid": "m1", "call_uuid": "c1", "room_url": ROOM, "exit_url": EXIT, "hold_url": HOLD}
    return carrier.bring_in(**told | changes)


def invite(carrier, **changes):
    told = {
        "role": "agent",
        "room_uuid": "m1",
        "to": "+16015550202",
        "from_": "+16015550100",
        "ring_timeout_s": 20,
        "leg_url": LEG,
        "room_url": ROOM,
    }
    return carrier.invite(**told | changes)


def set_member(carrier, **changes):
    told = {"room_uuid": "m1", "member_id": "7", **(changes or {"hold": True})}
    return carrier.set_member(**told)


def dial(carrier):
    return carrier.dial(
        to="+16015550101",
        from_="+16015550100",
        answer_url=LEG + "a/",
        hangup_url=LEG + "h/",
        machine_url=LEG + "m/",
        ring_timeout_s=25,
    )


# Everything but `is_live` and `hang_up`, for which 404 is an answer.
ASKS = {
    "ring": ring,
    "bring_in": bring_in,
    "dial": dial,
    "live_to": lambda carrier: carrier.live_to("+16015550101"),
    "members": lambda carrier: carrier.members("m1"),
    "invite": invite,
    "set_member": set_member,
    "member": lambda carrier: carrier.member(room_uuid="m1", call_uuid="c1"),
    "send": lambda carrier: carrier.send(call_uuid="c1", url=EXIT),
}
ENDS = {"hang_up": lambda carrier: carrier.hang_up("c1")}
ALL = {**ASKS, **ENDS, "is_live": lambda carrier: carrier.is_live("c1")}


def only_request(wire):
    (request,) = wire.sent
    return request


def flags(error):
    return error.retryable, error.gone, error.ambiguous
