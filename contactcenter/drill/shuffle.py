"""A test aid: serves the line in no order at all, so that it can be shown that the audit of fairness notices."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

from floor import waiting


@contextmanager
def shuffled(seed: int) -> Iterator[None]:
    """While the block runs, whoever is served next is drawn by the seed from all who stand in line."""
    dice, in_order = random.Random(seed), waiting.in_order

    def drawn(*args, **kwargs):
        line = list(in_order(*args, **kwargs))
        dice.shuffle(line)
        return iter(line)

    waiting.in_order = drawn
    try:
        yield
    finally:
        waiting.in_order = in_order
