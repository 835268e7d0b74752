"""Reads the appointment book. What it lists as free and what `scheduling.services` lets go out is one predicate."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils.translation import get_language

from core.models import ZipCode
from crm.models import Person
from scheduling import rules
from scheduling.models import Appointment, ClinicSession, EligibilityRule, Service, Site, Slot

_LONGEST_CLINIC = timedelta(days=2)  # from opening to closing; more than there can be
_NEAR = 25  # sites asked about at once; the nearest few have seats on all but the worst of days


@dataclass(frozen=True)
class Seat:
    """A slot with free seats, and how far it is from where the caller lives (None: not known)."""

    slot_id: int
    site: Site
    service_id: int
    starts_at: datetime
    ends_at: datetime
    free: int
    miles: float | None

    @property
    def local(self) -> datetime:
        """The start on the clinic's own clock."""
        return self.starts_at.astimezone(self.site.zone)


# ---- seats ------------------------------------------------------------------------------------------------------


def open_sessions() -> QuerySet[ClinicSession]:
    """Clinics that take people."""
    return ClinicSession.objects.filter(active=True, site__active=True, service__active=True)


def free_slots(at: datetime) -> QuerySet[Slot]:
    """Slots with a seat for somebody at this moment: what the list shows and what a hold may take.

    No joins, so that an update by it is one plain UPDATE whose conditions the database looks at again after a wait.
    """
    return _with_room(at).filter(session__in=open_sessions())


def _with_room(at: datetime) -> QuerySet[Slot]:
    return Slot.objects.filter(starts_at__gt=at, booked__lt=F("capacity"))


def nearest_seats(
    agency_id: int,
    *,
    service_id: int,
    zip_code: str = "",
    at: datetime,
    limit: int = 5,
    not_before: date | datetime | None = None,
    per_site: int = 1,
) -> list[Seat]:
    """The soonest seats of the sites nearest to a ZIP; without one, or with one nobody knows, the soonest anywhere.

    `not_before`: a day on the clinics' calendar, or a moment. `per_site`: of how many clinics of one site, the soonest
    first; of each clinic its first seat, since the second is ten minutes later and no choice.
    """
    home = known_zip(zip_code)
    wish = _Wish(service_id, at, not_before, per_site)
    sites = list(Site.objects.filter(agency_id=agency_id, active=True))
    if home is None:
        away = dict.fromkeys(sites)
        return _seats(wish, sorted(_openings(wish, sites))[:limit], away)
    away = _by_distance(sites, (home.latitude, home.longitude))
    return _seats(wish, _nearest(wish, list(away), limit), away)


def next_best(slot: Slot, *, at: datetime, limit: int = 5) -> list[Seat]:
    """For whoever just missed `slot`: up to three seats of that site, closest in time first, then the nearest sites."""
    service_id, site = slot.session.service_id, slot.session.site
    free = free_slots(at).filter(session__site=site, session__service_id=service_id)
    here = sorted((_seat(row, site, None) for row in free.values(*_COLUMNS)), key=lambda seat: seat.starts_at)
    here.sort(key=lambda seat: abs(seat.starts_at - slot.starts_at))
    few = here[: min(3, limit)]
    others = Site.objects.filter(agency_id=site.agency_id, active=True).exclude(pk=site.pk)
    around = list(_by_distance(list(others), (site.latitude, site.longitude)))
    wish = _Wish(service_id, at)
    return few + _seats(wish, _nearest(wish, around, limit - len(few)), dict.fromkeys(around))


@dataclass(frozen=True)
class _Wish:
    service_id: int
    at: datetime
    not_before: date | datetime | None = None
    per_site: int = 1

    def clinics(self) -> QuerySet[ClinicSession]:
        """Those that may have a seat; by their start as well, which is in the index."""
        found = open_sessions().filter(
            service_id=self.service_id, starts_at__gt=self.at - _LONGEST_CLINIC, ends_at__gt=self.at
        )
        if self.not_before is None or isinstance(self.not_before, datetime):
            return found
        return found.filter(service_date__gte=self.not_before)

    def slots(self) -> QuerySet[Slot]:
        """Those with a seat."""
        found = _with_room(self.at)
        return found.filter(starts_at__gte=self.not_before) if isinstance(self.not_before, datetime) else found


_COLUMNS = ("pk", "session_id", "session__service_id", "starts_at", "ends_at", "booked", "capacity")


class _Opening(NamedTuple):
    """A clinic's first free slot."""

    starts_at: datetime
    site_id: int
    session_id: int


def _by_distance(sites: list[Site], home: tuple[float, float]) -> dict[Site, float]:
    """Miles to each, the nearest first."""
    away = {site: rules.miles(*home, site.latitude, site.longitude) for site in sites}
    return dict(sorted(away.items(), key=lambda item: (item[1], item[0].pk)))


