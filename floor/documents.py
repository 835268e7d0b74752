"""What the carrier is told to do with a caller in line. Reads only."""

from django.conf import settings

from floor import waiting
from floor.dispatch import may_call_back
from floor.models import Callback, Entry
from floor.words import say
from telephony.addresses import address
from telephony.verbs import Gather, HangUp, Play, Redirect, Say

KEY_TIMEOUT_S = 5  # after the music: the last chance to press a key in this round


def wait(entry: Entry) -> list:
    """One round of the wait loop: the place, music, a way out, and around again."""
    again = Redirect(address("wait", entry.pk))
    music = Play(settings.HOLD_MUSIC_URL)
    if entry.state == Entry.State.DONE:
        return [Say(say("over", entry.language), entry.language), HangUp()]
    if entry.state == Entry.State.CALLBACK:
        return promised(entry)
    if entry.state != Entry.State.WAITING:
        return [Say(say("connecting", entry.language), entry.language), music, again]
    place = Say(_place(entry), entry.language)
    if not may_call_back(entry):
        return [place, music, again]
    offer = Say(say("offer", entry.language), entry.language)
    return [Gather((place, offer, music), action=again.url, max_digits=1, timeout_s=KEY_TIMEOUT_S), again]


def promised(entry: Entry) -> list:
    """The place is kept; the caller may go."""
    return [Say(say("promised", entry.language), entry.language), HangUp()]


def callback_greeting(callback: Callback) -> list:
    """To whoever picked up: only a person presses 1."""
    language = callback.entry.language
    key = address("callback-key", callback.token)
    words = "callback_missed" if callback.kind == Callback.Kind.MISSED else "callback"
    return [Gather((Say(say(words, language), language),), action=key, max_digits=1, timeout_s=10), HangUp()]


def prompt(entry: Entry) -> list:
    """To an operator on an ordinary phone: what it is about and how to take it; once more as a Spanish caller speaks.

    Only sentences, as the carrier wants it here.
    """
    languages = dict.fromkeys(("en", entry.language))
    return [Say(say("prompt", language, queue=_queue_name(entry, language)), language) for language in languages]


def goodbye(name: str, language: str) -> list:
    """One sentence, and the line goes down."""
    return [Say(say(name, language), language), HangUp()]


def _queue_name(entry: Entry, language: str) -> str:
    return language == "es" and entry.queue.name_es or entry.queue.name


def _place(entry: Entry) -> str:
    ahead = waiting.ahead(entry)
    return say("place", entry.language, place=ahead + 1) if ahead else say("next", entry.language)
