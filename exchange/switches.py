"""What nobody documents about the carrier, as switches: code that must live with a question lives with both answers.

Numbers are those of the open questions in the carrier's contract (section 11). No switch yet for question 1 (which SIP
address rings a browser that logged in by token: there are no browsers here), 8 (Russian speech input), 9 (wait music
is accepted and not played), 10 (transcriptions; the REST record callback has one known body) and 12 (`status` is taken
both as text and as list): what is built does not speak of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

_ALLOWED = {
    "input_timeout": ("fall_through", "empty_action"),
    "hangup_mid_input": ("silent", "action_post"),
    "interrupted_input": ("silent", "action_post"),
    "join_order": ("room_first", "join_first"),
    "room_end_cancels_ringing": (True, False),
    "leg_words": ("full", "bare"),
    "redirect_limit": (None, 500),
    "room_signature": ("v3", "v2"),
    "retry_nonce": ("new", "same"),
    "room_retries": (0, 1),
}


@dataclass(frozen=True)
class Switches:
    """One field per open question; the first allowed value is the default. ValueError for any other value.

    input_timeout (Q5): nothing was entered: `fall_through` to the next element, or `empty_action` is posted first.
    hangup_mid_input (Q5): the caller hangs up mid-input or mid-Record: `silent`, or a last `action_post` arrives.
    interrupted_input (Q2): add_participant takes a caller out of a GetInput: `silent`, or the pending `action_post`
        arrives as well; its XML is discarded.
    join_order (Q4): `room_first` (MPCInitialized, MPCStart, ParticipantJoin) or `join_first` (ParticipantJoin first).
    room_end_cancels_ringing (Q4): True: legs still ringing for a room die with it. False: they ring on, and end (4020)
        when somebody picks up.
    leg_words (Q3): `full` common parameters in call_status_callback and AddParticipantAPIRequestOutcome in the events,
        or `bare`: CallUUID, CallStatus, From, To, and no outcome.
    redirect_limit (Q6): None, or 500 documents by Redirect in one call; over it "Loop Detected".
    room_signature (Q7): MPC callbacks carry V2 and `v3` headers, or only `v2`.
    retry_nonce (Q7): a retried webhook is signed with a `new` nonce or the `same`.
    room_retries (Q11): how often an MPC status callback that got a 5xx is posted again, 0 or 1.
    """

    input_timeout: str = "fall_through"
    hangup_mid_input: str = "silent"
    interrupted_input: str = "silent"
    join_order: str = "room_first"
    room_end_cancels_ringing: bool = True
    leg_words: str = "full"
    redirect_limit: int | None = None
    room_signature: str = "v3"
    retry_nonce: str = "new"
    room_retries: int = 0

    def __post_init__(self):
        for name, allowed in _ALLOWED.items():
            value = getattr(self, name)
            if not any(value is one or (type(value) is type(one) and value == one) for one in allowed):
                raise ValueError(f"{name} is {value!r}; allowed: {allowed}")

    @classmethod
    def variants(cls) -> Iterator[tuple[str, "Switches"]]:
        """("default", all defaults), then each single alternative as ("name=value", switches), for tests."""
        default = cls()
        yield "default", default
        for field in fields(cls):
            for value in _ALLOWED[field.name][1:]:
                yield f"{field.name}={value}", replace(default, **{field.name: value})
