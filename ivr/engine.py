"""Steps a caller through a menu. Pure: a document, a place, an answer in; what to say and where to go out.

A document is `{"start": name, "nodes": {name: node}}`; every node has a `kind`:

- `say`: `text`, `next`
- `menu`: `text`, `keys` {digits: {`next`, optional `language`, optional `answer`}}, optional `name` (the answer is kept
  under it), `tries`, `otherwise` (where to after so many answers it could not use)
- `collect`: `text`, `name`, `digits` (exact count), `next`, `tries`, `otherwise`
- `hours`: `schedule`, `open`, `closed`
- `queue`: `queue`, a slug, or `{"answer": name}` to go by what was kept under that name; optional `priority`, the class
  of urgency (0, 1 or 2), or `{"answer": name}` likewise, where anything else counts as 0
- `hangup`: `text`, `fate` ("ivr_contained" or "closed")

`text` is `{language: sentence}`. `ivr.rules` refuses a document in which a way leads nowhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

SORRY = {
    "en": "Sorry, that did not work.",
    "es": "Lo sentimos, no funcionó.",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a caller is: at a question, having used up `tries` of its chances, `step` answers into the menu."""

    node: str
    step: int = 0
    tries: int = 0
    language: str = "en"
    answers: Mapping[str, str] = None  # type: ignore[assignment] - set by begin()


@dataclass(frozen=True, slots=True)
class Exit:
    """The way out of the menu: to a queue (its slug and a class of urgency), or the end of the call (a fate)."""

    queue: str = ""
    fate: str = ""
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """What the caller hears now, then either a question (`digits` to come, 1-32) or the way out."""

    place: Place
    says: tuple[str, ...]
    digits: int = 0
    exit: Exit | None = None


class FlowError(Exception):
    """The document leads nowhere. `ivr.rules` keeps such a one from being published."""


def begin(document: Mapping[str, Any], *, is_open: Callable[[str], bool], language: str = "en") -> Turn:
    """The first turn of a call. `is_open(schedule)` tells whether a set of hours is open now."""
    return _walk(document, Place(document["start"], language=language, answers={}), is_open)


def step(document: Mapping[str, Any], place: Place, digits: str, *, is_open: Callable[[str], bool]) -> Turn:
    """The turn after an answer; "" is no answer. What cannot be used costs one of the question's tries."""
    node = document["nodes"][place.node]
    place = replace(place, step=place.step + 1)
    onward = _read(node, place, digits)
    if onward is not None:
        return _walk(document, onward, is_open)
    tries = place.tries + 1
    if tries >= node.get("tries", 3):
        return _walk(document, replace(place, node=node["otherwise"], tries=0), is_open)
    return _ask(node, replace(place, tries=tries), (_text(SORRY, place.language),))


def again(document: Mapping[str, Any], place: Place) -> Turn:
    """The same question once more, for a carrier that asks twice."""
    return _ask(document["nodes"][place.node], place, ())


def last_words(document: Mapping[str, Any], place: Place) -> str:
    """What the caller was told as the menu ended, once more; "" where it ended by their hanging up."""
    return _text(document["nodes"][place.node].get("text", {"en": ""}), place.language)


def _read(node: Mapping[str, Any], place: Place, digits: str) -> Place | None:
    """The place an answer leads to, or None if the question cannot use it."""
    if node["kind"] == "menu":
        choice = node["keys"].get(digits)
        if choice is None:
            return None
        answers = dict(place.answers)
        if "name" in node and "answer" in choice:
            answers[node["name"]] = choice["answer"]
        language = choice.get("language", place.language)
        return replace(place, node=choice["next"], tries=0, language=language, answers=answers)
    if len(digits) != node["digits"] or not digits.isdecimal():
        return None
    return replace(place, node=node["next"], tries=0, answers={**place.answers, node["name"]: digits})


def _walk(document: Mapping[str, Any], place: Place, is_open: Callable[[str], bool]) -> Turn:
    """On from a place to the next question or the way out, gathering what is said on the way."""
    says: tuple[str, ...] = ()
    for _ in range(len(document["nodes"]) + 1):
        node = document["nodes"][place.node]
        kind = node["kind"]
        if kind in ("menu", "collect"):
            return _ask(node, place, says)
        if kind == "queue":
            return Turn(place, says, exit=Exit(queue=_queue(node, place), priority=_priority(node, place)))
        if kind == "hangup":
            return Turn(place, (*says, _text(node["text"], place.language)), exit=Exit(fate=node["fate"]))
        if kind == "say":
            says += (_text(node["text"], place.language),)
            place = replace(place, node=node["next"])
        else:
            place = replace(place, node=node["open"] if is_open(node["schedule"]) else node["closed"])
    raise FlowError(f"the menu goes in a circle at {place.node!r}")


def _ask(node: Mapping[str, Any], place: Place, says: tuple[str, ...]) -> Turn:
    digits = node["digits"] if node["kind"] == "collect" else max(len(key) for key in node["keys"])
    return Turn(place, (*says, _text(node["text"], place.language)), digits=digits)


def _queue(node: Mapping[str, Any], place: Place) -> str:
    named = node["queue"]
    return named if isinstance(named, str) else place.answers.get(named["answer"], "")


def _priority(node: Mapping[str, Any], place: Place) -> int:
    named = node.get("priority", 0)
    if isinstance(named, int):
        return named
    kept = place.answers.get(named["answer"], "")
    return int(kept) if kept in ("1", "2") else 0


def _text(text: Mapping[str, str], language: str) -> str:
    return text.get(language) or text["en"]
