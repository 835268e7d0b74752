"""The floor in the admin site: who works here and which lines there are; what happened is only shown."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from core.admin import FactAdmin, OwnChoices, Rows, SetUpAdmin
from floor.models import (
    Callback,
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


class SkillRows(Rows):
    model = OperatorSkill


@admin.register(Operator)
class OperatorAdmin(SetUpAdmin):
    """What the carrier rings, and what somebody is good at. Their name and log-in are under Staff."""

    fixed = ("user",)
    list_display = ("user", "display_name", "device")
    list_select_related = ("user",)
    search_fields = ("user__username__startswith",)
    ordering = ("user__username",)
    inlines = (SkillRows,)

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
    list_display = ("operator", "state", "since", "until", "reason")
    list_filter = ("state",)
    list_select_related = ("operator__user",)
    search_fields = ("=operator__user__username",)
    ordering = ("-since",)


@admin.register(Callback)
class CallbackAdmin(FactAdmin):
    list_display = ("asked_at", "number", "state", "attempts", "ended_at")
    list_filter = ("state",)
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
