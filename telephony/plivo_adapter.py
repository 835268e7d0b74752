"""The carrier by the official SDK. Not called plivo.py, which would read like the SDK itself.

What the SDK would do and must not: send a voice request up to three times (a POST that dials included), follow
redirects, let callbacks come by GET, play a beep to a caller whenever somebody enters. What it would not tell: the
status of an answer, which a hook of the session notes instead.

Of the 0.3 to 0.5 ms a request costs here, some 0.1 is `requests` preparing it; the rest is the SDK inspecting its own
function signatures, worst for the sixty arguments of add_participant. All of it is below what the wire takes.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlsplit

import plivo
import requests
from django.core.exceptions import ImproperlyConfigured
from plivo.exceptions import PlivoRestError
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.exceptions import HTTPError, NewConnectionError

from telephony.carrier import CarrierError

_API = "https://api.plivo.com"
_CONNECT_S = 2.0  # a connection that takes longer will not come
_CONFIRM_KEY = "1"
_MEDIA = ".plivo.com"
_MOST_SOUND = 20_000_000  # bytes
_SILENT = {"enter_sound": "none", "exit_sound": "none"}

_stand_in: BaseAdapter | None = None


@contextmanager
def use_adapter(adapter: BaseAdapter) -> Iterator[None]:
    """Sends every request of this process to `adapter`, a `requests` transport, instead of the network.

    For drills and tests, where an exchange in the same process stands in for the carrier. The request keeps the
    carrier's own URL. Not for production: it holds for all threads. May be nested.
    """
    global _stand_in
    before, _stand_in = _stand_in, adapter
    try:
        yield
    finally:
        _stand_in = before


class PlivoCarrier:
    """A `telephony.carrier.Carrier`. For one thread."""

    def __init__(self, auth_id: str, auth_token: str, *, api_base: str = _API, timeout_s: float = 5.0) -> None:
        """`timeout_s`: how long to wait for an answer. ImproperlyConfigured without an account that can be one."""
        if not auth_id or not auth_token:  # the SDK would look for them in the environment
            raise ImproperlyConfigured("PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN are needed to reach the carrier")
        try:
            self._client = _SingleAttempt(auth_id, auth_token, timeout=(min(_CONNECT_S, timeout_s), timeout_s))
        except PlivoRestError as error:
            raise ImproperlyConfigured("PLIVO_AUTH_ID is MA or SA and 18 more letters") from error
        self._client.session.mount(_API, _Wire(api_base))
        self._client.session.hooks["response"].append(self._note_status)
        self._status: int | None = None
        self._auth, self._timeout = (auth_id, auth_token), (min(_CONNECT_S, timeout_s), timeout_s)

    def ring(
        self,
        *,
        room: str,
        to: str,
        from_: str,
        ring_timeout_s: int,
        leg_url: str,
        room_url: str,
        prompt_url: str = "",
    ) -> str:
        answer = self._add(
            role="agent",
            friendly_name=_in_path(room),
            to_=to,
            from_=from_,
            ring_timeout=ring_timeout_s,
            call_status_callback_url=leg_url,
            status_callback_url=room_url,
            stay_alone=True,  # or the room ends before the caller is moved in
            end_mpc_on_exit=False,
            confirm_key=_CONFIRM_KEY if prompt_url else None,
            confirm_key_sound_url=prompt_url or None,
        )
        return _leg(answer)

    def invite(
        self,
        *,
        role: str,
        room_uuid: str,
        to: str,
        from_: str,
        ring_timeout_s: int,
        leg_url: str,
        room_url: str,
        prompt_url: str = "",
    ) -> str:
        listens = role == "supervisor"
        answer = self._add(
            role=role,
            uuid=_in_path(room_uuid),
            to_=to,
            from_=from_,
            ring_timeout=ring_timeout_s,
            call_status_callback_url=leg_url,
            status_callback_url=room_url,
            stay_alone=False,
            start_mpc_on_enter=not listens,
            end_mpc_on_exit=False,
            mute=listens,
            coach_mode=listens,
            confirm_key=_CONFIRM_KEY if prompt_url else None,
            confirm_key_sound_url=prompt_url or None,
        )
        return _leg(answer)

    def bring_in(self, *, room_uuid: str, call_uuid: str, room_url: str, exit_url: str, hold_url: str) -> None:
        self._add(
            role="customer",
            uuid=_in_path(room_uuid),
            call_uuid=_some(call_uuid),
            status_callback_url=room_url,
            on_exit_action_url=exit_url,
            customer_hold_music_url=hold_url,
            stay_alone=False,
            end_mpc_on_exit=True,
        )

    def set_member(
        self,
        *,
        room_uuid: str,
        member_id: str,
        hold: bool | None = None,
        mute: bool | None = None,
        coach: bool | None = None,
    ) -> None:
        self._ask(
            self._client.multi_party_calls.update_participant,
            _in_path(member_id),
            uuid=_in_path(room_uuid),
            hold=hold,
            mute=mute,
            coach_mode=coach,
        )

    def member(self, *, room_uuid: str, call_uuid: str) -> str:
        found = (one for one in self._present(room_uuid) if str(getattr(one, "call_uuid", "")) == _some(call_uuid))
        return str(getattr(next(found, None), "member_id", ""))

    def send(self, *, call_uuid: str, url: str) -> None:
        self._ask(self._client.calls.transfer, _in_path(call_uuid), legs="aleg", aleg_url=url, aleg_method="POST")

    def dial(
        self, *, to: str, from_: str, answer_url: str, hangup_url: str, machine_url: str, ring_timeout_s: int
    ) -> str:
        answer = self._ask(
            self._client.calls.create,
            from_=from_,
            to_=to,
            answer_url=answer_url,
            hangup_url=hangup_url,
            machine_detection="true",  # listen while the call goes on; "hangup" would cut people off as well
            machine_detection_url=machine_url,
            ring_timeout=ring_timeout_s,
        )
        return _leg(answer)

    def hang_up(self, call_uuid: str) -> None:
        self._end(self._client.calls.delete, _in_path(call_uuid))

    def is_live(self, call_uuid: str) -> bool:
        try:
            self._ask(self._client.live_calls.get, _in_path(call_uuid))
        except CarrierError as error:
            if error.gone:
                return False
            raise
        return True

    def live_to(self, number: str) -> list[str]:
        answer = self._ask(self._client.live_calls.list_ids, to_number=_some(number))
        found = getattr(answer, "calls", None)
        if not isinstance(found, list):
            raise CarrierError("an answer without a list of calls", retryable=True)
        return [str(call) for call in found]

    def members(self, room_uuid: str) -> list[str]:
        return [str(getattr(member, "call_uuid", "")) for member in self._present(room_uuid)]

    def _present(self, room_uuid: str) -> list:
        answer = self._ask(self._client.multi_party_calls.list_participants, uuid=_in_path(room_uuid))
        found = getattr(answer, "objects", None)
        if not isinstance(found, list):
            raise CarrierError("an answer without a list of members", retryable=True)
        return [member for member in found if not getattr(member, "exit_time", None)]

    def recording(self, url: str) -> bytes:
        host = urlsplit(url)
        if host.scheme != "https" or not (host.hostname or "").endswith(_MEDIA):
            raise CarrierError("a recording that is not at the carrier's")
        try:
            answer = requests.get(url, auth=self._auth, timeout=self._timeout, allow_redirects=False, stream=True)
            sound = answer.raw.read(_MOST_SOUND + 1, decode_content=True)
        except (requests.RequestException, HTTPError) as error:
            raise CarrierError(type(error).__name__, retryable=True) from None
        if answer.status_code != 200 or not sound or len(sound) > _MOST_SOUND:
            raise CarrierError(f"status {answer.status_code}, {len(sound)} bytes", gone=answer.status_code == 404)
        return sound

    def send_text(self, *, to: str, from_: str, text: str, status_url: str) -> str:
        answer = self._ask(
            self._client.messages.create,
            src=_some(from_),
            dst=_some(to),
            text=_some(text),
            url=status_url,
            method="POST",
            log="false",
        )
        found = getattr(answer, "message_uuid", None)
        if isinstance(found, list):
            found = found[0] if found else None
        if not found or not isinstance(found, str):
            raise CarrierError("an answer without the id of the message", retryable=True, ambiguous=True)
        return found

    def _add(self, *, start_mpc_on_enter: bool = True, **options) -> Any:
        """add_participant with the defaults that bite set right, addresses we leave out included."""
        return self._ask(
            self._client.multi_party_calls.add_participant,
            start_mpc_on_enter=start_mpc_on_enter,
            status_callback_events="participant-state-changes",
            **_SILENT,
            **_BY_POST,
            **options,
        )

    def _end(self, request: Callable, *args, **kwargs) -> None:
        try:
            self._ask(request, *args, **kwargs)
        except CarrierError as error:
            if not error.gone:
                raise

    def _ask(self, request: Callable, *args, **kwargs) -> Any:
        """One request on the wire; whatever goes wrong with it is a CarrierError."""
        self._status = None
        try:
            return request(*args, **kwargs)
        except requests.RequestException as error:
            raise _of_network(error) from None
        except PlivoRestError as error:
            raise _of_status(self._status, str(error)) from None
        except (TypeError, AttributeError, KeyError, ValueError):
            if self._status is None:
                raise  # a mistake of ours, not the carrier's
            # The SDK trips over a body that is JSON but not an object.
            raise _of_status(self._status, "an answer that cannot be read") from None

    def _note_status(self, response: requests.Response, *args, **kwargs) -> None:
        self._status = response.status_code


_BY_POST = {
    f"{name}_method": "POST"
    for name in (
        "call_status_callback",
        "confirm_key_sound",
        "wait_music",
        "agent_hold_music",
        "customer_hold_music",
        "recording_callback",
        "status_callback",
        "on_exit_action",
        "enter_sound",
        "exit_sound",
        "start_recording_audio",
        "stop_recording_audio",
    )
}


class _SingleAttempt(plivo.RestClient):
    """The SDK's client, but what is asked is sent once."""

    def request(self, *args, is_voice_request: bool = False, **kwargs) -> Any:
        # That flag is what makes the SDK repeat a request after a 5xx (at the same host) and print its address, which
        # may hold a number. Without it the same request goes to the same place, once.
        return super().request(*args, **kwargs)

    def send_request(self, request: requests.PreparedRequest, **kwargs) -> requests.Response:
        # A redirected POST comes back as a GET, with our credentials on it.
        return super().send_request(request, allow_redirects=False, **kwargs)


