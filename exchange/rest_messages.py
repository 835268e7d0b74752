"""REST: text messages. They are accepted, go out a second later and arrive after another."""

from exchange import forms, values
from exchange.errors import Refusal
from exchange.timeline import SECOND

_MOST = 1600
_ON_THE_WAY = ((0, "queued"), (SECOND, "sent"), (2 * SECOND, "delivered"))
_UNIT = 0.0055  # dollars per part, what the carrier's own samples show


def create(exchange, given: dict):
    """POST Message/: one text per destination, each with its own id; `url` hears of every step."""
    source, text = str(given.get("src") or ""), str(given.get("text") or "")
    if not source or not given.get("dst"):
        raise Refusal(400, "src and dst are required")
    if not text or len(text) > _MOST:
        raise Refusal(400, f"text is 1 to {_MOST} characters")
    try:
        url = values.url(str(given["url"])) if given.get("url") else ""
    except ValueError as error:
        raise Refusal(400, f"url: {error}") from error
    destinations = [part.strip() for part in str(given["dst"]).split("<")]
    method = str(given.get("method") or "POST").upper()
    sent = [_send(exchange, source, to, text, url, method) for to in destinations]
    return 202, {"message": "message(s) queued", "message_uuid": sent}


def _send(exchange, source: str, to: str, text: str, url: str, method: str) -> str:
    uuid = exchange.new_uuid()
    exchange.texts.append({"message_uuid": uuid, "from": source, "to": to, "text": text})
    if url:
        steps = _ON_THE_WAY if exchange.takes_texts(to) else ((0, "queued"), (SECOND, "undelivered"))
        for step, (after_us, status) in enumerate(steps, 1):
            form = _form(exchange, uuid, source, to, text, status, step)
            # The default binds this step's form: every step has its own.
            exchange.timeline.after(
                after_us, lambda form=form: exchange.postman.notify("text", url, method, form, of_text=True)
            )
    return uuid


def _form(exchange, uuid: str, source: str, to: str, text: str, status: str, step: int) -> dict[str, str]:
    units = (len(text) - 1) // 160 + 1
    return {
        "MessageUUID": uuid,
        "ParentMessageUUID": uuid,
        "From": source.lstrip("+"),
        "To": to.lstrip("+"),
        "Type": "sms",
        "Status": status,
        "Units": str(units),
        "TotalRate": f"{_UNIT:.5f}",
        "TotalAmount": f"{units * _UNIT:.5f}",
        "ErrorCode": "30" if status == "undelivered" else "",
        "Sequence": str(step),
        "MessageTime": forms.second(exchange, exchange.timeline.now),
    }


ROUTES = {"Message": {"POST": create}}
