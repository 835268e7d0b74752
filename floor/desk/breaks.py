"""What an operator may be besides taking calls: the agency's away reasons, in the order and the words of the screen."""

from django.utils.translation import gettext as _

from core import moments
from floor.desk import words
from floor.desk.current import Desk
from floor.models import AwayReason

READY = "ready"  # what may follow a call, besides the slug of a reason


def reasons(desk: Desk) -> list[AwayReason]:
    """All of the agency's, those no longer chosen as well: a stint may still name one."""
    return list(AwayReason.objects.filter(agency=desk.agency))


def name(one: AwayReason) -> str:
    """In the operator's language."""
    return words.either(one.name, one.name_es)


def buttons(found: list[AwayReason]) -> list[tuple[str, str, str]]:
    """Slug, words and key of what may be chosen; the key is for the first that is a break. At least plain "away"."""
    offered = [one for one in found if one.active]
    if not offered:
        return [("", _("Away"), "w")]
    first = first_break(found)
    return [(one.slug, name(one), "w" if one.slug == first else "") for one in offered]


def first_break(found: list[AwayReason]) -> str:
    """The slug of the first that may be chosen and is no training; "" if there is none."""
    return next((one.slug for one in found if one.active and not one.training), "")


def finishing(found: list[AwayReason]) -> list[tuple[str, str, str]]:
    """What may follow a call: the choice, its words, and the button that finishes with it."""
    rest = [
        (one.slug, name(one), _("Finish, then %(what)s") % {"what": name(one).lower()}) for one in found if one.active
    ]
    return [(READY, _("Ready"), _("Finish and be ready")), *rest]


def after(desk: Desk) -> str:
    """What the operator wishes to be after the call at hand."""
    return (desk.offer.then if desk.offer else "") or READY


def finish(desk: Desk, found: list[AwayReason]) -> str:
    """The words of the button that finishes the call at hand."""
    by_choice = {choice: button for choice, _words, button in finishing(found)}
    return by_choice.get(after(desk)) or by_choice[READY]


def chosen(desk: Desk, choice: str | None) -> str:
    """The slug a form means; "" for ready, and for whatever may not be chosen."""
    may = AwayReason.objects.filter(agency=desk.agency, active=True, slug=choice or "")
    return may.values_list("slug", flat=True).first() or ""


def why(desk: Desk, found: list[AwayReason]) -> str:
    """Why the operator is away, and until when it was meant to be, in plain words: nobody is hurried."""
    stint = desk.stint
    if stint is None or desk.word not in ("away", "training"):
        return ""
    own = {one.slug: name(one) for one in found}
    said = "" if desk.word == "training" else own.get(stint.reason) or words.reason(stint.reason)
    if stint.due_at is None:
        return said
    until = {"what": said, "time": moments.clock(stint.due_at, desk.agency.zone)}
    return (_("%(what)s, planned until %(time)s") if is_over(desk) else _("%(what)s, until %(time)s")) % until


def is_over(desk: Desk) -> bool:
    """Whether a break has lasted longer than was meant."""
    stint = desk.stint
    return stint is not None and stint.due_at is not None and desk.read_at > stint.due_at
