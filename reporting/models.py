"""What this room keeps: the nightly audit of fairness. And a model that only names permissions."""

from django.db import models

from core.models import Agency


class DailyReportAccess(models.Model):
    """No table: the permission `reporting.view_daily_report`, given to people and groups like any other."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [
            ("view_daily_report", "Can read the daily report"),
            ("view_board", "Can watch the floor live"),
        ]


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
