"""What the call bar says while people talk: hold, mute, whom the caller may go to, who was asked, help."""

from django.utils.translation import gettext as _

from core.phone import e164
from floor import consults, listenings
from floor.desk import words
from floor.desk.current import Desk
from floor.models import Consult, Operator, Queue, Stint


def context(of: Desk) -> dict:
    """For the bar; nothing of it where nobody talks."""
    if of.asked is not None:
        return {"asked_by": who_asks(of), "asked_number": words.caller(of.asked.offer.entry.call.from_number)}
    if not of.talking:
        return {}
    consult = consults.open_of(of.offer)
    helper = listenings.open_on(of.entry) if of.offer.help_at is None else None
    return {
        "held": of.offer.hold_wanted,
        "muted": of.offer.mute_wanted,
        "consult": consult,
        "consult_with": _name(consult) if consult else "",
        "consult_there": consult is not None and consult.state == Consult.State.JOINED,
        "help_wanted": of.offer.help_at is not None,
        # Whoever only listens is told of afterwards; who comes because they were called is no secret.
        "helper": helper.supervisor.display_name if helper and helper.for_help and helper.joined_at else "",
    }


def who_asks(of: Desk) -> str:
    """Whose call it is, and what it is about."""
    asker, queue = of.asked.offer.operator, of.asked.offer.entry.queue
    names = {"name": asker.display_name, "queue": words.either(queue.name, queue.name_es)}
    if of.word == "asked":
        return _("%(name)s has a call for you: %(queue)s. Pick up your phone.") % names
    return _("You are talking with %(name)s: %(queue)s.") % names


def choices(of: Desk) -> dict:
    """Whom the caller may go to: colleagues who are ready, and queues."""
    ready = Operator.objects.filter(
        agency=of.agency, stints__until=None, stints__state=Stint.State.READY, user__is_active=True
    ).select_related("user")
    colleagues = [(f"operator:{one.pk}", one.display_name) for one in ready.exclude(pk=of.operator.pk)]
    queues = Queue.objects.filter(agency=of.agency)
    return {
        "colleagues": sorted(colleagues, key=lambda one: one[1]),
        "queues": [(f"queue:{one.pk}", words.either(one.name, one.name_es)) for one in queues],
    }


def target(of: Desk, chosen: str, number: str) -> Operator | Queue | str | None:
    """What was chosen, of this agency; a number as E.164; None if it is neither."""
    kind, _colon, key = chosen.partition(":")
    rows = {"operator": Operator, "queue": Queue}.get(kind)
    if rows is not None and key.isdigit():
        return rows.objects.filter(agency=of.agency, pk=int(key)).first()
    return e164(number) or None


def _name(consult: Consult) -> str:
    return consult.operator.display_name if consult.operator else words.phone(consult.number)
