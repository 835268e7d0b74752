"""What the program knows and says: when it is open, articles, and the scripts operators read from."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from core.models import Agency, County
from core.natural import Natural


class OpeningHours(Natural):
    """One open span of a weekday, in the agency's time zone. Several rows a day make a lunch break."""

    NATURAL = ("agency__slug", "slug", "weekday", "opens")

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
            raise ValidationError(_("Closing must come after opening; for a span past midnight use two rows."))


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


class Article(Natural):
    """An answer operators look up, and read out or send. Plain paragraphs; an empty line begins a new one."""

    NATURAL = ("agency__slug", "slug")

    class Audience(models.TextChoices):
        OPERATOR = "operator", "operators only"
        PUBLIC = "public", "everybody"

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="articles")
    slug = models.SlugField()
    title = models.CharField(max_length=120)
    title_es = models.CharField("title in Spanish", max_length=120, blank=True)
    body = models.TextField()
    body_es = models.TextField("body in Spanish", blank=True)
    keywords = models.CharField(max_length=300, blank=True, help_text="other words people use for it, both languages")
    county = models.ForeignKey(County, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    audience = models.CharField(max_length=8, choices=Audience.choices, default=Audience.OPERATOR)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["title"]
        constraints = [models.UniqueConstraint(fields=["agency", "slug"], name="one_article_a_slug")]

    def __str__(self) -> str:
        return self.title


class Script(Natural):
    """What an operator says and does on a call of one kind, step by step."""

    NATURAL = ("agency__slug", "slug")

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="scripts")
    slug = models.SlugField()
    name = models.CharField(max_length=80)
    name_es = models.CharField("name in Spanish", max_length=80, blank=True)

    class Meta:
        ordering = ["slug"]
        constraints = [models.UniqueConstraint(fields=["agency", "slug"], name="one_script_a_slug")]

    def __str__(self) -> str:
        return self.name


class ScriptStep(Natural):
    """One step: what to say, what to do, what may be answered."""

    NATURAL = ("script__agency__slug", "script__slug", "order")

    script = models.ForeignKey(Script, on_delete=models.CASCADE, related_name="steps")
    order = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=60, help_text="short: it stands in the list of steps done")
    title_es = models.CharField("title in Spanish", max_length=60, blank=True)
    say = models.TextField(help_text="said aloud, word for word")
    say_es = models.TextField("say, in Spanish", blank=True)
    do = models.TextField(blank=True, help_text="done, not said; one thing a line")
    do_es = models.TextField("do, in Spanish", blank=True)
    answers = models.TextField(blank=True, help_text="what callers answer, one a line; up to nine")
    answers_es = models.TextField("answers in Spanish", blank=True, help_text="line by line as in English")

    class Meta:
        ordering = ["script", "order"]
        constraints = [models.UniqueConstraint(fields=["script", "order"], name="one_step_a_place")]

    def __str__(self) -> str:
        return self.title
