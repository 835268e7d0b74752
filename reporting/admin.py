"""What the floor is watched for, in the admin site; what was found, and how fair the day was, is only shown."""

from django.contrib import admin

from core.admin import FactAdmin, SetUpAdmin
from reporting.models import Alert, FairnessAudit, Threshold


@admin.register(Threshold)
class ThresholdAdmin(SetUpAdmin):
    """A bound, for how long, and who is told. One that has ever told anybody is switched off, not deleted."""

    list_display = ("slug", "queue", "metric", "comparison", "value", "for_s", "on_screen", "active")
    list_select_related = ("queue",)


@admin.register(Alert)
class AlertAdmin(FactAdmin):
    agency_path = "threshold__agency"
    list_display = ("threshold", "opened_at", "value", "bound", "cleared_at", "mail_tried_at", "mailed_at")
    list_select_related = ("threshold",)
    ordering = ("-pk",)


@admin.register(FairnessAudit)
class FairnessAuditAdmin(FactAdmin):
    list_display = ("day", "takings", "callers", "unexplained", "made_at")
    ordering = ("-day",)
