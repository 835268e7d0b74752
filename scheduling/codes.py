"""Confirmation codes: read out on the phone, written on paper, typed at a clinic's door."""

import secrets
from collections.abc import Iterator

# No vowels, so that no word comes of it; nothing that looks like another: 0 O D Q, 1 I L, 2 Z, 5 S, 8 B, U V.
ALPHABET = "CFGHJKMNPRTWXY34679"
LENGTH = 6
_TRIES = 10


def some() -> Iterator[str]:
    """A few codes nobody can guess; the next is for when the one before is taken."""
    for _ in range(_TRIES):
        yield "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
