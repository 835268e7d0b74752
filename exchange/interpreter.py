"""Runs documents on a leg: one program counter per call, one element at a time; late replies are dropped."""

from exchange import calls, forms, rooms, verbs
from exchange.document import BadDocument, read_reply
from exchange.errors import ContractError

# Which hang-up codes a failed fetch ends with: (unreachable or not 2xx, unreadable).
FAILURES = {"answer": (7011, 8011), "action": (7012, 8012), "transfer": (7013, 8013), "redirect": (7014, 8014)}
MAX_TRANSFERS = 70
_SPIN_LIMIT = 1000


def fetch(leg, kind: str, url: str, method: str, stage: str, event: str, **extra: str) -> None:
    """Ask the application for the next document and run it. A leg that is interrupted meanwhile ignores the reply."""
    leg.turn += 1
    turn = leg.turn
    form = forms.call(leg, event, **extra)

    def came(reply):
        if leg.turn == turn:
            _came(leg, url, stage, form, reply)

    leg.exchange.postman.ask(kind, url, method, form, came)


def _came(leg, url: str, stage: str, form: dict, reply, *, is_fallback: bool = False) -> None:
    document, code = _judged(leg, url, stage, reply)
    if document is not None:
        return start(leg, document)
    if leg.application.fallback_url and not is_fallback:
        _fall_back(leg, stage, form)
    else:
        calls.end(leg, code, "Error")


def _judged(leg, url: str, stage: str, reply) -> tuple[tuple | None, int]:
    """The document of a reply, or None and the hang-up code the carrier has for such a reply."""
    unreachable, unreadable = FAILURES[stage]
    if not reply.is_fine:
        return None, unreachable
    try:
        return read_reply(reply.content_type, reply.body), 0
    except BadDocument:
        return None, unreadable
    except ContractError as error:
        raise leg.exchange.contract_broken(leg, f"{url}: {error}") from error


def _fall_back(leg, stage: str, form: dict) -> None:
    turn, application = leg.turn, leg.application

    def came(reply):
        if leg.turn == turn:
            _came(leg, application.fallback_url, stage, form, reply, is_fallback=True)

    leg.exchange.postman.ask("fallback", application.fallback_url, application.fallback_method, form, came)


def start(leg, document: tuple) -> None:
    """Run a document from its first element."""
    _watch_for_spinning(leg)
    leg.document, leg.position = document, 0
    run(leg)


def _watch_for_spinning(leg) -> None:
    """Virtual speech may take no time at all, so a loop of documents would never let the clock move on."""
    at, count = leg.spin
    now = leg.exchange.timeline.now
    leg.spin = (now, count + 1 if at == now else 1)
    if leg.spin[1] > _SPIN_LIMIT:
        raise leg.exchange.contract_broken(
            leg, f"{_SPIN_LIMIT} documents in one instant: a loop in which nothing takes time"
        )


def run(leg) -> None:
    """Go on with the next element, until one takes time or the document ends."""
    turn = leg.turn
    while leg.position < len(leg.document):
        element = leg.document[leg.position]
        leg.position += 1
        if leg.state == "ringing" and not _rejects(element):
            calls.answer_inbound(leg)
        if not verbs.VERBS[element.name](leg, element) or leg.is_over or leg.turn != turn:
            return
    calls.end(leg, 4010, "Answer XML")


def _rejects(element) -> bool:
    """A Hangup at once, before anything else: the caller is never connected."""
    return element.name == "Hangup" and element.get("schedule") is None


def stop(leg) -> None:
    """Drop the current element and whatever reply is on its way."""
    leg.turn += 1
    leg.ears = None
    if leg.bridge is not None and leg.bridge.caller is leg:
        leg.bridge.break_off()
    if leg.alarm is not None:
        leg.alarm.cancel()
        leg.alarm = None


def transfer(leg, url: str, method: str) -> None:
    """Interrupt a live call and run another document (at most 70 times, then the carrier sees a loop)."""
    leg.transfers += 1
    ears = leg.ears
    stop(leg)
    if ears is not None:
        ears.cut_off(False)
    rooms.take_out(leg)
    if leg.is_over:
        return
    if leg.transfers > MAX_TRANSFERS:
        calls.end(leg, 2060, "Plivo")
    else:
        fetch(leg, "redirect", url, method, "transfer", "Transfer")


def pressed(leg, digits: str) -> None:
    """Keys come in. The current input gets them, else the room, else nobody."""
    if leg.ears is not None:
        leg.ears.keys(digits)
    elif leg.room is not None:
        leg.room.keys(leg, digits)
    elif leg.bridge is not None and leg.bridge.caller is leg:
        leg.bridge.key(digits)


def heard(leg, text: str, confidence: float) -> None:
    if leg.ears is not None:
        leg.ears.words(text, confidence)
