"""The floor in the admin site: who works here and which lines there are; what happened is only shown."""

from typing import Any

from django.contrib import admin
from django.db.models import Field, Model, URLField
from django.http import HttpRequest

from core.admin import Blocks, FactAdmin, OwnChoices, Rows, SetUpAdmin
from floor.models import (
    Callback,
    ComfortMessage,
    Entry,
    Offer,
    Operator,
    OperatorSkill,
    OverflowRule,
    Queue,
    RelaxStep,
    Skill,
    Stint,
    WaitPromise,
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


@admin.register(WaitPromise)
class WaitPromiseAdmin(FactAdmin):
    """What callers were told of the wait. How it came true is on the daily report."""

    agency_path = "entry__agency"
    list_display = ("made_at", "entry", "ahead", "low_s", "high_s")
    list_select_related = ("entry",)
    search_fields = ("=entry__call__id",)
    ordering = ("-pk",)
