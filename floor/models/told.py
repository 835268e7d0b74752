"""What a supervisor tells all desks at once."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import Agency
from floor.models.setup import Operator

MOST = 140  # characters: one line, read in passing


class Broadcast(models.Model):
    """One line to all desks, until its time is over or somebody takes it down. Writer: `floor.broadcasts`."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=MOST)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    until = models.DateTimeField(help_text="shown until then at the latest")
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        permissions = [("tell_desks", "Can tell every desk")]
        constraints = [
            models.UniqueConstraint(fields=["agency"], condition=Q(ended=None), name="one_line_to_all_desks_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"broadcast {self.pk}"


class BroadcastSeen(models.Model):
    """An operator has read a line. Writer: `floor.broadcasts`."""

    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="seen")
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["broadcast", "operator"], name="a_line_is_seen_once_by_each"),
        ]

    def __str__(self) -> str:
        return f"{self.operator_id} has seen {self.broadcast_id}"
