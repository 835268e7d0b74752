"""Finding by words, the way people type them in a hurry: pure, so it serves articles and clinics alike.

An agency has fewer than a thousand articles and a hundred sites: they are read in one statement and scored here, which
forgives a typo as no database does on both engines. The words of a text are kept, so a long article is cut up once.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

# What says nothing about what somebody looks for, in both languages; folded.
_WORD = re.compile(r"\w+")
_SMALL = frozenset(
    _WORD.findall(
        "a an and are at be by can do does for from have how i in is it me my of on or the there they to what when"
        " where which who will with you your"
        " al como con cual cuando de del donde el en es esta la las lo los mi para por puedo que se su sus un una y"
    )
)
_LONGEST_QUERY = 12  # words; more is a sentence somebody pasted
_EXACT, _BEGINS, _TYPO = 1.0, 0.8, 0.5


@dataclass(frozen=True)
class Field:
    """A text of a document and how much a word found in it counts."""

    text: str
    weight: float


@dataclass(frozen=True)
class Hit:
    """A document found: its place among those given, how many of the words it has, and how well."""

    index: int
    words: int
    score: float


@dataclass(frozen=True)
class Piece:
    """A stretch of text; `found` if it is what somebody looked for. A template marks it, and escapes all of it."""

    text: str
    found: bool = False


def fold(text: str) -> str:
    """Lower case without accents, letter for letter: "Niños" as "ninos"."""
    return "".join(_plain(letter) for letter in text)


def asked(text: str) -> list[str]:
    """The words worth looking for; if there are only small ones, those."""
    words = list(dict.fromkeys(_WORD.findall(fold(text))))
    return ([word for word in words if word not in _SMALL] or words)[:_LONGEST_QUERY]


def find(words: Sequence[str], documents: Sequence[Sequence[Field]]) -> list[Hit]:
    """Documents that have at least half of `words`, best first. Each field counts by its weight.

    A word is found where one begins with it; only if no document has that, where one differs by a slip of the finger.
    """
    if not words:
        return []
    cut = [[(_words(field.text), field.weight) for field in fields] for fields in documents]
    alike = {word: _alike(word, cut) for word in words}
    hits = []
    for index, fields in enumerate(cut):
        best = [max((_quality(there, alike[word]) * weight for there, weight in fields), default=0) for word in words]
        found = sum(1 for score in best if score)
        if found and found * 2 >= len(words):
            hits.append(Hit(index, found, sum(best)))
    return sorted(hits, key=lambda hit: (-hit.words, -hit.score, hit.index))


def pieces(text: str, words: Iterable[str]) -> list[Piece]:
    """`text` cut where one of `words` was found, so that a page can mark it."""
    words = tuple(words)
    found, done = [], 0
    for match in _WORD.finditer(text):
        if words and _marks(fold(match.group()), words):
            if match.start() > done:
                found.append(Piece(text[done : match.start()]))
            found.append(Piece(match.group(), found=True))
            done = match.end()
    if done < len(text):
        found.append(Piece(text[done:]))
    return found


def slips(one: str, other: str, most: int) -> bool:
    """Whether at most `most` slips lie between two words: a letter too many, too few, wrong, or two changed about."""
    if abs(len(one) - len(other)) > most:
        return False
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return False
    return row[-1] <= most


def _marks(there: str, words: tuple[str, ...]) -> bool:
    return any(there.startswith(word) or slips(word, there, _forgiven(word)) for word in words)


def _alike(word: str, documents: Iterable[Iterable[tuple[frozenset[str], float]]]) -> dict[str, float]:
    """The words to be found for `word`, each with how well it fits, 0 to 1. Typos are sought in weighty texts only."""
    everything: set[str] = set()
    short: set[str] = set()
    for fields in documents:
        for there, weight in fields:
            everything |= there
            if weight > 1:
                short |= there
    begins = {there: _EXACT if there == word else _BEGINS for there in everything if there.startswith(word)}
    forgiven = _forgiven(word)
    if begins or not forgiven:
        return begins
    return {there: _TYPO for there in short if slips(word, there, forgiven)}


def _quality(there: frozenset[str], alike: dict[str, float]) -> float:
    if len(alike) < len(there):
        return max((quality for word, quality in alike.items() if word in there), default=0)
    return max((alike[word] for word in there if word in alike), default=0)


def _forgiven(word: str) -> int:
    """How many slips of the finger a word of this length may hold; numbers are meant as typed."""
    if len(word) < 4 or word.isdigit():
        return 0
    return 1 if len(word) < 8 else 2


@lru_cache(maxsize=8192)
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(fold(text)))


@lru_cache(maxsize=4096)
def _plain(letter: str) -> str:
    """One letter for one, so that places in the folded text are places in the text."""
    plain = unicodedata.normalize("NFKD", letter)[:1].lower()
    return plain if len(plain) == 1 else letter
