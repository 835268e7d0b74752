"""What a robot caller says on the phone, in the order in which people say it. Invented people only."""

from dataclasses import dataclass
from datetime import date

_MONTHS_ES = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
    "diciembre",
)  # fmt: skip

_WISH = {
    "en": {
        "book": "I would like to book a vaccine, please. Something near me, if you can.",
        "change": "I have an appointment and I need another day.",
        "questions": "I only have a question: do I need to bring my insurance card?",
    },
    "es": {
        "book": "Quisiera reservar una vacuna, por favor. Cerca de mi casa, si se puede.",
        "change": "Tengo una cita y necesito otro día.",
        "questions": "Solo tengo una pregunta: ¿tengo que llevar mi tarjeta del seguro?",
    },
}
_LINES = {
    "en": ("Hello. {wish}", "My name is {name}.", "I was born on {born}.", "My ZIP code is {zip_code}.", "Thank you."),
    "es": ("Buenas. {wish}", "Me llamo {name}.", "Nací el {born}.", "Mi código postal es el {zip_code}.", "Gracias."),
}


@dataclass(frozen=True, slots=True)
class Who:
    """A caller: somebody of the sample people, or somebody the line does not know yet."""

    name: str
    born_on: date
    zip_code: str
    language: str


def lines(who: Who, queue: str) -> list[str]:
    """What they say once somebody is there. `queue`: the slug of the line they waited in."""
    language = who.language if who.language in _LINES else "en"
    wishes = _WISH[language]
    facts = {
        "wish": wishes.get(queue, wishes["book"]),
        "name": who.name,
        "born": _day(who.born_on, language),
        "zip_code": " ".join(who.zip_code),
    }
    return [line.format(**facts) for line in _LINES[language]]


def _day(day: date, language: str) -> str:
    if language == "es":
        return f"{day.day} de {_MONTHS_ES[day.month - 1]} de {day.year}"
    return f"{day:%B} {day.day}, {day.year}"
