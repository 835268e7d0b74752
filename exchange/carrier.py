"""The exchange itself: numbers, phones, live calls and rooms, and the doors to all of them."""

import random
import uuid
from collections.abc import Callable

from exchange import calls, forms, interpreter
from exchange.dialler import Dialler
from exchange.errors import ContractError
from exchange.faults import Faults
from exchange.leg import Leg
from exchange.rest import Rest
from exchange.switches import Switches
from exchange.webhooks import Postman

_KEPT = 10_000  # ended calls and rooms that REST still knows


class Exchange:
    """A carrier with one account.

    `web(request, done)` delivers a webhook and hands the WebReply to `done`, at once or later on the timeline's
    thread. `media_seconds(url)` and `speech_seconds(text)` say how long prompts last. `limits` off lifts two calls per
    second and 300 REST requests per five seconds. `legs` maps uuids to live legs, `rooms` to live multi-party calls.
    `texts` lists the messages it sent.
    What the application did outside the contract is listed in `faults_seen` and raised as ContractError out of the
    timeline.
    """

    def __init__(
        self,
        *,
        auth_id: str,
        auth_token: str,
        timeline,
        web: Callable,
        switches: Switches | None = None,
        faults: Faults | None = None,
        seed: int = 1,
        media_seconds: Callable[[str], float] = lambda url: 0.0,
        speech_seconds: Callable[[str], float] = lambda text: 0.0,
        limits: bool = True,
        endless: bool = False,
    ):
        if len(auth_id) != 20 or auth_id[:2] != "MA":
            raise ValueError("auth_id is MA and 18 characters")
        self.auth_id, self.auth_token = auth_id, auth_token
        self.timeline = timeline
        self.switches, self.faults = switches or Switches(), faults or Faults()
        self.media_seconds, self.speech_seconds = media_seconds, speech_seconds
        self.legs, self.rooms, self.room_names = {}, {}, {}
        self.ended_legs, self.ended_rooms = {}, {}
        self.faults_seen, self.texts = [], []
        self._applications, self._phones = {}, {}
        # Separate draws, so that a fault that is switched on leaves uuids and spelling as they were.
        self._uuids, self._luck = random.Random(f"{seed}:uuid"), random.Random(f"{seed}:words")
        self._last_member = self._luck.randrange(10, 90)
        self.postman = Postman(
            token=auth_token, timeline=timeline, web=web, switches=self.switches, faults=self.faults, seed=seed
        )
        self.endless = endless
        self.dialler = Dialler(timeline, limits=limits)
        self._rest = Rest(self, limits=limits, seed=seed)

    def suffer(self, faults: Faults) -> None:
        """Have another kind of day from now on."""
        self.faults = self.postman.faults = faults

    def add_number(self, number: str, *, answer_url: str, hangup_url: str = "", fallback_url: str = "") -> None:
        """Bind an application to a number that callers can ring."""
        urls = {"answer_url": answer_url, "hangup_url": hangup_url, "fallback_url": fallback_url}
        self._applications[address_key(number)] = calls.Application(**urls)

    def add_phone(self, address: str, party) -> None:
        """Say who picks up when the platform dials this number or sip: address."""
        self._phones[address_key(address)] = party

    @property
    def phones(self) -> list[str]:
        """Every address at which somebody would pick up, as `address_key` spells it."""
        return list(self._phones)

    def phone(self, address: str):
        """Who picks up at an address; None when nobody is there."""
        return self._phones.get(address_key(address))

    def ring_in(self, from_: str, to: str, party) -> Leg:
        """Somebody rings a number of ours now; `from_` may be "" or "anonymous". ValueError: nothing is bound to it."""
        application = self._applications.get(address_key(to))
        if application is None:
            raise ValueError(f"no application is bound to {to}")
        leg = self.open_leg(from_, to, "inbound", party, application)
        url, method = application.answer_url, application.answer_method
        interpreter.fetch(leg, "answer", url, method, "answer", "StartApp")
        return leg

    def takes_texts(self, address: str) -> bool:
        """Whether a text to this address arrives: what is no telephone number gets none."""
        return address_key(address).isdigit()

    def rest(self, method: str, path: str, body: dict | None = None, auth: tuple[str, str] | None = None):
        """(status, body) of a REST request; the body is None with 204. Webhooks follow as events of the timeline."""
        return self._rest.answer(method, path, body or {}, auth)

    def open_leg(self, from_: str, to: str, direction: str, party, application, **more) -> Leg:
        """A new live leg; `more`: other attributes of it (caller_name, sip_headers, ring_timeout_s, time_limit_s)."""
        leg = Leg(self, from_, to, direction, party, application)
        for name, value in more.items():
            setattr(leg, name, value)
        self.legs[leg.uuid] = leg
        leg.base = forms.base(leg, self._luck)
        return leg

    def forget(self, leg) -> None:
        """A leg has ended: off the live list, and a record of it for REST."""
        self.legs.pop(leg.uuid, None)
        self.ended_legs[leg.uuid] = leg.request_uuid, leg.from_, leg.to, leg.direction, leg.state, forms.hangup(leg)
        _keep_few(self.ended_legs)

    def remember_room(self, room) -> None:
        self.ended_rooms[room.uuid] = room
        _keep_few(self.ended_rooms)

    def contract_broken(self, leg, message: str) -> ContractError:
        """Note the fault, let the call end, and give the error to raise."""
        self.faults_seen.append(message)
        self.timeline.soon(lambda: calls.end(leg, 5010, "Error"))
        return ContractError(message)

    def new_uuid(self) -> str:
        return str(uuid.UUID(int=self._uuids.getrandbits(128), version=4))

    def new_member_id(self) -> str:
        self._last_member += 1
        return str(self._last_member)


def address_key(address: str) -> str:
    """Numbers with and without plus, and SIP addresses in any case, are the same place."""
    return address.strip().lower().lstrip("+")


def _keep_few(ended: dict) -> None:
    if len(ended) > _KEPT:
        del ended[next(iter(ended))]
