"""This room keeps no tables yet; the one model here only names a permission."""

from django.db import models


class DailyReportAccess(models.Model):
    """No table: the permission `reporting.view_daily_report`, given to people and groups like any other."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [
            ("view_daily_report", "Can read the daily report"),
            ("view_board", "Can watch the floor live"),
        ]
