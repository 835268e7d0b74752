"""What each element does. A verb returns True when the next element may run at once, False when it takes time."""

from exchange import bridges, calls, ears, forms, interpreter, rooms
from exchange.joining import Terms
from exchange.tapes import Tape
from exchange.timeline import SECOND


def speak_or_play(leg, element) -> bool:
    length = ears.length_of(leg.exchange, (element,))
    extra = leg.party.listens(leg, [element.text])
    return False if length is None else pause(leg, length + extra)


def wait(leg, element) -> bool:
    return pause(leg, ears.length_of(leg.exchange, (element,)))


def pause(leg, length_us: int) -> bool:
    """Let the element last, then go on."""
    if length_us <= 0:
        return True

    def over():
        leg.alarm = None
        interpreter.run(leg)

    leg.alarm = leg.exchange.timeline.after(length_us, over)
    return False


def get_input(leg, element) -> bool:
    return ears.Listening(leg, element).start()


def redirect(leg, element) -> bool:
    leg.redirects += 1
    limit = leg.exchange.switches.redirect_limit
    if limit is not None and leg.redirects > limit:
        calls.end(leg, 2060, "Plivo")
    else:
        interpreter.fetch(leg, "redirect", element.text, element.get("method", "POST"), "redirect", "Redirect")
    return False


def hang_up(leg, element) -> bool:
    delay = element.get("schedule")
    if delay is not None:
        leg.ending = leg.exchange.timeline.after(delay * SECOND, lambda: calls.end(leg, 6000, "Answer XML"))
        return True
    code = 4000
    if leg.answered_us is None:
        code = {"busy": 3010, "rejected": 3020}.get(element.get("reason"), 4000)
    calls.end(leg, code, "Answer XML")
    return False


def record(leg, element) -> bool:
    if element.get("recordSession"):
        return _record_session(leg, element)
    return ears.Taping(leg, element).start()


def _record_session(leg, element) -> bool:
    """Record the rest of the call beside it; the action is told at once, the callback when the file is there."""

    def ready(tape):
        url = element.get("callbackUrl")
        if url is not None:
            form = forms.call(leg, "RecordStop", **tape.form())
            leg.exchange.postman.notify("record", url, element.get("callbackMethod", "POST"), form)

    tape = start_tape(leg, element.get("fileFormat", "mp3"), element.get("maxLength"), ready)
    if element.get("action") is None:
        return True
    ears.post_action(leg, element, tape.open_form())
    return False


def start_tape(leg, file_format: str, limit_s: int | None, ready) -> Tape:
    """Record a leg beside whatever it does, for at most `limit_s` seconds; `ready(tape)` hears when it is complete."""
    tape = Tape(leg.exchange, file_format, ready)
    if limit_s is not None:
        tape.alarm = leg.exchange.timeline.after(limit_s * SECOND, tape.stop)
    leg.tapes = [*(leg.tapes or ()), tape]
    return tape


def multi_party_call(leg, element) -> bool:
    rooms.enter_by_document(leg, element.text, Terms.of_element(element))
    return False


def dial(leg, element) -> bool:
    bridges.Bridge(leg, element).start()
    return False


VERBS = {
    "Speak": speak_or_play,
    "Play": speak_or_play,
    "Wait": wait,
    "GetInput": get_input,
    "Redirect": redirect,
    "Hangup": hang_up,
    "Record": record,
    "Dial": dial,
    "MultiPartyCall": multi_party_call,
}
