"""The list at a clinic's door: who is expected on a day, by time."""

import unicodedata
from datetime import date, datetime, time

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet

from core.access import scoped
from scheduling import queries
from scheduling.models import Appointment, ClinicSession, Site

ON_THE_LIST = (Appointment.State.BOOKED, Appointment.State.KEPT)


def sites_of(user: AbstractBaseUser) -> QuerySet[Site]:
    """The clinics whose list this clerk keeps, by name."""
    return scoped(Site.objects.filter(clerks__user_id=user.pk), user).order_by("name")


def appointments(user: AbstractBaseUser) -> QuerySet[Appointment]:
    """Everything on the lists of this clerk's clinics, on any day."""
    rows = Appointment.objects.filter(slot__session__site__in=sites_of(user), state__in=ON_THE_LIST)
    return rows.select_related("person", "service", "slot__session__site")


def expected(user: AbstractBaseUser, site: Site, day: date) -> list[Appointment]:
    """Who is expected at a site on a day, or has come; by time, then name."""
    rows = appointments(user).filter(slot__session__site=site, slot__session__service_date=day)
    return list(rows.order_by("slot__starts_at", "person__family_name", "person__given_name", "pk"))


def is_held(site: Site, day: date) -> bool:
    """Whether the clinic takes people on that day."""
    return queries.open_sessions().filter(site=site, service_date=day).exists()


def next_held(site: Site, *, after: date, today: date) -> ClinicSession | None:
    """The first session after a day that is not past yet; None if none is set up."""
    later = queries.open_sessions().filter(site=site, service_date__gt=after, service_date__gte=today)
    return later.order_by("starts_at", "pk").first()


def find(rows: list[Appointment], said: str) -> list[Appointment]:
    """Of `rows`, those with this confirmation code, else those whose family name begins so (accents aside)."""
    asked = _plain(said)
    if not asked:
        return rows
    by_code = [row for row in rows if row.code and _plain(row.code) == asked]
    return by_code or [row for row in rows if _begins(row.person.family_name, asked)]


def today_at(site: Site, at: datetime) -> date:
    """The day on the clinic's own calendar."""
    return at.astimezone(site.zone).date()


def day_began(site: Site, at: datetime) -> datetime:
    """Midnight before `at`, by the clinic's own clock."""
    return datetime.combine(today_at(site, at), time.min, tzinfo=site.zone)


def _begins(name: str, asked: str) -> bool:
    """Either of two last names may be said, or both."""
    parts = name.replace("-", " ").split()
    return any(_plain(" ".join(parts[n:])).startswith(asked) for n in range(len(parts)))


def _plain(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", text).casefold() if letter.isalnum())
