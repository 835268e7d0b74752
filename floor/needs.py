"""What a queue asks of operators, made ready for the matcher; what operators bring. Reads only."""

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q

from floor.matching import Levels, Need, Step
from floor.models import OperatorSkill, Queue, RelaxStep, Skill


def of(queue: Queue, language: str) -> Need:
    """What a caller of this queue who speaks `language` needs. Two statements; NOTHING where nothing is set up."""
    skills = Skill.objects.filter(agency_id=queue.agency_id)
    asks = Exists(Queue.skills.through.objects.filter(queue=queue, skill=OuterRef("pk")))
    asked, tongue = {}, {}
    for skill in skills.alias(asks=asks).filter(Q(language=language) | Q(asks=True)).annotate(asked=asks):
        if skill.asked:
            asked[skill.slug] = queue.min_level
        if skill.language == language:
            tongue[skill.slug] = 1
    steps = RelaxStep.objects.filter(queue=queue).order_by("after_s").prefetch_related("skills")
    return Need(tongue | asked, tuple(_step(step, asked, tongue) for step in steps))


def _step(step: RelaxStep, asked: Levels, tongue: Levels) -> Step:
    """A lower level or another skill never takes the caller's language away; "anyone" does."""
    if step.kind == RelaxStep.Kind.ANYONE:
        return Step(step.after_s, step.kind, {})
    if step.kind == RelaxStep.Kind.OTHER:
        return Step(step.after_s, step.kind, {skill.slug: step.level for skill in step.skills.all()} | tongue)
    return Step(step.after_s, step.kind, tongue | {slug: min(least, step.level) for slug, least in asked.items()})


def levels(operators: Collection[int]) -> dict[int, dict[str, int]]:
    """What each of these operators is good at: skill to level. One statement."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = OperatorSkill.objects.filter(operator__in=operators).values_list("operator_id", "skill__slug", "level")
    for operator, slug, level in rows:
        found[operator][slug] = level
    return found