class _Wire(HTTPAdapter):
    """Puts requests for the carrier on the wire to `base`, or hands them to the stand-in while there is one."""

    def __init__(self, base: str) -> None:
        self._base = base.rstrip("/")
        super().__init__(max_retries=0)

    def send(self, request: requests.PreparedRequest, *args, **kwargs) -> requests.Response:
        if _stand_in is not None:
            return _stand_in.send(request, *args, **kwargs)
        request.url = self._base + request.url.removeprefix(_API)
        return super().send(request, *args, **kwargs)


def _some(value: str) -> str:
    """`value`, which is not empty: that would turn "this call" into "all calls"."""
    if not value:
        raise CarrierError("asked about nothing: an id is empty")
    return value


def _in_path(value: str) -> str:
    return quote(_some(value), safe="")


def _leg(answer: Any) -> str:
    """The id of the one leg a request made: named in `calls` for a room, else the same as the request's own."""
    calls = getattr(answer, "calls", None)
    found = getattr(calls[0], "call_uuid", "") if isinstance(calls, list) and calls else ""
    found = found or getattr(answer, "request_uuid", "")
    if isinstance(found, list):
        found = found[0] if found else ""
    if not found or not isinstance(found, str):
        raise CarrierError("an answer without the id of the call", retryable=True, ambiguous=True)
    return found


def _of_status(status: int | None, said: str) -> CarrierError:
    if status is None:
        return CarrierError(f"refused before it was sent: {_without_numbers(said)}")
    doubtful = status < 300 or status >= 500
    return CarrierError(
        f"status {status}: {_without_numbers(said)}",
        retryable=doubtful or status == 429,
        gone=status == 404,
        ambiguous=doubtful,
    )


def _of_network(error: requests.RequestException) -> CarrierError:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    never_sent = isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)
    return CarrierError(type(error).__name__, retryable=True, ambiguous=not never_sent)


def _without_numbers(text: str) -> str:
    return re.sub(r"\d{7,}", "(number)", text)[:200]
