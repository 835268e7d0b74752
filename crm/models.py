"""Facts about calls. Written by `crm.services` only; read-only everywhere else."""

from django.db import models
from django.db.models import Q

from core.models import Agency
from crm.ledger import FATES, Kind


class Call(models.Model):
    """One caller attempt that reached one of our numbers: the contact every later fact points at."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="calls")
    carrier_uuid = models.CharField(max_length=64, unique=True)
    # Plain E.164 and not a PhoneNumberField: a fact is read a hundred thousand times a day and was parsed at the door.
    from_number = models.CharField(max_length=16, blank=True, db_index=True, help_text="E.164; empty if withheld")
    to_number = models.CharField(max_length=16, blank=True)
    started_at = models.DateTimeField(help_text="when it rang")
    ended_at = models.DateTimeField(null=True, blank=True)
    hangup_code = models.CharField(max_length=8, blank=True)
    drill = models.BooleanField(default=False, help_text="replayed, of nobody real: never in a live report")

    class Meta:
        indexes = [models.Index(fields=["agency", "started_at"], name="call_by_arrival")]

    def __str__(self) -> str:
        return f"call {self.pk}"


class CallEvent(models.Model):
    """A line of the ledger: append-only, so that a report never asks a live room to compute the past."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    at = models.DateTimeField()
    seconds = models.FloatField(null=True, blank=True, help_text="a duration in s; of what, says the kind")
    queue = models.CharField(max_length=50, blank=True, help_text="slug of the queue, where one was involved")
    operator = models.CharField(max_length=150, blank=True, help_text="log-in name, where one was involved")
    key = models.CharField(max_length=160, unique=True, null=True, blank=True, help_text="the carrier event behind it")
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["call"], condition=Q(kind__in=[str(fate) for fate in FATES]), name="one_fate_per_contact"
            ),
        ]
        indexes = [models.Index(fields=["at"], name="event_by_moment")]

    def __str__(self) -> str:
        return f"{self.kind} of call {self.call_id}"
