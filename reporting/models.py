"""What the floor is watched for and when it was too much, and the nightly audit of fairness. Of the daily report there
is only a permission here.
"""

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, validate_email
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from core.models import Agency
from core.natural import Natural


class DailyReportAccess(models.Model):
    """No table: the permission `reporting.view_daily_report`, given to people and groups like any other."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [
            ("view_daily_report", "Can read the daily report"),
            ("view_board", "Can watch the floor live"),
        ]


class Threshold(Natural):
    """A figure of the floor and the bound beyond which somebody should be told. Rates are in per cent, times in s."""

    NATURAL = ("agency__slug", "slug")

    class Metric(models.TextChoices):
        WAITING = "waiting", "callers waiting"
        LONGEST_WAIT = "longest_wait_s", "longest wait, in seconds"
        SERVICE_LEVEL = "service_level", "answered in 20 seconds today, in per cent"
        ABANDON_RATE = "abandon_rate", "abandoned today, in per cent"
        LOST_RATE = "lost_rate", "lost today, in per cent"
        CALLBACKS_OWED = "callbacks_owed", "call-backs owed"
        OLDEST_CALLBACK = "oldest_callback_s", "oldest call-back owed, in seconds"
        DEBTS_OPEN = "debts_open", "missed callers not reached"
        OPERATORS_READY = "operators_ready", "operators ready"
        NO_OPERATOR = "no_operator", "callers waiting while no operator is at work"

    class Comparison(models.TextChoices):
        ABOVE = "above", "more than"
        BELOW = "below", "less than"

    OF_ALL = (Metric.DEBTS_OPEN, Metric.OPERATORS_READY)  # belong to no one queue

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="thresholds")
    slug = models.SlugField()
    queue = models.ForeignKey(
        "floor.Queue",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="empty: all queues together",
    )
    metric = models.CharField(max_length=20, choices=Metric.choices)
    comparison = models.CharField(max_length=5, choices=Comparison.choices, default=Comparison.ABOVE)
    value = models.FloatField(validators=[MinValueValidator(0)])
    for_s = models.PositiveSmallIntegerField("for", default=0, help_text="seconds it must last before anybody is told")
    on_screen = models.BooleanField(default=True, help_text="shown on the board and the wall")
    emails = models.TextField(
        "e-mail to", blank=True, help_text="addresses that are told once when it begins, with commas between them"
    )
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["slug"]
        constraints = [models.UniqueConstraint(fields=["agency", "slug"], name="one_threshold_a_slug")]

    def __str__(self) -> str:
        return self.slug

    @property
    def addresses(self) -> list[str]:
        """Whom to write to."""
        return [word for word in self.emails.replace(",", " ").split() if word]

    def clean(self) -> None:
        if self.queue_id and self.metric in self.OF_ALL:
            raise ValidationError({"queue": _("This figure belongs to no one queue: please leave the queue empty.")})
        try:
            for address in self.addresses:
                validate_email(address)
        except ValidationError as error:
            raise ValidationError({"emails": error}) from None


class Alert(models.Model):
    """A bound that is passed, from the look that noticed it; told once it has lasted. Writer: `reporting.alerts`."""

    threshold = models.ForeignKey(Threshold, on_delete=models.PROTECT, related_name="alerts")
    noticed_at = models.DateTimeField(help_text="first found beyond the bound")
    seen_at = models.DateTimeField(help_text="the last look")
    opened_at = models.DateTimeField(null=True, blank=True, help_text="it has lasted: somebody is told")
    value = models.FloatField(help_text="when it was opened")
    bound = models.FloatField(help_text="of the threshold at that moment")
    well_since = models.DateTimeField(null=True, blank=True, help_text="back within the bound since then")
    cleared_at = models.DateTimeField(null=True, blank=True)
    mail_tried_at = models.DateTimeField(null=True, blank=True, help_text="written before the e-mail is sent")
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["threshold"], condition=Q(cleared_at=None), name="one_alert_a_threshold"),
        ]
        indexes = [
            models.Index(fields=["opened_at"], condition=Q(mail_tried_at=None), name="alert_to_mail"),
        ]

    def __str__(self) -> str:
        return f"alert {self.pk}"


class FairnessAudit(models.Model):
    """Who was overtaken in line on one day, and why: a fact, kept as it was found. Writer: `reporting.audits`."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    day = models.DateField(help_text="by the agency's own clock")
    made_at = models.DateTimeField()
    takings = models.PositiveIntegerField(help_text="calls laid before operators")
    callers = models.PositiveIntegerField(help_text="how many were overtaken at least once")
    totals = models.JSONField(help_text="overtakes by reason (reporting.fairness.Reason)")
    unexplained = models.PositiveIntegerField(help_text="overtakes without a reason: each is a fault")
    cases = models.JSONField(default=list, help_text="of the unexplained: calls by their keys, never numbers")
    most = models.JSONField(default=list, help_text="[call, times] of those overtaken most often")

    class Meta:
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["agency", "day"], name="one_fairness_audit_a_day")]

    def __str__(self) -> str:
        return f"fairness on {self.day}"
