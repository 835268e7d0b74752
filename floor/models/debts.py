"""People whose call was missed and whom we owe one, until it is settled. `crm.missed` says what missed means."""

from django.db import models
from django.db.models import Q

from core.models import Agency
from crm.missed import Missed
from crm.models import Call
from floor.models.live import Entry
from floor.models.setup import Operator, Queue


class Debt(models.Model):
    """A call we owe a number, however often it was missed meanwhile. Writer: `floor.debts`."""

    class Reason(models.TextChoices):
        """Why we owe it no more."""

        REACHED = "reached", "reached by a call of ours"
        GOT_THROUGH = "got_through", "got through by themselves"
        BOOKED = "booked", "an appointment was booked"
        ANSWERED_BY_TEXT = "answered_by_text", "answered by text"
        ATTEMPTS_USED = "attempts_used", "tries used up"
        WITHDRAWN = "withdrawn", "withdrawn by staff"

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="debts")
    number = models.CharField(max_length=16, help_text="E.164; who withheld it cannot be called and is counted apart")
    kind = models.CharField(max_length=15, choices=Missed.choices, help_text="how they were missed the last time")
    opened_at = models.DateTimeField(help_text="when they were missed first")
    last_at = models.DateTimeField(help_text="when they were missed last")
    calls = models.PositiveIntegerField(default=1, help_text="how often they were missed since it was opened")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="calls of ours in vain")
    not_before = models.DateTimeField(null=True, blank=True, help_text="after a call in vain it rests until then")
    lease_by = models.ForeignKey(
        Operator, verbose_name="taken on by", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    lease_until = models.DateTimeField("taken on until", null=True, blank=True, help_text="until then nobody else may")
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="debts", help_text="the last one missed")
    queue = models.ForeignKey(Queue, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=2, default="en")
    closed_at = models.DateTimeField("settled at", null=True, blank=True)
    closed_reason = models.CharField("how it was settled", max_length=16, choices=Reason.choices, blank=True)
    staff = models.CharField(max_length=150, blank=True, help_text="log-in name of who withdrew it")
    staff_why = models.CharField("reason", max_length=120, blank=True, help_text="why they did")

    class Meta:
        verbose_name = "missed caller"
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "number"], condition=Q(closed_at=None), name="one_open_debt_per_number"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_reason="") | (Q(closed_at__isnull=False) & ~Q(closed_reason="")),
                name="debt_closed_with_a_reason",
            ),
            models.CheckConstraint(condition=~Q(number=""), name="debt_of_a_number"),
            models.CheckConstraint(
                condition=Q(lease_by=None, lease_until=None) | Q(lease_by__isnull=False, lease_until__isnull=False),
                name="debt_lease_of_somebody",
            ),
        ]
        indexes = [
            # Whom to call next. The open ones are few, the closed many.
            models.Index(fields=["agency", "opened_at"], condition=Q(closed_at=None), name="debts_in_order"),
            models.Index(fields=["number", "opened_at"], name="debt_by_number"),
        ]
        permissions = [("withdraw_debt", "Can withdraw missed callers from the list")]

    def __str__(self) -> str:
        return f"missed caller {self.pk}"


class DebtAttempt(models.Model):
    """A call of ours to somebody we missed, from the order to what came of it. Writer: `floor.debts`."""

    class Result(models.TextChoices):
        OPEN = "", "under way"
        REACHED = "reached", "spoke with an operator"
        BUSY = "busy", "busy"
        NO_ANSWER = "no_answer", "no answer"
        MACHINE = "machine", "a machine answered"
        FAILED = "failed", "the call could not be made"
        NOT_CONFIRMED = "not_confirmed", "picked up, and nobody stayed to speak"
        DECLINED = "declined", "does not need us any more"
        ENDED = "ended", "ended before anybody was reached"

    debt = models.ForeignKey(Debt, on_delete=models.PROTECT, related_name="tries")
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="+", help_text="who ordered it")
    at = models.DateTimeField(help_text="when it was ordered")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="debt_attempt")
    result = models.CharField(max_length=13, choices=Result.choices, blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "call to a missed caller"
        verbose_name_plural = "calls to missed callers"
        constraints = [
            models.UniqueConstraint(fields=["debt"], condition=Q(ended_at=None), name="one_open_attempt_per_debt"),
            models.CheckConstraint(
                condition=Q(ended_at=None, result="") | (Q(ended_at__isnull=False) & ~Q(result="")),
                name="attempt_ended_with_a_result",
            ),
        ]

    def __str__(self) -> str:
        return f"call to missed caller {self.debt_id}"
