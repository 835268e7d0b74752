"""REST: calls and requests."""

from exchange import calls, forms, interpreter, values, verbs
from exchange.calls import Application
from exchange.errors import Refusal
from exchange.pages import page
from exchange.party import Party

_CALL_URLS = ("answer", "fallback", "hangup", "ring")


def create(exchange, given: dict):
    """POST Call/: one call per destination. `request_uuid` is a list when there are several."""
    _require(given, "from", "to", "answer_url")
    destinations = [part.strip() for part in str(given["to"]).split("<")]
    application, more = _application(given), _leg_options(given)
    legs = [exchange.open_leg(str(given["from"]), to, "outbound", Party(), application, **more) for to in destinations]
    for leg in legs:
        exchange.dialler.dial(leg)
    uuids = [leg.request_uuid for leg in legs]
    return 201, {"message": "call fired", "request_uuid": uuids[0] if len(uuids) == 1 else uuids}


def _application(given: dict) -> Application:
    found = {}
    for name in _CALL_URLS:
        found[f"{name}_url"] = _url(given, f"{name}_url")
        found[f"{name}_method"] = _method(given, f"{name}_method")
    detection = given.get("machine_detection")
    if detection not in (None, "", "true", "hangup", True):
        raise Refusal(400, "machine_detection is true or hangup")
    if not 2000 <= _number(given, "machine_detection_time", 5000) <= 10_000:
        raise Refusal(400, "machine_detection_time is 2000 to 10000")
    found["machine_detection"] = "true" if detection is True else detection
    found["machine_url"] = _url(given, "machine_detection_url")
    found["machine_method"] = _method(given, "machine_detection_method")
    return Application(**found)


def _leg_options(given: dict) -> dict:
    return {
        "caller_name": str(given.get("caller_name") or ""),
        "sip_headers": read_sip_headers(given.get("sip_headers")),
        "ring_timeout_s": _number(given, "ring_timeout", 120),
        "time_limit_s": _number(given, "time_limit", 14_400),
    }


def read_sip_headers(written) -> dict[str, str]:
    """`"Conv=1,Tier=gold"` -> {"Conv": "1", "Tier": "gold"}."""
    pairs = [part.partition("=") for part in str(written or "").split(",") if part]
    return {name.strip(): value.strip() for name, _, value in pairs}


def _require(given: dict, *names: str) -> None:
    for name in names:
        if not given.get(name):
            raise Refusal(400, f"{name} is required")


def _url(given: dict, name: str) -> str:
    written = given.get(name) or ""
    try:
        return values.url(str(written)) if written else ""
    except ValueError as error:
        raise Refusal(400, f"{name}: {error}") from error


def _method(given: dict, name: str) -> str:
    written = str(given.get(name) or "POST").upper()
    if written not in ("GET", "POST"):
        raise Refusal(400, f"{name} is GET or POST")
    return written


def _number(given: dict, name: str, default: int) -> int:
    try:
        number = int(given.get(name) or default)
    except (TypeError, ValueError):
        raise Refusal(400, f"{name} is not a number") from None
    if number < 0:
        raise Refusal(400, f"{name} is negative")
    return number


def list_all(exchange, given: dict):
    """GET Call/: live or queued uuids, or the records of ended calls."""
    status = given.get("status")
    if status in ("live", "queued"):
        legs = [leg for leg in exchange.legs.values() if (leg.state == "queued") == (status == "queued")]
        uuids = [leg.uuid for leg in legs if _fits(leg.from_, leg.to, leg.direction, given)]
        # Live lists are short names in the documents; every list of ours has `objects` as well.
        return 200, {"calls": uuids, **page(uuids, dict(given, limit=20, offset=0))}
    records = [
        _record(exchange, uuid)
        for uuid, (_, from_, to, direction, *_rest) in reversed(exchange.ended_legs.items())
        if _fits(from_, to, direction, given)
    ]
    return 200, page(records, given)


def _fits(from_: str, to: str, direction: str, given: dict) -> bool:
    return (
        _same(given.get("from_number"), from_)
        and _same(given.get("to_number"), to)
        and given.get("call_direction") in (None, "", direction)
    )


def _same(wanted: str | None, number: str) -> bool:
    """A filter that is not set fits; in a query string a plus may have turned into a space."""
    return not wanted or str(wanted).strip().lstrip("+") == number.lstrip("+")


def get(exchange, uuid: str, given: dict):
    """GET Call/{id}/: a live call with ?status=live, a queued one with ?status=queued, else a record of the past."""
    if given.get("status") in ("live", "queued"):
        leg = _live(exchange, uuid)
        if (leg.state == "queued") != (given["status"] == "queued"):
            raise Refusal(404, "call not found")
        return 200, _living(leg)
    if uuid not in exchange.ended_legs:
        raise Refusal(404, "call not found")
    return 200, _record(exchange, uuid)


