"""What listens: GetInput, Record, and the key that confirms a dialled leg. One pair of ears per leg at a time."""

from exchange import forms, interpreter
from exchange.ask import Ask
from exchange.tapes import Tape
from exchange.timeline import SECOND

_ANY_KEY = "0123456789*#"
_INPUT_DEFAULT_S = 15
_DIGIT_END_S = 2
_CONFIRM_S = 10  # the carrier does not say how long it waits for the confirm key


def prompts_of(elements) -> list[str]:
    return [element.text for element in elements if element.text]


def length_of(exchange, elements) -> int | None:
    """Microseconds that Speak, Play and Wait elements last in a row; None when one loops for ever."""
    total = 0
    for element in elements:
        if element.name == "Wait":
            total += element.get("length", 1) * SECOND
            continue
        loop = element.get("loop", 1)
        if loop == 0:
            return None
        measure = exchange.speech_seconds if element.name == "Speak" else exchange.media_seconds
        total += int(measure(element.text) * loop * SECOND)
    return total


def _stop_keys(element, default: str) -> str:
    written = element.get("finishOnKey", default)
    return {"none": "", "any": _ANY_KEY}.get(written, written)


class Listening:
    """A GetInput: digits (or speech) until enough, a finish key, or silence; then they go to the action."""

    __slots__ = ("leg", "element", "ask", "digits")

    def __init__(self, leg, element):
        self.leg = leg
        self.element = element
        self.digits = ""
        keys = _stop_keys(element, "#")
        self.ask = Ask(prompts_of(element.children), element.get("numDigits", 32), keys, element.get("action", ""))

    def start(self) -> bool:
        leg = self.leg
        length = length_of(leg.exchange, self.element.children)
        extra = leg.party.listens(leg, self.ask.prompts)
        leg.ears = self
        if length is not None:
            # The time allowed counts from the end of the prompts; keys count from their start.
            self._arm(length + extra + self.element.get("executionTimeout", _INPUT_DEFAULT_S) * SECOND)
        leg.party.asked(leg, self.ask)
        return False

    def _arm(self, after_us: int) -> None:
        leg = self.leg
        if leg.alarm is not None:
            leg.alarm.cancel()
        leg.alarm = leg.exchange.timeline.after(after_us, self._time_is_up)

    def keys(self, digits: str) -> None:
        if "dtmf" not in self.element.get("inputType", "dtmf"):
            return
        for digit in digits:
            if digit in self.ask.finish_on_key:
                return self._entered()
            self.digits += digit
            if len(self.digits) >= self.ask.num_digits:
                return self._entered()
        pause = self.element.get("digitEndTimeout", "auto")
        self._arm((_DIGIT_END_S if pause == "auto" else pause) * SECOND)

    def words(self, text: str, confidence: float) -> None:
        if "speech" in self.element.get("inputType", "dtmf") and not self.digits:
            found = {"InputType": "speech", "Digits": "", "Speech": text}
            self._post(dict(found, SpeechConfidenceScore=f"{confidence:.2f}", BilledAmount="0.02000"))

    def _entered(self) -> None:
        self._post({"InputType": "dtmf", "Digits": self.digits})

    def _time_is_up(self) -> None:
        if self.digits:
            self._entered()
        elif self.leg.exchange.switches.input_timeout == "empty_action":
            self._post({"InputType": "", "Digits": "", "Speech": ""})
        else:
            self._go_on()

    def _go_on(self) -> None:
        interpreter.stop(self.leg)
        interpreter.run(self.leg)

    def _post(self, found: dict) -> None:
        post_action(self.leg, self.element, found)

    def cut_off(self, by_the_party: bool) -> None:
        """The call ended or was taken elsewhere while this listened."""
        if by_the_party and self.leg.exchange.switches.hangup_mid_input == "action_post":
            self.post_late()

    def post_late(self) -> None:
        """Post what was entered so far although nobody waits for the reply."""
        found = {"InputType": "dtmf" if self.digits else "", "Digits": self.digits}
        post_unread(self.leg, self.element, found)


def post_action(leg, element, found: dict) -> None:
    """An element that listens is done: its action gets what was found, and says how to go on unless redirect is off."""
    interpreter.stop(leg)
    if element.get("action") is None:
        interpreter.run(leg)
    elif element.get("redirect", True):
        method = element.get("method", "POST")
        interpreter.fetch(leg, "action", element.get("action"), method, "action", "Redirect", **found)
    else:
        post_unread(leg, element, found)
        interpreter.run(leg)


def post_unread(leg, element, found: dict) -> None:
    if element.get("action") is not None:
        form = forms.call(leg, "Redirect", **found)
        leg.exchange.postman.ask("action", element.get("action"), element.get("method", "POST"), form, _unread)


def _unread(reply) -> None:
    pass


class Taping:
    """A Record element: until a key, the longest time, silence, or the end of the call."""

    __slots__ = ("leg", "element", "tape", "stop_keys")

    def __init__(self, leg, element):
        self.leg = leg
        self.element = element
        self.tape = Tape(leg.exchange, element.get("fileFormat", "mp3"))
        self.stop_keys = _stop_keys(element, _ANY_KEY)

    def start(self) -> bool:
        leg, element = self.leg, self.element
        spoken = leg.party.records(leg, element)
        lasts = min(spoken + element.get("timeout", 15) * SECOND, element.get("maxLength", 60) * SECOND)
        leg.ears = self
        leg.alarm = leg.exchange.timeline.after(lasts, lambda: self._done(""))
        return False

    def keys(self, digits: str) -> None:
        for digit in digits:
            if digit in self.stop_keys:
                return self._done(digit)

    def words(self, text: str, confidence: float) -> None:
        """A recorder does not understand."""

    def _done(self, digit: str) -> None:
        self._file_is_ready()
        post_action(self.leg, self.element, dict(self.tape.form(), Digits=digit))

    def _file_is_ready(self) -> None:
        self.tape.stop()
        url, leg = self.element.get("callbackUrl"), self.leg
        if url is not None:
            form = forms.call(leg, "RecordStop", **self.tape.form())
            leg.exchange.postman.notify("record", url, self.element.get("callbackMethod", "POST"), form)

    def cut_off(self, by_the_party: bool) -> None:
        """What was spoken is kept, so the callback comes; whether the action does is an open question."""
        self._file_is_ready()
        if by_the_party and self.leg.exchange.switches.hangup_mid_input == "action_post":
            self.post_late()

    def post_late(self) -> None:
        post_unread(self.leg, self.element, dict(self.tape.form(), Digits=""))


class Confirming:
    """A dialled leg must press the confirm key before it may enter its room, which keeps voicemail out."""

    __slots__ = ("leg", "key", "confirmed", "failed")

    def __init__(self, leg, key: str, confirmed, failed):
        self.leg = leg
        self.key = key
        self.confirmed = confirmed
        self.failed = failed

    def start(self, prompts) -> None:
        leg, texts = self.leg, prompts_of(prompts)
        length = length_of(leg.exchange, prompts) or 0
        extra = leg.party.listens(leg, texts)
        leg.ears = self
        leg.alarm = leg.exchange.timeline.after(length + extra + _CONFIRM_S * SECOND, self.failed)
        leg.party.asked(leg, Ask(texts, 1, "", "", self.key))

    def keys(self, digits: str) -> None:
        if self.key in digits:
            interpreter.stop(self.leg)
            self.confirmed()

    def words(self, text: str, confidence: float) -> None:
        """Only the key counts."""

    def cut_off(self, by_the_party: bool) -> None:
        """Nothing was entered that anybody waits for."""

    def post_late(self) -> None:
        """There is no action."""
