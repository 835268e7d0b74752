"""Where the free seats are, as an SVG's numbers: pure, so that a template only prints them and no script is needed.

A picture for "which way and how far", not for driving: the caller's ZIP in the middle, two rings, numbered pins as in
the list beside it. Miles become units by one scale, north is up; at this size the earth is flat.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import cos, hypot, radians

WIDTH, HEIGHT = 200, 220
PIN_R = 11  # units; the desk draws 200 units as 166 px
_MILES_A_DEGREE = 69.09
_RINGS = ((1, 2), (2, 5), (5, 10), (10, 20), (25, 50), (50, 100), (100, 200), (200, 400))  # miles
_EDGE = 14  # units kept free for a pin at the edge
_LETTER, _LINE = 9.4, 16  # units a letter, in the widest likely face, and a line of the names take
_ROOM = 3  # units kept free around a name
_MOST_NAMES = 4


@dataclass(frozen=True)
class Place:
    """A point on earth and what it is called there: a pin's number, a county's name."""

    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Mark:
    """A point of the picture, in units from the left and from the top."""

    name: str
    x: float
    y: float


@dataclass(frozen=True)
class Ring:
    """A distance from the middle: miles as they are said, and as a radius in units."""

    miles: int
    radius: float


@dataclass(frozen=True)
class Map:
    """Everything a template prints. `home` is None where nobody said where they live."""

    pins: list[Mark]
    home: Mark | None = None
    rings: list[Ring] = field(default_factory=list)
    names: list[Mark] = field(default_factory=list)


def draw(pins: Sequence[Place], home: Place | None, counties: Sequence[Place]) -> Map | None:
    """The map of `pins` around `home`, or around their own middle. `counties` come most wanted first. None: no pins."""
    if not pins:
        return None
    middle = home or _middle(pins)
    offsets = [_miles(middle, pin) for pin in pins]
    rings = _rings(max(hypot(*offset) for offset in offsets))
    scale = (WIDTH / 2 - _EDGE) / rings[1]  # units a mile
    placed = _apart([_inside(x * scale, y * scale) for x, y in offsets], home is not None)
    marks = [Mark(pin.name, round(x, 1), round(y, 1)) for pin, (x, y) in zip(pins, placed, strict=True)]
    dot = Mark(home.name, WIDTH / 2, HEIGHT / 2) if home else None
    return Map(
        pins=marks,
        home=dot,
        rings=[Ring(miles, round(miles * scale, 1)) for miles in rings] if home else [],
        names=_names(counties, middle, scale, marks + ([dot] if dot else [])),
    )


def _miles(middle: Place, place: Place) -> tuple[float, float]:
    """How far east and how far south of the middle."""
    east = (place.longitude - middle.longitude) * cos(radians(middle.latitude)) * _MILES_A_DEGREE
    return east, (middle.latitude - place.latitude) * _MILES_A_DEGREE


def _middle(pins: Sequence[Place]) -> Place:
    """Half way between the outermost."""
    north, east = [pin.latitude for pin in pins], [pin.longitude for pin in pins]
    return Place("", (min(north) + max(north)) / 2, (min(east) + max(east)) / 2)


def _rings(farthest: float) -> tuple[int, int]:
    """The closest two rings of which the outer one holds everything; the widest there is for what lies beyond."""
    return next((rings for rings in _RINGS if rings[1] >= farthest), _RINGS[-1])


def _inside(x: float, y: float) -> tuple[float, float]:
    """A point of the picture for so many units east and south of its middle; what lies beyond stands at the edge."""
    return (
        min(max(WIDTH / 2 + x, _EDGE), WIDTH - _EDGE),
        min(max(HEIGHT / 2 + y, _EDGE), HEIGHT - _EDGE),
    )


def _apart(points: list[tuple[float, float]], home: bool) -> list[tuple[float, float]]:
    """Moves pins that would hide each other, or the caller's own dot, just far enough; the first of two stays."""
    placed: list[tuple[float, float]] = []
    for x, y in points:
        others = [(other, 2 * PIN_R) for other in placed]
        if home:
            others.append(((WIDTH / 2, HEIGHT / 2), PIN_R + 6))
        placed.append(min(_around(x, y), key=lambda spot: (_covered(spot, others), hypot(spot[0] - x, spot[1] - y))))
    return placed


def _around(x: float, y: float) -> list[tuple[float, float]]:
    """The place itself and those around it, a pin's width away and farther."""
    spots = [(x, y)]
    for reach in (12, 18, 24, 34, 46):
        for east, south in ((1, 0), (-1, 0), (0, -1), (0, 1), (0.7, -0.7), (-0.7, -0.7), (0.7, 0.7), (-0.7, 0.7)):
            spots.append(_inside(x + reach * east - WIDTH / 2, y + reach * south - HEIGHT / 2))
    return spots


def _covered(spot: tuple[float, float], others: list[tuple[tuple[float, float], float]]) -> int:
    """How many of `others` a pin at this spot would lie on."""
    return sum(hypot(spot[0] - x, spot[1] - y) < least for (x, y), least in others)


def _names(counties: Sequence[Place], middle: Place, scale: float, taken: Sequence[Mark]) -> list[Mark]:
    """County names that fit whole and hide nothing, in the order given."""
    boxes = [(mark.x - PIN_R, mark.y - PIN_R, mark.x + PIN_R, mark.y + PIN_R) for mark in taken]
    names: list[Mark] = []
    for county in counties:
        east, south = _miles(middle, county)
        x, y = WIDTH / 2 + east * scale, HEIGHT / 2 + south * scale
        half = len(county.name) * _LETTER / 2 + _ROOM
        if not (half < x < WIDTH - half and _LINE < y < HEIGHT - _LINE / 2):
            continue
        for base in (y, y + PIN_R + _LINE + _ROOM, y - PIN_R - _ROOM - 4):  # beside the middle where a pin stands on it
            box = (x - half, base - _LINE + 3 - _ROOM, x + half, base + 4 + _ROOM)
            if box[1] > 0 and box[3] < HEIGHT and not any(_meet(box, other) for other in boxes):
                boxes.append(box)
                names.append(Mark(county.name, round(x, 1), round(base, 1)))
                break
        if len(names) == _MOST_NAMES:
            break
    return names


def _meet(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
