"""The demo's database: the sample program, everybody's password, and an empty floor whatever the last run left."""

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db.models import QuerySet

from core import clock
from crm import services as facts
from crm.models import Call, Person
from floor import dispatch
from floor.models import Callback, Operator
from ivr import services as menus
from ivr.models import Line
from scheduling import queries
from scheduling import services as bookings
from scheduling.models import Appointment, Site

PASSWORD = "kindline"
EXPECTED = 14  # appointments at the clerk's clinic


def prepare(say) -> None:
    """Migrates, loads the sample program and opens everybody a way in. May be run again at will."""
    say("Making the database ...")
    call_command("migrate", verbosity=0)
    call_command("load_program", stdout=_Lines(say), stderr=_Lines(lambda line: None))
    _let_in()
    clear_floor()
    _expect_people_at_the_clinic()


def lines() -> list[str]:
    """The numbers callers can ring, E.164."""
    return [line.number.as_e164 for line in Line.objects.order_by("pk")]


def handsets(usernames: list[str]) -> dict[str, str]:
    """The ordinary telephone of each of these operators, by log-in name."""
    found = Operator.objects.filter(user__username__in=usernames).order_by("user__username")
    return dict(found.values_list("user__username", "device"))


def clear_floor() -> None:
    """Nobody of the last run is on the line any more: their calls end here, and everybody is off."""
    at = clock.now()
    for call in _open_calls():
        facts.end_call(call, hangup_code="", at=at)
        menus.left(call, at=at)
        dispatch.hung_up(call, at=at)
    for promise in Callback.objects.filter(ended_at=None).select_related("entry__call", "entry__queue"):
        dispatch.callback_withdrawn(promise, at=at)
    for operator in Operator.objects.select_related("user"):
        dispatch.wrapped_up(operator, then_away=True, at=at)
        dispatch.away(operator, offline=True, at=at)


def _expect_people_at_the_clinic() -> None:
    """The list at the clerk's door has people on it: on the next day that clinic is held."""
    at = clock.now()
    site = Site.objects.filter(clerks__isnull=False).order_by("pk").first()
    coming = Appointment.objects.filter(slot__session__site=site, slot__starts_at__gte=at)
    if site is None or coming.filter(state=Appointment.State.BOOKED).count() >= EXPECTED // 2:
        return
    free = queries.free_slots(at).filter(session__site=site).order_by("starts_at", "pk")
    people = Person.objects.filter(agency_id=site.agency_id, appointments=None).order_by("reference")
    for slot, person in zip(free[:EXPECTED], people[:EXPECTED], strict=False):
        try:
            held = bookings.hold(slot_id=slot.pk, person=person, user=None, at=at)
            bookings.book(held, user=None, at=at)
        except bookings.Refused:
            continue  # too young for it; the next one comes


def _open_calls() -> QuerySet[Call]:
    return Call.objects.filter(ended_at=None).order_by("pk")


def _let_in() -> None:
    """One password for all, hashed once: nobody here is real, and thirty hashes would take ten seconds."""
    User.objects.filter(is_active=True).update(password=make_password(PASSWORD))


class _Lines:
    """What a command says, line by line."""

    def __init__(self, say) -> None:
        self._say = say

    def write(self, text: str) -> None:
        for line in text.splitlines():
            if line.strip():
                self._say("  " + line.strip())

    def flush(self) -> None:
        """Nothing is kept back."""
