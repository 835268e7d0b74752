"""Who else is in a conversation beside its caller and its operator: whoever is asked to take it, and supervisors."""

import uuid

from django.db import models
from django.db.models import Q

from floor.models.live import Command, Entry, Offer
from floor.models.setup import Operator, Supervisor


class GuestLeg(models.Model):
    """One more leg in a live room. As with `Offer`, the row is the outbox of what the carrier is to do."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False, help_text="in the carrier's addresses")
    room_uuid = models.CharField(max_length=64)
    leg_uuid = models.CharField(max_length=64, blank=True)
    member_id = models.CharField(max_length=16, blank=True)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="if nothing has been heard by then, it is asked about or taken back")
    joined_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    todo = models.CharField(max_length=5, choices=Command.choices, blank=True, default="")
    todo_at = models.DateTimeField(null=True, blank=True, help_text="due; while a worker is at it, its lease")
    tries = models.PositiveSmallIntegerField(default=0, help_text="attempts at the present command")

    class Meta:
        abstract = True


class Consult(GuestLeg):
    """Somebody is asked to take a conversation: a colleague, or a number outside. Writer: `floor.consults`."""

    class State(models.TextChoices):
        RINGING = "ringing", "being rung"
        JOINED = "joined", "in the conversation"
        OUTSIDE = "outside", "outside, talking with the caller alone"
        DONE = "done", "took the conversation over"
        REFUSED = "refused", "declined, not picked up or not reachable"
        CANCELLED = "cancelled", "taken back, or somebody hung up first"

    class Side(models.TextChoices):
        TARGET = "target", "the operator talks with whoever was asked, the caller hears music"
        CALLER = "caller", "the operator talks with the caller, whoever was asked hears music"
        BOTH = "both", "all three talk"

    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="consults")
    operator = models.ForeignKey(Operator, null=True, blank=True, on_delete=models.PROTECT, related_name="consults")
    number = models.CharField(max_length=16, blank=True, help_text="E.164, of somebody outside")
    cold = models.BooleanField(default=False, help_text="whoever picks up has the caller at once")
    state = models.CharField(max_length=10, choices=State.choices, default=State.RINGING)
    side = models.CharField(max_length=6, choices=Side.choices, default=Side.TARGET)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer"], condition=Q(ended_at=None), name="one_open_consult_per_offer"),
            models.UniqueConstraint(
                fields=["operator"],
                condition=Q(ended_at=None, operator__isnull=False),
                name="one_open_consult_per_operator",
            ),
            models.CheckConstraint(
                condition=Q(operator__isnull=False, number="") | (Q(operator=None) & ~Q(number="")),
                name="a_colleague_or_a_number",
            ),
        ]
        indexes = [
            models.Index(fields=["todo_at"], condition=Q(todo_at__isnull=False), name="consult_outbox"),
            models.Index(fields=["due_at"], condition=Q(ended_at=None), name="consult_deadline"),
        ]

    def __str__(self) -> str:
        return f"consult {self.pk}, {self.state}"

    @property
    def device(self) -> str:
        """What the carrier rings."""
        return self.operator.device if self.operator_id else self.number


class Listening(GuestLeg):
    """A supervisor on a live call, from being rung to leaving it. Kept for good: whoever was listened to may see it.

    Writer: `floor.listenings`.
    """

    class Mode(models.TextChoices):
        LISTEN = "listen", "hears everything, is heard by nobody"
        WHISPER = "whisper", "is heard by the operator alone"
        BARGE = "barge", "is heard by everybody"
        TAKEN = "taken", "has taken the call over"

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="listenings")
    offer = models.ForeignKey(
        Offer, on_delete=models.PROTECT, related_name="listenings", help_text="the conversation as it began to be heard"
    )
    supervisor = models.ForeignKey(Supervisor, on_delete=models.PROTECT, related_name="listenings")
    mode = models.CharField(max_length=7, choices=Mode.choices, default=Mode.LISTEN)
    modes = models.JSONField(default=list, help_text="each mode with the moment it was asked for")
    for_help = models.BooleanField(default=False, help_text="the operator asked for help")
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry"], condition=Q(ended_at=None), name="one_supervisor_per_call"),
            models.UniqueConstraint(fields=["supervisor"], condition=Q(ended_at=None), name="one_call_per_supervisor"),
        ]
        indexes = [
            models.Index(fields=["todo_at"], condition=Q(todo_at__isnull=False), name="listening_outbox"),
            models.Index(fields=["due_at"], condition=Q(ended_at=None), name="listening_deadline"),
        ]

    def __str__(self) -> str:
        return f"listening {self.pk}, {self.mode}"

    @property
    def device(self) -> str:
        """What the carrier rings."""
        return self.supervisor.device
