"""What the carrier reads is what we meant."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from plivo.exceptions import PlivoXMLError

from telephony.verbs import Dial, Gather, HangUp, Join, Pause, Play, Record, Redirect, Say
from telephony.xml import render, respond

URL = "https://cc.example.com/carrier/wait/5/"


def only(verb):
    """The one element of a document, as (name, text, attributes)."""
    (element,) = etree.fromstring(render([verb]))
    return element.tag, element.text, dict(element.attrib)


def test_nothing_to_do_is_an_empty_document():
    assert render([]) == render(()) == "<Response></Response>"


def test_the_wait_loop_as_the_carrier_gets_it():
    say, play = Say("You are next.", "es"), Play("https://cc.example.com/hold.wav")
    assert render([Gather((say, play), action=URL), Redirect(URL)]) == (
        "<Response>"
        f'<GetInput action="{URL}" method="POST" inputType="dtmf" executionTimeout="5" finishOnKey="#" numDigits="1"'
        ' log="false">'
        '<Speak voice="WOMAN" language="es-US">You are next.</Speak>'
        '<Play loop="1">https://cc.example.com/hold.wav</Play>'
        "</GetInput>"
        f'<Redirect method="POST">{URL}</Redirect>'
        "</Response>"
    )


@pytest.mark.parametrize(
    ("verb", "element"),
    [
        (Say("Hi"), ("Speak", "Hi", {"voice": "WOMAN", "language": "en-US"})),
        (Say("Привет", "ru"), ("Speak", "Привет", {"voice": "WOMAN", "language": "en-US"})),
        (Play(URL, loop=0), ("Play", URL, {"loop": "0"})),
        (Pause(3), ("Wait", None, {"length": "3"})),
        (Redirect(URL), ("Redirect", URL, {"method": "POST"})),
        (HangUp(), ("Hangup", None, {})),
        (HangUp("busy"), ("Hangup", None, {"reason": "busy"})),
        (
            Record(URL, URL + "file/", max_seconds=90, finish_on=""),
            (
                "Record",
                None,
                {
                    "action": URL,
                    "method": "POST",
                    "callbackUrl": URL + "file/",
                    "callbackMethod": "POST",
                    "maxLength": "90",
                    "finishOnKey": "none",
                    "playBeep": "true",
                },
            ),
        ),
    ],
)
def test_one_element_a_verb(verb, element):
    assert only(verb) == element


def test_an_open_question():
    name, _, attributes = only(Gather((), action=URL, max_digits=5, timeout_s=8, finish_on="", private=False))
    assert name == "GetInput"
    assert (attributes["numDigits"], attributes["executionTimeout"]) == ("5", "8")
    assert (attributes["finishOnKey"], attributes["log"]) == ("none", "true")


def test_joining_a_room_makes_no_sound_and_calls_back_by_post():
    name, room, attributes = only(Join("conv-1", "customer", end_on_exit=True, room_url=URL, exit_url=URL + "exit/"))
    assert (name, room) == ("MultiPartyCall", "conv-1")
    assert {value for name, value in attributes.items() if name.endswith("Method")} == {"POST"}
    expected = {
        "role": "customer",
        "enterSound": "none",
        "exitSound": "none",
        "endMpcOnExit": "true",
        "stayAlone": "false",
        "statusCallbackUrl": URL,
        "statusCallbackEvents": "participant-state-changes",
        "onExitActionUrl": URL + "exit/",
    }
    assert expected.items() <= attributes.items()
    bare = only(Join("conv-1", "agent", stay_alone=True))[2]
    assert bare["stayAlone"] == "true"
    assert not {"statusCallbackUrl", "onExitActionUrl"} & set(bare)


@pytest.mark.parametrize("text", ["", "  \n", "\x00\x07", "\ufffe"])
def test_speech_without_a_word_is_left_out(text):
    assert render([Say(text), HangUp()]) == "<Response><Hangup/></Response>"


@pytest.mark.parametrize("said", ["</Speak><Hangup/>", "Fish & chips, <b>", "<cont>", "¿Señor Núñez?", "\"'", "]]>"])
def test_text_is_only_text(said):
    assert only(Say(said))[:2] == ("Speak", said)


def is_legal(letter):
    """XML 1.0, production 2 (Char)."""
    code = ord(letter)
    return code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=()) | st.sampled_from("&<>\x00\x0b\x1f\ud800\ufffe\uffffñ¿\r\n\t")))
def test_any_text_survives_the_way_to_the_carrier(text):
    legal = "".join(filter(is_legal, text))
    document = etree.fromstring(render([Say("x" + text)]).encode())
    assert document[0].text == "x" + legal


@pytest.mark.parametrize("wrong", [{"max_digits": 0}, {"max_digits": 33}, {"timeout_s": 4}, {"timeout_s": 61}])
def test_a_question_the_carrier_would_refuse_cannot_be_made(wrong):
    with pytest.raises(ValueError, match="carrier"):
        Gather((), action=URL, **wrong)


def test_a_pause_has_a_length():
    with pytest.raises(ValueError, match="1 s"):
        Pause(0)


def test_what_cannot_stand_somewhere_is_an_error_and_not_half_a_document():
    with pytest.raises(PlivoXMLError):
        render([Gather((HangUp(),), action=URL)])
    with pytest.raises(TypeError, match="str is no verb"):
        render(["Hello"])


def test_the_answer_to_a_webhook():
    response = respond([Say("¡Señor!", "es")])
    assert (response.status_code, response["Content-Type"]) == (200, "application/xml")
    assert etree.fromstring(response.content)[0].text == "¡Señor!"


def test_a_call_to_an_outside_number():
    document = render([Dial("+16015550199", caller_id="+16015550100", action="https://cc.example.com/after/")])
    assert "<Number>+16015550199</Number></Dial>" in document
    for part in ('action="https://cc.example.com/after/"', 'method="POST"', 'callerId="+16015550100"', 'timeout="30"'):
        assert part in document
