"""Phone numbers, the menus they lead to, and each caller's place in one."""

from django.db import models
from django.db.models import Q
from phonenumber_field.modelfields import PhoneNumberField

from core.models import Agency
from core.natural import Natural
from crm.models import Call


class Flow(Natural):
    """A phone menu. What callers hear is its published version."""

    NATURAL = ("agency__slug", "name")

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="flows")
    name = models.CharField(max_length=80)
    draft = models.JSONField(default=dict, blank=True, help_text="the menu being worked on; publishing makes a version")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "name"], name="one_flow_a_name")]
        permissions = [("publish_flow", "Can publish a phone menu")]

    def __str__(self) -> str:
        return self.name


class FlowVersion(models.Model):
    """One edition of a menu: nodes as a document (`ivr.engine` has its grammar). Never changed once published,

    because a caller finishes on the version they began.
    """

    flow = models.ForeignKey(Flow, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    document = models.JSONField()
    published_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["flow", "number"], name="one_version_a_number"),
            models.UniqueConstraint(
                fields=["flow"],
                condition=Q(published_at__isnull=False, retired_at=None),
                name="one_published_version_per_flow",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.flow} {self.number}"


class Line(Natural):
    """A telephone number of ours and the menu that answers it."""

    NATURAL = ("number",)

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="lines")
    number = PhoneNumberField(unique=True)
    flow = models.ForeignKey(Flow, on_delete=models.PROTECT, related_name="lines")

    def __str__(self) -> str:
        return str(self.number)


class Session(models.Model):
    """A caller's place in the menu. Writer: `ivr.services`."""

    call = models.OneToOneField(Call, on_delete=models.PROTECT, related_name="session")
    version = models.ForeignKey(FlowVersion, on_delete=models.PROTECT, related_name="+")
    node = models.CharField(max_length=50, help_text="where the caller is asked something, or was last")
    step = models.PositiveSmallIntegerField(default=0, help_text="counts answers; guards against repeats")
    tries = models.PositiveSmallIntegerField(default=0, help_text="answers at this node that it could not use")
    language = models.CharField(max_length=2, default="en")
    answers = models.JSONField(default=dict)
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"session of call {self.call_id}"
