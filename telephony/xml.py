"""Words verbs as the carrier's XML, by the SDK's own element classes.

The classes, not the SDK's `add_...` helpers: `add_multi_party_call` sends callbacks by GET, whose query the signature
check of anything but ASCII breaks on.
"""

import re
from collections.abc import Sequence

from django.http import HttpResponse
from plivo import plivoxml

from telephony.verbs import VOICES, Dial, Gather, HangUp, Join, Pause, Play, Record, Redirect, Say, Verb

_EMPTY = "<Response></Response>"
# XML 1.0 cannot carry these at all, not even escaped; a name pasted from a spreadsheet may hold one.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def respond(verbs: Sequence[Verb] | None) -> HttpResponse:
    """`verbs` as the answer to a webhook."""
    return HttpResponse(render(verbs), content_type="application/xml")


def render(verbs: Sequence[Verb] | None) -> str:
    """One document. No verbs, or None, is an empty one: it hangs up a caller, and is all that a notification asks for.

    Speech without a word in it is left out, since the carrier documents no effect of it. TypeError for anything that
    is not a verb, the SDK's PlivoXMLError for one that the verb around it cannot hold.
    """
    if not verbs:
        return _EMPTY
    response = plivoxml.ResponseElement()
    _fill(response, verbs)
    return response.to_string(pretty=False)


def _fill(parent: plivoxml.PlivoXMLElement, verbs: Sequence[Verb]) -> None:
    for verb in verbs:
        build = _BUILDERS.get(type(verb))
        if build is None:
            raise TypeError(f"{type(verb).__name__} is no verb")
        element = build(verb)
        if element is not None:
            parent.add(element)


def _say(verb: Say) -> plivoxml.SpeakElement | None:
    text = _ILLEGAL.sub("", verb.text)
    if not text.strip():
        return None
    language, voice = VOICES.get(verb.language) or VOICES["en"]
    return plivoxml.SpeakElement(text, voice=voice, language=language)


def _play(verb: Play) -> plivoxml.PlayElement:
    return plivoxml.PlayElement(verb.url, loop=verb.loop)


def _pause(verb: Pause) -> plivoxml.WaitElement:
    return plivoxml.WaitElement(length=verb.seconds)


def _gather(verb: Gather) -> plivoxml.GetInputElement:
    element = plivoxml.GetInputElement(
        action=verb.action,
        method="POST",
        input_type="dtmf",
        execution_timeout=verb.timeout_s,
        finish_on_key=verb.finish_on or "none",
        num_digits=verb.max_digits,
        log=not verb.private,
    )
    _fill(element, verb.prompts)
    return element


def _redirect(verb: Redirect) -> plivoxml.RedirectElement:
    return plivoxml.RedirectElement(verb.url, method="POST")


def _record(verb: Record) -> plivoxml.RecordElement:
    return plivoxml.RecordElement(
        action=verb.action,
        method="POST",
        callback_url=verb.callback,
        callback_method="POST",
        max_length=verb.max_seconds,
        finish_on_key=verb.finish_on or "none",
        play_beep=True,
    )


def _dial(verb: Dial) -> plivoxml.DialElement:
    element = plivoxml.DialElement(
        action=verb.action, method="POST", timeout=verb.timeout_s, caller_id=verb.caller_id or None
    )
    return element.add(plivoxml.NumberElement(verb.number))


# A method is sent even for addresses we leave out, and the SDK's own default for them is GET.
_BY_POST = {
    f"{name}_method": "POST"
    for name in (
        "wait_music",
        "agent_hold_music",
        "customer_hold_music",
        "recording_callback",
        "status_callback",
        "enter_sound",
        "exit_sound",
        "on_exit_action",
        "start_recording_audio",
        "stop_recording_audio",
    )
}


def _join(verb: Join) -> plivoxml.MultiPartyCallElement:
    return plivoxml.MultiPartyCallElement(
        verb.room,
        verb.role,
        end_mpc_on_exit=verb.end_on_exit,
        stay_alone=verb.stay_alone,
        status_callback_url=verb.room_url or None,
        status_callback_events="participant-state-changes",
        on_exit_action_url=verb.exit_url or None,
        enter_sound="none",
        exit_sound="none",
        **_BY_POST,
    )


def _hang_up(verb: HangUp) -> plivoxml.HangupElement:
    return plivoxml.HangupElement(reason=verb.reason or None)


_BUILDERS = {
    Say: _say,
    Play: _play,
    Pause: _pause,
    Gather: _gather,
    Redirect: _redirect,
    Record: _record,
    Dial: _dial,
    Join: _join,
    HangUp: _hang_up,
}
