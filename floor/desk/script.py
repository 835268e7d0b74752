"""The script of the call: said in the caller's language, done and answered in the operator's."""

from dataclasses import dataclass

from crm.models import Handling
from floor.desk import words
from floor.desk.current import Desk
from knowledgebase.models import Script, ScriptStep


@dataclass(frozen=True)
class Answer:
    """One thing a caller may answer; `number` is also its key, from 1."""

    number: int
    text: str
    chosen: bool


@dataclass(frozen=True)
class Done:
    """A step that lies behind, and what was answered."""

    place: int
    title: str
    answer: str


@dataclass(frozen=True)
class Step:
    """The step that is open. `place` counts from 0."""

    place: int
    count: int
    title: str
    say: str
    say_in: str
    do: list[str]
    answers: list[Answer]
    before: list[Done]
    after: str

    @property
    def number(self) -> int:
        return self.place + 1

    @property
    def last(self) -> bool:
        return self.number == self.count

    @property
    def other(self) -> str:
        return "en" if self.say_in == "es" else "es"

    @property
    def dots(self) -> list[str]:
        """One a step: done, current or to come, as the style sheet calls them."""
        return ["d" if n < self.place else "c" if n == self.place else "" for n in range(self.count)]


def steps(script: Script | None) -> list[ScriptStep]:
    """The steps in order; none where the line has no script."""
    return list(script.steps.all()) if script else []


def name(script: Script) -> str:
    """What the script is called, for the operator."""
    return words.either(script.name, script.name_es, words.own())


def current(desk: Desk, handling: Handling, all_steps: list[ScriptStep], say_in: str) -> Step | None:
    """The open step as the operator sees it; None where there is no script."""
    if not all_steps:
        return None
    place, own = min(handling.step, len(all_steps) - 1), words.own()
    step = all_steps[place]
    chosen = handling.answers.get(str(place))
    texts = answers(step, own)
    names = {"operator": desk.operator.user.first_name or desk.operator.user.get_username(), "agency": desk.agency.name}
    following = all_steps[place + 1 : place + 2]
    return Step(
        place=place,
        count=len(all_steps),
        title=words.either(step.title, step.title_es, own),
        say=_filled(words.either(step.say, step.say_es, say_in), names),
        say_in=say_in if step.say_es or say_in == "en" else "en",
        do=_lines(words.either(step.do, step.do_es, own)),
        answers=[Answer(n, text, n == chosen) for n, text in enumerate(texts, start=1)],
        before=[_done(all_steps[n], n, handling, own) for n in range(place)],
        after=words.either(following[0].title, following[0].title_es, own) if following else "",
    )


def answers(step: ScriptStep, language: str) -> list[str]:
    """The answers of a step, nine at most: each has a key. A line without a Spanish one stays English."""
    english, spanish = _lines(step.answers)[:9], _lines(step.answers_es)
    if language != "es":
        return english
    return [spanish[n] if n < len(spanish) else text for n, text in enumerate(english)]


def _done(step: ScriptStep, place: int, handling: Handling, own: str) -> Done:
    texts, chosen = answers(step, own), handling.answers.get(str(place))
    said = texts[chosen - 1] if isinstance(chosen, int) and 0 < chosen <= len(texts) else ""
    return Done(place, words.either(step.title, step.title_es, own), said)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _filled(text: str, names: dict[str, str]) -> str:
    """Names in the place of "{operator}" and "{agency}"; any other brace is left as it was written."""
    for key, value in names.items():
        text = text.replace("{" + key + "}", value)
    return text
