"""One call as the carrier sees it, and what a party can do with it."""

from exchange import calls, interpreter, rooms
from exchange.timeline import USUAL, Handle

RINGING = "ringing"
IN_PROGRESS = "in-progress"


class Leg:
    """One call. `state` is the carrier's CallStatus: queued, ringing, in-progress, and at the end completed, busy,
    no-answer, cancel or failed. `direction` is "inbound" (somebody rang a number of ours) or "outbound". What a party
    does becomes an event of the timeline after `after_us` microseconds; on a leg that has ended it does nothing."""

    __slots__ = (
        "exchange", "uuid", "request_uuid", "from_", "to", "direction", "state", "party", "room", "member", "base",
        "caller_name", "sip_headers", "application", "started_us", "answered_us", "ended_us",
        "hangup_code", "hangup_name", "hangup_source", "ring_timeout_s", "time_limit_s", "document", "position", "turn",
        "alarm", "limit", "ending", "ears", "tapes", "transfers", "redirects", "invitation", "is_machine", "spin",
        "bridge",
    )  # fmt: skip

    def __init__(self, exchange, from_: str, to: str, direction: str, party, application):
        self.exchange = exchange
        self.uuid = self.request_uuid = exchange.new_uuid()
        self.from_ = from_
        self.to = to
        self.direction = direction
        self.party = party
        self.application = application
        self.state = RINGING if direction == "inbound" else "queued"
        self.started_us = exchange.timeline.now
        self.room = self.member = self.invitation = self.base = None
        self.answered_us = self.ended_us = self.hangup_code = None
        self.hangup_name = self.hangup_source = self.caller_name = ""
        self.sip_headers = {}
        self.ring_timeout_s = 120
        self.time_limit_s = 14_400
        self.document = ()
        self.position = self.turn = self.transfers = self.redirects = 0
        self.alarm = self.limit = self.ending = self.ears = self.tapes = None
        self.is_machine = False
        self.spin = (0, 0)
        self.bridge = None

    @property
    def is_over(self) -> bool:
        return self.ended_us is not None

    def pick_up(self, after_us: int = 0, rank: tuple = USUAL) -> Handle:
        """Answer a leg that rings here."""
        return self._later(after_us, rank, lambda: calls.picked_up(self))

    def machine(self, after_us: int = 0, rank: tuple = USUAL) -> Handle:
        """An answering machine picks up."""
        return self._later(after_us, rank, lambda: calls.picked_up(self, is_machine=True))

    def decline(self, after_us: int = 0, rank: tuple = USUAL, code: int = 3010) -> Handle:
        """Refuse a leg that rings here: 3010 is busy (a browser's reject looks the same), 3020 rejected."""
        return self._later(after_us, rank, lambda: calls.declined(self, code))

    def press(self, digits: str, after_us: int = 0, rank: tuple = USUAL) -> Handle:
        """Press keys, all in one instant. Ignored when nothing listens."""
        return self._later(after_us, rank, lambda: interpreter.pressed(self, digits))

    def say(self, text: str, after_us: int = 0, rank: tuple = USUAL, confidence: float = 0.9) -> Handle:
        """Speak to a GetInput that takes speech. Ignored when none does."""
        return self._later(after_us, rank, lambda: interpreter.heard(self, text, confidence))

    def talk(self, text: str, after_us: int = 0, rank: tuple = USUAL) -> Handle:
        """Speak to whoever is in the room as well. Unheard where nobody is."""
        return self._later(after_us, rank, lambda: rooms.spoken(self, text))

    def hang_up(self, after_us: int = 0, rank: tuple = USUAL) -> Handle:
        """Put the phone down. A leg that only rings here is declined."""
        return self._later(after_us, rank, lambda: calls.put_down(self))

    def _later(self, after_us: int, rank: tuple, fn) -> Handle:
        return self.exchange.timeline.after(after_us, lambda: None if self.is_over else fn(), rank)
