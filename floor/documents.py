"""What the carrier is told to do with a caller in line. Reads only."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from core import clock
from crm import recordings
from floor import callbacks, outlook, spoken, waiting
from floor.dispatch import may_call_back, may_text
from floor.models import Callback, Entry, Queue
from floor.promising import Span
from floor.words import say
from telephony.addresses import address
from telephony.verbs import Dial, Gather, HangUp, Play, Record, Redirect, Say

NUMBER_TIMEOUT_S = 8  # to press 1, or to begin typing: people over 75 look for the key
KEY_TIMEOUT_S = 5  # after the music: the last chance to press a key in this round
VOICEMAIL_S = 180


def wait(entry: Entry) -> list:
    """One round of the wait loop: the place, the time, something kind, music, a way out, and around again."""
    again = Redirect(address("wait", entry.pk))
    music = Play(entry.queue.music_url or settings.HOLD_MUSIC_URL)
    if entry.state == Entry.State.DONE:
        return _ways_out(entry)
    if entry.state == Entry.State.CALLBACK:
        return promised(entry, at=clock.now())
    if entry.state != Entry.State.WAITING:
        return [Say(say("connecting", entry.language), entry.language), music, again]
    if entry.closing:
        return _closing(entry)
    windowed = entry.queue.callback_mode == Queue.CallbackMode.WINDOWED
    texts = [Say(text, entry.language) for text in (_place(entry), _time(entry), _comfort(entry)) if text]
    may = (("offer_window" if windowed else "offer", may_call_back), ("offer_text", may_text))
    keys = [name for name, may_they in may if may_they(entry)]
    if not keys:
        return [*texts, music, again]
    offers = [Say(say(name, entry.language), entry.language) for name in keys]
    return [Gather((*texts, *offers, music), action=again.url, max_digits=1, timeout_s=KEY_TIMEOUT_S), again]


def after_the_room(entry: Entry) -> list:
    """To a caller who was in a conversation: the wait loop if they are in line again, else nothing is left to say."""
    return [HangUp()] if entry.state == Entry.State.DONE else wait(entry)


def hold(entry: Entry) -> list:
    """To a caller on hold; the carrier plays it again and again."""
    return [Say(say("hold", entry.language), entry.language), Play(settings.HOLD_MUSIC_URL)]


def listening_prompt(entry: Entry) -> list:
    """To a supervisor on an ordinary phone. Only a sentence, as the carrier wants it here."""
    return [Say(say("listen", "en", queue=_queue_name(entry, "en")), "en")]


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
    name = "promised_opening" if entry.closing else "promised"
    return [Say(say(name, entry.language, **facts), entry.language), HangUp()]


def text_on_its_way(entry: Entry) -> list:
    """The link was asked for; the wait goes on."""
    return [Say(say("text_sent", entry.language), entry.language), *wait(entry)]


def _ways_out(entry: Entry) -> list:
    """What whoever does not wait any more hears; again the same, should the carrier ask again."""
    language = entry.language
    said = [Say(entry.sent_text or say(_SAID.get(entry.sent_to, "over"), language), language)]
    if entry.sent_to == Entry.SentTo.TRANSFER:
        after = address("transferred", entry.pk)
        return [*said, Dial(entry.sent_number, caller_id=entry.call.to_number, action=after), Redirect(after)]
    recording = recordings.of(entry.call_id) if entry.sent_to == Entry.SentTo.VOICEMAIL else None
    if recording is not None:
        done = address("voicemail", recording.token)
        tape = Record(action=done, callback=address("voicemail-file", recording.token), max_seconds=VOICEMAIL_S)
        return [*said, tape, Redirect(done)]
    return [*said, HangUp()]


_SAID = {
    Entry.SentTo.TRANSFER: "transfer",
    Entry.SentTo.VOICEMAIL: "voicemail",
    Entry.SentTo.MESSAGE: "full",
    Entry.SentTo.CLOSED: "closed",
}


def _closing(entry: Entry) -> list:
    """It is closing time: a call-back at the next opening, or goodbye."""
    key = address("closing", entry.pk)
    offer = Say(say("closed_offer", entry.language), entry.language)
    return [Gather((offer,), action=key, max_digits=1, timeout_s=10), Redirect(key)]


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
    place = waiting.standing(entry, at=clock.now()).place
    return say("place", entry.language, place=place) if place > 1 else say("next", entry.language)


def _time(entry: Entry) -> str:
    """How long it will take, or nothing."""
    if entry.tells is None:
        return ""
    low, high = entry.tells.low_s // 60, entry.tells.high_s // 60
    if high == 1:
        return say("wait_minute", entry.language)
    return say("wait_about" if low == high else "wait_range", entry.language, low=low, high=high)


def _comfort(entry: Entry) -> str:
    """One of the queue's messages, in turn, from the second round on."""
    messages = outlook.set_up(entry.agency_id, clock.now()).comfort.get(entry.queue_id)
    if not messages or not entry.rounds:
        return ""
    message = messages[(entry.rounds - 1) % len(messages)]
    return (entry.language == "es" and message.text_es) or message.text
