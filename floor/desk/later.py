"""Calling back later: the form at the desk, and the calls an operator has set."""

from datetime import datetime

from django.utils.translation import gettext as _

from core import moments
from core.phone import callable_number
from crm.models import Call
from floor import callbacks, dispatch
from floor.desk import typed_when, words
from floor.desk.current import Desk
from floor.models import Callback


class NotSet(Exception):
    """What has been typed cannot be done; `errors` by field of the form, in words."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("not set")
        self.errors = errors


def context(desk: Desk, *, typed: dict[str, str] | None = None, errors: dict[str, str] | None = None) -> dict:
    """The form: what was typed just now, else the caller's own number; and what is set for that number already."""
    number = desk.call.from_number if desk.call else ""
    found = typed or {"number": words.phone(number) if number else "", "when": "", "who": "mine"}
    owed = callbacks.owed_already(number, agency_id=desk.agency.pk) if number and desk.working else None
    return {"later": found, "later_errors": errors or {}, "later_set": _line(owed, desk) if owed else None}


def set_call(desk: Desk, form: dict[str, str], *, at: datetime) -> Callback:
    """Sets the call as typed. Raises NotSet. A number that is owed one already keeps the earlier."""
    number = callable_number("".join(filter(str.isdigit, form["number"])))
    moment = typed_when.moment(form["when"], now=at, zone=desk.agency.zone)
    errors = {}
    if not number:
        errors["number"] = _("Please type a telephone number of ten digits.")
    if moment is None:
        errors["when"] = _("Please type when, for example: tomorrow at 10.")
    if errors:
        raise NotSet(errors)
    entry = dispatch.call_out(
        agency=desk.agency,
        number=number,
        queue=desk.queue,
        language=desk.language,
        not_before=moment,
        only=desk.operator if form["who"] == "mine" else None,
        about=_rang_in(desk.call),
        made_by=desk.operator,
        at=at,
    )
    return callbacks.owed_already(number, agency_id=desk.agency.pk) or entry.callback


def mine(desk: Desk) -> list[dict]:
    """Calls this operator has set and that are still to be made, the next one first."""
    return [_line(callback, desk) for callback in callbacks.set_by(desk.operator)]


def _rang_in(call: Call | None) -> Call | None:
    return call if call and call.direction == Call.Direction.IN else None


def _line(callback: Callback, desk: Desk) -> dict:
    """When, to whom, about what, and by whom it is made."""
    moment = callback.window_from or callback.entry.not_before
    kept = callback.entry.preferred_id == desk.operator.pk
    return {
        "when": moments.short(max(moment, callback.entry.not_before), desk.agency.zone),
        "number": words.phone(callback.number),
        "queue": words.either(callback.entry.queue.name, callback.entry.queue.name_es),
        "who": _("mine") if kept else _("anyone"),
        "overdue": moment < desk.read_at,
    }
