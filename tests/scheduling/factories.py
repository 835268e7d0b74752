"""An appointment book in a few words: places, services, clinics with slots, people."""

import itertools
from datetime import UTC, date, datetime, time, timedelta

from core.models import Agency, County, ZipCode
from crm.models import Person
from scheduling import services
from scheduling.models import (
    Appointment,
    ClinicSession,
    ClinicTemplate,
    EligibilityRule,
    Service,
    Site,
    Slot,
)

AT = datetime(2026, 11, 10, 15, tzinfo=UTC)  # a Tuesday, 9:00 AM in Jackson
JACKSON, TUPELO, BILOXI = (32.30, -90.18), (34.26, -88.70), (30.40, -88.89)
_numbers = itertools.count(1)


def agency(slug: str = "vax") -> Agency:
    return Agency.objects.get_or_create(slug=slug, defaults={"name": "Vaccine line"})[0]


def county(fips: str = "28049") -> County:
    return County.objects.get_or_create(
        fips=fips, defaults={"name": "Hinds", "state": "MS", "latitude": 32.3, "longitude": -90.4}
    )[0]


def zip_code(code: str, point: tuple[float, float]) -> ZipCode:
    return ZipCode.objects.create(code=code, city="Jackson", county=county(), latitude=point[0], longitude=point[1])


def service(of: Agency, slug: str = "vaccine") -> Service:
    return Service.objects.get_or_create(agency=of, slug=slug, defaults={"name": slug.title()})[0]


def rule(of: Service, slug: str = "seniors", **values) -> EligibilityRule:
    return EligibilityRule.objects.create(service=of, slug=slug, **{"name": slug, "name_es": f"{slug} es"} | values)


def site(of: Agency, slug: str = "jackson", point: tuple[float, float] = JACKSON, **values) -> Site:
    return Site.objects.create(
        agency=of,
        slug=slug,
        name=slug.title(),
        county=county(),
        street="100 Sample Road",
        city="Jackson",
        zip_code="39201",
        latitude=point[0],
        longitude=point[1],
        **values,
    )


def template(of: Site, what: Service, weekday: int = 0, opens=time(9), closes=time(12), **values) -> ClinicTemplate:
    return ClinicTemplate.objects.create(
        site=of, service=what, weekday=weekday, opens=opens, closes=closes, **{"slot_minutes": 30} | values
    )


def clinic(
    of: Site, what: Service, *, starts: datetime = AT + timedelta(days=1), slots: int = 2, seats: int = 1
) -> list[Slot]:
    """A session of `slots` slots of ten minutes with `seats` seats each."""
    step = timedelta(minutes=10)
    session = ClinicSession.objects.create(
        site=of,
        service=what,
        service_date=starts.astimezone(of.zone).date(),
        starts_at=starts,
        ends_at=starts + slots * step,
    )
    return Slot.objects.bulk_create(
        Slot(session=session, starts_at=starts + n * step, ends_at=starts + (n + 1) * step, capacity=seats)
        for n in range(slots)
    )


def person(of: Agency, born_on: date = date(1948, 5, 3)) -> Person:
    n = next(_numbers)
    return Person.objects.create(
        agency=of, reference=f"P{n}", given_name="Hazel", family_name="Birch", born_on=born_on, zip_code="39201"
    )


def held(whom: Person, where: Slot, at: datetime = AT, **wish) -> Appointment:
    return services.hold(slot_id=where.pk, person=whom, user=None, at=at, **wish)


def booked(whom: Person, where: Slot, at: datetime = AT, **wish) -> Appointment:
    return services.book(held(whom, where, at, **wish), user=None, at=at)


def again(row):
    """The row as the database has it now."""
    return type(row).objects.get(pk=row.pk)
