"""Places, services and appointments in the admin site. Appointments change through `scheduling.services` alone."""

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import clock
from core.admin import Action, Blocks, FactAdmin, LookedAt, OwnAgencyForm, OwnChoices, Page, Rows, SetUpAdmin
from core.file_pages import WithFiles
from core.files import known_zone
from scheduling import services
from scheduling.models import (
    Appointment,
    ClinicSession,
    ClinicTemplate,
    EligibilityRule,
    Service,
    Site,
    SiteClerk,
    Slot,
)
from scheduling.resources import SiteFile


class TemplateRows(Rows):
    model = ClinicTemplate
    with_rows = ("site",)


class ClerkRows(Rows):
    """Who keeps the list at this door. Their role, site clerk, is given under Staff."""

    model = SiteClerk
    with_rows = ("site", "user")


class SiteForm(OwnAgencyForm):
    def clean_time_zone(self) -> str:
        name = self.cleaned_data["time_zone"]
        if not known_zone(name):
            raise forms.ValidationError(_("Please give a time zone such as America/Chicago."))
        return name


@admin.register(Site)
class SiteAdmin(WithFiles, SetUpAdmin):
    form = SiteForm
    resource_classes = (SiteFile,)
    list_display = ("name", "city", "county", "drive_through", "wheelchair", "active")
    list_filter = ("active", "drive_through")
    search_fields = ("name", "city", "zip_code__startswith")
    autocomplete_fields = ("county",)
    inlines = (TemplateRows, ClerkRows)


class RuleBlocks(Blocks):
    model = EligibilityRule
    fields = (("slug", "active"), ("name", "name_es"), ("min_age", "max_age"), ("category",))


@admin.register(Service)
class ServiceAdmin(SetUpAdmin):
    list_display = ("name", "slug", "active")
    list_filter = ("active",)
    inlines = (RuleBlocks,)


class SlotRows(Rows):
    model = Slot
    fields = readonly_fields = ("starts_at", "ends_at", "capacity", "booked")
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm("scheduling.view_clinicsession")


@admin.register(ClinicSession)
class ClinicSessionAdmin(Page):
    """A clinic on its day. It is cut from a template; here it can be closed, so that it offers no seats."""

    agency_path = "site__agency"
    list_display = ("service_date", "site", "service", "starts_at", "ends_at", "active")
    list_filter = (("site", OwnChoices), ("service", OwnChoices), "active")
    list_select_related = ("site", "service")
    search_fields = ("site__name",)
    ordering = ("-starts_at", "site_id")
    fields = ("site", "service", "service_date", "starts_at", "ends_at", "template", "active")
    readonly_fields = fields[:-1]
    inlines = (SlotRows,)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Appointment)
class AppointmentAdmin(LookedAt, FactAdmin):
    """Who has which seat. Booking and moving is the desk's; here one can be cancelled."""

    list_display = ("code", "state", "service", "site", "starts_at", "person", "source", "made_at")
    list_display_links = ("code", "state")
    list_filter = ("state", ("service", OwnChoices), "source")
    list_select_related = ("service", "person", "slot__session__site")
    search_fields = ("=code", "=person__reference")
    search_help_text = gettext_lazy("The confirmation code, or the person's reference.")
    ordering = ("-made_at",)
    actions = ("cancel",)

    @admin.display(description=gettext_lazy("site"))
    def site(self, appointment: Appointment) -> str:
        return appointment.slot.session.site.name

    @admin.display(description=gettext_lazy("begins"))
    def starts_at(self, appointment: Appointment) -> str:
        """By the clinic's own clock."""
        local = appointment.slot.starts_at.astimezone(appointment.slot.session.site.zone)
        return f"{local:%Y-%m-%d %H:%M}"

    def has_cancel_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("scheduling.change_appointment")

    @admin.action(description=gettext_lazy("Cancel, and give the seat back"), permissions=["cancel"])
    def cancel(self, request: HttpRequest, chosen: QuerySet[Appointment]) -> None:
        done = 0
        for appointment in chosen:
            if services.cancel(appointment, user=request.user, at=clock.now()):
                self.looked(request, Action.CHANGED, appointment)
                done += 1
        if done:
            told = ngettext(
                "%(n)s appointment is cancelled; its seat is free again.",
                "%(n)s appointments are cancelled; their seats are free again.",
                done,
            )
            messages.success(request, told % {"n": done})
        if left := len(chosen) - done:
            told = ngettext(
                "%(n)s was not booked any more and stays as it is.",
                "%(n)s were not booked any more and stay as they are.",
                left,
            )
            messages.warning(request, told % {"n": left})