def _living(leg) -> dict:
    return {
        "call_uuid": leg.uuid,
        "request_uuid": leg.request_uuid,
        "call_status": leg.state,
        "direction": leg.direction,
        "from": leg.from_,
        "to": leg.to,
        "caller_name": leg.caller_name,
        "session_start": forms.moment(leg.exchange, leg.started_us),
    }


def _record(exchange, uuid: str) -> dict:
    request_uuid, from_, to, direction, state, hangup = exchange.ended_legs[uuid]
    return {
        "call_uuid": uuid,
        "request_uuid": request_uuid,
        "call_state": state,
        "call_direction": direction,
        "from_number": from_,
        "to_number": to,
        "initiation_time": hangup["StartTime"],
        "answer_time": hangup["AnswerTime"] or None,
        "end_time": hangup["EndTime"],
        "call_duration": int(hangup["Duration"]),
        "bill_duration": int(hangup["BillDuration"]),
        "total_amount": hangup["TotalCost"],
        "hangup_cause_code": int(hangup["HangupCauseCode"]),
        "hangup_cause_name": hangup["HangupCauseName"],
        "hangup_source": hangup["HangupSource"],
        "resource_uri": f"/v1/Account/{exchange.auth_id}/Call/{uuid}/",
    }


def _live(exchange, uuid: str):
    leg = exchange.legs.get(uuid)
    if leg is None:
        raise Refusal(404, "call not found")
    return leg


def _talking(exchange, uuid: str):
    """A live call that can be told to do something: an outbound one must have been answered."""
    leg = _live(exchange, uuid)
    if leg.answered_us is None and leg.direction == "outbound":
        raise Refusal(404, "call is not in progress")
    return leg


def transfer(exchange, uuid: str, given: dict):
    """POST Call/{id}/: run another document. Calls here have one leg, the A leg."""
    leg = _talking(exchange, uuid)
    legs = given.get("legs") or "aleg"
    if legs not in ("aleg", "bleg", "both"):
        raise Refusal(400, "legs is aleg, bleg or both")
    if legs == "bleg":
        raise Refusal(404, "this call has no B leg")
    _require(given, "aleg_url")
    url, method = _url(given, "aleg_url"), _method(given, "aleg_method")
    interpreter.transfer(leg, url, method)
    return 202, {"message": "call transferred", "call_uuids": [uuid]}


def hang_up(exchange, uuid: str, given: dict):
    """DELETE Call/{id}/, also while it rings (1000 then)."""
    leg = _live(exchange, uuid)
    calls.end(leg, 1000 if leg.answered_us is None else 4000, "API Request")
    return 204, None


def cancel(exchange, request_uuid: str, given: dict):
    """DELETE Request/{id}/: all legs of one request."""
    legs = [leg for leg in exchange.legs.values() if leg.request_uuid == request_uuid]
    if not legs:
        raise Refusal(404, "request not found")
    for leg in legs:
        hang_up(exchange, leg.uuid, given)
    return 204, None


def record(exchange, uuid: str, given: dict):
    """POST Call/{id}/Record/: `time_limit` seconds (default 60) beside whatever the call does."""
    leg = _talking(exchange, uuid)
    url, method = _url(given, "callback_url"), _method(given, "callback_method")
    file_format = given.get("file_format") or "mp3"
    if file_format not in ("mp3", "wav"):
        raise Refusal(400, "file_format is mp3 or wav")
    api_id = exchange.new_uuid()

    def ready(tape):
        if url:
            exchange.postman.notify("record", url, method, tape.api_form(api_id, uuid))

    tape = verbs.start_tape(leg, file_format, _number(given, "time_limit", 60), ready)
    return 202, {"api_id": api_id, "message": "call recording started", "recording_id": tape.uuid, "url": tape.url}


def stop_record(exchange, uuid: str, given: dict):
    for tape in _talking(exchange, uuid).tapes or ():
        tape.stop()
    return 204, None


def play(exchange, uuid: str, given: dict):
    _talking(exchange, uuid)
    _require(given, "urls")
    return 202, {"message": "play started"}


def speak(exchange, uuid: str, given: dict):
    _talking(exchange, uuid)
    _require(given, "text")
    return 202, {"message": "speak started"}


def send_digits(exchange, uuid: str, given: dict):
    _talking(exchange, uuid)
    _require(given, "digits")
    return 202, {"message": "digits sent"}


def stop_sound(exchange, uuid: str, given: dict):
    _talking(exchange, uuid)
    return 204, None


ROUTES = {
    "Call": {"POST": create, "GET": list_all},
    "Call/*": {"GET": get, "POST": transfer, "DELETE": hang_up},
    "Call/*/Record": {"POST": record, "DELETE": stop_record},
    "Call/*/Play": {"POST": play, "DELETE": stop_sound},
    "Call/*/Speak": {"POST": speak, "DELETE": stop_sound},
    "Call/*/DTMF": {"POST": send_digits},
    "Request/*": {"DELETE": cancel},
}
