"""The menu engine, by table: a document, a place and an answer in; what is said and where it leads out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr import engine
from ivr.rules import problems

MENU = {
    "start": "hours",
    "nodes": {
        "hours": {"kind": "hours", "schedule": "main", "open": "hello", "closed": "bye"},
        "hello": {"kind": "say", "text": {"en": "Hello.", "es": "Hola."}, "next": "need"},
        "need": {
            "kind": "menu",
            "name": "need",
            "text": {"en": "Press 1 to book.", "es": "Oprima el 1 para reservar."},
            "keys": {
                "1": {"next": "zip", "answer": "book"},
                "2": {"next": "facts"},
                "9": {"next": "need", "language": "es"},
            },
            "tries": 2,
            "otherwise": "help",
        },
        "zip": {
            "kind": "collect", "name": "zip", "digits": 5, "text": {"en": "Your ZIP code?"}, "next": "line",
            "tries": 2, "otherwise": "line",
        },
        "line": {"kind": "queue", "queue": {"answer": "need"}},
        "help": {"kind": "queue", "queue": "anybody"},
        "facts": {"kind": "hangup", "text": {"en": "We open at 7."}, "fate": "ivr_contained"},
        "bye": {"kind": "hangup", "text": {"en": "Closed."}, "fate": "closed"},
    },
}  # fmt: skip


def open_(slug):
    return True


def through(*answers):
    turn = engine.begin(MENU, is_open=open_)
    for answer in answers:
        turn = engine.step(MENU, turn.place, answer, is_open=open_)
    return turn


def test_greets_and_asks_in_one_breath():
    turn = through()
    assert turn.says == ("Hello.", "Press 1 to book.")
    assert (turn.place.node, turn.digits, turn.exit) == ("need", 1, None)


def test_outside_hours_it_says_so_and_ends():
    turn = engine.begin(MENU, is_open=lambda slug: slug != "main")
    assert turn.says == ("Closed.",)
    assert turn.exit == engine.Exit(fate="closed")


@pytest.mark.parametrize(
    ("answers", "leads_to"),
    [
        (("1", "39201"), engine.Exit(queue="book")),
        (("1", "3920", "39201"), engine.Exit(queue="book")),
        (("1", "", ""), engine.Exit(queue="book")),
        (("1", "0" * 20, "abcde"), engine.Exit(queue="book")),
        (("2",), engine.Exit(fate="ivr_contained")),
        (("7", "1", "39201"), engine.Exit(queue="book")),
        (("", "*"), engine.Exit(queue="anybody")),
        (("9", "1", "39201"), engine.Exit(queue="book")),
    ],
)
def test_every_way_out(answers, leads_to):
    assert through(*answers).exit == leads_to


def test_an_unknown_digit_is_met_with_a_kind_word_and_the_question_again():
    turn = through("8")
    assert turn.says == (engine.SORRY["en"], "Press 1 to book.")
    assert (turn.place.tries, turn.place.step) == (1, 1)


def test_the_language_chosen_holds_and_falls_back_to_english_where_a_text_is_missing():
    assert through("9").says == ("Oprima el 1 para reservar.",)
    assert through("9", "1").says == ("Your ZIP code?",)


def test_what_was_learned_is_kept():
    assert through("1", "39201").place.answers == {"need": "book", "zip": "39201"}


def test_asking_again_changes_nothing():
    turn = through("1")
    assert engine.again(MENU, turn.place).place == turn.place


@given(st.lists(st.text(alphabet="0123456789*#", max_size=20), max_size=12))
def test_any_answers_lead_to_a_question_or_a_way_out_within_the_tries(answers):
    turn = engine.begin(MENU, is_open=open_)
    for answer in answers:
        if turn.exit:
            break
        before = turn.place
        turn = engine.step(MENU, before, answer, is_open=open_)
        assert turn.place.step == before.step + 1
        assert (turn.exit is None) == (turn.digits > 0)
        assert turn.place.tries <= 1


def without(*path, **put):
    """A copy of the menu with one node changed."""
    nodes = {name: dict(node) for name, node in MENU["nodes"].items()}
    nodes[path[0]].update(put)
    return {"start": MENU["start"], "nodes": nodes}


@pytest.mark.parametrize(
    ("named", "answers", "priority"),
    [(2, {}, 2), ({"answer": "need"}, {"need": "1"}, 1), ({"answer": "need"}, {"need": "9"}, 0),
     ({"answer": "need"}, {"need": "book"}, 0), ({"answer": "need"}, {}, 0)],
)  # fmt: skip
def test_a_queue_may_be_entered_with_a_class_of_urgency(named, answers, priority):
    menu = without("line", queue="book", priority=named)
    assert problems(menu) == []
    place = engine.Place("zip", answers=answers)
    turn = engine.step(menu, place, "39201", is_open=open_)
    assert turn.exit == engine.Exit(queue="book", priority=priority)


def test_a_sound_menu_has_no_problems():
    assert problems(MENU) == []


@pytest.mark.parametrize(
    ("document", "word"),
    [
        ({"start": "x", "nodes": {}}, "first step"),
        (without("zip", next="nowhere"), "nowhere"),
        (without("zip", kind="dance"), "dance"),
        (without("zip", digits=40), "32"),
        (without("bye", fate="happy"), "happy"),
        (without("hello", text={"es": "Hola"}), "English"),
        (without("need", keys={"1": {"next": "zip"}, "12": {"next": "zip"}}), "different lengths"),
        (without("need", keys={"*": {"next": "zip"}}), "“*”"),
        (without("need", keys={}), "no keys"),
        (without("line", priority=3), "0, 1 or 2"),
        (without("line", priority=True), "0, 1 or 2"),
        (without("line", priority={"answer": "mood"}), "mood"),
        (without("hello", next="hello"), "circle"),
        (without("need", otherwise="need"), "circle"),
        (without("hours", open="bye", closed="hours"), "circle"),
    ],
)
def test_what_would_lead_a_caller_nowhere_is_refused_in_words(document, word):
    assert word in " ".join(problems(document))


def test_a_missing_part_is_named():
    nodes = {**MENU["nodes"], "zip": {"kind": "collect", "text": {"en": "?"}}}
    assert "name, digits, next, otherwise" in problems({"start": "hours", "nodes": nodes})[0]
