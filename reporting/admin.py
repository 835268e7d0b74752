"""What this room keeps, in the admin site: facts, only shown."""

from django.contrib import admin

from core.admin import FactAdmin
from reporting.models import FairnessAudit


@admin.register(FairnessAudit)
class FairnessAuditAdmin(FactAdmin):
    list_display = ("day", "takings", "callers", "unexplained", "made_at")
    ordering = ("-day",)
