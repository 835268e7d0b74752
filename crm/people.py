"""People: who may be calling, the proof of it by two facts, and entering somebody new.

A number names candidates and never a person. A record opens for a call once birth date and ZIP (or house number) both
match; every try, in vain or not, leaves a line in the access log.
"""

import re
import secrets
import unicodedata
from collections.abc import Collection, Iterable
from datetime import date, datetime
from enum import Enum

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction

from core import access
from core.models import AccessLog
from crm.models import Call, CallSubject, Person, PersonNumber

TRIES = 5  # wrong ones on one person, for one call
SEARCHES = 10  # in the whole book, for one call: yes or no to a name and a birth date tells something too
_SHOWN = 8  # candidates; a number of more people than this helps nobody
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # read out without mix-ups
_WHAT = "crm.person"
_WHERE = "desk"


class Verdict(Enum):
    """What came of checking two facts."""

    MATCH = "match"
    DIFFERENT = "different"
    LOCKED = "locked"  # too many wrong tries in this call


# ---- finding ----------------------------------------------------------------------------------------------------


def candidates(agency_id: int, number: str, *, also: Collection[int] = ()) -> list[Person]:
    """People known at this number (E.164), then those of `also`, in the order they were entered: no likeliest first."""
    at_number = Person.objects.filter(agency_id=agency_id, numbers__number=number) if number else Person.objects.none()
    found = list(at_number.order_by("pk")[:_SHOWN])
    if missing := set(also) - {person.pk for person in found}:
        found += Person.objects.filter(agency_id=agency_id, pk__in=missing).order_by("pk")[:_SHOWN]
    return found


def search(agency_id: int, *, born_on: date, family_name: str) -> list[Person]:
    """People born that day with that last name, however it is spelled with accents, hyphens and capitals."""
    asked = _plain(family_name)
    born = Person.objects.filter(agency_id=agency_id, born_on=born_on).order_by("pk")
    return [person for person in born if asked and _same_family(asked, person.family_name)][:_SHOWN]


def may_search(call: Call, *, user: AbstractBaseUser, at: datetime) -> bool:
    """Counts a search of the book, found or not, in the access log. False: there were enough in this call."""
    with transaction.atomic():
        _one_at_a_time(call)
        tried = AccessLog.objects.filter(what=_WHAT, record="", call=call.pk, action=AccessLog.Action.TRIED)
        if tried.count() >= SEARCHES:
            return False
        access.looked(user, call.agency_id, AccessLog.Action.TRIED, _WHAT, where=_WHERE, call_id=call.pk, at=at)
    return True


def mask(person: Person) -> str:
    """Two initials and dots, always as many: the length of a name says something too."""
    return f"{person.given_name[:1]}••• {person.family_name[:1]}•••••••"


def initials(person: Person) -> str:
    """For a voice: "O. B."."""
    return f"{person.given_name[:1]}. {person.family_name[:1]}."


# ---- proving ----------------------------------------------------------------------------------------------------


def verify(person: Person, *, born_on: date, place: str, call: Call, user: AbstractBaseUser, at: datetime) -> Verdict:
    """Opens the record for this call if birth date and `place` (ZIP or house number) both match."""
    with transaction.atomic():
        _one_at_a_time(call)
        if locked(call, [person]):
            return Verdict.LOCKED
        if person.born_on == born_on and (fact := _place(person, place)):
            open_record(person, call=call, user=user, at=at, facts=f"birth date and {fact}")
            return Verdict.MATCH
        access.looked(
            user, call.agency_id, AccessLog.Action.TRIED, _WHAT, person.pk, where=_WHERE, call_id=call.pk, at=at
        )
        return Verdict.LOCKED if locked(call, [person]) else Verdict.DIFFERENT


