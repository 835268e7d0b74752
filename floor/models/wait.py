"""What belongs to waiting: what those who wait hear, where a queue sends whom it cannot serve, what was promised."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from core.natural import Natural
from floor.models.live import Entry
from floor.models.setup import Queue


class ComfortMessage(Natural):
    """Something kind or useful said to those who wait: one a round, in turn."""

    NATURAL = ("queue__agency__slug", "queue__slug", "order")

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="comfort_messages")
    order = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(max_length=300)
    text_es = models.CharField("text in Spanish", max_length=300, blank=True)

    class Meta:
        ordering = ["queue", "order"]
        constraints = [models.UniqueConstraint(fields=["queue", "order"], name="one_comfort_message_a_turn")]

    def __str__(self) -> str:
        return self.text[:40]


class OverflowRule(Natural):
    """When a queue cannot serve somebody in time, and what becomes of them then. The first rule that holds is applied.

    Only a caller who waits on the line is ever sent away: not one who is being connected, nor one who is owed a
    call-back.
    """

    NATURAL = ("queue__agency__slug", "queue__slug", "order")

    class When(models.TextChoices):
        LENGTH = "length", "on arrival, if so many or more are ahead"
        WAIT = "wait", "after so many seconds of waiting"
        UNSTAFFED = "unstaffed", "while nobody is logged in who could serve them"

    class Then(models.TextChoices):
        QUEUE = "queue", "to another queue, keeping the place"
        TRANSFER = "transfer", "to an outside number"
        VOICEMAIL = "voicemail", "leave a message after the tone"
        MESSAGE = "message", "hear a message; then the line goes down"

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="overflow_rules")
    order = models.PositiveSmallIntegerField(default=0)
    when = models.CharField(max_length=9, choices=When.choices)
    limit = models.PositiveIntegerField(default=0, help_text="people ahead, or seconds waited; for unstaffed unused")
    then = models.CharField(max_length=9, choices=Then.choices)
    to_queue = models.ForeignKey(Queue, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    number = models.CharField(max_length=16, blank=True, help_text="outside number, E.164, such as +16015550100")
    text = models.CharField(max_length=300, blank=True, help_text="said before; there is a plain sentence if empty")
    text_es = models.CharField("text in Spanish", max_length=300, blank=True)

    class Meta:
        ordering = ["queue", "order"]
        constraints = [
            models.UniqueConstraint(fields=["queue", "order"], name="one_overflow_rule_a_turn"),
            models.CheckConstraint(
                condition=~Q(then="queue") | Q(to_queue__isnull=False), name="overflow_to_a_queue_names_it"
            ),
            models.CheckConstraint(condition=~Q(then="transfer") | ~Q(number=""), name="overflow_to_a_number_has_one"),
        ]

    def __str__(self) -> str:
        return f"{self.get_when_display()}: {self.get_then_display()}"

    def clean(self) -> None:
        if self.then == self.Then.QUEUE and (self.to_queue is None or self.to_queue_id == self.queue_id):
            raise ValidationError({"to_queue": "Please choose another queue."})
        if self.then == self.Then.QUEUE and self.to_queue.agency_id != self.queue.agency_id:
            raise ValidationError({"to_queue": "Please choose a queue of the same agency."})
        if self.then == self.Then.TRANSFER and not self.number:
            raise ValidationError({"number": "Please give the number to send callers to."})


class WaitPromise(models.Model):
    """A range of waiting time as a caller heard it; a row each time they heard another. Writer: `floor.promised`."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="wait_promises")
    made_at = models.DateTimeField(help_text="what was promised counts from here")
    ahead = models.PositiveIntegerField(help_text="places ahead that moment")
    low_s = models.PositiveIntegerField("lower figure", help_text="seconds")
    high_s = models.PositiveIntegerField("upper figure", help_text="seconds")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(low_s__lte=models.F("high_s")), name="promise_from_low_to_high"),
        ]
        indexes = [models.Index(fields=["made_at"], name="promise_by_moment")]

    def __str__(self) -> str:
        return f"{self.low_s} to {self.high_s} s"
