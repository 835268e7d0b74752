"""The floor in the admin site: who works here and which lines there are; what happened is only shown."""

from collections.abc import Callable

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.forms import ActionForm

from core.admin import FactAdmin, OwnChoices, Rows, SetUpAdmin
from floor import dispatch
from floor.models import (
    AwayReason,
    Broadcast,
    Callback,
    CallbackAttempt,
    CallbackRule,
    CallbackTerms,
    Consult,
    Entry,
    Listening,
    Offer,
    Operator,
    OperatorSkill,
    Queue,
    RelaxStep,
    Skill,
    Stint,
    Supervisor,
    WrapExtension,
)


class RelaxRows(Rows):
    """When a queue asks for less. Those in line keep the steps that were set when they came."""

    model = RelaxStep


@admin.register(Queue)
class QueueAdmin(SetUpAdmin):
    """A queue is kept for good: menus name it, and callers may be standing in it this minute."""

    inlines = (RelaxRows,)
    list_display = ("name", "slug", "callback_mode", "script")
    list_select_related = ("script",)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Skill)
class SkillAdmin(SetUpAdmin):
    list_display = ("name", "slug")


@admin.register(AwayReason)
class AwayReasonAdmin(SetUpAdmin):
    """Kept for good: operators' time names it. What is over is not active."""

    fixed = ("slug",)
    list_display = ("name", "slug", "limit_minutes", "training", "active")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class SkillRows(Rows):
    model = OperatorSkill


@admin.register(Operator)
class OperatorAdmin(SetUpAdmin):
    """What the carrier rings, and what somebody is good at. Their name and log-in are under Staff."""

    fixed = ("user",)
    list_display = ("user", "on_boards", "device")
    list_select_related = ("user",)
    search_fields = ("user__username__startswith",)
    ordering = ("user__username",)
    inlines = (SkillRows,)

    @admin.display(description=gettext_lazy("on boards as"))
    def on_boards(self, operator: Operator) -> str:
        return operator.display_name

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Entry)
class EntryAdmin(FactAdmin):
    list_display = ("id", "call", "queue", "state", "entered_at", "connected_at", "ended_at")
    list_filter = ("state", ("queue", OwnChoices))
    list_select_related = ("call", "queue")
    search_fields = ("=call__id",)
    ordering = ("-pk",)
    exclude = ("answers",)  # what the caller keyed in; it is read at the desk


@admin.register(Offer)
class OfferAdmin(FactAdmin):
    agency_path = "entry__agency"
    list_display = ("id", "entry", "operator", "state", "made_at", "connected_at", "ended_at")
    list_filter = ("state",)
    list_select_related = ("entry", "operator__user")
    search_fields = ("=entry__call__id", "=operator__user__username")
    ordering = ("-pk",)


@admin.register(Stint)
class StintAdmin(FactAdmin):
    list_display = ("operator", "state", "since", "until", "due_at", "reason")
    list_filter = ("state",)
    list_select_related = ("operator__user",)
    search_fields = ("=operator__user__username",)
    ordering = ("-since",)


class ByHand(ActionForm):
    """Why: whoever has a hand in a promise says so."""

    why = forms.CharField(label=gettext_lazy("Reason"), max_length=120, required=False)


class TryRows(Rows):
    """Every try, with what came of it."""

    model = CallbackAttempt
    extra = 0
    fields = readonly_fields = ("at", "operator", "result", "ended_at")
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(WrapExtension)
class WrapExtensionAdmin(FactAdmin):
    agency_path = "stint__agency"
    list_display = ("at", "stint", "reason", "due_at")
    list_filter = ("reason",)
    list_select_related = ("stint",)
    ordering = ("-pk",)


@admin.register(Callback)
class CallbackAdmin(FactAdmin):
    list_display = ("asked_at", "number", "kind", "state", "window_from", "attempts", "ended_at", "end_reason")
    list_filter = ("state", "kind", "end_reason")
    ordering = ("-pk",)
    inlines = (TryRows,)
    action_form = ByHand
    actions = ("move_up", "withdraw")

    def has_direct_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("floor.direct_callback")

    @admin.action(description=gettext_lazy("Move up: called next"), permissions=["direct"])
    def move_up(self, request: HttpRequest, rows: QuerySet) -> None:
        self._by_hand(request, rows, dispatch.callback_moved_up, _("Moved up: %(count)d."))

    @admin.action(description=gettext_lazy("Withdraw: not called any more"), permissions=["direct"])
    def withdraw(self, request: HttpRequest, rows: QuerySet) -> None:
        self._by_hand(request, rows, dispatch.callback_removed, _("Withdrawn: %(count)d."))

    def _by_hand(self, request: HttpRequest, rows: QuerySet, do: Callable[..., bool], words: str) -> None:
        """Open ones only; what ended meanwhile, or is being talked about, stays as it is."""
        why = request.POST.get("why", "").strip()
        if not why:
            messages.error(request, _("Please say why, in the field “Reason”."))
            return
        who = request.user.get_username()
        open_ones = rows.filter(ended_at=None).select_related("entry__queue", "entry__call", "agency")
        done = [row for row in open_ones if do(row, who=who, why=why)]
        messages.success(request, words % {"count": len(done)})


@admin.register(CallbackRule)
class CallbackRuleAdmin(SetUpAdmin):
    """What follows a try in vain. Results without a row: two tries, five minutes apart."""

    fixed = ("result",)
    list_display = ("result", "tries", "rest_min")


@admin.register(CallbackTerms)
class CallbackTermsAdmin(SetUpAdmin):
    """When people may be called, and for how long a call is owed."""

    fixed = ()
    list_display = ("agency", "calls_from", "calls_until", "keep_h", "grace_min")


@admin.register(Broadcast)
class BroadcastAdmin(FactAdmin):
    """What all desks were told. It is said, and taken down, on the board."""

    list_display = ("at", "text", "by", "until", "ended")
    list_select_related = ("by",)
    ordering = ("-pk",)


@admin.register(Supervisor)
class SupervisorAdmin(SetUpAdmin):
    """The telephone a supervisor listens with. Their name and log-in are under Staff."""

    fixed = ("user",)
    list_display = ("user", "display_name", "device")
    list_select_related = ("user",)
    search_fields = ("user__username__startswith",)
    ordering = ("user__username",)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Consult)
class ConsultAdmin(FactAdmin):
    agency_path = "offer__entry__agency"
    list_display = ("id", "offer", "operator", "number", "state", "asked_at", "joined_at", "ended_at")
    list_filter = ("state",)
    list_select_related = ("offer", "operator__user")
    ordering = ("-pk",)


@admin.register(Listening)
class ListeningAdmin(FactAdmin):
    agency_path = "entry__agency"
    list_display = ("id", "offer", "supervisor", "mode", "asked_at", "joined_at", "ended_at")
    list_filter = ("mode",)
    list_select_related = ("offer", "supervisor__user")
    ordering = ("-pk",)
