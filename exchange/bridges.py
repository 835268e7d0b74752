"""Dial: one or several outside phones ring, the first to answer talks with the caller; then the action is asked.

A dialled leg is the B leg. It rings at once (the limit of two calls a second is not for documents), and when either
side hangs up the other follows: the B leg ends, the caller goes on with what the action says.
"""

from exchange import calls, ears, forms
from exchange.party import Party
from exchange.timeline import SECOND

# How the end of a B leg is told as a DialStatus.
_STATUS = {"busy": "busy", "no-answer": "no-answer", "failed": "failed", "timeout": "timeout", "cancel": "cancel"}
_LOST_RACE, _TIME_LIMIT = 9000, 6000


class Bridge:
    """A Dial under way on `caller`. `talking` is the B leg that answered. For parties it has a uuid, like a room."""

    __slots__ = ("caller", "element", "uuid", "legs", "talking", "rang", "last", "alarm", "is_over")

    def __init__(self, caller, element):
        self.caller, self.element = caller, element
        self.uuid = caller.exchange.new_uuid()
        self.legs, self.talking, self.last = [], None, None
        self.rang = self.is_over = False
        self.alarm = None

    def start(self) -> None:
        """Ring them all. They see the number the document names, else the caller's, else the one that was rung."""
        caller, element = self.caller, self.element
        exchange = caller.exchange
        caller.bridge = self
        shown = element.get("callerId") or caller.from_ or caller.to
        for child in element.children:
            leg = exchange.open_leg(shown, child.text, "outbound", Party(), calls.Application(), bridge=self)
            leg.ring_timeout_s = element.get("timeout", 120)
            self.legs.append(leg)
        for leg in tuple(self.legs):
            calls.ring(leg)

    def rings(self, leg) -> None:
        self.rang = True

    def answered(self, leg) -> None:
        """The first who picks up talks; the others stop ringing."""
        if self.is_over or self.talking is not None:
            return calls.end(leg, _LOST_RACE, "Plivo")
        self.talking = leg
        for other in tuple(self.legs):
            if other is not leg:
                calls.end(other, _LOST_RACE, "Plivo")
        self._tell("answer", leg)
        limit_s = self.element.get("timeLimit", 14_400)
        if not leg.exchange.endless:
            self.alarm = leg.exchange.timeline.after(limit_s * SECOND, lambda: calls.end(leg, _TIME_LIMIT, "Plivo"))
        for one in (self.caller, leg):
            if not one.is_over:
                one.party.together(one, self)

    def leg_ended(self, leg) -> None:
        """A B leg is over: the last of them ends the Dial."""
        self.legs.remove(leg)
        self.last = leg
        if leg is self.talking:
            self._tell("hangup", leg)
        if not self.legs and not self.is_over:
            self._done(leg)

    def key(self, digits: str) -> None:
        """A key of the caller's."""
        if "*" in digits and self.element.get("hangupOnStar") and self.talking is not None:
            calls.end(self.talking, 4000, "Plivo")

    def break_off(self) -> None:
        """The caller is gone, or was taken elsewhere."""
        self.is_over = True
        self.caller.bridge = None
        self._silence()
        for leg in tuple(self.legs):
            calls.end(leg, 4000 if leg.answered_us is not None else 1000, "Plivo")

    def _silence(self) -> None:
        if self.alarm is not None:
            self.alarm.cancel()

    def _done(self, leg) -> None:
        self.is_over = True
        self._silence()
        self.caller.bridge = None
        ears.post_action(self.caller, self.element, self._found(leg))

    def _found(self, leg) -> dict[str, str]:
        status = "completed" if self.talking is not None else _STATUS.get(leg.state, "failed")
        return {
            "DialStatus": "timeout" if leg.hangup_code == 6010 else status,
            "DialRingStatus": "true" if self.rang else "false",
            "DialHangupCause": forms.hangup(leg)["HangupCause"],
            "DialALegUUID": self.caller.uuid,
            "DialBLegUUID": self.talking.uuid if self.talking is not None else "",
        }

    def _tell(self, action: str, leg) -> None:
        url = self.element.get("callbackUrl")
        if url is None:
            return
        told = {
            "DialAction": action,
            "DialBLegStatus": action,
            "DialALegUUID": self.caller.uuid,
            "DialBLegUUID": leg.uuid,
            "DialBLegFrom": leg.base["From"],
            "DialBLegTo": leg.base["To"],
        }
        form = forms.call(self.caller, "DialAnswer" if action == "answer" else "DialHangup", **told)
        leg.exchange.postman.notify("dial", url, self.element.get("callbackMethod", "POST"), form)
