"""People and calls in the admin site.

A list of people shows initials and birth years, never names, and is searched by reference: a name in a search would
stand in the address. Opening a person shows the record and is logged. People are found by name at the desk.
"""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from core import clock
from core.access import agency_of, looked
from core.admin import Action, Blocks, FactAdmin, LookedAt, OwnChoices, Rows, SetUpAdmin
from core.file_pages import WithFiles
from core.models import Agency
from crm import people
from crm.models import (
    Call,
    CallEvent,
    CallSubject,
    Disposition,
    DispositionField,
    Handling,
    Message,
    Person,
    PersonNumber,
    Recording,
)
from crm.resources import PersonFile


class NumberRows(Rows):
    model = PersonNumber
    fields = ("number", "note")


@admin.register(Person)
class PersonAdmin(LookedAt, WithFiles, SetUpAdmin):
    """A person's record. It is never deleted here: bookings and calls are about it."""

    fixed = ("reference",)
    resource_classes = (PersonFile,)
    list_display = ("reference", "initials", "birth_year", "language", "texts")
    list_display_links = ("reference", "initials")
    list_filter = ("language", "texts")
    search_fields = ("=reference",)
    search_help_text = _("The reference on their letters, for example P-7KQ2MX4A. By name: at the desk.")
    ordering = ("-pk",)
    exclude = ("created_at", "reference")
    inlines = (NumberRows,)

    @admin.display(description=_("initials"))
    def initials(self, person: Person) -> str:
        return people.initials(person)

    @admin.display(description=_("born"))
    def birth_year(self, person: Person) -> int:
        return person.born_on.year

    def get_exclude(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        hidden = super().get_exclude(request, obj)
        return tuple(name for name in hidden if obj is None or name != "reference")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_export_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("crm.export_person")

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        if not change:
            obj.reference, obj.created_at = people.new_reference(), clock.now()
        super().save_model(request, obj, form, change)

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The try of an import shows what is on file now. Its own writes are undone, so the line is written here."""
        answer = super().import_action(request, **kwargs)
        if "result" in (getattr(answer, "context_data", None) or {}):
            self._listed(request)
        return answer

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        if self.has_view_permission(request):
            self._listed(request)
        return super().changelist_view(request, extra_context)

    @staticmethod
    def _listed(request: HttpRequest) -> None:
        """Of every agency whose people were shown: one, but for a superuser of several."""
        own = agency_of(request.user)
        for agency in [own] if own else Agency.objects.all():
            looked(request.user, agency.pk, Action.LISTED, "crm.person", where="admin", at=clock.now())


class EventRows(Rows):
    model = CallEvent
    fields = readonly_fields = ("at", "kind", "seconds", "queue", "operator")
    ordering = ("at", "pk")
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Call)
class CallAdmin(FactAdmin):
    list_display = ("id", "started_at", "ended_at", "from_number", "to_number", "drill")
    list_filter = ("drill",)
    search_fields = ("=id", "=carrier_uuid")
    search_help_text = _("The number of the call, ours or the carrier's.")
    ordering = ("-started_at",)
    inlines = (EventRows,)


@admin.register(CallEvent)
class CallEventAdmin(FactAdmin):
    agency_path = "call__agency"
    list_display = ("at", "call", "kind", "seconds", "queue", "operator")
    list_filter = ("kind",)
    search_fields = ("=call__id",)
    ordering = ("-at",)


@admin.register(CallSubject)
class CallSubjectAdmin(LookedAt, FactAdmin):
    agency_path = "call__agency"
    list_display = ("call", "person", "verified_at", "verified_by", "facts")
    search_fields = ("=call__id", "=person__reference")
    ordering = ("-pk",)


@admin.register(Handling)
class HandlingAdmin(LookedAt, FactAdmin):
    """An operator's notes may say what a person told them: each look is logged."""

    agency_path = "call__agency"
    list_display = ("call", "user", "disposition", "saved_at", "closed_at")
    list_filter = (("disposition", OwnChoices),)
    list_select_related = ("call", "user", "disposition")
    search_fields = ("=call__id",)
    ordering = ("-pk",)


class FieldRows(Blocks):
    model = DispositionField
    fields = (("order", "slug", "required"), ("label", "label_es"), ("kind",), ("choices", "choices_es"))


@admin.register(Disposition)
class DispositionAdmin(SetUpAdmin):
    list_display = ("name", "group", "order", "active")
    list_filter = ("group", "active")
    ordering = ("group", "order", "pk")
    inlines = (FieldRows,)


@admin.register(Message)
class MessageAdmin(FactAdmin):
    """Texts we sent, or still owe. The words are not shown: a list is no place for them."""

    list_display = ("id", "call", "kind", "state", "consent_at", "sent_at", "error")
    list_filter = ("state", "kind")
    list_select_related = ("call",)
    search_fields = ("=call__id",)
    ordering = ("-pk",)
    exclude = ("body", "token")


@admin.register(Recording)
class RecordingAdmin(FactAdmin):
    """Messages callers left. The address of the sound is not shown: it is heard on the list of missed calls."""

    list_display = ("id", "call", "queue", "asked_at", "left_at", "seconds", "heard_by")
    list_select_related = ("call", "heard_by")
    search_fields = ("=call__id",)
    ordering = ("-pk",)
    exclude = ("url", "token", "carrier_id")
