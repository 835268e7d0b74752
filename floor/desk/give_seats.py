"""Free seats near the caller, as they are shown: the form, the list, the map, and whether this person may have one."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from core import moments
from core.models import County, ZipCode
from crm.models import Person
from floor.desk import map as maps
from floor.desk.current import Desk
from floor.desk.give_asked import Asked
from scheduling import queries
from scheduling.models import Service
from scheduling.queries import Seat

LIST = 5
_AROUND = 1.6  # degrees north, south, east and west within which counties are named


@dataclass(frozen=True)
class Row:
    """A free seat of the list; `number` is its pin."""

    number: int
    slot_id: int
    moment: str
    place: str
    facts: list[str]
    own: str  # what the person has there already: "held", "booked" or nothing


@dataclass(frozen=True)
class Option:
    """One of a select."""

    value: str
    text: str
    chosen: bool


@dataclass(frozen=True)
class Search:
    """What is looked for, with every default filled in."""

    service: Service | None
    services: list[Option]
    categories: list[Option]
    zip_code: str
    home: ZipCode | None
    not_before: str
    today: str
    unclear: str

    @property
    def unknown(self) -> str:
        """A ZIP that is one and that nobody knows."""
        return self.zip_code if self.zip_code and self.home is None else ""


def search(desk: Desk, asked: Asked, *, default_zip: str, service_id: int | None, at: datetime) -> Search:
    """The form as it stands. `service_id`: of what is held or moved, until the operator chooses another."""
    services = sorted(queries.services(desk.agency.pk), key=lambda one: one.pk)
    service = _service(desk, services, asked.service or service_id)
    code = asked.zip_code or default_zip
    rules = queries.categories(service) if service else []
    today = at.astimezone(desk.agency.zone).date().isoformat()
    return Search(
        service=service,
        services=[Option(str(one.pk), queries.said(one), one == service) for one in services],
        categories=[Option(rule.category, queries.said(rule), rule.category == asked.category) for rule in rules],
        zip_code=code,
        home=home(code),
        not_before=asked.not_before if asked.not_before >= today else "",
        today=today,
        unclear=asked.unclear,
    )


def home(zip_code: str) -> ZipCode | None:
    """Where a ZIP is, with its county."""
    found = ZipCode.objects.select_related("county").filter(code=zip_code) if zip_code else ZipCode.objects.none()
    return found.first()


def nearest(desk: Desk, search: Search, *, first: Sequence[Seat] = (), at: datetime) -> list[Seat]:
    """The seats to show. `first`: what a refusal offered instead, which comes before the rest."""
    if search.service is None:
        return []
    day = date.fromisoformat(search.not_before) if search.not_before else None
    found = queries.nearest_seats(
        desk.agency.pk,
        service_id=search.service.pk,
        zip_code=search.zip_code if search.home else "",
        at=at,
        limit=LIST,
        not_before=day,
    )
    seen = {seat.slot_id for seat in first}
    return [*first, *(seat for seat in found if seat.slot_id not in seen)][:LIST]


def rows(seats: Sequence[Seat], counties: dict[int, County], own: Mapping[int, str], *, several: bool) -> list[Row]:
    """The list. A clinic is called by its county, as people here do, or by its name where a county has two of them.

    `own`: what the person has, by slot. `several`: more than one seat may be wanted, so how many are free says more
    than that one may stay in the car.
    """
    sites = {seat.site.pk: seat.site.county_id for seat in seats}
    twice = {county for county, count in Counter(sites.values()).items() if count > 1}
    return [
        Row(
            number=number,
            slot_id=seat.slot_id,
            moment=moments.short(seat.starts_at, seat.site.zone),
            place=seat.site.name if seat.site.county_id in twice else short_name(counties[seat.site.county_id]),
            facts=_facts(seat, several),
            own=own.get(seat.slot_id, ""),
        )
        for number, seat in enumerate(seats, 1)
    ]


def counties(seats: Sequence[Seat], home: ZipCode | None) -> dict[int, County]:
    """The counties of these clinics and those around the caller, by key, in one statement."""
    around = Q(pk__in={seat.site.county_id for seat in seats})
    if home:
        north, east = home.latitude, home.longitude
        around |= Q(
            latitude__range=(north - _AROUND, north + _AROUND), longitude__range=(east - _AROUND, east + _AROUND)
        )
    return {county.pk: county for county in County.objects.filter(around)}


def drawn(seats: Sequence[Seat], home: ZipCode | None, counties: dict[int, County]) -> maps.Map | None:
    """The map of the list. Two seats of one clinic share its pin, and the counties of the pins are named first."""
    pins: dict[int, maps.Place] = {}
    for number, seat in enumerate(seats, 1):
        before = pins.get(seat.site.pk)
        name = f"{before.name},{number}" if before else str(number)
        pins[seat.site.pk] = maps.Place(name, seat.site.latitude, seat.site.longitude)
    wanted = list(dict.fromkeys(seat.site.county_id for seat in seats))
    if home and home.county_id not in wanted:
        wanted.insert(0, home.county_id)
    rest = sorted(set(counties) - set(wanted), key=lambda pk: _far(counties[pk], home))
    named = [counties[pk] for pk in wanted + rest]
    places = [maps.Place(short_name(county), county.latitude, county.longitude) for county in named]
    return maps.draw(
        list(pins.values()), maps.Place(home.code, home.latitude, home.longitude) if home else None, places
    )


def not_for(search: Search, person: Person, seats: Sequence[Seat], category: str) -> str:
    """Why this person may not have the first of these seats, in words to be said; empty if they may."""
    if search.service is None or not seats:
        return ""
    day = seats[0].local.date()
    verdict = queries.eligible(search.service, born_on=person.born_on, day=day, category=category)
    return "" if verdict else not_yet(verdict.reasons)


def not_yet(reasons: Sequence[str]) -> str:
    """The rules, kindly."""
    if not reasons:
        return _("This is not for somebody of that birth date. Please check the date once more.")
    return _("This is for now for: %(rules)s. Ask whether one of these fits.") % {"rules": " · ".join(reasons)}


def short_name(county: County) -> str:
    """Hinds, of "Hinds" and of "Hinds County"."""
    return county.name.removesuffix(" County")


def miles(distance: float) -> str:
    """2.4 mi; 12 mi where a tenth says nothing; a ZIP is no point, so next to nothing is only near."""
    if distance < 0.95:
        return _("under 1 mi")
    return _("%(miles)s mi") % {"miles": f"{distance:.1f}" if distance < 9.95 else f"{distance:.0f}"}


def _facts(seat: Seat, several: bool) -> list[str]:
    """Two, so that a row is two lines."""
    far = miles(seat.miles) if seat.miles is not None else seat.site.city
    through = seat.site.drive_through and not several
    return [far, _("drive-through") if through else _("%(count)s free") % {"count": seat.free}]


def _far(county: County, home: ZipCode | None) -> float:
    if home is None:
        return 0
    return (county.latitude - home.latitude) ** 2 + (county.longitude - home.longitude) ** 2


def _service(desk: Desk, services: Sequence[Service], wanted: int | None) -> Service | None:
    """The one wanted; else the one the caller's menu or line names; else what the line was first set up for."""
    by_slug = {service.slug: service for service in services}
    said = str(desk.entry.answers.get("service", "")) if desk.entry else ""
    line = desk.queue.slug if desk.queue else ""
    chosen = next((service for service in services if service.pk == wanted), None)
    return chosen or by_slug.get(said) or by_slug.get(line) or next(iter(services), None)
