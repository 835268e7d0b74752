"""Parties from JSON, prompt lengths, and the timeline they live on."""

import io
import wave

import pytest

from exchange import Timeline, behaviour, media
from tests.exchange.town import ANNA, APP, Town


def wav(seconds: float) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\0\0" * int(8000 * seconds))
    return written.getvalue()


def test_caller_answers_each_question_in_turn_and_loses_patience():
    page = f'<GetInput action="{APP}/a" numDigits="5"/><Wait length="300"/>'
    town = Town({"/answer": page, "/a": page})
    town.ring(behaviour.caller({"digits": ["1#", "60655"], "think_s": 2, "patience_s": 30}))
    town.run()
    assert [(at, form["Digits"]) for at, kind, _, form in town.seen if kind == "action"] == [(2.0, "1"), (4.0, "60655")]
    assert town.seen[-1][0] == 30.0


def test_patience_ends_where_the_talk_begins():
    town = Town({"/answer": f'<MultiPartyCall role="customer" statusCallbackUrl="{APP}/room">a</MultiPartyCall>'})
    town.exchange.add_phone(ANNA, behaviour.handset({"answers_after_s": 4}))
    town.ring(behaviour.caller({"patience_s": 10, "talk_s": 50}))
    town.run(1)
    town.invite(ANNA, room="a")
    town.run()
    assert [(at, form["HangupCauseCode"]) for at, kind, _, form in town.seen if kind == "hangup"] == [(54.0, "4000")]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"declines": True}, "3010"),
        ({"never_answers": True}, "6010"),
        ({"machine": True}, "9100"),
        ({"talk_s": 5}, "4010"),
    ],
)
def test_handsets(words, code):
    town = Town({"/answer": '<Wait length="3"/>'})
    town.exchange.add_phone(ANNA, behaviour.handset(words))
    town.call(ANNA, machine_detection="hangup")
    town.run()
    assert town.hangups() == [code]


def test_handset_accepts_with_the_confirm_key():
    town = Town({})
    town.exchange.add_phone(ANNA, behaviour.handset({"answers_after_s": 1}))
    town.invite(ANNA, confirm_key="5", stay_alone=True)
    town.run(30)
    assert "ParticipantJoin" in town.events()


def test_seeded_times_repeat_and_differ():
    def picks_up_at(seed):
        town = Town({"/answer": "<Hangup/>"})
        town.exchange.add_phone(ANNA, behaviour.handset({"answers_after_s": 10, "seed": seed}))
        town.call(ANNA)
        town.run()
        return town.seen[0][0]

    assert picks_up_at(1) == picks_up_at(1) != picks_up_at(2)
    assert 8.0 <= picks_up_at(1) <= 12.0


def test_unknown_words_are_refused():
    with pytest.raises(ValueError, match="mood"):
        behaviour.caller({"mood": "good"})


def test_lengths_of_prompts():
    assert media.wav_seconds(wav(1.5)) == 1.5
    assert media.speech_seconds("x" * 30) == 2.0
    assert media.media_seconds("http://127.0.0.1:9/nothing.wav") == media.UNKNOWN_SECONDS


def test_timeline_orders_by_time_then_rank_then_turn():
    timeline, order = Timeline(), []
    timeline.at(5, lambda: order.append("late"))
    timeline.at(3, lambda: order.append("b"))
    timeline.at(3, lambda: order.append("c"))
    timeline.at(3, lambda: order.append("first"), rank=(1, 9))
    cancelled = timeline.at(1, lambda: order.append("never"))
    timeline.at(3, lambda: timeline.soon(lambda: order.append("a")), rank=(0, 5))
    cancelled.cancel()
    assert timeline.next_at == 3
    while timeline.step():
        pass
    assert order == ["a", "first", "b", "c", "late"]
    assert (timeline.now, timeline.next_at) == (5, None)
    timeline.at(1, lambda: order.append("past means now"))
    assert timeline.step()
    assert timeline.now == 5
    cancelled.cancel()
