"""Live progress on the floor. Each table has one writer (named in its docstring); `floor.dispatch` conducts them."""

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from core.models import Agency
from crm.models import Call
from floor.models.setup import Operator, Queue

if TYPE_CHECKING:
    from floor.models.promises import Callback


class Stint(models.Model):
    """A stretch of time an operator spent in one state. The open one *is* the presence. Writer: `floor.presence`."""

    class State(models.TextChoices):
        READY = "ready", "ready"
        OFFERED = "offered", "offered"
        TALKING = "talking", "talking"
        HOLD = "hold", "talking, the caller is on hold"
        WRAPPING = "wrapping", "wrapping up"
        AWAY = "away", "away"
        TRAINING = "training", "in training"
        OFFLINE = "offline", "offline"

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="stints")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=60, blank=True, help_text="slug of an away reason, or what the floor saw")
    due_at = models.DateTimeField(
        null=True, blank=True, help_text="a wrap-up lapses then; a break was to be over by then, and nothing follows"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operator"], condition=Q(until=None), name="one_presence_per_operator"),
        ]
        indexes = [
            # The longest idle ready operator: the matcher's question.
            models.Index(fields=["agency", "state", "since"], condition=Q(until=None), name="presence_now"),
            models.Index(fields=["agency", "since"], name="stint_by_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.operator_id} {self.state}"


class WrapExtension(models.Model):
    """More time for a wrap-up, and why. Writer: `floor.presence`."""

    class Reason(models.TextChoices):
        NOTES = "notes", "notes to finish"
        LOOK_UP = "look-up", "something to look up"
        BREATHER = "breather", "a hard call"

    stint = models.ForeignKey(Stint, on_delete=models.PROTECT, related_name="extensions")
    reason = models.CharField(max_length=10, choices=Reason.choices)
    at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="when the wrap-up lapses since then")

    def __str__(self) -> str:
        return f"{self.stint_id} {self.reason}"


class Entry(models.Model):
    """A contact's visit to a queue, from entering to its end. Writer: `floor.waiting`."""

    class State(models.TextChoices):
        WAITING = "waiting", "waiting on the line"
        CALLBACK = "callback", "place held, will be called back"
        OFFERED = "offered", "an operator is being reached"
        TALKING = "talking", "talking with an operator"
        DONE = "done", "over"

    class SentTo(models.TextChoices):
        STAYED = "", "nowhere"
        TRANSFER = "transfer", "an outside number"
        VOICEMAIL = "voicemail", "leaving a message"
        MESSAGE = "message", "a message, and the line down"
        CLOSED = "closed", "told that it is closed"

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="entries")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="entries")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    language = models.CharField(max_length=2, default="en")
    answers = models.JSONField(default=dict, blank=True, help_text="what the menu learned: need, ZIP, by name")
    entered_at = models.DateTimeField()
    virtual_start = models.DateTimeField(help_text="when the place in line was taken")
    priority = models.PositiveSmallIntegerField(default=0, help_text="class of urgency: 0, 1 or 2")
    rank_at = models.DateTimeField(help_text="the order of service: the place in line less the head starts")
    need = models.TextField(blank=True, help_text="what the queue asked of an operator when the caller came; as JSON")
    preferred = models.ForeignKey(
        Operator,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="who should take it if they can: the operator of the call this one goes on from",
    )
    kept_until = models.DateTimeField(
        null=True, blank=True, help_text="until then only the preferred operator may take it"
    )
    refused_by = models.ForeignKey(
        Operator, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="the last who did not"
    )
    refused_at = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(help_text="a call-back is not dialled before: its window, a rest, legal hours")
    not_after = models.DateTimeField(
        null=True, blank=True, help_text="a call-back is not dialled from then on, until the next day's legal hours"
    )
    chosen_number = models.CharField(
        max_length=16, blank=True, help_text="E.164; typed by the caller to be called back at, not yet confirmed"
    )
    number_step = models.PositiveSmallIntegerField(
        default=0, help_text="how often a number was typed: a late repeat of an earlier one changes nothing"
    )
    took_over = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="whose place this one has"
    )
    seen_at = models.DateTimeField(help_text="the last sign of life from the carrier")
    passed_on_at = models.DateTimeField(
        null=True, blank=True, help_text="an operator has talked to them and they are in line again since then"
    )
    rounds = models.PositiveIntegerField(default=0, help_text="of the wait loop, so far")
    told_low_s = models.PositiveIntegerField(null=True, blank=True, help_text="the waiting time last announced")
    told_high_s = models.PositiveIntegerField(null=True, blank=True, help_text="its upper figure: it never grows")
    link_sent_at = models.DateTimeField(null=True, blank=True, help_text="asked for a text with the link")
    moved_from = models.ForeignKey(
        Queue, null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="came over from this queue"
    )
    sent_to = models.CharField(
        max_length=9, choices=SentTo.choices, blank=True, default="", help_text="where an overflow rule sent them"
    )
    sent_number = models.CharField(max_length=16, blank=True, help_text="the outside number, if it was one")
    sent_text = models.CharField(max_length=300, blank=True, help_text="what they heard of it, if not the usual")
    connected_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    # Not columns: what a round of the wait loop has found out about this row.
    standing = None  # floor.waiting.Standing
    tells = None  # floor.waittime.Range, or nothing
    closing = False  # the queue is closed, and a call-back for the next opening is to be offered

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(fields=["call"], condition=Q(ended_at=None), name="one_open_entry_per_call"),
            models.CheckConstraint(
                condition=Q(state="done", ended_at__isnull=False) | (~Q(state="done") & Q(ended_at=None)),
                name="over_means_ended",
            ),
        ]
        indexes = [
            # Who is next: the matcher's question, and "how many before me". The condition is a null test and not
            # a list of states, because SQLite cannot match a list that comes as parameters and would scan the table.
            models.Index(fields=["agency", "rank_at", "id"], condition=Q(ended_at=None), name="line_in_order"),
        ]

    def __str__(self) -> str:
        return f"entry {self.pk}, {self.state}"

    @property
    def promise(self) -> "Callback | None":
        """The call-back this contact asked for, if it did."""
        return getattr(self, "callback", None)

    @property
    def caller_leg(self) -> str:
        """The carrier's id of the line the caller is on: the one we called back on, or the one they rang in with."""
        return self.promise.leg_uuid if self.promise else self.call.carrier_uuid


