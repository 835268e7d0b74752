"""Who may do what: six roles, each a stock group, its permissions in one table.

The table is the truth. It is written into the database after every `migrate`; what somebody gave a group by hand is
taken back. Which rows somebody may do it with is another question (`core.access`).

Every role but IT support's own opens calls, appointments or people's records: those are `GUARDED`. Only an admin (or a
superuser) gives such a role, sets the password of somebody who has one, and closes or opens their log-in. IT support
enters log-ins without a role, looks after those, and otherwise only corrects a name: whoever could set a clerk's
password could read the clerk's list.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth.models import Group, Permission
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.translation import gettext_lazy as _

_SET_UP = ("view", "add", "change", "delete")
_KEEP = ("view", "add", "change")

# role -> either "app.codename", or "app.model" with the actions on it
ROLES: dict[str, dict[str, tuple[str, ...]]] = {
    # Answers calls. People and articles open at the desk, for a call, and nowhere else.
    "operator": {"floor.use_desk": (), "crm.hear_recording": ()},
    # Watches over the floor. Sees that somebody rang, from which number, and what became of it; no person's record.
    "supervisor": {
        "reporting.view_board": (),
        "reporting.view_daily_report": (),
        "reporting.threshold": ("view",),
        "reporting.alert": ("view",),
        "floor.tell_desks": (),
        "floor.broadcast": ("view",),
        "reporting.fairnessaudit": ("view",),
        "crm.call": ("view",),
        "crm.callevent": ("view",),
        "floor.queue": ("view",),
        "floor.operator": ("view",),
        "floor.entry": ("view",),
        "floor.offer": ("view",),
        "floor.stint": ("view",),
        "floor.callback": ("view", "direct"),
        "floor.callbackattempt": ("view",),
        "floor.wrapextension": ("view",),
        "floor.supervise": (),  # listens, takes over, sets states, moves callers
        "floor.consult": ("view",),
        "floor.listening": ("view",),
        "floor.debt": ("view", "withdraw"),
        "floor.debtattempt": ("view",),
        "floor.waitpromise": ("view",),
        "floor.comfortmessage": ("view",),
        "floor.overflowrule": ("view",),
        "crm.message": ("view",),
        "crm.recording": ("view",),
        "crm.hear_recording": (),
    },
    # Arranges everything and looks after people's records. Facts stay facts for them as well.
    "admin": {
        "reporting.view_board": (),
        "reporting.view_daily_report": (),
        "reporting.threshold": _SET_UP,
        "reporting.alert": ("view",),
        "floor.tell_desks": (),
        "floor.broadcast": ("view",),
        "reporting.fairnessaudit": ("view",),
        "core.agency": ("view", "change"),
        "core.county": ("view",),
        "core.zipcode": ("view",),
        "core.accesslog": ("view",),
        "core.apikey": ("view", "change"),  # change: to take one back
        "auth.user": _KEEP,
        "crm.person": (*_KEEP, "export"),
        "crm.personnumber": _SET_UP,
        "crm.call": ("view",),
        "crm.callevent": ("view",),
        "crm.callsubject": ("view",),
        "crm.handling": ("view",),
        "crm.disposition": _SET_UP,
        "crm.dispositionfield": _SET_UP,
        "knowledgebase.openinghours": _SET_UP,
        "knowledgebase.holiday": _SET_UP,
        "knowledgebase.article": _SET_UP,
        "knowledgebase.script": _SET_UP,
        "knowledgebase.scriptstep": _SET_UP,
        "scheduling.site": _SET_UP,
        "scheduling.siteclerk": _SET_UP,
        "scheduling.service": _SET_UP,
        "scheduling.eligibilityrule": _SET_UP,
        "scheduling.clinictemplate": _SET_UP,
        "scheduling.clinicsession": ("view", "change"),
        "scheduling.appointment": ("view", "change"),
        "floor.queue": _KEEP,
        "floor.relaxstep": _SET_UP,
        "floor.callbackrule": _SET_UP,
        "floor.callbackterms": _KEEP,
        "floor.skill": _SET_UP,
        "floor.awayreason": _KEEP,
        "floor.operator": _KEEP,
        "floor.operatorskill": _SET_UP,
        "floor.supervisor": _KEEP,
        "floor.consult": ("view",),
        "floor.listening": ("view",),
        "floor.entry": ("view",),
        "floor.offer": ("view",),
        "floor.stint": ("view",),
        "floor.callback": ("view", "direct"),
        "floor.callbackattempt": ("view",),
        "floor.wrapextension": ("view",),
        "floor.debt": ("view", "withdraw"),
        "floor.debtattempt": ("view",),
        "floor.waitpromise": ("view",),
        "floor.comfortmessage": _SET_UP,
        "floor.overflowrule": _SET_UP,
        "crm.message": ("view",),
        "crm.recording": ("view",),
        "crm.hear_recording": (),
        "ivr.flow": (*_KEEP, "publish"),
        "ivr.flowversion": ("view",),
        "ivr.line": _SET_UP,
    },
    # Keeps the list at a clinic's door, of the clinics named in SiteClerk.
    "site_clerk": {"scheduling.check_in": ()},
    # Log-ins and roles; no person, no call, no number.
    "it_support": {"auth.user": _KEEP},
    # A program of somebody else's: reads appointments through the API, with a key.
    "partner": {"scheduling.appointment": ("view",)},
}
# Roles whose work is in the admin site: whoever has one is let in at its door (Django's "staff").
NAMES = {
    "operator": _("Operator"),
    "supervisor": _("Supervisor"),
    "admin": _("Admin"),
    "site_clerk": _("Site clerk"),
    "it_support": _("IT support"),
    "partner": _("Partner agency"),
}
WITH_ADMIN_SITE = frozenset({"supervisor", "admin", "it_support"})
# Gives the guarded roles, to themselves as well as to others.
GIVES = "admin"
GUARDED = frozenset(ROLES) - {"it_support"}


def permissions(role: str) -> Iterator[tuple[str, str]]:
    """App and codename of everything a role may do."""
    for name, actions in ROLES[role].items():
        app, rest = name.split(".")
        if not actions:
            yield app, rest
        for action in actions:
            yield app, f"{action}_{rest}"


def may_hand_out(user: Any) -> set[str]:
    """The roles this user may give to others."""
    if user.is_superuser or user.groups.filter(name=GIVES).exists():
        return set(ROLES)
    return set(ROLES) - GUARDED


def looks_after(user: Any, whom: Any) -> bool:
    """Whether this user may set that one's password and roles, and close or open their log-in."""
    return set(whom.groups.values_list("name", flat=True)) <= may_hand_out(user)


