"""Robot callers: who rings next, from which number, through which keys, and how patient they are."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from contactcenter.robots import menu, words
from contactcenter.robots.carrier import Town
from contactcenter.robots.words import Who
from core.models import Agency, ZipCode
from crm.models import Call, PersonNumber
from floor.models import Entry
from ivr.models import Line
from ivr.services import published_for
from scheduling.queries import next_booked

LONG_LINE = 4  # waiting; with more nobody rings for a moment, so that a demo stays a good day
_THINKS_S = 3.0
_PATIENCE_S = (180.0, 480.0)
_HURRIED_S = (25.0, 60.0)
_TALKS_S = 3600.0  # at most; it is the operator who ends the talk, and a newcomer's first call takes what it takes
_PAUSE_S = 5.0  # between two lines: somebody is typing them in
_KNOWN, _HURRIED, _CALLED_BACK = 0.75, 0.08, 0.12  # shares of all callers


@dataclass(frozen=True, slots=True)
class Ring:
    """A call to be made. `back`: how their own phone behaves if they are called back."""

    from_: str
    to: str
    behaviour: dict
    back: dict | None = None


def next_ring(agency: Agency, luck: Random, at: datetime) -> Ring | None:
    """Who rings now; None if the line is long, the caller's own phone is busy, or there is no line to ring."""
    line = Line.objects.filter(agency=agency).order_by("pk").first()
    found = line and published_for(line.number.as_e164)
    if not found or Entry.objects.filter(agency=agency, state=Entry.State.WAITING).count() >= LONG_LINE:
        return None
    number, who = _known(agency, luck, at) if luck.random() < _KNOWN else _unknown(agency, luck)
    if not number or _is_busy(agency, number):
        return None
    keys, queue = menu.way(
        found[1].document,
        luck,
        language=who.language,
        zip_code=who.zip_code,
        suits=lambda queue: words.suits(who, queue),
    )
    if not queue:
        return None
    return _ring(number, line.number.as_e164, keys, words.lines(who, words.wish(who, queue, luck)), luck)


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


def _is_busy(agency: Agency, number: str) -> bool:
    """On the phone, or still to be called back: somebody else of the household would take that call."""
    calls = Call.objects.filter(agency=agency, from_number=number, ended_at=None)
    return calls.exists() or Entry.objects.filter(agency=agency, call__from_number=number, ended_at=None).exists()


def _known(agency: Agency, luck: Random, at: datetime) -> tuple[str, Who]:
    numbers = PersonNumber.objects.filter(person__agency=agency).order_by("pk")
    count = numbers.count()
    if not count:
        return _unknown(agency, luck)
    row = numbers.select_related("person")[luck.randrange(count)]
    person = row.person
    booked = next_booked(person, at=at)
    comes = booked.slot.starts_at.astimezone(booked.slot.session.site.zone) if booked else None
    return row.number.as_e164, Who(person.full_name, person.born_on, person.zip_code, person.language, comes)


_EXAMPLES = tuple(f"+1{area}55501{n:02}" for area in (601, 662, 769) for n in range(100))
_GIVEN = ("Alma", "Booker", "Cleo", "Dell", "Essie", "Fannie", "Gus", "Hazel", "Ike", "June")
_FAMILY = ("Bayberry", "Cardinal", "Larkspur", "Magnolia", "Partridge", "Pinewood", "Plover", "Wren")


def _unknown(agency: Agency, luck: Random) -> tuple[str, Who]:
    """Somebody who never rang before, from one of the numbers kept for examples that is nobody's in the book: at
    another's number the desk would show that one's record, and nothing the caller says would match it. "" if all are.
    """
    taken = {row.as_e164 for row in PersonNumber.objects.filter(person__agency=agency).values_list("number", flat=True)}
    taken |= {line.as_e164 for line in Line.objects.values_list("number", flat=True)}
    number = luck.choice([number for number in _EXAMPLES if number not in taken] or [""])
    name = f"{luck.choice(_GIVEN)} {luck.choice(_FAMILY)}"
    born = date(1935, 1, 1) + timedelta(days=luck.randrange(365 * 50))
    codes = ZipCode.objects.order_by("pk")
    count = codes.count()
    zip_code = codes[luck.randrange(count)].code if count else "39201"
    return number, Who(name, born, zip_code, "es" if luck.random() < 0.2 else "en")
