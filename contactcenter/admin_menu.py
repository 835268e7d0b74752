"""The admin site's looks and its menu, in the order of the working day. A reader sees what they may open."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

# heading, then: words, icon, name of the page, permission
_MENU = (
    (
        _("Floor"),
        (
            (_("Board"), "monitoring", "board", "reporting.view_board"),
            (_("Queues"), "groups", "admin:floor_queue_changelist", "floor.view_queue"),
            (_("Operators"), "headset_mic", "admin:floor_operator_changelist", "floor.view_operator"),
            (_("Why operators may be away"), "coffee", "admin:floor_awayreason_changelist", "floor.view_awayreason"),
            (_("Supervisors' telephones"), "hearing", "admin:floor_supervisor_changelist", "floor.view_supervisor"),
            (_("Who listened"), "visibility", "admin:floor_listening_changelist", "floor.view_listening"),
            (_("Transfers"), "call_split", "admin:floor_consult_changelist", "floor.view_consult"),
            (_("Skills"), "star", "admin:floor_skill_changelist", "floor.view_skill"),
            (_("In line"), "hourglass_top", "admin:floor_entry_changelist", "floor.view_entry"),
            (_("Calls laid before operators"), "ring_volume", "admin:floor_offer_changelist", "floor.view_offer"),
            (_("Operators' time"), "schedule", "admin:floor_stint_changelist", "floor.view_stint"),
            (
                _("More time after calls"),
                "more_time",
                "admin:floor_wrapextension_changelist",
                "floor.view_wrapextension",
            ),
            (_("Call-backs"), "phone_callback", "admin:floor_callback_changelist", "floor.view_callback"),
            (_("After a try in vain"), "replay", "admin:floor_callbackrule_changelist", "floor.view_callbackrule"),
            (_("When we call"), "bedtime", "admin:floor_callbackterms_changelist", "floor.view_callbackterms"),
            (_("Thresholds"), "speed", "admin:reporting_threshold_changelist", "reporting.view_threshold"),
            (_("Alerts"), "notifications", "admin:reporting_alert_changelist", "reporting.view_alert"),
            (_("Told to all desks"), "campaign", "admin:floor_broadcast_changelist", "floor.view_broadcast"),
            (_("Missed callers"), "phone_missed", "admin:floor_debt_changelist", "floor.view_debt"),
            (_("Announced waits"), "timer", "admin:floor_waitpromise_changelist", "floor.view_waitpromise"),
        ),
    ),
    (
        _("People and calls"),
        (
            (_("People"), "person", "admin:crm_person_changelist", "crm.view_person"),
            (_("Calls"), "call", "admin:crm_call_changelist", "crm.view_call"),
            (_("What happened on calls"), "list_alt", "admin:crm_callevent_changelist", "crm.view_callevent"),
            (_("Whom calls were about"), "link", "admin:crm_callsubject_changelist", "crm.view_callsubject"),
            (_("Operators' notes"), "edit_note", "admin:crm_handling_changelist", "crm.view_handling"),
            (_("Texts"), "sms", "admin:crm_message_changelist", "crm.view_message"),
            (_("Messages left"), "voicemail", "admin:crm_recording_changelist", "crm.view_recording"),
            (_("How calls end"), "task_alt", "admin:crm_disposition_changelist", "crm.view_disposition"),
        ),
    ),
    (
        _("Appointments"),
        (
            (_("Clinic today"), "today", "clinic-day", "scheduling.check_in"),
            (_("Appointments"), "event", "admin:scheduling_appointment_changelist", "scheduling.view_appointment"),
            (
                _("Clinic days"),
                "calendar_month",
                "admin:scheduling_clinicsession_changelist",
                "scheduling.view_clinicsession",
            ),
            (_("Sites"), "location_on", "admin:scheduling_site_changelist", "scheduling.view_site"),
            (_("Services"), "vaccines", "admin:scheduling_service_changelist", "scheduling.view_service"),
        ),
    ),
    (
        _("Knowledge"),
        (
            (_("Articles"), "article", "admin:knowledgebase_article_changelist", "knowledgebase.view_article"),
            (_("Scripts"), "record_voice_over", "admin:knowledgebase_script_changelist", "knowledgebase.view_script"),
            (
                _("Opening hours"),
                "schedule",
                "admin:knowledgebase_openinghours_changelist",
                "knowledgebase.view_openinghours",
            ),
            (_("Holidays"), "event_busy", "admin:knowledgebase_holiday_changelist", "knowledgebase.view_holiday"),
        ),
    ),
    (
        _("Phone menus"),
        (
            (_("Menus"), "account_tree", "admin:ivr_flow_changelist", "ivr.view_flow"),
            (_("Published versions"), "history", "admin:ivr_flowversion_changelist", "ivr.view_flowversion"),
            (_("Our numbers"), "dialpad", "admin:ivr_line_changelist", "ivr.view_line"),
        ),
    ),
    (
        _("Reports"),
        (
            (_("Daily report"), "summarize", "daily-report", "reporting.view_daily_report"),
            (
                _("Fairness in line"),
                "balance",
                "admin:reporting_fairnessaudit_changelist",
                "reporting.view_fairnessaudit",
            ),
        ),
    ),
    (_("Staff"), ((_("People who work here"), "badge", "admin:auth_user_changelist", "auth.view_user"),)),
    (
        _("System"),
        (
            (_("Agency"), "apartment", "admin:core_agency_changelist", "core.view_agency"),
            (_("Who looked at what"), "visibility", "admin:core_accesslog_changelist", "core.view_accesslog"),
            (_("API keys"), "key", "admin:core_apikey_changelist", "core.view_apikey"),
            (_("Counties"), "map", "admin:core_county_changelist", "core.view_county"),
            (_("ZIP codes"), "pin_drop", "admin:core_zipcode_changelist", "core.view_zipcode"),
        ),
    ),
)


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The menu of this reader; headings without a page under them are left out."""
    groups = []
    for heading, entries in _MENU:
        items = [
            {"title": title, "icon": icon, "link": link}
            for title, icon, name, permission in entries
            if request.user.has_perm(permission) and (link := _address(name))
        ]
        if items:
            groups.append({"title": heading, "separator": True, "items": items})
    return groups


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


UNFOLD = {
    "SITE_TITLE": "Kindline",
    "SITE_HEADER": "Kindline",
    "SITE_SUBHEADER": _("Set-up"),
    "SITE_URL": "/",
    "SITE_SYMBOL": "support_agent",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("favicon.svg")}],
    "STYLES": [lambda request: static("css/admin.css")],
    "SCRIPTS": [lambda request: static("js/admin.js")],
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "THEME": "light",
    "SIDEBAR": {"navigation": "contactcenter.admin_menu.navigation"},
    # The river teal of static/css/tokens.css (--accent #12626b), lighter and darker.
    "COLORS": {
        "primary": {
            "50": "#f1f8f8",
            "100": "#e2f0f0",
            "200": "#c5e0e1",
            "300": "#a9cfd1",
            "400": "#5d9da3",
            "500": "#2c7b84",
            "600": "#12626b",
            "700": "#0c4a51",
            "800": "#0a3d43",
            "900": "#083137",
            "950": "#041d21",
        }
    },
}
