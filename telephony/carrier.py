"""What we ask of a telephone carrier, and the one kind of error it answers with."""

import threading
from typing import Protocol

from django.conf import settings


class CarrierError(Exception):
    """The carrier did not do what it was asked, or did not say so. The text holds no telephone number.

    `retryable`: the same request may go through a little later.
    `gone`: the call or the room is not live (404). Where a request names both, it does not say which.
    `ambiguous`: it may have been done all the same (a time-out after sending, a 5xx, an answer we cannot read). Ask
    what is live (`is_live`, `live_to`) before asking again: a second try may ring a second phone.
    """

    def __init__(self, message: str, *, retryable: bool = False, gone: bool = False, ambiguous: bool = False) -> None:
        super().__init__(message)
        self.retryable, self.gone, self.ambiguous = retryable, gone, ambiguous


class Carrier(Protocol):
    """Every method is one request on the wire, never repeated, and raises CarrierError.

    Numbers are E.164, or a SIP address for an operator's phone; times whole seconds; URLs absolute and knocked at by
    POST. An answer may come after the webhooks it causes: write down what is intended before asking.
    """

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
        """Rings an operator into the room named `room`, which is opened if it is not live; the id of the leg.

        The room lives with this member alone until the caller is brought in. `leg_url` hears how the leg fares,
        `room_url` who enters and leaves. `prompt_url`: a voice mailbox may pick up, so only a press of 1 counts;
        that address says so, in nothing but sentences, music and pauses.
        """

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
        """Rings one more phone into a live room; the id of the leg. CarrierError(gone) if the room is over.

        `role`: "agent", who talks with everybody; or "supervisor", who hears everything and is heard by nobody until
        `set_member` says otherwise. The addresses as for `ring`.
        """

    def bring_in(self, *, room_uuid: str, call_uuid: str, room_url: str, exit_url: str, hold_url: str) -> None:
        """Moves a live call into a live room as its customer; when this member leaves, the room ends.

        `exit_url` says what is next whenever the call is out of the room and goes on; it may be asked about a call
        that is over, too. `hold_url` says what is heard on hold, in nothing but sentences, music and pauses.
        """

    def set_member(
        self,
        *,
        room_uuid: str,
        member_id: str,
        hold: bool | None = None,
        mute: bool | None = None,
        coach: bool | None = None,
    ) -> None:
        """What is given is so afterwards, however often it is asked. CarrierError(gone) if the member has left.

        `hold`: hears music and is not heard; `mute`: is not heard; `coach`, of a supervisor: agents alone hear them.
        """

    def member(self, *, room_uuid: str, call_uuid: str) -> str:
        """The id this call has as a member of a live room, which `set_member` asks for; "" if it is not in."""

    def send(self, *, call_uuid: str, url: str) -> None:
        """Takes a live call out of whatever it is in: it goes on with the document at `url`."""

    def dial(
        self, *, to: str, from_: str, answer_url: str, hangup_url: str, machine_url: str, ring_timeout_s: int
    ) -> str:
        """Calls a customer; the id of the call. `machine_url` hears of an answering machine, while the call goes on."""

    def hang_up(self, call_uuid: str) -> None:
        """Ends a call, ringing or not. One that is over already is fine."""

    def is_live(self, call_uuid: str) -> bool:
        """Whether the call is up or ringing. One the carrier has not dialled yet (it queues them) is not."""

    def live_to(self, number: str) -> list[str]:
        """The ids of the calls (20 at most) that are up or ringing at `number`: did that ambiguous dial happen?

        As with `is_live`, a call still in the carrier's queue is not seen; leave it the seconds it may need.
        """

    def send_text(self, *, to: str, from_: str, text: str, status_url: str) -> str:
        """Sends a text message; its id. `status_url` hears how it fares. Its words are kept out of the carrier's logs.

        If the error is ambiguous it may have been sent, and cannot be looked for: do not send it again.
        """

    def members(self, room_uuid: str) -> list[str]:
        """The ids of the calls that are in a live room now; CarrierError(gone) if the room is over."""

    def recording(self, url: str) -> bytes:
        """The sound (MP3) at an address the carrier gave us, 20 MB at most. Nothing is asked of any other host."""


_local = threading.local()


def get_carrier() -> Carrier:
    """This thread's carrier: the SDK's session cannot be shared. ImproperlyConfigured without an account's settings."""
    wanted = settings.PLIVO_AUTH_ID, settings.PLIVO_AUTH_TOKEN, settings.PLIVO_API_BASE, settings.PLIVO_TIMEOUT_S
    if getattr(_local, "made_of", None) != wanted:
        _local.carrier = _make(*wanted)
        _local.made_of = wanted
    return _local.carrier


def _make(auth_id: str, auth_token: str, api_base: str, timeout_s: float) -> Carrier:
    # Late: it imports the error from here, and the SDK is slow to load.
    from telephony.plivo_adapter import PlivoCarrier

    return PlivoCarrier(auth_id, auth_token, api_base=api_base, timeout_s=timeout_s)
