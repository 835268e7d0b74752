"""The supervisor's board and the wall, as cards for a socket, a snapshot or a page.

Nobody is ranked, and nobody's handling is timed: the time beside an operator's name says how long they have been doing
what they do, no more. The wall names nobody. How old a figure may be: `reporting.floor_now`.
"""

from collections.abc import Callable

from django.contrib.auth.base_user import AbstractBaseUser
from django.template.loader import render_to_string

from core import clock
from core.access import agency_of
from core.models import Agency
from reporting import board_words
from reporting.floor_now import Floor, floor

PERMISSION = "reporting.view_board"


def watched_by(user: AbstractBaseUser) -> Agency | None:
    """The agency whose floor this user may watch; None: none."""
    return agency_of(user) if user.has_perm(PERMISSION) else None


def card(user: AbstractBaseUser) -> dict[str, str] | None:
    """The board as it stands, for a socket or a snapshot. None: not for this user."""
    return _card(user, board)


def wall_card(user: AbstractBaseUser) -> dict[str, str] | None:
    """The wall as it stands; it names nobody. None: not for this user."""
    return _card(user, wall)


def board(agency: Agency) -> dict:
    """The board's card with what stands around it: `html`, `stage`, `busy`, `word`, `why`, `told`."""
    return _built(agency, "reporting/_board.html", board_words.board)


def wall(agency: Agency) -> dict:
    """The wall's card, likewise."""
    return _built(agency, "reporting/_wall.html", board_words.wall)


def _card(user: AbstractBaseUser, build: Callable[[Agency], dict]) -> dict[str, str] | None:
    agency = watched_by(user)
    if agency is None:
        return None
    made = build(agency)
    return {"html": made["html"], "stage": made["stage"]}


def _built(agency: Agency, template: str, words: Callable[[Floor], dict]) -> dict:
    now = floor(agency, at=clock.now())
    context = words(now)
    around = {name: context.get(name) for name in ("busy", "word", "why", "told")}
    return {**around, "html": render_to_string(template, context), "stage": now.stage}
