"""What an admin arranges: skills, queues with what they ask for, and who answers calls."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from core.models import Agency
from core.natural import Natural
from knowledgebase.models import Script

LEVELS = range(1, 6)  # 1: can, if need be; 5: best


class Skill(Natural):
    """Something a caller may need an operator to be good at: a language, a subject."""

    NATURAL = ("agency__slug", "slug")

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="skills")
    slug = models.SlugField()
    name = models.CharField(max_length=60)
    language = models.CharField(
        max_length=2, blank=True, help_text="callers who speak it need this skill, whatever their queue: en, es"
    )

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "slug"], name="one_skill_a_slug"),
            models.UniqueConstraint(
                fields=["agency", "language"], condition=~Q(language=""), name="one_skill_a_language"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Queue(Natural):
    """A line of callers with one need."""

    NATURAL = ("agency__slug", "slug")

    class CallbackMode(models.TextChoices):
        OFF = "off", "no call-backs"
        KEEP_PLACE = "keep_place", "keep the place, call when it is their turn"
        WINDOWED = "windowed", "call within a window of time that the caller is told"

    class AtClosing(models.TextChoices):
        SERVE = "serve", "serve them all the same"
        CALLBACK = "callback", "offer to call back when it opens again"
        MESSAGE = "message", "say that it is closed"

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="queues")
    slug = models.SlugField()
    name = models.CharField(max_length=80)
    name_es = models.CharField("name in Spanish", max_length=80, blank=True)
    callback_mode = models.CharField(max_length=12, choices=CallbackMode.choices, default=CallbackMode.OFF)
    window_min = models.PositiveSmallIntegerField(
        "window", default=60, help_text="for call-backs within a window: how long it is, in minutes, 15 to 480"
    )
    window_lead_min = models.PositiveSmallIntegerField(
        "lead", default=60, help_text="for call-backs within a window: it opens so many minutes after asking at least"
    )
    promise_hours = models.SlugField(
        "hours for call-backs",
        blank=True,
        default="",
        help_text="the set of opening hours whose closing limits what is promised; empty: nothing does",
    )
    script = models.ForeignKey(Script, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    skills = models.ManyToManyField(Skill, blank=True, related_name="queues", help_text="what its callers need")
    min_level = models.PositiveSmallIntegerField(
        default=1, help_text="how good an operator has to be at each of these skills at first, 1 to 5"
    )
    head_start_s = models.PositiveSmallIntegerField(
        "head start", default=0, help_text="seconds its callers are served as if they had come earlier"
    )
    class_head_start_s = models.PositiveSmallIntegerField(
        "head start a class", default=0, help_text="seconds more for each step of a caller's priority class (0, 1, 2)"
    )
    hours = models.SlugField(default="main", help_text="which set of opening hours; one without rows is always open")
    at_closing = models.CharField(
        "still waiting at closing", max_length=8, choices=AtClosing.choices, default=AtClosing.SERVE
    )
    music_url = models.URLField("hold music", blank=True, help_text="an audio file; the house's own if empty")
    text_link = models.URLField(
        "link to text", blank=True, help_text="callers may press 2 to get it as a text; not offered if empty"
    )

    wrap_s = models.PositiveSmallIntegerField(
        "wrap-up time", default=0, help_text="seconds after a call until its operator is ready again; 0: no limit"
    )

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "slug"], name="one_queue_a_slug"),
            models.CheckConstraint(
                condition=Q(min_level__gte=1, min_level__lte=5), name="queue_asks_for_a_level_from_1_to_5"
            ),
            models.CheckConstraint(condition=Q(window_min__gte=15, window_min__lte=480), name="window_15_min_to_8_h"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.at_closing == self.AtClosing.CALLBACK and self.callback_mode == self.CallbackMode.OFF:
            raise ValidationError({"at_closing": "This queue offers no call-backs. Please choose how it should."})


class RelaxStep(Natural):
    """After a while in line, a caller of this queue may also go to operators who fit less well.

    Each step stands by itself: whoever fits the queue's own demand or any step whose time has come may be rung.
    """

    NATURAL = ("queue__agency__slug", "queue__slug", "after_s")

    class Kind(models.TextChoices):
        LEVEL = "level", "a lower level will do"
        OTHER = "other", "these other skills will do"
        ANYONE = "anyone", "anyone will do, whatever the language"

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="relax_steps")
    after_s = models.PositiveIntegerField("after", help_text="seconds since the place in line was taken")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    level = models.PositiveSmallIntegerField(default=1, help_text="for a lower level: 1 to 5")
    skills = models.ManyToManyField(Skill, blank=True, related_name="+", help_text="for other skills: all of these")

    class Meta:
        ordering = ["queue", "after_s"]
        constraints = [
            models.UniqueConstraint(fields=["queue", "after_s"], name="one_relax_step_a_moment"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=5), name="relaxed_to_a_level_from_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"after {self.after_s} s: {self.get_kind_display()}"


class AwayReason(Natural):
    """Why an operator may take no calls for a while. Kept for good, since stints name it: what is over is not active.

    A limit is only shown, in plain words, once it has passed: it ends nobody's break.
    """

    NATURAL = ("agency__slug", "slug")

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="away_reasons")
    slug = models.SlugField()
    name = models.CharField(max_length=40)
    name_es = models.CharField("name in Spanish", max_length=40, blank=True)
    limit_minutes = models.PositiveSmallIntegerField("limit", default=0, help_text="in minutes; 0: none")
    training = models.BooleanField(default=False, help_text="shown and counted as training, not as a break")
    order = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True, help_text="may be chosen at the desk")

    class Meta:
        ordering = ["order", "slug"]
        constraints = [models.UniqueConstraint(fields=["agency", "slug"], name="one_away_reason_a_slug")]

    def __str__(self) -> str:
        return self.name


class Operator(Natural):
    """The profile of a user who answers calls, and what the floor has to know of them between two calls."""

    NATURAL = ("user__username",)

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="operator")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="operators")
    device = models.CharField(max_length=120, help_text="what the carrier rings: a number in E.164 or a sip: address")
    by_phone_alone = models.BooleanField(
        default=False, help_text="serves without the desk: no page has to be open for calls to come"
    )
    seen_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="the last sign of life of the operator's desk"
    )
    misses = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="rings not taken, one after the other"
    )

    class Meta:
        permissions = [("use_desk", "Can work at the desk")]

    def __str__(self) -> str:
        return self.user.get_username()

    @property
    def display_name(self) -> str:
        """As colleagues read it on a board: given name and an initial; the log-in name where there is none."""
        user = self.user
        return f"{user.first_name} {user.last_name[:1]}.".strip() if user.first_name else user.get_username()


class OperatorSkill(Natural):
    """How good an operator is at something, 1 (can, if need be) to 5 (best)."""

    NATURAL = ("operator__user__username", "skill__slug")

    operator = models.ForeignKey(Operator, on_delete=models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="operators")
    level = models.PositiveSmallIntegerField(default=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operator", "skill"], name="one_level_a_skill"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=5), name="level_from_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.operator_id} {self.skill_id} {self.level}"


class Supervisor(Natural):
    """The telephone on which a supervisor listens to calls, helps, and takes one over."""

    NATURAL = ("user__username",)

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="supervisor")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="supervisors")
    device = models.CharField(max_length=128, help_text="what the carrier rings: sip:name@host, or a number in E.164")

    class Meta:
        permissions = [("supervise", "Can listen to calls, take them over and direct the floor")]

    def __str__(self) -> str:
        return self.user.get_username()

    @property
    def display_name(self) -> str:
        """As an operator reads it: given name and an initial; the log-in name where there is none."""
        user = self.user
        return f"{user.first_name} {user.last_name[:1]}.".strip() if user.first_name else user.get_username()
