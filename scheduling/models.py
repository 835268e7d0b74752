"""The appointment book. Nothing here says "vaccine": what is given is data. Writers: `scheduling.services` for slots'
seats and appointments, `scheduling.sessions` for clinic sessions cut from templates.
"""

import uuid
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.models import Agency, County
from core.natural import Natural
from crm.models import Call, Person


class Site(Natural):
    """A place people come to. Set-up: an admin's."""

    NATURAL = ("agency__slug", "slug")

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="sites")
    slug = models.SlugField()
    name = models.CharField(max_length=120)
    county = models.ForeignKey(County, on_delete=models.PROTECT, related_name="sites")
    street = models.CharField(max_length=120)
    city = models.CharField(max_length=80)
    zip_code = models.CharField("ZIP code", max_length=5)
    latitude = models.FloatField(help_text="degrees, WGS 84")
    longitude = models.FloatField(help_text="degrees, WGS 84")
    time_zone = models.CharField(max_length=64, default="America/Chicago")
    phone = models.CharField(max_length=20, blank=True)
    directions = models.TextField(blank=True, help_text="how to get in, where to park; read out on the phone")
    directions_es = models.TextField("directions in Spanish", blank=True)
    drive_through = models.BooleanField(default=False)
    wheelchair = models.BooleanField("step-free", default=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["agency", "slug"], name="one_site_a_slug")]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The zone on the clinic's own clock."""
        return ZoneInfo(self.time_zone)


class SiteClerk(Natural):
    """A user who keeps the list at one clinic's door."""

    NATURAL = ("user__username", "site__agency__slug", "site__slug")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="clerk_of")
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="clerks")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "site"], name="one_row_a_clerk_and_site")]

    def __str__(self) -> str:
        return f"{self.user} at {self.site}"


class Service(Natural):
    """What an appointment is for. Set-up: an admin's."""

    NATURAL = ("agency__slug", "slug")

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="services")
    slug = models.SlugField()
    name = models.CharField(max_length=80)
    name_es = models.CharField("name in Spanish", max_length=80, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["slug"]
        constraints = [models.UniqueConstraint(fields=["agency", "slug"], name="one_service_a_slug")]

    def __str__(self) -> str:
        return self.name


class EligibilityRule(Natural):
    """One way to be eligible for a service. Any rule that holds is enough; a service without one is for everybody.

    A rule holds if the age on the day of the appointment lies in its range and, where it names a category, the
    caller says they belong to it.
    """

    NATURAL = ("service__agency__slug", "service__slug", "slug")

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="rules")
    slug = models.SlugField()
    name = models.CharField(max_length=80, help_text="said to the caller: aged 65 and over")
    name_es = models.CharField("name in Spanish", max_length=80, blank=True)
    min_age = models.PositiveSmallIntegerField(default=0, help_text="years, on the day of the appointment")
    max_age = models.PositiveSmallIntegerField(null=True, blank=True, help_text="years, included; empty: no limit")
    category = models.SlugField(blank=True, help_text="what the caller must say they are; empty: age is enough")
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["service", "min_age", "slug"]
        constraints = [
            models.UniqueConstraint(fields=["service", "slug"], name="one_rule_a_slug"),
            models.CheckConstraint(condition=Q(max_age=None) | Q(max_age__gte=F("min_age")), name="ages_in_order"),
        ]

    def __str__(self) -> str:
        return self.name


class ClinicTemplate(Natural):
    """A clinic that is held every week. `manage.py make_sessions` cuts sessions and slots from it."""

    NATURAL = ("site__agency__slug", "site__slug", "service__slug", "weekday", "opens")

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="templates")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    weekday = models.PositiveSmallIntegerField(help_text="0 is Monday, 6 is Sunday")
    opens = models.TimeField(help_text="on the clinic's own clock")
    closes = models.TimeField(help_text="on the clinic's own clock; at or before opening: the next day")
    slot_minutes = models.PositiveSmallIntegerField(default=10)
    capacity = models.PositiveSmallIntegerField(default=4, help_text="seats in each slot")
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["site", "weekday", "opens"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "service", "weekday", "opens"], name="one_template_a_site_and_moment"
            ),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="clinic_weekday_of_a_week"),
            models.CheckConstraint(condition=Q(slot_minutes__gte=1), name="slots_take_time"),
        ]

    def __str__(self) -> str:
        return f"{self.site}, {self.weekday} {self.opens:%H:%M}"


