"""A conversation at the desk in which seats can be given: who rings, whose facts matched, which clinics there are."""

import re
from datetime import date, datetime, timedelta

from django.contrib.auth.models import Permission
from django.test import Client

from core import clock
from core.models import Agency, County, ZipCode
from crm import people
from crm.models import Person
from floor import dispatch
from floor.models import Entry, Offer, Operator
from scheduling.models import Appointment, Service, Site, Slot
from tests.floor import factories as make
from tests.scheduling import factories as book

HOME = "39204"
FIRST = timedelta(days=1)


class Desk:
    """One operator's browser, in the middle of a call from the menu's ZIP 39204."""

    def __init__(self, house: Agency, name: str = "ada") -> None:
        self.house = house
        self.operator = make.operator(house, name)
        self.user = self.operator.user
        self.user.user_permissions.add(Permission.objects.get(codename="use_desk"))
        self.client = Client(enforce_csrf_checks=False)
        self.client.force_login(self.user)
        dispatch.ready(self.operator)
        self.entry = dispatch.arrive(make.call(house), queue="book", answers={"zip": HOME})
        self.offer: Offer = make.offer_of(self.entry)

    def talks(self) -> "Desk":
        make.talks(self.entry)
        return self

    def hangs_up(self) -> None:
        dispatch.hung_up(Entry.objects.get(pk=self.entry.pk).call)

    def finds(self, person: Person) -> None:
        """Two facts of this person matched."""
        people.open_record(person, call=self.entry.call, user=self.user, at=clock.now(), facts="birth date and ZIP")

    def posts(self, path: str, status: int = 200, **form) -> str:
        answer = self.client.post(path, {"offer": self.offer.pk, **form}, headers={"HX-Request": "true"})
        assert answer.status_code == status, answer.content.decode()[:500]
        return answer.content.decode()

    def page(self) -> str:
        answer = self.client.get("/desk/columns/")
        assert answer.status_code == 200
        return answer.content.decode()

    def holds(self, person: Person, slot: Slot, status: int = 200, **form) -> str:
        return self.posts("/desk/hold/", status, who=person.pk, slot=slot.pk, press="press-1", **form)

    def does(self, what: str, appointment: Appointment, status: int = 200, **form) -> str:
        return self.posts(f"/desk/appointment/{appointment.token}/{what}/", status, **form)


def operator_of(desk: Desk) -> Operator:
    return Operator.objects.get(pk=desk.operator.pk)


def places() -> None:
    """Two counties with a ZIP each, ten miles apart."""
    for fips, name, code, east in (("28049", "Hinds", HOME, -90.22), ("28121", "Rankin", "39208", -90.05)):
        county = County.objects.create(fips=fips, name=name, state="MS", latitude=32.28, longitude=east)
        ZipCode.objects.create(code=code, city="Jackson", county=county, latitude=32.28, longitude=east)


def clinic(house: Agency, slug: str, fips: str, east: float, service: Service, at: datetime, **size) -> list[Slot]:
    site = Site.objects.create(
        agency=house,
        slug=slug,
        name=f"{slug.title()} Clinic",
        county=County.objects.get(fips=fips),
        street="100 Sample Road",
        city="Jackson",
        zip_code=HOME,
        latitude=32.28,
        longitude=east,
        directions="Enter by the side door.",
        directions_es="Entre por la puerta lateral.",
    )
    return book.clinic(site, service, starts=at, **size)


def person(house: Agency, given: str = "Odessa", born: date = date(1948, 5, 3), zip_code: str = HOME) -> Person:
    n = Person.objects.count()
    return Person.objects.create(
        agency=house, reference=f"P-{n}", given_name=given, family_name="Brightwater", born_on=born, zip_code=zip_code
    )


def only(person: Person) -> Appointment:
    """The one appointment or hold of this person."""
    return Appointment.objects.get(person=person)


def text(html: str) -> str:
    """What is read, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\N{NO-BREAK SPACE}", " ").split())
