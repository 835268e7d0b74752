"""On which terms somebody joins a multi-party call, read from an XML element or from a REST body."""

import re

from exchange.errors import Refusal
from exchange.values import anything, key, like, method, one_of, or_else, truth, url
from exchange.vocabulary import ATTRIBUTES

_DEFAULTS = {
    "role": "",
    "mute": False,
    "hold": False,
    "coach_mode": True,
    "stay_alone": False,
    "start_mpc_on_enter": True,
    "end_mpc_on_exit": False,
    "max_duration": 14_400,
    "max_participants": 10,
    "record": False,
    "record_file_format": "mp3",
    "record_min_member_count": 1,
    "recording_callback_url": "",
    "recording_callback_method": "POST",
    "status_callback_url": "",
    "status_callback_method": "POST",
    "status_callback_events": frozenset(("mpc-state-changes", "participant-state-changes")),
    "on_exit_action_url": "",
    "on_exit_action_method": "POST",
    "call_status_callback_url": "",
    "call_status_callback_method": "POST",
    "confirm_key": "",
    "confirm_key_sound_url": "",
    "confirm_key_sound_method": "GET",
    "caller_name": "",
}

_numbers = like(r"\d+(<\d+)*", "seconds, or a list of seconds with < between")

# What add_participant takes and an XML element does not know.
_REST_ONLY = {
    "call_status_callback_url": url,
    "call_status_callback_method": method,
    "confirm_key": key,
    "confirm_key_sound_url": url,
    "confirm_key_sound_method": method,
    "dial_music": or_else(one_of("real", "none"), url),
    "ring_timeout": _numbers,
    "delay_dial": _numbers,
    "caller_name": like(r".{1,50}", "1 to 50 characters"),
    "create_mpc_with_single_participant": truth,
    "send_digits": anything,
    "send_on_preanswer": truth,
}


def snake(camel: str) -> str:
    """`relayDTMFInputs` -> `relay_dtmf_inputs`, as the REST interface spells the same option."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", camel).lower()


_OF_ELEMENT = {camel: snake(camel) for camel in ATTRIBUTES["MultiPartyCall"]}
_OF_BODY = {snake(camel): reader for camel, reader in ATTRIBUTES["MultiPartyCall"].items()} | _REST_ONLY


class Terms:
    """The options of one member that change what happens; those that are only sound are checked and let go."""

    __slots__ = tuple(_DEFAULTS)

    def __init__(self, given: dict):
        for name, default in _DEFAULTS.items():
            setattr(self, name, given.get(name, default))

    @classmethod
    def of_element(cls, element) -> "Terms":
        return cls({_OF_ELEMENT[name]: value for name, value in element.attributes.items()})

    @classmethod
    def of_body(cls, body: dict) -> "Terms":
        """Refusal(400) names the first option with a bad value."""
        return cls(read_body(body))


def read_body(body: dict) -> dict:
    """The known options of a REST body, read and checked. Names that nobody knows are ignored, as the carrier does."""
    found = {}
    for name, value in body.items():
        reader = _OF_BODY.get(name)
        if reader is None or value is None:
            continue
        try:
            found[name] = reader(str(value).lower() if isinstance(value, bool) else str(value))
        except ValueError as error:
            raise Refusal(400, f"{name}={value!r}: {error}") from error
    if not found.get("role"):
        raise Refusal(400, "role is required")
    return found


def seconds_per_leg(body: dict, name: str, count: int, default: int) -> list[int]:
    """`'20<30'` or 20 for `count` destinations; Refusal(400) when there are more values than destinations."""
    values = [int(part) for part in str(body.get(name) or default).split("<")]
    if len(values) > count:
        raise Refusal(400, f"{name} has more values than there are destinations")
    return values + [values[-1]] * (count - len(values))
