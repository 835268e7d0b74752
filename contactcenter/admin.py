"""Staff in the admin site: who may sign in, with which role, at which agency.

Roles are what people are given; single permissions and the superuser's mark are not handed out here. Whoever has a role
with work in the admin site is let in at its door, and nobody else. Log-ins are closed, not deleted: facts name them.
"""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Field, Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from contactcenter import roles
from core.access import agency_of
from core.admin import Page
from core.models import Membership

admin.site.index_title = _("Today")
admin.site.unregister(User)
admin.site.unregister(Group)  # a table in code: contactcenter.roles


@admin.register(User)
class StaffAdmin(Page, UserAdmin):
    agency_path = "membership__agency"
    form, add_form, change_password_form = UserChangeForm, UserCreationForm, AdminPasswordChangeForm
    list_display = ("username", "first_name", "last_name", "roles", "is_active", "last_login")
    list_filter = ("is_active",)
    list_select_related = ()
    search_fields = ("username__startswith",)
    search_help_text = _("The beginning of the name they sign in with.")
    ordering = ("username",)
    filter_horizontal = ()
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password", "first_name", "last_name", "is_active", "groups")}),
        (_("When"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (
            None,
            {"fields": ("username", "usable_password", "password1", "password2", "first_name", "last_name", "groups")},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request).prefetch_related("groups")
        return rows if request.user.is_superuser else rows.filter(is_superuser=False)

    @admin.display(description=_("roles"))
    def roles(self, user: User) -> str:
        return ", ".join(sorted(group.name for group in user.groups.all()))

    def formfield_for_manytomany(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs["queryset"] = Group.objects.filter(name__in=roles.may_hand_out(request.user)).order_by("name")
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """Nobody changes their own roles, or shuts themselves out."""
        mine = ("groups", "is_active") if obj is not None and obj.pk == request.user.pk else ()
        return (*super().get_readonly_fields(request, obj), *mine)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return agency_of(request.user) is not None and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A guarded role is looked after by those who have it; a new password would open its doors to others."""
        allowed = super().has_change_permission(request, obj)
        if obj is None or not allowed:
            return allowed
        return set(obj.groups.values_list("name", flat=True)) <= roles.may_hand_out(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """With the roles come the agency of whoever enters somebody, and the door of the admin site."""
        super().save_related(request, form, formsets, change)
        user = form.instance
        if not change:
            Membership.objects.create(user=user, agency=agency_of(request.user))
        inside = user.is_superuser or user.groups.filter(name__in=roles.WITH_ADMIN_SITE).exists()
        User.objects.filter(pk=user.pk).update(is_staff=inside)
