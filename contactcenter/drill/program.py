"""Sets up, in an empty database, the line that a drill rings: hours, menu, queues and operators."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time

from django.contrib.auth.models import User
from django.db import transaction

from core.models import Agency
from floor import dispatch
from floor.models import Operator, Queue
from ivr.models import Flow, Line
from ivr.services import publish
from knowledgebase.models import OpeningHours

_SLUG = re.compile(r"[A-Za-z0-9_-]{1,50}")
LINE = "+16015550100"
SAID = {"en": "Thank you for calling the vaccine line.", "es": "Gracias por llamar a la línea de vacunas."}
ZIP = {
    "en": "Please enter your five digit ZIP code.",
    "es": "Por favor marque los cinco dígitos de su código postal.",
}
CLOSED = {
    "en": "We are closed now. We are open from 7 in the morning to 7 in the evening. Goodbye.",
    "es": "En este momento está cerrado. Abrimos de 7 de la mañana a 7 de la tarde. Hasta luego.",
}


@dataclass(frozen=True)
class Program:
    """What a drill needs to know of the line it rings."""

    agency: Agency
    keys: dict[str, str]  # type of call -> the key that chooses it
    operators: dict[str, Operator]  # by device


def set_up(types: list[str], *, operators: int, callback: str, at: datetime) -> Program:
    """Everything a call needs. `types`: the needs that callers of the day have; `at`: when the program is made."""
    with transaction.atomic():
        agency = Agency.objects.create(slug="drill", name="Vaccine line (replayed day)")
        OpeningHours.objects.bulk_create(
            OpeningHours(agency=agency, weekday=day, opens=time(7), closes=time(0)) for day in range(7)
        )
        plain = all(_SLUG.fullmatch(name) for name in types)
        slugs = {name: name if plain else f"type-{number}" for number, name in enumerate(types, 1)}
        Queue.objects.bulk_create(
            Queue(agency=agency, slug=slug, name=name, callback_mode=callback) for name, slug in slugs.items()
        )
        keys = _keys(types)
        flow = Flow.objects.create(agency=agency, name="Main menu")
        publish(flow, _menu(keys, slugs), at=at)
        Line.objects.create(agency=agency, number=LINE, flow=flow)
        crew = _crew(agency, operators)
    for operator in crew:
        dispatch.ready(operator, at=at)
    return Program(agency, keys, {operator.device: operator for operator in crew})


def _keys(types: list[str]) -> dict[str, str]:
    """One digit while they last, else two or three for all: a phone cannot tell "1" from the beginning of "12"."""
    first = 1 if len(types) <= 9 else 10 if len(types) <= 90 else 100
    return {name: str(number) for number, name in enumerate(types, first)}


def _menu(keys: dict[str, str], slugs: dict[str, str]) -> dict:
    choices = {key: {"next": "zip", "answer": slugs[name]} for name, key in keys.items()}
    needs = " ".join(f"For {name}, press {key}." for name, key in keys.items())
    return {
        "start": "hours",
        "nodes": {
            "hours": {"kind": "hours", "schedule": "main", "open": "welcome", "closed": "closed"},
            "welcome": {"kind": "say", "text": SAID, "next": "need"},
            "need": {
                "kind": "menu", "name": "need", "text": {"en": needs}, "keys": choices, "tries": 3,
                "otherwise": "zip",
            },
            "zip": {
                "kind": "collect", "name": "zip", "digits": 5, "text": ZIP, "next": "line", "tries": 2,
                "otherwise": "line",
            },
            "line": {"kind": "queue", "queue": {"answer": "need"}},
            "closed": {"kind": "hangup", "text": CLOSED, "fate": "closed"},
        },
    }  # fmt: skip


def _crew(agency: Agency, count: int) -> list[Operator]:
    names = [f"op{number:03}" for number in range(1, count + 1)]
    joined = datetime(2026, 1, 1, tzinfo=UTC)  # not "now": a drill is the same whenever it is run
    User.objects.bulk_create(User(username=name, password="!", date_joined=joined) for name in names)
    people = {user.username: user for user in User.objects.filter(username__in=names)}
    Operator.objects.bulk_create(
        Operator(user=people[name], agency=agency, device=f"sip:{name}@phone.plivo.com", by_phone_alone=True)
        for name in names
    )
    return list(Operator.objects.filter(agency=agency).select_related("user").order_by("pk"))
