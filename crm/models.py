"""Facts about calls, the people they are about, and what an operator made of them. Writers: `crm.services` for the
facts, `crm.people` for people, `crm.handling` for an operator's work on a call, `crm.messages` and `crm.recordings`.
"""

import uuid

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.db.models import Q
from phonenumber_field.modelfields import PhoneNumberField

from core.models import Agency
from core.natural import Natural
from crm.ledger import FATES, Kind


class Call(models.Model):
    """One caller attempt that reached a number of ours, or one call we are to make: what every later fact points at."""

    class Direction(models.TextChoices):
        IN = "in", "they called us"
        OUT = "out", "we call them"

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="calls")
    direction = models.CharField(max_length=3, choices=Direction.choices, default=Direction.IN)
    carrier_uuid = models.CharField(max_length=64, unique=True)
    # Plain E.164 and not a PhoneNumberField: a fact is read a hundred thousand times a day and was parsed at the door.
    from_number = models.CharField(
        max_length=16, blank=True, db_index=True, help_text="theirs, in E.164; empty if withheld"
    )
    to_number = models.CharField(max_length=16, blank=True, help_text="ours, in E.164")
    started_at = models.DateTimeField(help_text="when it rang; of one that we make, when it was arranged")
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


class Person(Natural):
    """Somebody who may ring, or for whom a seat may be booked. Never inferred from the number that rang."""

    NATURAL = ("agency__slug", "reference")

    class Texts(models.TextChoices):
        ASK = "ask", "not asked yet"
        YES = "yes", "yes, texts are welcome"
        NO = "no", "no texts please"

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="people")
    reference = models.CharField(max_length=12, help_text="ours, printed on letters; says nothing about the person")
    given_name = models.CharField(max_length=60)
    family_name = models.CharField(max_length=60)
    born_on = models.DateField()
    zip_code = models.CharField("ZIP code", max_length=5, blank=True)
    street = models.CharField(max_length=120, blank=True, help_text="with the house number, which may identify")
    language = models.CharField(max_length=2, default="en", choices=[("en", "English"), ("es", "Español")])
    good_to_know = models.CharField(max_length=200, blank=True, help_text="what helps whoever helps: hears badly, ...")
    texts = models.CharField(max_length=3, choices=Texts.choices, default=Texts.ASK)
    created_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "people"
        ordering = ["family_name", "given_name", "pk"]
        constraints = [models.UniqueConstraint(fields=["agency", "reference"], name="one_person_a_reference")]
        indexes = [models.Index(fields=["agency", "born_on"], name="person_by_birth_date")]
        permissions = [("export_person", "Can take people out as a file")]

    def __str__(self) -> str:
        return f"person {self.reference}"  # a name would end up in logs and page titles

    @property
    def full_name(self) -> str:
        """For a screen whose reader may see it."""
        return f"{self.given_name} {self.family_name}"


class PersonNumber(Natural):
    """A number somebody rings from or is reached at. One number may belong to several people."""

    NATURAL = ("person__agency__slug", "person__reference", "number")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="numbers")
    number = PhoneNumberField(db_index=True)
    note = models.CharField(max_length=40, blank=True, help_text="whose: own, daughter, neighbour")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "number"], name="one_row_a_number")]

    def __str__(self) -> str:
        return f"number of person {self.person_id}"


class CallSubject(models.Model):
    """A person a call is about. Their record may be seen from `verified_at` until the call is wrapped up."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="subjects")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="calls_about")
    verified_at = models.DateTimeField(help_text="when two facts matched, or the person was entered")
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    facts = models.CharField(max_length=40, help_text="which facts matched: birth date and ZIP, new person, ...")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "person"], name="one_subject_a_person")]

    def __str__(self) -> str:
        return f"call {self.call_id} is about person {self.person_id}"


class Disposition(Natural):
    """What a call came to, as the operator says it. Set-up: an admin's."""

    NATURAL = ("agency__slug", "slug")

    class Group(models.TextChoices):
        BOOKED = "booked", "Appointments"
        INFORMED = "informed", "Questions"
        FOLLOW_UP = "follow_up", "To be done"
        OTHER = "other", "Other"

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="dispositions")
    slug = models.SlugField()
    name = models.CharField(max_length=60)
    name_es = models.CharField("name in Spanish", max_length=60, blank=True)
    group = models.CharField(max_length=10, choices=Group.choices, default=Group.OTHER)
    order = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["group", "order", "pk"]
        constraints = [models.UniqueConstraint(fields=["agency", "slug"], name="one_disposition_a_slug")]

    def __str__(self) -> str:
        return self.name


