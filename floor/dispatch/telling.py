"""One line to all desks: told, taken down, read."""

from datetime import datetime, timedelta

from floor import broadcasts
from floor.dispatch.lock import the_floor
from floor.models import Broadcast, Operator
from floor.models.told import MOST

LONGEST = timedelta(hours=12)  # a shift: what holds longer belongs into a script or an article


def tell_desks(agency_id: int, text: str, *, by_id: int, lasts: timedelta, at: datetime | None = None) -> Broadcast:
    """Puts one line on every desk for `lasts`, in place of any before it.

    Raises ValueError if it is empty, has more than 140 characters, or would stay for no time or for over 12 hours.
    """
    if not is_line(text) or not timedelta(0) < lasts <= LONGEST:
        raise ValueError("one line of 1 to 140 characters, for up to 12 hours")
    with the_floor(agency_id, at) as at:
        return broadcasts.put_up(agency_id, _line(text), by_id=by_id, at=at, until=at + lasts)


def is_line(text: str) -> bool:
    """Whether it is one line with something in it, once breaks and double spaces are taken out."""
    return 0 < len(_line(text)) <= MOST


def take_down(line: Broadcast, *, at: datetime | None = None) -> bool:
    """Takes that line, and no later one, off every desk. False: it was gone already."""
    with the_floor(line.agency_id, at) as at:
        return broadcasts.take_down(line, at=at)


def line_seen(operator: Operator, line_id: int, *, at: datetime | None = None) -> bool:
    """The operator has read the line. False: it is not up any more, or they said so before."""
    with the_floor(operator.agency_id, at) as at:
        return broadcasts.seen(line_id, operator, at=at)


def _line(text: str) -> str:
    return " ".join(text.split())
