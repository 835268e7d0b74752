"""The left column: who may be calling, masked; whose two facts matched, open until the wrap-up is done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext as _

from core import moments
from core.models import County, ZipCode
from crm import people
from crm.models import CallSubject, Person
from floor.desk import words
from floor.desk.current import Desk


@dataclass(frozen=True)
class Said:
    """What was typed into one of the forms, and what to answer to it: shown again beside it, nothing lost."""

    form: str = ""  # "check-<person>", "search" or "new"
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""


@dataclass(frozen=True)
class Open:
    """A person whose facts matched, as the operator may read them."""

    person: Person
    born: str
    age: int
    home: str
    texts: str
    language: str


@dataclass(frozen=True)
class Candidate:
    """A person nobody has proved to be: two initials, nothing else of theirs."""

    pk: int
    mask: str
    initials: str
    locked: bool
    said: Said


def context(desk: Desk, user: AbstractBaseUser, *, at: datetime, found: list[int], said: Said | None = None) -> dict:
    """What the column shows. Candidates found by a search are among those of the number."""
    said = said or Said()
    if desk.call is None:
        return {"who_open": [], "who_maybe": [], "said": said}
    subjects = people.subjects(desk.call)
    opened = {person.pk for person in subjects}
    maybe = people.candidates(desk.agency.pk, desk.call.from_number, also=found)
    maybe = [person for person in maybe if person.pk not in opened]
    if maybe:
        people.listed(maybe, call=desk.call, user=user, at=at)
    locked = people.locked(desk.call, maybe) if maybe and desk.working else set()
    return {
        "who_open": _opened(desk, subjects, at),
        "who_maybe": [_candidate(person, locked, said) for person in maybe],
        "who_people": subjects,
        "said": said,
        "new": _new(desk, said),
        "search": said.values if said.form == "search" else {},
    }


def home_county(zip_code: str) -> str:
    """The county of a ZIP, for people: "Hinds County"; empty where the ZIP is not known."""
    county = County.objects.filter(zip_codes__code=zip_code).first() if zip_code else None
    return _("%(county)s County") % {"county": county.name.removesuffix(" County")} if county else ""


def is_subject(desk: Desk, person_id: int) -> bool:
    """Whether this person's record is open for the call at hand."""
    return desk.call is not None and CallSubject.objects.filter(call=desk.call, person_id=person_id).exists()


def _opened(desk: Desk, subjects: list[Person], at: datetime) -> list[Open]:
    if not desk.working or not subjects:
        return []
    codes = ZipCode.objects.filter(code__in={person.zip_code for person in subjects}).select_related("county")
    counties = {code.code: code.county.name.removesuffix(" County") for code in codes}
    today = at.astimezone(desk.agency.zone).date()
    return [
        Open(
            person=person,
            born=moments.birthday(person.born_on),
            age=words.age(person.born_on, today),
            home=_home(person, counties.get(person.zip_code, "")),
            texts=str(_texts(person.texts)),
            language=language(person.language),
        )
        for person in subjects
    ]


def _candidate(person: Person, locked: set[int], said: Said) -> Candidate:
    own = said if said.form == f"check-{person.pk}" else Said()
    return Candidate(person.pk, people.mask(person), people.initials(person), person.pk in locked, own)


def _home(person: Person, county: str) -> str:
    area = _("%(county)s County") % {"county": county} if county else ""
    return ", ".join(part for part in (person.street, person.zip_code, area) if part)


def _texts(choice: str) -> str:
    return {
        Person.Texts.YES: _("Yes, texts are welcome"),
        Person.Texts.NO: _("No texts, please"),
        Person.Texts.ASK: _("Not asked yet"),
    }[Person.Texts(choice)]


def language(code: str) -> str:
    """The language's name for the operator."""
    return _("Spanish") if code == "es" else _("English")


def _new(desk: Desk, said: Said) -> Mapping[str, str]:
    """The form for somebody new, as far as the menu or the operator has filled it in."""
    if said.form == "new":
        return said.values
    return {"zip": str(desk.entry.answers.get("zip", "")) if desk.entry else "", "language": desk.language}
