"""How it ended: the dispositions in their groups, each with a key, and what the chosen one asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from crm import handling
from crm.models import Disposition, DispositionField, Handling
from floor.desk import words

_KEYS = "1234567890"
PREFIX = "d-"  # of a detail's name in the form: "d-<disposition>-<field>"


@dataclass(frozen=True)
class Field:
    """Something one disposition asks for."""

    name: str
    label: str
    kind: str
    choices: list[tuple[str, str]]
    required: bool
    value: str
    error: str


@dataclass(frozen=True)
class Choice:
    """One disposition to choose."""

    slug: str
    name: str
    key: str
    chosen: bool
    fields: list[Field]


@dataclass
class Group:
    """Those of one kind."""

    name: str
    choices: list[Choice] = field(default_factory=list)


def columns(
    agency_id: int,
    row: Handling,
    *,
    happened: str = "",
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> list[list[Group]]:
    """Everything that can be chosen, in three columns; what was typed just now wins over what was kept, and that over
    what is known to have `happened`.
    """
    kept = row.disposition.slug if row.disposition else happened
    chosen = typed.get("disposition", "") if typed is not None else kept
    found: dict[str, Group] = {}
    for n, disposition in enumerate(handling.dispositions(agency_id)):
        group = found.setdefault(disposition.group, Group(_legend(disposition.group)))
        own = disposition.slug == chosen
        fields = [_field(disposition, item, row, own, typed, errors or {}) for item in disposition.fields.all()]
        key = _KEYS[n] if n < len(_KEYS) else ""
        group.choices.append(
            Choice(disposition.slug, words.either(disposition.name, disposition.name_es), key, own, fields)
        )
    groups = list(found.values())
    return [column for column in (groups[:1], groups[1:2], groups[2:]) if column]


def details(form: Mapping[str, str], slug: str) -> dict[str, str]:
    """What was typed into the fields of disposition `slug`, by field."""
    start = f"{PREFIX}{slug}-"
    return {name.removeprefix(start): value for name, value in form.items() if name.startswith(start)}


def _field(
    of: Disposition,
    item: DispositionField,
    row: Handling,
    own: bool,
    typed: Mapping[str, str] | None,
    errors: Mapping[str, str],
) -> Field:
    name = f"{PREFIX}{of.slug}-{item.slug}"
    kept = str(row.details.get(item.slug, "")) if own else ""
    return Field(
        name=name,
        label=handling.label(item),
        kind=item.kind,
        choices=handling.choices(item),
        required=item.required,
        value=typed.get(name, "") if typed is not None else kept,
        error=errors.get(f"{PREFIX}{item.slug}", "") if own else "",
    )


def _legend(group: str) -> str:
    return {
        Disposition.Group.BOOKED: _("Seat"),
        Disposition.Group.INFORMED: _("Question"),
        Disposition.Group.FOLLOW_UP: _("To be done"),
        Disposition.Group.OTHER: _("Other"),
    }[Disposition.Group(group)]