def _nearest(wish: _Wish, sites: list[Site], limit: int) -> list[_Opening]:
    """Of the first sites that have any, asking about `_NEAR` at a time until there are enough."""
    found: list[_Opening] = []
    place = {site.pk: n for n, site in enumerate(sites)}
    while sites and len(found) < limit:
        some, sites = sites[:_NEAR], sites[_NEAR:]
        found += sorted(_openings(wish, some), key=lambda opening: (place[opening.site_id], opening))
    return found[:limit]


def _openings(wish: _Wish, sites: list[Site]) -> list[_Opening]:
    """The soonest of each of these sites, in one query.

    Clinic by clinic, a probe of an index each, since there are twenty times as many slots to put in order.
    """
    first = wish.slots().filter(session=OuterRef("pk")).order_by("starts_at").values("starts_at")[:1]
    clinics = wish.clinics().filter(site__in=sites).annotate(first=Subquery(first)).order_by()
    of_site: dict[int, list[_Opening]] = defaultdict(list)
    for opening in clinics.values_list("first", "site_id", "pk"):
        if opening[0] is not None:
            of_site[opening[1]].append(_Opening(*opening))
    return [opening for found in of_site.values() for opening in sorted(found)[: wish.per_site]]


def _seats(wish: _Wish, openings: list[_Opening], away: Mapping[Site, float | None]) -> list[Seat]:
    """In the same order, without those somebody took meanwhile."""
    if not openings:
        return []
    by_pk = {site.pk: site for site in away}
    rows = wish.slots().filter(
        session__in=[opening.session_id for opening in openings],
        starts_at__in=[opening.starts_at for opening in openings],
    )
    found = {(row["session_id"], row["starts_at"]): row for row in rows.values(*_COLUMNS)}
    moments = [(opening.session_id, opening.starts_at) for opening in openings]
    sites = [by_pk[opening.site_id] for opening in openings]
    return [
        _seat(found[moment], site, away[site]) for moment, site in zip(moments, sites, strict=True) if moment in found
    ]


def _seat(row: dict, site: Site, miles: float | None) -> Seat:
    return Seat(
        slot_id=row["pk"],
        site=site,
        service_id=row["session__service_id"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        free=row["capacity"] - row["booked"],
        miles=miles,
    )


def known_zip(code: str) -> ZipCode | None:
    """Where a ZIP is; the four digits of a ZIP+4 may follow it. None if nobody knows."""
    code = code.strip()[:5]
    return ZipCode.objects.filter(code=code).first() if len(code) == 5 else None


# ---- services and who may have them -----------------------------------------------------------------------------


def services(agency_id: int) -> list[Service]:
    """What can be booked."""
    return list(Service.objects.filter(agency_id=agency_id, active=True))


def eligible(service: Service, *, born_on: date, day: date, category: str = "") -> rules.Verdict:
    """Whether the service is for somebody on that day. Truthy for yes; `reasons` are the names of the rules, for the
    caller, in the language of the page: those that hold or, for a no, all there are."""
    verdict = rules.judge(_rules(service), born_on=born_on, day=day, category=category)
    return verdict._replace(reasons=tuple(said(rule) for rule in verdict.rules))


def categories(service: Service) -> list[EligibilityRule]:
    """The rules that ask the caller what they are; empty if age is all that counts."""
    return [rule for rule in _rules(service) if rule.category]


def said(named: EligibilityRule | Service) -> str:
    """The name in the language of the page."""
    return named.name_es if (get_language() or "").startswith("es") and named.name_es else named.name


def _rules(service: Service) -> list[EligibilityRule]:
    return list(EligibilityRule.objects.filter(service=service, active=True))


# ---- appointments -----------------------------------------------------------------------------------------------


def whole() -> QuerySet[Appointment]:
    """Appointments with what every page says of them."""
    return Appointment.objects.select_related("slot__session__site", "service")


def appointments_of(person: Person) -> list[Appointment]:
    """Newest first; a hold that was let go never was one."""
    mine = whole().filter(person=person).exclude(state=Appointment.State.LET_GO)
    return list(mine.order_by("-made_at", "-pk"))


def next_booked(person: Person, *, at: datetime) -> Appointment | None:
    """What they are expected for next."""
    booked = whole().filter(person=person, state=Appointment.State.BOOKED, slot__starts_at__gt=at)
    return booked.order_by("slot__starts_at", "pk").first()


def held_in(call_id: int) -> list[Appointment]:
    """What is held in this call, oldest first: a reloaded page finds it again."""
    mine = whole().select_related("person").filter(call_id=call_id, state=Appointment.State.HELD)
    return list(mine.order_by("pk"))


def moving(appointment: Appointment) -> Appointment | None:
    """The booked appointment that booking this hold will move."""
    return whole().filter(moved_to=appointment, state=Appointment.State.BOOKED).first()
