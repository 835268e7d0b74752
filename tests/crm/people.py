"""A household, a call and whoever answers it, in a few words."""

from datetime import UTC, date, datetime

from django.contrib.auth import get_user_model

from core.models import Agency
from crm.models import Call, Person, PersonNumber

NOW = datetime(2026, 11, 10, 15, tzinfo=UTC)
NUMBER = "+16015550142"


def agency(slug: str = "vax") -> Agency:
    return Agency.objects.get_or_create(slug=slug, defaults={"name": slug})[0]


def person(of: Agency, given: str = "Odessa", family: str = "Brightwater", *, number: str = NUMBER, **more) -> Person:
    facts = {"born_on": date(1948, 5, 3), "zip_code": "39204", "street": "12 Mill Road"} | more
    n = Person.objects.count()
    made = Person.objects.create(agency=of, reference=f"P-{n}", given_name=given, family_name=family, **facts)
    if number:
        PersonNumber.objects.create(person=made, number=number)
    return made


def call(of: Agency, number: str = NUMBER) -> Call:
    n = Call.objects.count()
    return Call.objects.create(agency=of, carrier_uuid=f"c-{n}", from_number=number, started_at=NOW)


def user(name: str = "ada"):
    return get_user_model().objects.get_or_create(username=name)[0]
