"""The cards: parts of a page that follow the floor while the page stays open.

A card's builder is `(user) -> {"html", "stage"}`, or None for whoever may not have it. It only reads: on SQLite a
builder that wrote would wake itself for ever. What it makes depends on the user's `whose` and on the language alone,
for one build serves everybody with the same two; so it holds no CSRF token and nothing random.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import translation
from django.utils.module_loading import import_string

from core import clock, live
from core.access import agency_of
from floor.models import Operator

_BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class Whose:
    """What a user's card is about, and the topics on which it is read anew. Equal for users who see the same."""

    key: str
    topics: frozenset[str]
    operator: int | None = None  # whose desk it is: an open page is a sign of life of theirs


@dataclass(frozen=True)
class Card:
    """`builder` is a dotted path, since rooms below the roof have theirs."""

    name: str
    permission: str
    builder: str
    whose: Callable[[AbstractBaseUser], Whose | None]


@dataclass(frozen=True)
class Built:
    """A card at a moment. `version` is microseconds of our clock, read before anything else was."""

    card: str
    version: int
    html: str
    stage: str
    allowed: frozenset[int]  # of the users asked about, who may have it

    @property
    def message(self) -> dict:
        """What a browser is told."""
        return {"card": self.card, "version": self.version, "html": self.html, "stage": self.stage}


def _the_agencys(user: AbstractBaseUser) -> Whose | None:
    agency = agency_of(user)
    return Whose(f"agency:{agency.pk}", frozenset({live.floor(agency.pk)})) if agency else None


def _the_operators(user: AbstractBaseUser) -> Whose | None:
    operator = Operator.objects.filter(user_id=user.pk).values_list("pk", flat=True).first()
    return Whose(f"operator:{operator}", frozenset({live.desk(operator)}), operator) if operator else None


def _their_line(user: AbstractBaseUser) -> Whose | None:
    agency = Operator.objects.filter(user_id=user.pk).values_list("agency", flat=True).first()
    return Whose(f"agency:{agency}", frozenset({live.floor(agency)})) if agency else None


CARDS = {
    card.name: card
    for card in (
        Card("desk", "floor.use_desk", "floor.desk.cards.desk", _the_operators),
        Card("line", "floor.use_desk", "floor.desk.cards.line", _their_line),
        Card("board", "reporting.view_board", "reporting.board.card", _the_agencys),
        Card("wall", "reporting.view_board", "reporting.board.wall_card", _the_agencys),
    )
}


def whose(card: Card, user: AbstractBaseUser) -> Whose | None:
    """Whose card this user may have; None if none of that name."""
    return card.whose(user) if user.is_active and user.has_perm(card.permission) else None


def build(card: Card, users: Collection[int], language: str) -> Built:
    """The card as it is now, for those of `users` (of one `whose`) who may still have it. `allowed` may be empty."""
    version = int(clock.now().timestamp() * 1_000_000)
    may = get_user_model().objects.with_perm(card.permission, backend=_BACKEND).filter(pk__in=users).order_by("pk")
    allowed = {user.pk for user in may}
    builder = import_string(card.builder)
    with translation.override(language):
        for user in may:
            made = builder(user)
            if made is not None:
                return Built(card.name, version, str(made["html"]), made["stage"], frozenset(allowed))
            allowed.discard(user.pk)
    return Built(card.name, version, "", "", frozenset())
