"""What the carrier is told to do with a caller in line. Reads only."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from core import clock
from floor import callbacks, spoken, waiting
from floor.dispatch import may_call_back
from floor.models import Callback, Entry, Queue
from floor.promising import Span
from floor.words import say
from telephony.addresses import address
from telephony.verbs import Gather, HangUp, Play, Redirect, Say

NUMBER_TIMEOUT_S = 8  # to press 1, or to begin typing: people over 75 look for the key
KEY_TIMEOUT_S = 5  # after the music: the last chance to press a key in this round


def wait(entry: Entry) -> list:
    """One round of the wait loop: the place, music, a way out, and around again."""
    again = Redirect(address("wait", entry.pk))
    music = Play(settings.HOLD_MUSIC_URL)
    if entry.state == Entry.State.DONE:
        return [Say(say("over", entry.language), entry.language), HangUp()]
    if entry.state == Entry.State.CALLBACK:
        return promised(entry, at=clock.now())
    if entry.state != Entry.State.WAITING:
        return [Say(say("connecting", entry.language), entry.language), music, again]
    place = Say(_place(entry), entry.language)
    if not may_call_back(entry):
        return [place, music, again]
    windowed = entry.queue.callback_mode == Queue.CallbackMode.WINDOWED
    offer = Say(say("offer_window" if windowed else "offer", entry.language), entry.language)
    return [Gather((place, offer, music), action=again.url, max_digits=1, timeout_s=KEY_TIMEOUT_S), again]


def arrived(entry: Entry) -> list:
    """The first round. Who was owed a call-back hears what became of it."""
    if entry.took_over_id is None:
        return wait(entry)
    return [Say(say("rang_again", entry.language), entry.language), *wait(entry)]


def confirm_number(entry: Entry, window: Span | None, *, at: datetime) -> list:
    """Where we would call, and when: a question. Silence means the number they ring from."""
    number = entry.chosen_number or entry.call.from_number
    facts = {"number": spoken.number(number)}
    if window:
        facts["window"] = _window(entry, *window, number=number, at=at)
    text = say("confirm_window" if window else "confirm", entry.language, **facts)
    return _question(entry, text, "number-ok", digits=1)


def ask_number(entry: Entry, *, again: bool = False) -> list:
    """Ten digits, please. They are kept out of the carrier's logs."""
    return _question(entry, say("which_again" if again else "which", entry.language), "number-typed", digits=10)


def stays(entry: Entry, why: str) -> list:
    """No call-back after all: a word, and on in line."""
    return [Say(say(why, entry.language), entry.language), *wait(entry)]


def promised(entry: Entry, *, at: datetime) -> list:
    """The place is kept; the caller may go."""
    promise = entry.promise
    if promise is None or promise.state != Callback.State.PENDING:
        return goodbye("merged" if promise is not None else "over", entry.language)
    facts = {"number": spoken.number(promise.number)}
    if promise.window_from and promise.window_until:
        times = (promise.window_from, promise.window_until)
        facts["window"] = _window(entry, *times, number=promise.number, at=at)
        return [Say(say("promised_window", entry.language, **facts), entry.language), HangUp()]
    return [Say(say("promised", entry.language, **facts), entry.language), HangUp()]


def callback_greeting(callback: Callback) -> list:
    """To whoever picked up: only a person presses 1."""
    language = callback.entry.language
    key, text = address("callback-key", callback.token), say(_GREETINGS.get(callback.kind, "callback"), language)
    return [Gather((Say(text, language),), action=key, max_digits=1, timeout_s=10), HangUp()]


_GREETINGS = {Callback.Kind.SET: "called", Callback.Kind.MISSED: "callback_missed"}


def prompt(entry: Entry) -> list:
    """To an operator on an ordinary phone: what it is about and how to take it; once more as a Spanish caller speaks.

    Only sentences, as the carrier wants it here.
    """
    languages = dict.fromkeys(("en", entry.language))
    return [Say(say("prompt", language, queue=_queue_name(entry, language)), language) for language in languages]


def goodbye(name: str, language: str) -> list:
    """One sentence, and the line goes down."""
    return [Say(say(name, language), language), HangUp()]


def _question(entry: Entry, text: str, door: str, *, digits: int) -> list:
    action = address(door, entry.pk, entry.number_step)
    prompts = (Say(text, entry.language),)
    return [Gather(prompts, action=action, max_digits=digits, timeout_s=NUMBER_TIMEOUT_S), Redirect(action)]


def _window(entry: Entry, start: datetime, end: datetime, *, number: str, at: datetime) -> str:
    """On the clock where the number is, if there is only one that it can be; else on the agency's."""
    zones = callbacks.zones_of(entry, number).split()
    zone = ZoneInfo(zones[0]) if len(zones) == 1 else entry.queue.agency.zone
    return spoken.window(start, end, zone=zone, at=at, language=entry.language)


def _queue_name(entry: Entry, language: str) -> str:
    return language == "es" and entry.queue.name_es or entry.queue.name


def _place(entry: Entry) -> str:
    ahead = waiting.ahead(entry)
    return say("place", entry.language, place=ahead + 1) if ahead else say("next", entry.language)
