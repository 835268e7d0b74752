"""Staff in the admin site: who may sign in, with which role, at which agency.

Roles are what people are given; single permissions and the superuser's mark are not handed out here. Whoever has a role
with work in the admin site is let in at its door, and nobody else. Log-ins are closed, not deleted: facts name them.
Who looks after whom is in `contactcenter.roles`; of everybody else's log-in only the person's name can be corrected.
"""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db.models import Field, Model, QuerySet
from django.http import HttpRequest, HttpResponse
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
        return ", ".join(sorted(str(roles.NAMES.get(group.name, group.name)) for group in user.groups.all()))

    def formfield_for_manytomany(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs["queryset"] = Group.objects.filter(name__in=roles.may_hand_out(request.user)).order_by("name")
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if db_field.name == "groups":
            field.label, field.help_text = _("Roles"), ""
            field.label_from_instance = lambda group: str(roles.NAMES.get(group.name, group.name))
        return field

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """Nobody changes their own roles, or shuts themselves out."""
        fixed = ("groups", "is_active") if obj is not None and obj.pk == request.user.pk else ()
        if not self._looks_after(request, obj):
            fixed = ("username", "groups", "is_active")
        return (*super().get_readonly_fields(request, obj), *fixed)

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """No way to a password from the page of somebody one does not look after."""
        blocks = super().get_fieldsets(request, obj)
        if self._looks_after(request, obj):
            return blocks
        return [(head, {"fields": [name for name in of["fields"] if name != "password"]}) for head, of in blocks]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return agency_of(request.user) is not None and super().has_add_permission(request)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """A new password would open a guarded role's doors to whoever sets it."""
        if not self._looks_after(request, self.get_object(request, unquote(id))):
            raise PermissionDenied
        return super().user_change_password(request, id, form_url)

    @staticmethod
    def _looks_after(request: HttpRequest, user: Model | None) -> bool:
        """One's own log-in as well: a password one may change, and the roles are fixed above."""
        return user is None or user.pk == request.user.pk or roles.looks_after(request.user, user)

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
