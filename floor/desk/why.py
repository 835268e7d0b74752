"""Why this call came to this operator, in plain sentences."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from core import moments
from floor.desk import words
from floor.desk.current import Desk
from floor.models import Offer

_LONG_AGO = timedelta(hours=24)


def sentences(desk: Desk) -> str:
    """From what was written with the offer and the entry, as it was then. Empty where no call is at hand."""
    if desk.offer is None or desk.entry is None:
        return ""
    first = _spoken_before(desk) if desk.offer.why == "preferred" else _turn(desk)
    return " ".join(part for part in (first, _language(desk), _kept(desk), _head_start(desk), _moved(desk)) if part)


def _turn(desk: Desk) -> str:
    """How the rule found this operator: their turn, or a demand that was relaxed with time."""
    waited = words.minutes((desk.offer.made_at - desk.entry.virtual_start).total_seconds())
    relaxed = {
        "level": _("A lower level will do after %(minutes)s min of waiting."),
        "other": _("Another skill will do after %(minutes)s min of waiting."),
        "anyone": _("Anyone may help after %(minutes)s min of waiting."),
    }.get(desk.offer.why)
    return (relaxed or _("Next in line, waited %(minutes)s min.")) % {"minutes": waited}


def _spoken_before(desk: Desk) -> str:
    """When the two last spoke."""
    spoken = Offer.objects.filter(
        operator=desk.operator,
        entry__call__from_number=desk.call.from_number,
        state=Offer.State.ENDED,
        ended_at__gte=desk.offer.made_at - _LONG_AGO,
        ended_at__lte=desk.offer.made_at,
    )
    last: datetime | None = spoken.order_by("-ended_at").values_list("connected_at", flat=True).first()
    if last is None or not desk.call.from_number:
        return _("You know this caller.")
    return _("You spoke with them at %(time)s.") % {"time": moments.clock(last, desk.agency.zone)}


def _language(desk: Desk) -> str:
    """Said of a language that had to be found."""
    if desk.language != "es":
        return ""
    tongue = desk.agency.skills.filter(language=desk.language).values_list("slug", flat=True)
    return _("You speak Spanish.") if set(tongue) & set(desk.offer.terms.get("levels", {})) else ""


def _kept(desk: Desk) -> str:
    """A call-back comes with the place that was kept."""
    promise = desk.entry.promise
    if promise is None:
        return ""
    asked = moments.clock(promise.asked_at, desk.agency.zone)
    return _("Asked at %(time)s to be called back; the place was kept.") % {"time": asked}


def _head_start(desk: Desk) -> str:
    """Served as if they had come earlier."""
    ahead_s = (desk.entry.virtual_start - desk.entry.rank_at).total_seconds()
    return _("Has a head start of %(minutes)s min.") % {"minutes": words.minutes(ahead_s)} if ahead_s > 0 else ""


def _moved(desk: Desk) -> str:
    """Came over from another queue."""
    first = desk.entry.moved_from
    if first is None:
        return ""
    return _("Came over from %(queue)s.") % {"queue": words.either(first.name, first.name_es)}
