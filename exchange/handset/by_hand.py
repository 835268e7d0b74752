"""The party behind a handset page. It does nothing by itself: somebody presses its buttons."""

from exchange.party import Party
from exchange.timeline import SECOND

QUIET, RINGING, UP, TALKING = "quiet", "ringing", "up", "talking"
_KEPT = 60  # lines of the last call that the page can still show
_KEYS = frozenset("0123456789*#")


class NoCall(Exception):
    """There is nothing to answer, decline, hang up or press keys on."""


class ByHand(Party):
    """One phone, one call at a time; whoever rings meanwhile finds it busy.

    `state`: quiet, ringing, up (picked up, alone with the platform's prompts), talking (somebody else is there).
    """

    def __init__(self):
        self.leg = None
        self.state = QUIET
        self._call, self._lines, self._count, self._key, self._since_us = "", [], 0, "", 0

    # ---- what happens -------------------------------------------------------------------------------------------

    def rings(self, leg):
        if self.leg is not None:
            leg.decline()
            return
        self.leg, self._call, self._lines = leg, leg.uuid, []
        self._enter(RINGING)

    def answered(self, leg):
        self._enter(UP)

    def listens(self, leg, texts):
        for text in texts:
            if text.startswith(("http://", "https://")):
                self._write("music", "")
            else:
                self._write("line", text)
        return 0

    def asked(self, leg, ask):
        self._key = ask.confirm_key

    def joined(self, leg, room):
        self._key = ""

    def together(self, leg, room):
        self._enter(TALKING)

    def hears(self, leg, text):
        self._write("caller", text)

    def ended(self, leg):
        if leg is not self.leg:
            return  # one that found the phone busy
        self._write("over", "")
        self.leg, self._key = None, ""
        self._enter(QUIET, leg)

    # ---- what a person does -------------------------------------------------------------------------------------

    def do(self, verb: str, digits: str = "") -> None:
        """answer, decline, hang_up or press. NoCall when there is none; ValueError for another verb or other keys."""
        if verb not in ("answer", "decline", "hang_up", "press"):
            raise ValueError(f"a handset cannot {verb}")
        if self.leg is None:
            raise NoCall
        if verb == "press":
            self._press(digits)
        else:
            {"answer": self.leg.pick_up, "decline": self.leg.decline, "hang_up": self.leg.hang_up}[verb]()

    def _press(self, digits: str) -> None:
        if not digits or not _KEYS.issuperset(digits):
            raise ValueError("keys are 0 to 9, * and #")
        self._write("you", digits)
        self.leg.press(digits)

    # ---- what the page shows ------------------------------------------------------------------------------------

    def shown(self, timeline) -> dict:
        """The state as JSON. `seconds` counts from its beginning; `key` is the one that takes the call, or "".

        `lines` belong to `call`, the present one or the last.
        """
        return {
            "state": self.state,
            "seconds": (timeline.now - self._since_us) // SECOND if self.leg else 0,
            "from": self.leg.from_ if self.leg else "",
            "key": self._key,
            "call": self._call,
            "lines": list(self._lines),
        }

    def _enter(self, state: str, leg=None) -> None:
        self.state, self._since_us = state, (leg or self.leg).exchange.timeline.now

    def _write(self, who: str, text: str) -> None:
        self._count += 1
        self._lines = [*self._lines[1 - _KEPT :], {"n": self._count, "who": who, "text": text}]