def sync(using: str = DEFAULT_DB_ALIAS) -> None:
    """Writes the table into the groups. Again changes nothing."""
    known = {(app, code): pk for app, code, pk in _known(using)}
    groups = {group.name: group for group in Group.objects.using(using).filter(name__in=ROLES)}
    missing = [Group(name=name) for name in ROLES if name not in groups]
    groups |= {group.name: group for group in Group.objects.using(using).bulk_create(missing)}
    through = Group.permissions.through
    ids = [group.pk for group in groups.values()]
    rows = through.objects.using(using).filter(group_id__in=ids)
    have = set(rows.values_list("group_id", "permission_id"))
    want = {(groups[role].pk, known[key]) for role in ROLES for key in permissions(role) if key in known}
    for group_id, permission_id in have - want:
        rows.filter(group_id=group_id, permission_id=permission_id).delete()
    through.objects.using(using).bulk_create(
        [through(group_id=group, permission_id=permission) for group, permission in sorted(want - have)]
    )


def after_migrate(app_config: AppConfig, using: str, **kwargs: Any) -> None:
    """Receiver of `post_migrate`. The last app's turn is the first moment at which all permissions are there."""
    last = list(apps.get_app_configs())[-1]
    tables = {Group._meta.db_table, Permission._meta.db_table, Group.permissions.through._meta.db_table}
    if app_config.label == last.label and tables <= set(connections[using].introspection.table_names()):
        sync(using)


def _known(using: str) -> Iterator[tuple[str, str, int]]:
    rows = Permission.objects.using(using).values_list("content_type__app_label", "codename", "pk")
    return rows.iterator()