class ClinicSession(models.Model):
    """One clinic on one day. `service_date` is the local date of its start, also past midnight."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="sessions")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="sessions")
    template = models.ForeignKey(ClinicTemplate, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    service_date = models.DateField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="the first moment it is over")
    active = models.BooleanField(default=True, help_text="a session that is closed offers no seats")

    class Meta:
        ordering = ["starts_at", "site"]
        constraints = [
            models.UniqueConstraint(fields=["site", "service", "starts_at"], name="one_session_a_moment"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"session {self.pk}, {self.service_date}"


class Slot(models.Model):
    """A span of a session and its seats. The CHECK is the last word on how many may be taken."""

    session = models.ForeignKey(ClinicSession, on_delete=models.PROTECT, related_name="slots")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    capacity = models.PositiveSmallIntegerField()
    booked = models.PositiveSmallIntegerField(default=0, help_text="seats held, booked or used")

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "starts_at"], name="one_slot_a_moment"),
            models.CheckConstraint(
                condition=Q(booked__gte=0) & Q(booked__lte=F("capacity")), name="never_a_seat_too_many"
            ),
        ]
        indexes = [
            # Free seats from now on: the search's question.
            models.Index(fields=["starts_at"], condition=Q(booked__lt=F("capacity")), name="slot_free_by_moment"),
        ]

    def __str__(self) -> str:
        return f"slot {self.pk}"


class Appointment(models.Model):
    """A seat taken for a person. Guarded by its slot's counter; writer: `scheduling.services`."""

    class State(models.TextChoices):
        HELD = "held", "held"
        BOOKED = "booked", "booked"
        KEPT = "kept", "kept"
        CANCELLED = "cancelled", "cancelled"
        LET_GO = "let_go", "hold let go or run out"
        MOVED = "moved", "moved to another time"

    class Source(models.TextChoices):
        PHONE = "phone", "phone"
        WEB = "web", "web"
        CLINIC = "clinic", "clinic"
        API = "api", "api"

    TAKES_A_SEAT = (State.HELD, State.BOOKED, State.KEPT)

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="appointments")
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False, help_text="its name in addresses")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="appointments")
    state = models.CharField(max_length=9, choices=State.choices)
    source = models.CharField(max_length=6, choices=Source.choices, default=Source.PHONE)
    code = models.CharField(max_length=8, blank=True, help_text="confirmation code, read out and written down")
    version = models.PositiveSmallIntegerField(default=1, help_text="counts changes")
    call = models.ForeignKey(Call, null=True, blank=True, on_delete=models.PROTECT, related_name="appointments")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    category = models.SlugField(blank=True, help_text="what the caller said they are, where eligibility asked")
    key = models.CharField(max_length=64, unique=True, null=True, blank=True, help_text="one press, one appointment")
    made_at = models.DateTimeField()
    held_until = models.DateTimeField(null=True, blank=True)
    booked_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="kept, cancelled, moved or let go")
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField(help_text="last change of its state; what a partner asks for")
    moved_to = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="moved_from")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "service"], condition=Q(state="booked"), name="one_booking_per_person_and_service"
            ),
            models.UniqueConstraint(
                fields=["person", "service"], condition=Q(state="held"), name="one_hold_per_person_and_service"
            ),
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="one_appointment_a_code"),
            models.CheckConstraint(condition=~Q(state="held") | Q(held_until__isnull=False), name="a_hold_has_an_end"),
        ]
        indexes = [
            models.Index(fields=["held_until"], condition=Q(state="held"), name="hold_deadline"),
            models.Index(fields=["agency", "made_at"], name="appointment_by_making"),
            models.Index(fields=["agency", "booked_at"], name="appointment_by_booking"),
            models.Index(fields=["agency", "changed_at"], name="appointment_by_change"),
        ]
        permissions = [("check_in", "Can keep the list at a clinic's door")]

    def __str__(self) -> str:
        return f"appointment {self.pk}, {self.state}"
