"""Phone menus in the admin site. What callers hear is a published version; here the draft of the next is worked on."""

import json
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.admin import FactAdmin, OwnAgencyForm, OwnChoices, SetUpAdmin
from ivr import naming, services
from ivr.models import Flow, FlowVersion, Line
from ivr.rules import problems


class Readable(json.JSONEncoder):
    """JSON as people read it: two spaces a level."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "indent": 2, "ensure_ascii": False})


def wrong_with(agency_id: int, draft: Any) -> list[str]:
    """Everything that keeps a draft from callers' ears; what is not built like a menu at all says so."""
    try:
        return problems(draft) or naming.missing(agency_id, draft)
    except (AttributeError, KeyError, TypeError, ValueError):
        return [_("This is not built like a menu. Each step is { ... } with a kind, as in the published version.")]


class FlowForm(OwnAgencyForm):
    """The draft must be sound before it is kept; an empty one may wait."""

    draft = forms.JSONField(required=False, encoder=Readable, label=gettext_lazy("Draft"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "draft" in self.fields:  # a reader's page has no fields
            self.fields["draft"].widget = forms.Textarea(attrs={"rows": 30, "spellcheck": "false", "class": _AREA})

    def clean_draft(self) -> dict:
        draft = self.cleaned_data["draft"] or {}
        if draft and (wrong := wrong_with(self.instance.agency_id, draft)):
            raise forms.ValidationError(wrong)
        return draft


_AREA = "vLargeTextField border border-base-300 rounded-default font-mono p-3 w-full bg-white text-sm"


@admin.register(Flow)
class FlowAdmin(SetUpAdmin):
    form = FlowForm
    fixed = ("name",)
    list_display = ("name", "published")
    actions = ("publish",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Flow]:
        live = FlowVersion.objects.filter(flow=OuterRef("pk"), published_at__isnull=False, retired_at=None)
        return super().get_queryset(request).annotate(heard=Subquery(live.values("number")[:1]))

    @admin.display(description=gettext_lazy("callers hear version"))
    def published(self, flow: Flow) -> str:
        return "–" if flow.heard is None else str(flow.heard)

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("ivr.publish_flow")

    @admin.action(description=gettext_lazy("Publish the draft"), permissions=["publish"])
    def publish(self, request: HttpRequest, chosen: QuerySet[Flow]) -> None:
        """Callers from now on hear the draft; who is in the menu finishes on the version they began."""
        for flow in chosen:
            if wrong := wrong_with(flow.agency_id, flow.draft):
                text = _("“%(name)s” was not published: %(why)s") % {"name": flow, "why": " ".join(wrong)}
                messages.error(request, text)
                continue
            latest = flow.versions.filter(published_at__isnull=False, retired_at=None).first()
            if latest is not None and latest.document == flow.draft:
                messages.info(request, _("Callers already hear this draft of “%(name)s”.") % {"name": flow})
                continue
            version = services.publish(flow, flow.draft, at=clock.now())
            self.log_change(request, flow, f"published version {version.number}")
            text = _("Callers now hear version %(number)s of “%(name)s”.")
            messages.success(request, text % {"number": version.number, "name": flow})


@admin.register(FlowVersion)
class FlowVersionAdmin(FactAdmin):
    agency_path = "flow__agency"
    list_display = ("flow", "number", "published_at", "retired_at")
    list_filter = (("flow", OwnChoices),)
    list_select_related = ("flow",)
    ordering = ("-pk",)


class LineForm(OwnAgencyForm):
    def clean_flow(self) -> Flow:
        """A menu nobody has published leaves callers with silence."""
        flow = self.cleaned_data["flow"]
        if not flow.versions.filter(published_at__isnull=False, retired_at=None).exists():
            raise forms.ValidationError(_("Nothing of this menu is published yet. Please publish it first."))
        return flow


@admin.register(Line)
class LineAdmin(SetUpAdmin):
    form = LineForm
    fixed = ()
    list_display = ("number", "flow")
    list_select_related = ("flow",)
