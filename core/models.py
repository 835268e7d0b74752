"""The plumbing tables every room may point at."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext as _

from core.natural import Natural


def _known_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError) as error:
        raise ValidationError(_("Please give a time zone such as America/Chicago.")) from error


class Agency(Natural):
    """Whose phone line it is. Lines, queues, sites, calls and people belong to one."""

    NATURAL = ("slug",)

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64, default="America/Chicago", validators=[_known_zone])
    missed_tries = models.PositiveSmallIntegerField(
        "tries to reach a missed caller",
        default=3,
        validators=[MinValueValidator(1)],
        help_text="so many calls of ours in vain, and the missed caller is off the list",
    )

    class Meta:
        verbose_name_plural = "agencies"

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which this agency opens, closes and reads its reports."""
        return ZoneInfo(self.time_zone)


class Membership(Natural):
    """Which agency a user works for: the scope of everything they see. Their roles are the stock groups."""

    NATURAL = ("user__username",)

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="membership")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="members")

    def __str__(self) -> str:
        return f"{self.user} of {self.agency}"


class County(Natural):
    """A county and a point in its middle, in degrees (WGS 84)."""

    NATURAL = ("fips",)

    fips = models.CharField(max_length=5, unique=True, help_text="the Census Bureau's code, five digits")
    name = models.CharField(max_length=60)
    state = models.CharField(max_length=2)
    latitude = models.FloatField()
    longitude = models.FloatField()

    class Meta:
        verbose_name_plural = "counties"
        ordering = ["state", "name"]

    def __str__(self) -> str:
        return self.name


class ZipCode(Natural):
    """Where a five-digit ZIP is, in degrees (WGS 84)."""

    NATURAL = ("code",)

    code = models.CharField(max_length=5, unique=True)
    city = models.CharField(max_length=80)
    county = models.ForeignKey(County, on_delete=models.PROTECT, related_name="zip_codes")
    latitude = models.FloatField()
    longitude = models.FloatField()

    class Meta:
        verbose_name = "ZIP code"
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.city}"


class AccessLog(models.Model):
    """Who looked at what of a person, when: append-only. Writer: `core.access.looked`."""

    class Action(models.TextChoices):
        LISTED = "listed", "saw as a candidate, masked"
        TRIED = "tried", "two facts did not match"
        SAW = "saw", "saw the record"
        CHANGED = "changed", "changed the record"
        EXPORTED = "exported", "took out a file"

    at = models.DateTimeField()
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=8, choices=Action.choices)
    what = models.CharField(max_length=40, help_text="kind of record, for example crm.person")
    record = models.CharField(max_length=40, blank=True, help_text="its number; empty for a file of many")
    where = models.CharField(max_length=40, help_text="desk, admin, api, clinic door")
    call = models.PositiveBigIntegerField(null=True, blank=True, help_text="number of the call it was for")

    class Meta:
        verbose_name_plural = "access log"
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["what", "record", "at"], name="looks_at_a_record"),
            models.Index(fields=["agency", "at"], name="looks_by_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.action} {self.what} {self.record}"


class ApiKey(models.Model):
    """A program's way in to the API, for one agency. Writer: `core.keys`. The secret itself is nowhere."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=80, help_text="whose program it is")
    prefix = models.CharField(max_length=12, unique=True, help_text="the key's public half: its name in logs")
    hash = models.CharField(max_length=64, help_text="SHA-256 of the secret half, in hexadecimal")
    scopes = models.JSONField(default=list, help_text="what it may do, for example appointments:read")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True, help_text="to the minute")
    revoked_at = models.DateTimeField(null=True, blank=True, help_text="opens nothing from this moment on")

    class Meta:
        verbose_name = "API key"
        ordering = ["agency", "name", "pk"]

    def __str__(self) -> str:
        return f"API key {self.prefix}"
