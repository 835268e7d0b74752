"""What a drill's callers book: a share of those who were served, at the moment their talk ends.

By the code the desk uses: the person is entered for the call, the nearest free seat is looked up by their ZIP, held and
booked. In virtual time all of that is one instant, so no wait changes.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db.models import Sum

from core.models import Agency, County, ZipCode
from crm import people
from crm.models import Call
from floor.models import Operator
from scheduling import queries, services
from scheduling.models import Appointment, ClinicTemplate, Service, Site, Slot
from scheduling.sessions import make_sessions

if TYPE_CHECKING:
    from contactcenter.drill.parties import DrillCaller

ZIPS = range(39_100, 39_800)  # where callers say they live
A_SITE_EVERY = 100  # ZIPs
OPENS, CLOSES, MINUTES = time(8), time(18), 10
SLOTS_A_WEEK = len(ZIPS) // A_SITE_EVERY * 7 * 60
GIVEN = ("Ada", "Ben", "Clara", "Dora", "Emil", "Flora", "Hugo", "Ida", "Juan", "Lena", "Marta", "Otis")
FAMILY = ("Alder", "Birch", "Cedar", "Elm", "Hazel", "Juniper", "Maple", "Olmo", "Pine", "Rowan", "Sauce", "Willow")


def open_clinics(agency: Agency, *, callers: int, day: date) -> Service:
    """A small program: sites with clinics in the week after `day`, and seats for everybody who rings."""
    service = Service.objects.create(agency=agency, slug="vaccine", name="Vaccine")
    county = County.objects.create(fips="28000", name="Sample", state="MS", latitude=32.5, longitude=-89.5)
    for first in ZIPS[::A_SITE_EVERY]:
        north = 31 + (first - ZIPS[0]) / A_SITE_EVERY * 0.5  # half a degree, some 35 miles, from site to site
        site = Site.objects.create(
            agency=agency, slug=f"site-{first}", name=f"Clinic {first}", county=county, street="1 Sample Street",
            city="Sample", zip_code=str(first), latitude=north, longitude=-89.5,
        )  # fmt: skip
        ZipCode.objects.bulk_create(
            ZipCode(code=str(code), city="Sample", county=county, latitude=north, longitude=-89.5)
            for code in range(first, first + A_SITE_EVERY)
        )
        ClinicTemplate.objects.bulk_create(
            ClinicTemplate(
                site=site, service=service, weekday=weekday, opens=OPENS, closes=CLOSES, slot_minutes=MINUTES,
                capacity=1 + callers // SLOTS_A_WEEK,
            )
            for weekday in range(7)
        )  # fmt: skip
    make_sessions(agency, weeks=1, start=day + timedelta(days=7))
    return service


@dataclass
class Bookings:
    """Books for `share` of the callers it is told of; who, is drawn by the seed and the number of their call."""

    agency: Agency
    service: Service
    share: float
    seed: int
    made: int = 0

    def served(self, caller: DrillCaller, operator: Operator, *, at: datetime) -> None:
        """This caller's talk is over. Refused, which there is no reason for, ends the drill."""
        dice = random.Random(f"{self.seed}:{caller.row.number}:book")
        if dice.random() >= self.share:
            return
        call = Call.objects.get(carrier_uuid=caller.first_leg)
        person = people.enter(
            call,
            given_name=dice.choice(GIVEN),
            family_name=dice.choice(FAMILY),
            born_on=date(1930, 1, 1) + timedelta(days=dice.randrange(75 * 365)),
            zip_code=caller.zip,
            street="",
            language="en",
            user=operator.user,
            at=at,
        )
        (seat,) = queries.nearest_seats(self.agency.pk, service_id=self.service.pk, zip_code=caller.zip, at=at, limit=1)
        held = services.hold(slot_id=seat.slot_id, person=person, user=operator.user, call=call, at=at)
        services.book(held, user=operator.user, at=at)
        self.made += 1

    def figures(self) -> dict[str, int]:
        """As the database has them. Raises RuntimeError unless both are the number of bookings made."""
        booked = Appointment.objects.filter(agency=self.agency, state=Appointment.State.BOOKED).count()
        taken = Slot.objects.filter(session__site__agency=self.agency).aggregate(sum=Sum("booked"))["sum"] or 0
        if not self.made == booked == taken:
            raise RuntimeError(f"{self.made} bookings made, {booked} appointments, {taken} seats taken")
        return {"appointments": booked, "seats_taken": taken}
