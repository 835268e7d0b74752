"""What the program knows and says; here, so far, when it is open."""

from django.core.exceptions import ValidationError
from django.db import models

from core.models import Agency


class OpeningHours(models.Model):
    """One open span of a weekday, in the agency's time zone. Several rows a day make a lunch break."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="opening_hours")
    slug = models.SlugField(default="main", help_text="which set of hours; a menu names it")
    weekday = models.PositiveSmallIntegerField(help_text="0 is Monday, 6 is Sunday")
    opens = models.TimeField()
    closes = models.TimeField(help_text="the first moment that is closed again; 00:00 is midnight at the day's end")

    class Meta:
        verbose_name_plural = "opening hours"
        ordering = ["agency", "slug", "weekday", "opens"]
        constraints = [
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="weekday_of_a_week"),
            models.UniqueConstraint(fields=["agency", "slug", "weekday", "opens"], name="one_opening_a_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.slug} {self.weekday} {self.opens:%H:%M}-{self.closes:%H:%M}"

    def clean(self) -> None:
        midnight = self.closes.hour == 0 and self.closes.minute == 0
        if not midnight and self.closes <= self.opens:
            raise ValidationError("Closing must come after opening; for a span past midnight use two rows.")


class Holiday(models.Model):
    """A day on which a set of hours does not hold: closed all day."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="holidays")
    slug = models.SlugField(default="main")
    date = models.DateField()
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ["date"]
        constraints = [models.UniqueConstraint(fields=["agency", "slug", "date"], name="one_holiday_a_day")]

    def __str__(self) -> str:
        return f"{self.name}, {self.date}"
