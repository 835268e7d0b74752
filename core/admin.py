"""What every page of the admin site has in common, and the plumbing tables' own pages.

Three kinds of rows: *facts* are looked at and never touched, *set-up* is edited by whoever may, *cases* (people,
appointments) change through services. All of them show the rows of the reader's own agency and no others.
"""

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db.models import CASCADE, Field, Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin, StackedInline, TabularInline

from core import clock, keys
from core.access import agency_of, looked, scoped
from core.admin_fields import PlainFields, ShortFields
from core.models import AccessLog, Agency, ApiKey, County, ZipCode

Action = AccessLog.Action


def path_to_agency(model: type[Model]) -> str:
    """How a row of `model` is reached from its agency; "" for what belongs to everybody, such as counties."""
    if model is get_user_model():
        return "membership__agency"
    try:
        return model._meta.get_field("agency").name
    except FieldDoesNotExist:
        return ""


def own(rows: QuerySet, user: Any, path: str) -> QuerySet:
    """Of `rows`, those this user may see in the admin: all of them for a superuser, else their agency's."""
    return rows if user.is_superuser or not path else scoped(rows, user, path=path)


class OwnAgency:
    """For pages and inlines: rows and choices of the reader's agency, nobody else's."""

    agency_path = "agency"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return own(super().get_queryset(request), request.user, self.agency_path)

    def formfield_for_foreignkey(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(db_field, request, **self._choices(db_field, request, kwargs))

    def formfield_for_manytomany(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_manytomany(db_field, request, **self._choices(db_field, request, kwargs))

    @staticmethod
    def _choices(db_field: Field, request: HttpRequest, kwargs: dict) -> dict:
        if path := path_to_agency(db_field.related_model):
            rows = own(db_field.related_model._default_manager.all(), request.user, path)
            kwargs.setdefault("queryset", rows)
        return kwargs


class OwnChoices(admin.RelatedFieldListFilter):
    """A filter by a relation that names the rows of the reader's agency only."""

    def field_choices(self, field: Field, request: HttpRequest, model_admin: admin.ModelAdmin) -> list:
        path = path_to_agency(field.related_model)
        mine = {} if request.user.is_superuser or not path else {path: agency_of(request.user)}
        return field.get_choices(include_blank=False, limit_choices_to=mine)


class Page(PlainFields, OwnAgency, ModelAdmin):
    """A page of the admin site, tuned for tables of hundreds of thousands of rows."""

    list_per_page = 50
    show_full_result_count = False
    list_select_related = True
    actions_on_bottom = False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only what the page itself filters by, and the key: `?family_name__startswith=` would put a name, and a way of
        guessing one letter by letter, into an address.
        """
        named = (each[0] if isinstance(each, tuple) else each for each in self.get_list_filter(request))
        return any(_is_about(lookup, name) for name in ("pk", self.opts.pk.name, *named))

    def get_actions(self, request: HttpRequest) -> dict:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)  # one by one, after a look at what hangs on it
        return actions


def _is_about(lookup: str, name: str) -> bool:
    """Whether `lookup` asks for exact values of the field `name`, or of the key of what it points at."""
    return re.fullmatch(rf"{name}(__(id|pk))?(__(exact|in|isnull))?", lookup) is not None


class FactAdmin(Page):
    """What happened: to be read. Whoever could edit it could change the report."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class OwnAgencyForm(forms.ModelForm):
    """A form whose row belongs to the reader's agency without their saying so; checked against its constraints too."""

    own_agency: Agency | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.own_agency is not None and "agency" not in self.fields and self.instance.agency_id is None:
            self.instance.agency = self.own_agency

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() - {"agency"}


class SetUpAdmin(Page):
    """What an admin arranges. `fixed` names the fields that others name a row by: set once, never changed."""

    form = OwnAgencyForm
    fixed: tuple[str, ...] = ("slug",)

    def get_exclude(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        hidden = () if request.user.is_superuser else ("agency",)
        return (*(super().get_exclude(request, obj) or ()), *hidden)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        names = {field.name for field in self.model._meta.fields}
        fixed = [name for name in (*self.fixed, "agency") if name in names] if obj else []
        if not request.user.is_superuser:
            fixed = [name for name in fixed if name != "agency"]
        return (*super().get_readonly_fields(request, obj), *fixed)

    def get_form(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any) -> type[forms.ModelForm]:
        form = super().get_form(request, obj, **kwargs)
        form.own_agency = agency_of(request.user)  # the class was made for this request
        return form

    def has_add_permission(self, request: HttpRequest) -> bool:
        somewhere = request.user.is_superuser or agency_of(request.user) is not None
        return somewhere and super().has_add_permission(request)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        """Asks as usual; what a call, a booking or other set-up points at is kept, and says so."""
        obj = self.get_object(request, object_id)
        asked = obj is not None and self.has_delete_permission(request, obj)
        if asked and (in_use(obj) or self.get_deleted_objects([obj], request)[3]):
            text = _("“%(name)s” stays: calls, bookings or other set-up still point at it.") % {"name": obj}
            messages.error(request, text)
            where = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
            return HttpResponseRedirect(reverse(where, args=[obj.pk]))
        return super().delete_view(request, object_id, extra_context)


def in_use(obj: Model) -> bool:
    """Whether any row points at this one that would not go with it. A link that would be emptied counts: a queue
    without its script leaves an operator without words in the middle of a call.
    """
    for link in obj._meta.get_fields(include_hidden=True):
        theirs = link.auto_created and not link.concrete and getattr(link, "on_delete", None) is not CASCADE
        if theirs and link.related_model._base_manager.filter(**{link.field.name: obj}).exists():
            return True
    return False


class LookedAt:
    """For pages that show a person's record: every look and every change leaves a line in the access log."""

    def agency_id_of(self, obj: Model) -> int:
        for name in self.agency_path.split("__")[:-1]:
            obj = getattr(obj, name)
        return obj.agency_id

    def looked(self, request: HttpRequest, action: str, obj: Model) -> None:
        what = f"{self.opts.app_label}.{self.opts.model_name}"
        looked(request.user, self.agency_id_of(obj), action, what, obj.pk, where="admin", at=clock.now())

    def render_change_form(self, request: HttpRequest, context: dict, *args: Any, **kwargs: Any) -> HttpResponse:
        obj = kwargs.get("obj")
        if obj is not None and obj.pk:
            self.looked(request, Action.SAW, obj)
        return super().render_change_form(request, context, *args, **kwargs)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        obj = self.get_object(request, object_id)
        if obj is not None and self.has_view_permission(request, obj):
            self.looked(request, Action.SAW, obj)
        return super().history_view(request, object_id, extra_context)

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        self.looked(request, Action.CHANGED, obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        self.looked(request, Action.CHANGED, obj)
        return super().log_change(request, obj, message)


class _Shared(forms.models.ModelChoiceIterator):
    """The choices of a field, asked for once and not once more for every row of a page."""

    def __iter__(self) -> Iterator:
        asked = self.field.asked  # one list for all copies of the field
        if not asked:
            asked.extend(super().__iter__())
        return iter(asked)


class OfOneRow(ShortFields, OwnAgency):
    """For inlines: statements do not grow with the rows. `with_rows` names what a row says of itself by."""

    with_rows: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        return rows.select_related(*self.with_rows) if self.with_rows else rows

    def formfield_for_foreignkey(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if isinstance(field, forms.ModelChoiceField):
            field.asked, field.iterator = [], _Shared
            field.queryset = field.queryset.all()  # hands the widget the iterator
        return field


class Rows(OfOneRow, TabularInline):
    """Rows that belong to the row above them, one a line."""

    agency_path = ""
    extra = 0
    tab = False
    hide_title = True  # the fields say all there is, and a row stays one line


class Blocks(OfOneRow, StackedInline):
    """Rows that belong to the row above them and need room: each line of `fields` becomes a column (admin.css)."""

    agency_path = ""
    extra = 0
    tab = False
    classes = ("side-by-side",)


@admin.register(Agency)
class AgencyAdmin(Page):
    """The one agency of most readers: its name and zone. A new one is made with its fixtures."""

    agency_path = "pk"
    list_display = ("name", "slug", "time_zone")
    fields = ("slug", "name", "time_zone", "missed_tries")
    readonly_fields = ("slug",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = Agency.objects.all()
        if request.user.is_superuser:
            return rows
        agency = agency_of(request.user)
        return rows.filter(pk=agency.pk) if agency else rows.none()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(County)
class CountyAdmin(FactAdmin):
    """For looking up; the tables come with the program's fixtures."""

    agency_path = ""
    list_display = ("name", "state", "fips")
    search_fields = ("name",)


@admin.register(ZipCode)
class ZipCodeAdmin(FactAdmin):
    """For looking up; the tables come with the program's fixtures."""

    agency_path = ""
    list_display = ("code", "city", "county")
    search_fields = ("code__startswith",)


@admin.register(AccessLog)
class AccessLogAdmin(FactAdmin):
    """Who looked at what of whom."""

    list_display = ("at", "user", "action", "what", "record", "where", "call")
    list_filter = ("action", ("user", OwnChoices))
    list_select_related = ("user",)
    search_fields = ("=record",)
    ordering = ("-at", "-pk")


@admin.register(ApiKey)
class ApiKeyAdmin(FactAdmin):
    """Which programs may read what, and taking a key back. A new one is made where it can be shown once:
    `manage.py make_api_key`.
    """

    list_display = ("name", "prefix", "scopes", "created_at", "last_used_at", "revoked_at")
    exclude = ("hash",)
    actions = ("take_back",)

    def has_take_back_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("core.change_apikey")

    @admin.action(description=gettext_lazy("Take back: it opens nothing any more"), permissions=["take_back"])
    def take_back(self, request: HttpRequest, rows: QuerySet) -> None:
        taken = [key for key in rows if keys.revoke(key, at=clock.now())]
        for key in taken:
            self.log_change(request, key, [{"changed": {"fields": ["revoked_at"]}}])
        messages.success(request, _("Keys taken back: %(count)d.") % {"count": len(taken)})
