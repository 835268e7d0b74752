"""The plumbing tables every room may point at."""

from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models


def _known_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError) as error:
        raise ValidationError("Please give a time zone such as America/Chicago.") from error


class Agency(models.Model):
    """Whose phone line it is. Lines, queues, sites, calls and people belong to one."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64, default="America/Chicago", validators=[_known_zone])

    class Meta:
        verbose_name_plural = "agencies"

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which this agency opens, closes and reads its reports."""
        return ZoneInfo(self.time_zone)
