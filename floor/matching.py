"""Who is served by whom. Pure: lists in, pairs out."""

from collections.abc import Sequence
from typing import TypeVar

Entry = TypeVar("Entry")
Operator = TypeVar("Operator")


def pair(line: Sequence[Entry], idle: Sequence[Operator]) -> list[tuple[Entry, Operator]]:
    """The head of the line goes to the operator idle longest, and so on down both lists.

    `line` in order of virtual start, `idle` in order of becoming ready. Every operator serves every queue, so strict
    order of both is the whole rule.
    """
    return list(zip(line, idle, strict=False))
