"""What webhooks say: the common parameters of a call, its hang-up set, and the carrier's ways of spelling."""

from datetime import datetime

from exchange.hangups import CAUSES
from exchange.timeline import SECOND

_UNIX = datetime(1970, 1, 1)  # noqa: DTZ001 the carrier's stamps have no zone
_RATE = 0.0085  # dollars per minute, what the carrier's own samples show


def spelled(number: str, luck) -> str:
    """A number with or without its plus: the carrier is not of one mind. SIP addresses and `anonymous` stay."""
    return number[1:] if number.startswith("+") and luck.random() < 0.5 else number


def base(leg, luck) -> dict[str, str]:
    """What all webhooks of one call share. Drawn once per call; `as applicable` parameters are there or not by seed."""
    form = {
        "CallUUID": leg.uuid,
        "From": spelled(leg.from_, luck),
        "To": spelled(leg.to, luck),
        "Direction": leg.direction,
        "ParentAuthID": leg.exchange.auth_id,
        "BillRate": str(_RATE),
        "SessionStart": moment(leg.exchange, leg.started_us),
        "RouteClass": "exchange",  # nobody documents this one: applications must bear parameters they do not know
    }
    if leg.direction == "outbound":
        form.update(RequestUUID=leg.request_uuid, ALegUUID=leg.uuid, ALegRequestUUID=leg.request_uuid)
    elif luck.random() < 0.5:
        form["STIRVerification"] = "Verified"
    if leg.caller_name or luck.random() < 0.3:
        form["CallerName"] = leg.caller_name or form["From"]
    if leg.to.startswith("sip:"):
        form["SIP-H-To"] = f"<{leg.to}>;tag=1"
    for name, value in leg.sip_headers.items():
        form["X-PH-" + name] = value
    return form


def call(leg, event: str, **extra: str) -> dict[str, str]:
    """The common parameters at this moment; an empty `event` is left out, as some callbacks do."""
    form = dict(leg.base)
    form["CallStatus"] = leg.state
    if event:
        form["Event"] = event
    form.update(extra)
    return form


def hangup(leg) -> dict[str, str]:
    """The hang-up parameter set of an ended leg."""
    exchange, answered = leg.exchange, leg.answered_us
    talked = 0 if answered is None else (leg.ended_us - answered) // SECOND
    minutes = 0 if answered is None else talked // 60 + 1
    return {
        "HangupCause": CAUSES.get(leg.hangup_code, "NORMAL_CLEARING"),
        "HangupCauseName": leg.hangup_name,
        "HangupCauseCode": str(leg.hangup_code),
        "HangupSource": leg.hangup_source,
        "StartTime": second(exchange, leg.started_us),
        "AnswerTime": "" if answered is None else second(exchange, answered),
        "EndTime": second(exchange, leg.ended_us),
        "Duration": str(talked),
        "BillDuration": str(minutes * 60),
        "TotalCost": f"{minutes * _RATE:.5f}",
    }


def moment(exchange, at_us: int) -> str:
    """A time stamp with microseconds, such as 2026-01-05 00:00:01.500000."""
    return exchange.timeline.stamp(at_us).isoformat(" ", "microseconds")


def second(exchange, at_us: int) -> str:
    """A time stamp in whole seconds."""
    return exchange.timeline.stamp(at_us).isoformat(" ", "seconds")


def milliseconds(exchange, at_us: int) -> int:
    """Milliseconds since 1970 of a microsecond of the timeline."""
    stamp = exchange.timeline.stamp(at_us)
    return int((stamp - _UNIX).total_seconds() * 1000)