def locked(call: Call, people: Iterable[Person]) -> set[int]:
    """Of `people`, the keys of those on whom too much was tried in this call."""
    keys = [str(person.pk) for person in people]
    tried = AccessLog.objects.filter(what=_WHAT, record__in=keys, call=call.pk, action=AccessLog.Action.TRIED)
    counts: dict[int, int] = {}
    for record in tried.values_list("record", flat=True):
        counts[int(record)] = counts.get(int(record), 0) + 1
    return {key for key, count in counts.items() if count >= TRIES}


def open_record(person: Person, *, call: Call, user: AbstractBaseUser, at: datetime, facts: str) -> None:
    """The call is about this person from now on. Once; a repeat changes nothing."""
    _, new = CallSubject.objects.get_or_create(
        call=call, person=person, defaults={"verified_at": at, "verified_by_id": user.pk, "facts": facts}
    )
    if new:
        access.looked(
            user, call.agency_id, AccessLog.Action.SAW, _WHAT, person.pk, where=_WHERE, call_id=call.pk, at=at
        )


def subjects(call: Call) -> list[Person]:
    """Whom this call is about, in the order their facts matched."""
    about = CallSubject.objects.filter(call=call).select_related("person").order_by("verified_at", "pk")
    return [subject.person for subject in about]


def listed(people: Collection[Person], *, call: Call, user: AbstractBaseUser, at: datetime) -> None:
    """Notes that this user saw these people as candidates: once per call and person, however often a page is read."""
    keys = [person.pk for person in people]
    access.looked_at_many(
        user, call.agency_id, AccessLog.Action.LISTED, _WHAT, keys, where=_WHERE, call_id=call.pk, at=at
    )


# ---- entering ---------------------------------------------------------------------------------------------------


def enter(
    call: Call,
    *,
    given_name: str,
    family_name: str,
    born_on: date,
    zip_code: str,
    street: str,
    language: str,
    user: AbstractBaseUser,
    at: datetime,
) -> Person:
    """Enters somebody new, reached at this call's number; the call is about them. A second press finds the first."""
    with transaction.atomic():
        _one_at_a_time(call)
        same = {"given_name": given_name, "family_name": family_name, "born_on": born_on}
        before = Person.objects.filter(calls_about__call=call, calls_about__facts="new person", **same).first()
        if before is not None:
            return before
        person = _create(
            agency_id=call.agency_id, zip_code=zip_code, street=street, language=language, created_at=at, **same
        )
        if call.from_number:
            PersonNumber.objects.create(person=person, number=call.from_number)
        open_record(person, call=call, user=user, at=at, facts="new person")
    return person


def new_reference() -> str:
    """What a letter to somebody may say instead of who they are."""
    return "P-" + "".join(secrets.choice(_LETTERS) for _ in range(8))


def _create(**facts: object) -> Person:
    """With a reference nobody has; of 10^12, so a second try is rare and a fourth is a fault."""
    for _ in range(3):
        try:
            with transaction.atomic():
                return Person.objects.create(reference=new_reference(), **facts)
        except IntegrityError:
            continue
    raise RuntimeError("no free reference for a person")


# ---- inside -----------------------------------------------------------------------------------------------------


def _one_at_a_time(call: Call) -> None:
    """Two presses on one call wait for each other. On SQLite the immediate transaction does it."""
    Call.objects.select_for_update(no_key=True).filter(pk=call.pk).first()


def _place(person: Person, said: str) -> str:
    """Which fact `said` matches: "ZIP", "house number" or none."""
    said = said.strip().upper()
    if person.zip_code and said[:5] == person.zip_code and re.fullmatch(r"\d{5}(-?\d{4})?", said):
        return "ZIP"
    house = re.match(r"\d+\w?", person.street.strip().upper())
    return "house number" if house and said == house.group() else ""


def _same_family(asked: str, name: str) -> bool:
    """Whole, or one of two: people with two last names often say one."""
    return asked == _plain(name) or asked in [_plain(part) for part in re.split(r"[\s-]+", name)]


def _plain(name: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", name).casefold() if letter.isalnum())
