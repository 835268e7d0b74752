"""What a caller is to hear and do next, as plain values. `telephony.xml` words them for the carrier.

Seconds are whole seconds. URLs are absolute and are knocked at with POST.
"""

from dataclasses import dataclass

# The carrier's language and voice for each language we speak. Both voices exist in both; one voice all day is calmer.
VOICES = {"en": ("en-US", "WOMAN"), "es": ("es-US", "WOMAN")}


@dataclass(frozen=True, slots=True)
class Say:
    """Speaks `text`. A language we have no voice for is spoken in English: a wrong accent beats silence."""

    text: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Play:
    """Plays the audio file at `url`, `loop` times; 0 is for ever."""

    url: str
    loop: int = 1


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence. Seconds, at least 1."""

    seconds: int

    def __post_init__(self) -> None:
        if self.seconds < 1:
            raise ValueError("a pause lasts at least 1 s")


@dataclass(frozen=True, slots=True)
class Gather:
    """Plays `prompts` (Say, Play, Pause) until keys are pressed, then knocks at `action` with them.

    `max_digits` 1 to 32. `timeout_s` 5 to 60, counted from the end of the prompts. `finish_on` ends the input early and
    is not part of it; "" for no such key. `private` keeps the digits out of the carrier's logs. When nothing is pressed
    the verb below runs, and `action` may be knocked at with no digits as well: both must lead to the same place.
    """

    prompts: tuple
    action: str
    max_digits: int = 1
    timeout_s: int = 5
    finish_on: str = "#"
    private: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.max_digits <= 32:
            raise ValueError("the carrier collects 1 to 32 digits")
        if not 5 <= self.timeout_s <= 60:
            raise ValueError("the carrier waits 5 to 60 s for digits")


@dataclass(frozen=True, slots=True)
class Redirect:
    """Goes on with what `url` says; nothing below it runs."""

    url: str


@dataclass(frozen=True, slots=True)
class Record:
    """Records the caller after a beep, at most `max_seconds`.

    `action` is knocked at when the recording is over and says what comes next, `callback` when the file is there.
    """

    action: str
    callback: str
    max_seconds: int = 180
    finish_on: str = "#"


@dataclass(frozen=True, slots=True)
class Dial:
    """Calls `number` (E.164) and lets the two talk, until either hangs up; `action` then says what comes next.

    `caller_id`: one of our numbers. `timeout_s`: how long it may ring.
    """

    number: str
    caller_id: str
    action: str
    timeout_s: int = 30


@dataclass(frozen=True, slots=True)
class Join:
    """Puts the caller into the multi-party call named `room`, silently. It is opened if it is not live.

    `role`: "agent", "customer" or "supervisor". `end_on_exit`: the room ends when this member leaves. `stay_alone`: the
    room may live with this member only. `room_url` hears who enters and leaves; `exit_url` says what comes next for
    this member after the room.
    """

    room: str
    role: str
    end_on_exit: bool = False
    stay_alone: bool = False
    room_url: str = ""
    exit_url: str = ""


@dataclass(frozen=True, slots=True)
class HangUp:
    """Ends the call. `reason` "rejected" or "busy" before it was picked up, else ""."""

    reason: str = ""


Verb = Say | Play | Pause | Gather | Redirect | Record | Dial | Join | HangUp
