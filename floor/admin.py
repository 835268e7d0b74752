"""The floor in the admin site: who works here and which lines there are; what happened is only shown."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Field, Model, QuerySet, URLField
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.forms import ActionForm

from core import clock
from core.admin import Action, Blocks, FactAdmin, LookedAt, OwnChoices, Rows, SetUpAdmin
from crm import recordings
from floor import dispatch
from floor.models import (
    AwayReason,
    Broadcast,
    Callback,
    CallbackAttempt,
    CallbackRule,
    CallbackTerms,
    ComfortMessage,
    Consult,
    Debt,
    DebtAttempt,
    Entry,
    Listening,
    Offer,
    Operator,
    OperatorSkill,
    OverflowRule,
    Queue,
    RelaxStep,
    Skill,
    Stint,
    Supervisor,
    WaitPromise,
    WrapExtension,
)


class RelaxRows(Rows):
    """When a queue asks for less. Those in line keep the steps that were set when they came."""

    model = RelaxStep


class ComfortRows(Rows):
    """What those who wait hear: one a round, in turn."""

    model = ComfortMessage
    fields = ("order", "text", "text_es")


class OverflowBlocks(Blocks):
    """Where the queue sends whom it cannot serve in time."""

    model = OverflowRule
    fk_name = "queue"
    fields = (("order", "when", "limit"), ("then", "to_queue", "number"), "text", "text_es")


@admin.register(Queue)
class QueueAdmin(SetUpAdmin):
    """A queue is kept for good: menus name it, and callers may be standing in it this minute."""

    inlines = (RelaxRows, OverflowBlocks, ComfortRows)
    list_display = ("name", "slug", "callback_mode", "hours", "at_closing", "script")
    list_select_related = ("script",)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, URLField):
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)


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


_LONG = timedelta(hours=1)  # a message may be left so long after its call began


class StillOpen(admin.SimpleListFilter):
    """The list opens on those who are still owed a call."""

    title = gettext_lazy("still owed a call")
    parameter_name = "settled"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("yes", _("settled")), ("all", _("all"))]

    def choices(self, changelist: Any) -> Iterator[dict]:
        for value, name in ((None, _("still owed a call")), *self.lookup_choices):
            query = changelist.get_query_string({self.parameter_name: value} if value else {}, [self.parameter_name])
            yield {"selected": self.value() == value, "query_string": query, "display": name}

    def queryset(self, request: HttpRequest, rows: QuerySet) -> QuerySet:
        if self.value() == "all":
            return rows
        return rows.filter(closed_at__isnull=self.value() != "yes")


class AttemptRows(Rows):
    model = DebtAttempt
    fields = readonly_fields = ("at", "operator", "result", "ended_at")
    with_rows = ("operator__user",)
    ordering = ("at", "pk")
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Debt)
class DebtAdmin(LookedAt, FactAdmin):
    """Callers we missed, as cases: settled by calls and bookings; staff may only withdraw one, saying why."""

    list_display = ("number", "kind", "opened_at", "calls", "attempts", "lease_by", "closed_reason", "closed_at")
    list_filter = (StillOpen, "kind", "closed_reason", ("queue", OwnChoices))
    list_select_related = ("lease_by__user",)
    ordering = ("opened_at", "pk")
    readonly_fields = ("message",)
    inlines = (AttemptRows,)
    actions = ("withdraw",)
    action_form = ByHand

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup == StillOpen.parameter_name or super().lookup_allowed(lookup, value, request)

    @admin.display(description=gettext_lazy("message left"))
    def message(self, debt: Debt) -> str:
        """To listen to, where there is one and the sound has come."""
        found = recordings.left_from(debt.number, agency_id=debt.agency_id, since=debt.opened_at - _LONG)
        ready = [tape for tape in found if tape.file]
        if not ready:
            return "-"
        return format_html('<a href="{}">{}</a>', reverse("desk-message", args=[ready[0].pk]), _("Listen"))

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("floor.withdraw_debt")

    @admin.action(description=gettext_lazy("Withdraw, with the reason"), permissions=["withdraw"])
    def withdraw(self, request: HttpRequest, chosen: QuerySet[Debt]) -> None:
        why = request.POST.get("why", "").strip()
        if not why:
            messages.error(request, _("Please type the reason beside the action. Nothing was withdrawn."))
            return
        who, done = request.user.get_username(), 0
        for debt in chosen:
            if dispatch.withdraw_missed(debt, who=who, why=why, at=clock.now()):
                self.looked(request, Action.CHANGED, debt)
                done += 1
        told = ngettext("%(n)d missed caller is off the list.", "%(n)d missed callers are off the list.", done)
        messages.success(request, told % {"n": done})
        if left := len(chosen) - done:
            text = _("%(n)d stay: settled before, or being called right now.") % {"n": left}
            messages.warning(request, text)


@admin.register(WaitPromise)
class WaitPromiseAdmin(FactAdmin):
    """What callers were told of the wait. How it came true is on the daily report."""

    agency_path = "entry__agency"
    list_display = ("made_at", "entry", "ahead", "low_s", "high_s")
    list_select_related = ("entry",)
    search_fields = ("=entry__call__id",)
    ordering = ("-pk",)