class Command(models.TextChoices):
    """What the worker still has to tell the carrier about a row. The row is the outbox."""

    NONE = "", "nothing"
    RING = "ring", "ring the operator"
    JOIN = "join", "bring the caller in"
    DROP = "drop", "take the operator's leg down"
    DIAL = "dial", "dial the caller back"
    SET = "set", "make hold and mute as they are wished"
    PASS = "pass", "let the caller hear again, then take the operator's leg down"
    PARK = "park", "send the caller back to the wait loop, then take the operator's leg down"


class Offer(models.Model):
    """A call laid before one operator, from the match to the end of the conversation. Writer: `floor.offers`."""

    class State(models.TextChoices):
        RESERVED = "reserved", "the caller is being called back first"
        RINGING = "ringing", "ringing"
        ANSWERED = "answered", "the operator picked up, the caller is being brought in"
        CONNECTED = "connected", "in conversation"
        ENDED = "ended", "conversation over"
        REFUSED = "refused", "declined, not picked up or not reachable"
        WITHDRAWN = "withdrawn", "the caller was gone first"

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False, help_text="in the carrier's addresses")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="offers")
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="offers")
    state = models.CharField(max_length=10, choices=State.choices, default=State.RINGING)
    made_at = models.DateTimeField()
    why = models.CharField(max_length=10, default="turn", help_text="why this caller came to this operator")
    terms = models.JSONField(
        default=dict, blank=True, help_text="what decided it: the operator's levels by skill, the step relaxed to"
    )
    due_at = models.DateTimeField(help_text="if nothing has been heard by then, it is taken back")
    answered_at = models.DateTimeField(null=True, blank=True)
    connected_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    wrapped_at = models.DateTimeField(null=True, blank=True)
    leg_uuid = models.CharField(max_length=64, blank=True, db_index=True, help_text="the operator's leg")
    room_uuid = models.CharField(max_length=64, blank=True)
    member_id = models.CharField(max_length=16, blank=True)
    then = models.CharField(
        max_length=50, blank=True, help_text="slug of the away reason its operator wishes for after it; empty: ready"
    )
    caller_member_id = models.CharField(max_length=16, blank=True)
    hold_wanted = models.BooleanField(default=False, help_text="the caller is to hear music")
    mute_wanted = models.BooleanField(default=False, help_text="the operator is not to be heard")
    held_at = models.DateTimeField(null=True, blank=True, help_text="since when the caller is on hold")
    held_s = models.FloatField(default=0, help_text="holds of this conversation that are over, in s")
    help_at = models.DateTimeField(null=True, blank=True, help_text="a supervisor was asked for, and none has come yet")
    todo = models.CharField(max_length=5, choices=Command.choices, blank=True, default="")
    todo_at = models.DateTimeField(
        null=True, blank=True, help_text="due; while a worker is at it, its lease; empty when nothing is to do"
    )
    tries = models.PositiveSmallIntegerField(default=0, help_text="attempts at the present command")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["operator"], condition=Q(ended_at=None), name="one_open_offer_per_operator"
            ),
            models.UniqueConstraint(fields=["entry"], condition=Q(ended_at=None), name="one_open_offer_per_entry"),
        ]
        indexes = [
            models.Index(fields=["todo_at"], condition=Q(todo_at__isnull=False), name="offer_outbox"),
            models.Index(fields=["due_at"], condition=Q(ended_at=None), name="offer_deadline"),
        ]

    def __str__(self) -> str:
        return f"offer {self.pk}, {self.state}"

    @property
    def room(self) -> str:
        """The carrier's name of the conversation, while it is only rung for; after a transfer it is another's."""
        return f"conv-{self.token}"