class DispositionField(Natural):
    """Something a disposition asks the operator for before the call can be closed."""

    NATURAL = ("disposition__agency__slug", "disposition__slug", "slug")

    class FieldKind(models.TextChoices):
        TEXT = "text", "a few words"
        DATE = "date", "a day"
        CHOICE = "choice", "one of a list"

    disposition = models.ForeignKey(Disposition, on_delete=models.CASCADE, related_name="fields")
    slug = models.SlugField(max_length=30)
    label = models.CharField(max_length=80)
    label_es = models.CharField("label in Spanish", max_length=80, blank=True)
    kind = models.CharField(max_length=6, choices=FieldKind.choices, default=FieldKind.TEXT)
    choices = models.CharField(max_length=300, blank=True, help_text="for one of a list: separated by |")
    choices_es = models.CharField("choices in Spanish", max_length=300, blank=True)
    required = models.BooleanField(default=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["disposition", "slug"], name="one_field_a_slug")]

    def __str__(self) -> str:
        return self.label


class Handling(models.Model):
    """An operator's work on a call: notes and answers while it lasts, the disposition that closes it.

    One row per call and operator; kept from the first letter on, so that a reload loses nothing.
    """

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="handlings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    notes = models.TextField(blank=True, help_text="for the next person who helps")
    step = models.PositiveSmallIntegerField(default=0, help_text="where in the script, from 0")
    answers = models.JSONField(default=dict, blank=True, help_text="answer by number of the script's step")
    disposition = models.ForeignKey(Disposition, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    details = models.JSONField(default=dict, blank=True, help_text="what the disposition asked for, by slug")
    saved_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "user"], name="one_handling_an_operator"),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(disposition__isnull=False), name="closed_with_a_disposition"
            ),
        ]

    def __str__(self) -> str:
        return f"handling of call {self.call_id}"


class Message(models.Model):
    """A text we owe somebody: the row is the outbox. Writer: `crm.messages`; `floor.texts` hands it to the carrier."""

    class State(models.TextChoices):
        QUEUED = "queued", "to be sent"
        SENDING = "sending", "the carrier is being asked"
        SENT = "sent", "the carrier has it"
        DELIVERED = "delivered", "arrived"
        FAILED = "failed", "could not be sent or did not arrive"
        UNSURE = "unsure", "may have been sent; not tried again"

    class Kind(models.TextChoices):
        LINK = "link", "the link asked for by pressing 2"

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False, help_text="in the carrier's addresses")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="messages")
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="messages")
    channel = models.CharField(max_length=8, default="sms", choices=[("sms", "text message")])
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.LINK)
    number = models.CharField(max_length=16, help_text="E.164")
    from_number = models.CharField(max_length=16, help_text="ours")
    language = models.CharField(max_length=2, default="en")
    body = models.CharField(max_length=600)
    consent = models.CharField(max_length=60, help_text="how they said yes to it")
    consent_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    todo_at = models.DateTimeField(null=True, blank=True, help_text="due; while a worker is at it, its lease")
    tries = models.PositiveSmallIntegerField(default=0)
    carrier_uuid = models.CharField(max_length=64, blank=True)
    error = models.CharField(max_length=40, blank=True, help_text="what the carrier said was wrong")
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True, help_text="delivered, failed or unsure since")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "kind"], name="one_message_of_a_kind_per_call")]
        indexes = [models.Index(fields=["todo_at"], condition=Q(todo_at__isnull=False), name="message_outbox")]

    def __str__(self) -> str:
        return f"message {self.pk}, {self.state}"


def _voices() -> FileSystemStorage:
    """A folder only we may read; nothing in it has an address."""
    return FileSystemStorage(
        location=settings.RECORDINGS_DIR, base_url=None, file_permissions_mode=0o600, directory_permissions_mode=0o700
    )


class Recording(models.Model):
    """A message a caller left on tape. Writer: `crm.recordings`.

    The carrier keeps the sound at `url`; the worker fetches it into a file of ours, and only that is ever played.
    """

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False, help_text="in the carrier's addresses")
    call = models.OneToOneField(Call, on_delete=models.PROTECT, related_name="recording")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="recordings")
    queue = models.CharField(max_length=50, blank=True, help_text="slug of the queue the caller stood in")
    language = models.CharField(max_length=2, default="en")
    asked_at = models.DateTimeField(help_text="when they were asked to speak")
    left_at = models.DateTimeField(null=True, blank=True, help_text="when it was complete; empty if they said nothing")
    carrier_id = models.CharField(max_length=64, blank=True)
    url = models.URLField(blank=True, help_text="where the carrier keeps the sound")
    seconds = models.PositiveIntegerField(default=0)
    file = models.FileField(blank=True, storage=_voices, help_text="the sound, once the worker has fetched it")
    fetch_tries = models.PositiveSmallIntegerField(default=0)
    fetch_at = models.DateTimeField(null=True, blank=True, help_text="not to be fetched before; a worker's lease")
    heard_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    heard_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["agency", "left_at"], name="recording_by_moment")]
        permissions = [("hear_recording", "Can hear messages callers left")]

    def __str__(self) -> str:
        return f"recording of call {self.call_id}"
