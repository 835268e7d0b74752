"""What a robot caller wishes and says on the phone, in the order in which people say it. Invented people only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from random import Random

from django.utils import translation

from core import moments

# Of the sample program: the line for each wish. A queue that is not named here takes whoever has nothing booked.
_LINES_FOR = {"change": ("change", "cancel"), "questions": ("question",)}
_ANYWHERE = ("book",)
_BOOKED, _NOT_BOOKED = ("change", "cancel", "question"), ("book", "question")

_WISH = {
    "en": {
        "book": "I would like to book a vaccine, please. Something near me, if you can.",
        "change": "I have an appointment on {day}, and I need another day.",
        "cancel": "I have an appointment on {day}, and I cannot come. Please cancel it.",
        "question": "I only have a question: do I need to bring my insurance card?",
    },
    "es": {
        "book": "Quisiera reservar una vacuna, por favor. Cerca de mi casa, si se puede.",
        "change": "Tengo una cita el {day}, y necesito otro día.",
        "cancel": "Tengo una cita el {day}, y no puedo ir. Cancélela, por favor.",
        "question": "Solo tengo una pregunta: ¿tengo que llevar mi tarjeta del seguro?",
    },
}
_LINES = {
    "en": (
        "Hello. {wish}", "My name is {name}.", "I was born on {born}.", "My ZIP code is {zip_code}.",
        "Take your time, I am in no hurry.",
    ),
    "es": (
        "Buenas. {wish}", "Me llamo {name}.", "Nací el {born}.", "Mi código postal es el {zip_code}.",
        "Tómese su tiempo, no tengo prisa.",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Who:
    """A caller: somebody of the sample people, or somebody the line does not know yet."""

    name: str
    born_on: date
    zip_code: str
    language: str
    booked: datetime | None = None  # when they are to come, on the clinic's own clock, if they have an appointment

    @property
    def wishes(self) -> Sequence[str]:
        """What they may want: who has an appointment does not book another, who has none cannot change one."""
        return _BOOKED if self.booked else _NOT_BOOKED


def suits(who: Who, queue: str) -> bool:
    """Whether this line is for something they may want."""
    return any(wish in who.wishes for wish in _LINES_FOR.get(queue, _ANYWHERE))


def wish(who: Who, queue: str, luck: Random) -> str:
    """What they want once they are in this line; in one that is not for them, whatever they came for."""
    here = [wish for wish in _LINES_FOR.get(queue, _ANYWHERE) if wish in who.wishes]
    return luck.choice(here or who.wishes)


def lines(who: Who, wish: str) -> list[str]:
    """What they say once somebody is there. No goodbye: the operator says when the call is done."""
    language = who.language if who.language in _LINES else "en"
    with translation.override(language):
        day = moments.day(who.booked.date()) if who.booked else ""
        born = moments.birthday(who.born_on)
    day = day[:1].lower() + day[1:] if language == "es" else day
    facts = {
        "wish": _WISH[language][wish].format(day=day),
        "name": who.name,
        "born": born,
        "zip_code": " ".join(who.zip_code),
    }
    return [line.format(**facts) for line in _LINES[language]]
