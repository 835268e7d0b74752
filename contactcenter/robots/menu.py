"""Which keys lead a caller through a published menu into a queue. Pure; the menu's own engine says what comes next."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from ivr import engine

_TRIES = 50  # ways that are looked at; a menu of which fewer than one in fifty leads to a queue is not for robots


def way(
    document: Mapping[str, Any], luck: Random, *, language: str, zip_code: str, suits: Callable[[str], bool]
) -> tuple[list[str], str]:
    """The keys of a way into a queue that suits the caller, drawn by lot, and that queue's slug.

    If none suits, a way into another, as people press the wrong key; ([], "") if the menu leads to no queue at all.
    Where the menu offers languages the caller chooses their own, and five digits are their ZIP.
    """
    other: tuple[list[str], str] = ([], "")
    for _ in range(_TRIES):
        keys, queue = _one_way(document, luck, language, zip_code)
        if queue and suits(queue):
            return keys, queue
        if queue:
            other = keys, queue
    return other


def _one_way(document: Mapping[str, Any], luck: Random, language: str, zip_code: str) -> tuple[list[str], str]:
    turn, keys = engine.begin(document, is_open=_always), []
    while turn.exit is None and len(keys) < len(document["nodes"]):
        keys.append(_answer(document["nodes"][turn.place.node], luck, language, zip_code))
        turn = engine.step(document, turn.place, keys[-1], is_open=_always)
    return keys, turn.exit.queue if turn.exit else ""


def _answer(node: Mapping[str, Any], luck: Random, language: str, zip_code: str) -> str:
    if node["kind"] == "collect":
        return zip_code if len(zip_code) == node["digits"] else "1" * node["digits"]
    own = [key for key, choice in node["keys"].items() if choice.get("language") == language]
    return luck.choice(own or sorted(node["keys"]))


def _always(schedule: str) -> bool:
    return True
