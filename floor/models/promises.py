"""Promises to call somebody: how an admin wants them kept, and what became of each."""

import uuid
from datetime import time

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from core.models import Agency
from core.natural import Natural
from crm.models import Call
from floor.models.live import Entry
from floor.models.setup import Operator


class Callback(models.Model):
    """A promise to call, until it is kept, failed or withdrawn. Writer: `floor.callbacks`."""

    class State(models.TextChoices):
        PENDING = "pending", "promised"
        DONE = "done", "reached"
        FAILED = "failed", "could not be reached"
        CANCELLED = "cancelled", "withdrawn"

    class Kind(models.TextChoices):
        ASKED = "asked", "the caller asked to keep the place"
        WINDOW = "window", "the caller was told a window"
        SET = "set", "set by an operator"
        MISSED = "missed", "a caller we missed"

    class Reason(models.TextChoices):
        """Why a promise left the list."""

        DONE = "done", "done"
        CALLER = "caller", "cancelled by the caller"
        THROUGH = "through", "got through another way"
        RANG = "rang", "rang again"
        EXPIRED = "expired", "expired"
        TRIES = "tries", "tries used up"
        STAFF = "staff", "withdrawn by staff"
        MERGED = "merged", "merged into an earlier one"

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False, help_text="in the carrier's addresses")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="callback")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=16, help_text="E.164")
    zones = models.CharField(max_length=200, blank=True, help_text="time zones the number may be in, by a blank")
    kind = models.CharField(max_length=6, choices=Kind.choices, default=Kind.ASKED)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    asked_at = models.DateTimeField()
    window_from = models.DateTimeField(null=True, blank=True, help_text="not to be kept before; what the caller heard")
    window_until = models.DateTimeField(null=True, blank=True, help_text="to be kept by then; overdue afterwards")
    expires_at = models.DateTimeField(null=True, blank=True, help_text="not kept by then, it has failed")
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=8, choices=Reason.choices, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    leg_uuid = models.CharField(max_length=64, blank=True, db_index=True, help_text="the caller's leg of this attempt")
    made_by = models.ForeignKey(
        Operator, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="who set it at the desk"
    )
    about = models.ForeignKey(
        Call, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="the call it goes on from"
    )
    staff = models.CharField(max_length=150, blank=True, help_text="log-in name of who moved it up or withdrew it")
    staff_why = models.CharField(max_length=120, blank=True, help_text="why they did")
    moved_up_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "number"], condition=Q(ended_at=None), name="one_open_callback_per_number"
            ),
            models.CheckConstraint(
                condition=Q(state="pending", ended_at=None, end_reason="")
                | (~Q(state="pending") & Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="callback_ends_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(ended_at=None), name="callback_expiry"),
        ]
        permissions = [("direct_callback", "Can move up and withdraw call-backs")]

    def __str__(self) -> str:
        return f"call-back {self.pk}, {self.state}"


class CallbackAttempt(models.Model):
    """One try to keep a promise, from just before the dial. Writer: `floor.callbacks`."""

    class Result(models.TextChoices):
        OPEN = "", "under way"
        REACHED = "reached", "spoke with an operator"
        BUSY = "busy", "busy"
        NO_ANSWER = "no_answer", "no answer"
        MACHINE = "machine", "a machine answered"
        FAILED = "failed", "the call could not be made"
        NOT_CONFIRMED = "not_confirmed", "picked up, and nobody stayed to speak"
        UNKNOWN = "unknown", "nobody can say whether it rang"
        ENDED = "ended", "the promise ended meanwhile"

    callback = models.ForeignKey(Callback, on_delete=models.PROTECT, related_name="tries")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+", help_text="reserved for it")
    result = models.CharField(max_length=13, choices=Result.choices, blank=True, default="")
    leg_uuid = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["callback"], condition=Q(ended_at=None), name="one_open_try_per_callback"),
            models.CheckConstraint(
                condition=Q(ended_at=None, result="") | (Q(ended_at__isnull=False) & ~Q(result="")),
                name="a_try_ends_with_a_result",
            ),
        ]

    def __str__(self) -> str:
        return f"try {self.pk} of call-back {self.callback_id}, {self.result}"


Result = CallbackAttempt.Result


class CallbackRule(Natural):
    """What follows a try in vain. Without a row for a result, `floor.callbacks` has its own rule."""

    NATURAL = ("agency__slug", "result")

    RESULTS = (Result.BUSY, Result.NO_ANSWER, Result.MACHINE, Result.FAILED, Result.NOT_CONFIRMED)

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="callback_rules")
    result = models.CharField(max_length=13, choices=[(one.value, one.label) for one in RESULTS])
    tries = models.PositiveSmallIntegerField(default=2, help_text="with this result, after which we give up: 1 to 20")
    rest_min = models.PositiveSmallIntegerField("rest", default=5, help_text="minutes until the next try")

    class Meta:
        ordering = ["agency", "result"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "result"], name="one_rule_a_result"),
            models.CheckConstraint(condition=Q(tries__gte=1, tries__lte=20), name="tries_1_to_20"),
        ]

    def __str__(self) -> str:
        return f"{self.get_result_display()}: {self.tries} tries"


class CallbackTerms(Natural):
    """When an agency may call people, and how long it owes a call. Without a row, these are the terms."""

    NATURAL = ("agency__slug",)

    agency = models.OneToOneField(Agency, on_delete=models.CASCADE, related_name="callback_terms")
    calls_from = models.TimeField(default=time(8), help_text="no call is made before, on the clock where the number is")
    calls_until = models.TimeField(default=time(21), help_text="nor from then on")
    keep_h = models.PositiveSmallIntegerField("owed for", default=72, help_text="hours; then it has failed")
    grace_min = models.PositiveSmallIntegerField(
        "grace", default=60, help_text="minutes after the end of a window; then the promise has failed"
    )
    caller_id = models.CharField(
        "number shown", max_length=16, blank=True, help_text="E.164; for calls that go on from none of theirs"
    )

    class Meta:
        verbose_name_plural = "callback terms"
        constraints = [
            models.CheckConstraint(condition=Q(calls_from__lt=models.F("calls_until")), name="calls_from_before_until"),
            models.CheckConstraint(condition=Q(keep_h__gte=1), name="owed_for_an_hour_at_least"),
        ]

    def __str__(self) -> str:
        return f"{self.calls_from:%H:%M}-{self.calls_until:%H:%M}"

    def clean(self) -> None:
        if self.calls_until.hour - self.calls_from.hour < 8:
            raise ValidationError("Please leave eight hours or more: a number may be in one of several time zones.")
