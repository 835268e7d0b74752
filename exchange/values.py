"""Readers of attribute values: from the written text to the value, or a ValueError that says what was expected."""

import re
from collections.abc import Callable


def whole(low: int, high: int, *words: str) -> Callable:
    """A whole number from `low` to `high`; one of `words` is taken as it stands."""

    def read(text):
        if text in words:
            return text
        if not text.isdigit() or not low <= int(text) <= high:
            raise ValueError(f"a whole number from {low} to {high} was expected")
        return int(text)

    return read


def truth(text: str) -> bool:
    word = text.lower()
    if word not in ("true", "false"):
        raise ValueError("true or false was expected")
    return word == "true"


def one_of(*words: str) -> Callable:
    """One of a few words, in any case; comes back in lower case."""

    def read(text):
        if text.lower() not in words:
            raise ValueError("one of " + ", ".join(words) + " was expected")
        return text.lower()

    return read


def each_of(*words: str) -> Callable:
    """A comma list of known words; comes back as a frozenset."""

    def read(text):
        found = frozenset(part.strip().lower() for part in text.split(",") if part.strip())
        if not found <= frozenset(words):
            raise ValueError("a list from " + ", ".join(words) + " was expected")
        return found

    return read


def like(pattern: str, what: str) -> Callable:
    matches = re.compile(pattern).fullmatch

    def read(text):
        if not matches(text):
            raise ValueError(what + " was expected")
        return text

    return read


def anything(text: str) -> str:
    return text


def not_yet(*harmless: str) -> Callable:
    """An attribute that is documented but not played here: only values that ask for nothing are taken."""

    def read(text):
        if text.lower() not in harmless:
            raise ValueError("not interpreted yet")
        return text

    return read


def or_else(first: Callable, second: Callable) -> Callable:
    def read(text):
        try:
            return first(text)
        except ValueError:
            return second(text)

    return read


url = like(r"https?://[^\s/]+(/\S*)?", "an absolute http(s) URL")
method = like(r"(?i)get|post", "GET or POST")
keys = like(r"[0-9*#]+", "keys out of 0-9, * and #")
key = like(r"[0-9*#]", "one key out of 0-9, * and #")
