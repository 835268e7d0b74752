"""Robot callers: who rings next, from which number, through which keys, and how patient they are."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from contactcenter.robots import menu
from contactcenter.robots.carrier import Town
from contactcenter.robots.words import Who, lines
from core.models import Agency, ZipCode
from crm.models import Call, PersonNumber
from floor.models import Entry
from ivr.models import Line
from ivr.services import published_for

LONG_LINE = 4  # waiting; with more nobody rings for a moment, so that a demo stays a good day
_THINKS_S = 3.0
_PATIENCE_S = (180.0, 480.0)
_HURRIED_S = (25.0, 60.0)
_TALKS_S = 1200.0  # at most; it is the operator who ends the talk
_PAUSE_S = 5.0  # between two lines: somebody is typing them in
_KNOWN, _HURRIED, _CALLED_BACK = 0.75, 0.08, 0.12  # shares of all callers


@dataclass(frozen=True, slots=True)
class Ring:
    """A call to be made. `back`: how their own phone behaves if they are called back."""

    from_: str
    to: str
    behaviour: dict
    back: dict | None = None


def next_ring(agency: Agency, luck: Random) -> Ring | None:
    """Who rings now; None if the line is long, the caller's own phone is busy, or there is no line to ring."""
    line = Line.objects.filter(agency=agency).order_by("pk").first()
    found = line and published_for(line.number.as_e164)
    if not found or Entry.objects.filter(agency=agency, state=Entry.State.WAITING).count() >= LONG_LINE:
        return None
    number, who = _known(agency, luck) if luck.random() < _KNOWN else _unknown(luck)
    if Call.objects.filter(agency=agency, from_number=number, ended_at=None).exists():
        return None
    keys, queue = menu.way(found[1].document, luck, language=who.language, zip_code=who.zip_code)
    return _ring(number, line.number.as_e164, keys, lines(who, queue), luck) if queue else None


def place(ring: Ring, town: Town) -> None:
    """Makes the call. Raises carrier.Away."""
    if ring.back is not None:
        town.put_phone(ring.from_, ring.back)
    town.ring(ring.from_, ring.to, ring.behaviour)


def _ring(number: str, to: str, keys: list[str], says: list[str], luck: Random) -> Ring:
    patience = luck.uniform(*(_HURRIED_S if luck.random() < _HURRIED else _PATIENCE_S))
    talk = {"says": says, "pause_s": _PAUSE_S, "talk_s": _TALKS_S, "think_s": _THINKS_S}
    behaviour = {**talk, "digits": keys, "patience_s": round(patience, 1), "seed": luck.randrange(10**6)}
    if luck.random() >= _CALLED_BACK:
        return Ring(number, to, behaviour)
    # Two more keys, where the line offers to keep the place and asks for the number; and 1 again when it calls back.
    return Ring(
        number, to, {**behaviour, "digits": [*keys, "1", "1"]}, {**talk, "digits": ["1"], "answers_after_s": 4.0}
    )


def _known(agency: Agency, luck: Random) -> tuple[str, Who]:
    numbers = PersonNumber.objects.filter(person__agency=agency).order_by("pk")
    count = numbers.count()
    if not count:
        return _unknown(luck)
    row = numbers.select_related("person")[luck.randrange(count)]
    person = row.person
    return row.number.as_e164, Who(person.full_name, person.born_on, person.zip_code, person.language)


_GIVEN = ("Alma", "Booker", "Cleo", "Dell", "Essie", "Fannie", "Gus", "Hazel", "Ike", "June")
_FAMILY = ("Bayberry", "Cardinal", "Larkspur", "Magnolia", "Partridge", "Pinewood", "Plover", "Wren")


def _unknown(luck: Random) -> tuple[str, Who]:
    """Somebody who never rang before, from one of the numbers kept for examples."""
    number = f"+1{luck.choice((601, 662, 769))}55501{luck.randrange(100):02}"
    name = f"{luck.choice(_GIVEN)} {luck.choice(_FAMILY)}"
    born = date(1935, 1, 1) + timedelta(days=luck.randrange(365 * 50))
    codes = ZipCode.objects.order_by("pk")
    count = codes.count()
    zip_code = codes[luck.randrange(count)].code if count else "39201"
    return number, Who(name, born, zip_code, "es" if luck.random() < 0.2 else "en")
