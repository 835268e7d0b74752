"""The one writer of `Handling`: an operator's work on a call, kept from the first letter on, closed once."""

from collections.abc import Mapping
from datetime import date, datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crm.models import Call, Disposition, DispositionField, Handling

NOTES_MAX = 20_000  # letters; nobody types more in a call
_DETAIL_MAX = 300


class Unfinished(Exception):
    """Something is wanting before a call can be closed. `errors`: what to do, by field: "disposition", "d-<slug>"."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(", ".join(sorted(errors)))
        self.errors = dict(errors)


def of(call: Call, user: AbstractBaseUser) -> Handling:
    """What this operator has made of the call so far; a row that is not yet one, if nothing."""
    found = Handling.objects.filter(call=call, user_id=user.pk).select_related("disposition").first()
    return found or Handling(call=call, user_id=user.pk)


def open_for(call: Call, user: AbstractBaseUser, at: datetime) -> Handling:
    """The row, made if it is not there."""
    return Handling.objects.get_or_create(call=call, user_id=user.pk, defaults={"saved_at": at})[0]


def last_saved(call: Call, user: AbstractBaseUser) -> datetime | None:
    """When this operator last wrote anything about the call; None: never."""
    return Handling.objects.filter(call=call, user_id=user.pk).values_list("saved_at", flat=True).first()


def unfinished(user: AbstractBaseUser) -> QuerySet[Handling]:
    """Work of this operator that is not closed, the oldest first: of calls that are over, and of the one at hand."""
    return Handling.objects.filter(user_id=user.pk, closed_at=None).select_related("call", "disposition").order_by("pk")


def save(
    call: Call,
    user: AbstractBaseUser,
    at: datetime,
    *,
    notes: str | None = None,
    step: int | None = None,
    answers: Mapping[str, int] | None = None,
    disposition: str | None = None,
    details: Mapping[str, str] | None = None,
) -> bool:
    """Keeps what is given, checked by nobody yet: `answers` by number of the script's step, added to those before;
    `disposition` by its slug, with what was typed into its fields. False: closed already.
    """
    with transaction.atomic():
        row = open_for(call, user, at)
        changes: dict[str, object] = {"saved_at": at}
        if notes is not None:
            changes["notes"] = notes[:NOTES_MAX]
        if step is not None:
            changes["step"] = step
        if disposition is not None:
            changes["disposition"] = Disposition.objects.filter(agency_id=call.agency_id, slug=disposition).first()
            changes["details"] = {name[:30]: said[:_DETAIL_MAX] for name, said in (details or {}).items()}
        if answers:
            # Of the row as it is under our write, so that two tabs do not undo each other.
            held = Handling.objects.select_for_update().get(pk=row.pk)
            changes["answers"] = {**held.answers, **answers}
        return Handling.objects.filter(pk=row.pk, closed_at=None).update(**changes) == 1


def close(
    call: Call, user: AbstractBaseUser, at: datetime, *, disposition: str, details: Mapping[str, str], notes: str | None
) -> bool:
    """Closes it with a disposition (its slug) and what that asks for. False: it was closed before.

    Raises Unfinished, with nothing changed, for as long as something needed is missing.
    """
    chosen = Disposition.objects.filter(agency_id=call.agency_id, active=True)
    found = chosen.filter(slug=disposition).prefetch_related("fields").first()
    if found is None and not chosen.exists():
        found = _other(call.agency_id)  # nothing is set up to choose from: that must not hold an operator for ever
    if found is None:
        raise Unfinished({"disposition": _("Please say how it ended.")})
    kept = _details(found, details)
    changes = {"disposition": found, "details": kept, "saved_at": at, "closed_at": at}
    if notes is not None:
        changes["notes"] = notes[:NOTES_MAX]
    with transaction.atomic():
        row = open_for(call, user, at)
        return Handling.objects.filter(pk=row.pk, closed_at=None).update(**changes) == 1


def dispositions(agency_id: int) -> list[Disposition]:
    """What may be chosen, with the fields of each, in the order of the screen."""
    places = list(Disposition.Group.values)
    rows = Disposition.objects.filter(agency_id=agency_id, active=True).prefetch_related("fields")
    return sorted(rows, key=lambda row: (places.index(row.group), row.order, row.pk))


def _other(agency_id: int) -> Disposition:
    names = {"name": "Other", "name_es": "Otro", "active": False}
    return Disposition.objects.get_or_create(agency_id=agency_id, slug="other", defaults=names)[0]


def label(field: DispositionField) -> str:
    """What the field is called, in the language that is active."""
    return (_spanish() and field.label_es) or field.label


def choices(field: DispositionField) -> list[tuple[str, str]]:
    """Of one of a list: what is stored (always the English) and what is shown."""
    stored = [choice.strip() for choice in field.choices.split("|") if choice.strip()]
    spanish = [choice.strip() for choice in field.choices_es.split("|")] if _spanish() and field.choices_es else []
    shown = [spanish[n] if n < len(spanish) and spanish[n] else choice for n, choice in enumerate(stored)]
    return list(zip(stored, shown, strict=True))


def _details(disposition: Disposition, given: Mapping[str, str]) -> dict[str, str]:
    kept: dict[str, str] = {}
    errors: dict[str, str] = {}
    for field in disposition.fields.all():
        said = str(given.get(field.slug, "")).strip()[:_DETAIL_MAX]
        if error := _wanting(field, said):
            errors[f"d-{field.slug}"] = error
        elif said:
            kept[field.slug] = said
    if errors:
        raise Unfinished(errors)
    return kept


def _wanting(field: DispositionField, said: str) -> str:
    """What to ask the operator for; "" where nothing is wanting."""
    if not said:
        return _("Please fill this in: %(label)s") % {"label": label(field)} if field.required else ""
    if field.kind == DispositionField.FieldKind.DATE and not _is_day(said):
        return _("Please give a day, for example %(example)s.") % {"example": "2027-01-21"}
    if field.kind == DispositionField.FieldKind.CHOICE and said not in dict(choices(field)):
        return _("Please choose one of the list.")
    return ""


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _spanish() -> bool:
    return (get_language() or "").startswith("es")
