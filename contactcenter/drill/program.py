"""Sets up, in an empty database, the line that a drill rings: hours, menu, queues, operators and what they can."""

import random
import re
from dataclasses import dataclass
from datetime import UTC, datetime, time

from django.contrib.auth.models import User
from django.db import transaction

from contactcenter.drill.asked import CALLBACK_MODES, Options
from core.models import Agency
from floor import dispatch
from floor.models import CallbackTerms, Operator, OperatorSkill, Queue, RelaxStep, Skill
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
CLASS = {"en": "How urgent is it? Please press 0, 1 or 2.", "es": "¿Qué tan urgente es? Por favor oprima 0, 1 o 2."}
INFORMED = {
    "en": "You can find this on our website at any hour. Goodbye.",
    "es": "Lo encuentra a cualquier hora en nuestro sitio web. Hasta luego.",
}
MIN_LEVEL = 3  # that a type's callers ask for at first
LOWER_AFTER_S, ANYONE_AFTER_S = 60, 240  # then level 1 will do; then anyone
KNOWS = 0.6  # the share of the types that an operator knows


@dataclass(frozen=True)
class Program:
    """What a drill needs to know of the line it rings."""

    agency: Agency
    keys: dict[str, str]  # type of call -> the key that chooses it
    operators: dict[str, Operator]  # by device
    self_service_key: str = ""  # for what the menu answers by itself; "" if it answers nothing
    asks_class: bool = False  # the menu asks how urgent it is


def set_up(types: list[str], options: Options, *, at: datetime) -> Program:
    """Everything a call needs. `types`: the needs that callers of the day have; `at`: when the program is made."""
    with transaction.atomic():
        agency = Agency.objects.create(slug="drill", name="Vaccine line (replayed day)")
        # Numbers of nobody, in every zone there is: the hours of a law would say nothing about the line.
        CallbackTerms.objects.create(agency=agency, calls_from=time(0), calls_until=time.max)
        OpeningHours.objects.bulk_create(
            OpeningHours(agency=agency, weekday=day, opens=time(7), closes=time(0)) for day in range(7)
        )
        plain = all(_SLUG.fullmatch(name) for name in types)
        slugs = {name: name if plain else f"type-{number}" for number, name in enumerate(types, 1)}
        mode, head_start_s = CALLBACK_MODES[options.callback], options.priority_head_start
        queues = Queue.objects.bulk_create(
            Queue(agency=agency, slug=slug, name=name, callback_mode=mode, class_head_start_s=head_start_s)
            for name, slug in slugs.items()
        )
        keys, self_service_key = _keys(types, self_service=bool(options.self_service))
        flow = Flow.objects.create(agency=agency, name="Main menu")
        menu = _menu(keys, slugs)
        if self_service_key:
            _answer_by_menu(menu["nodes"], self_service_key)
        if head_start_s:
            _ask_class(menu["nodes"])
        publish(flow, menu, at=at)
        Line.objects.create(agency=agency, number=LINE, flow=flow)
        crew = _crew(agency, options.operators)
        if options.skills:
            _teach(crew, queues, seed=options.seed)
    for operator in crew:
        dispatch.ready(operator, at=at)
    devices = {operator.device: operator for operator in crew}
    return Program(agency, keys, devices, self_service_key=self_service_key, asks_class=bool(head_start_s))


def _keys(types: list[str], *, self_service: bool) -> tuple[dict[str, str], str]:
    """By type, and for what the menu answers by itself. One digit while they last, else two or three for all: a phone
    cannot tell "1" from the beginning of "12".
    """
    count = len(types) + self_service
    first = 1 if count <= 9 else 10 if count <= 90 else 100
    keys = {name: str(number) for number, name in enumerate(types, first)}
    return keys, str(first + len(types)) if self_service else ""


def _answer_by_menu(nodes: dict, key: str) -> None:
    nodes["need"]["keys"][key] = {"next": "informed"}
    nodes["informed"] = {"kind": "hangup", "text": INFORMED, "fate": "ivr_contained"}


def _ask_class(nodes: dict) -> None:
    """Between the need and the ZIP code: how urgent it is, a key that goes with the caller into the line."""
    keys = {str(number): {"next": "zip", "answer": str(number)} for number in range(3)}
    for choice in nodes["need"]["keys"].values():
        if choice["next"] == "zip":
            choice["next"] = "class"
    nodes["class"] = {"kind": "menu", "name": "class", "text": CLASS, "keys": keys, "tries": 2, "otherwise": "zip"}
    nodes["line"]["priority"] = {"answer": "class"}


def _teach(crew: list[Operator], queues: list[Queue], *, seed: int) -> None:
    """Each type asks for a skill of its own; each operator has some of them, at levels drawn by the seed."""
    skills = [Skill.objects.create(agency=queue.agency, slug=queue.slug, name=queue.name[:60]) for queue in queues]
    for queue, skill in zip(queues, skills, strict=True):
        Queue.objects.filter(pk=queue.pk).update(min_level=MIN_LEVEL)
        queue.skills.add(skill)
        RelaxStep.objects.create(queue=queue, after_s=LOWER_AFTER_S, kind=RelaxStep.Kind.LEVEL, level=1)
        RelaxStep.objects.create(queue=queue, after_s=ANYONE_AFTER_S, kind=RelaxStep.Kind.ANYONE)
    dice = random.Random(f"{seed}:skills")
    OperatorSkill.objects.bulk_create(
        OperatorSkill(operator=operator, skill=skill, level=dice.randint(1, 5))
        for operator in crew
        for skill in skills
        if dice.random() < KNOWS
    )


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
