"""Skills, head starts and preferred operators, through the conductor and the database."""

import pytest

from crm.models import Call
from floor import dispatch, needs
from floor.matching import NOTHING, Need, Step
from floor.models import OperatorSkill, Queue, RelaxStep, Skill, Stint
from tests.floor import factories as make
from tests.floor.factories import again, arrives, offer_of, presence, talks

pytestmark = pytest.mark.django_db
Kind = RelaxStep.Kind


def skill(of, slug: str, language: str = "") -> Skill:
    return Skill.objects.create(agency=of, slug=slug, name=slug.title(), language=language)


def asks_for(queue: Queue, *skills: Skill, level: int = 1) -> None:
    queue.skills.add(*skills)
    queue.min_level = level
    queue.save()


def relaxes(queue: Queue, after_s: int, kind: str, level: int = 1, *skills: Skill) -> None:
    RelaxStep.objects.create(queue=queue, after_s=after_s, kind=kind, level=level).skills.add(*skills)


@pytest.fixture
def queue(house):
    return Queue.objects.get(agency=house, slug="book")


@pytest.fixture
def spanish(house):
    return skill(house, "spanish", "es")


def learns(operator, what: Skill, level: int) -> None:
    OperatorSkill.objects.create(operator=operator, skill=what, level=level)


def test_a_queue_that_asks_for_nothing_needs_nothing(queue):
    assert needs.of(queue, "en") == NOTHING


def test_a_need_is_the_queues_skills_and_the_callers_language_with_its_steps(house, queue, spanish):
    booking, other = skill(house, "booking"), skill(house, "questions")
    asks_for(queue, booking, level=4)
    relaxes(queue, 60, Kind.LEVEL, 2)
    relaxes(queue, 120, Kind.OTHER, 3, other)
    relaxes(queue, 300, Kind.ANYONE)
    assert needs.of(queue, "es") == Need(
        {"booking": 4, "spanish": 1},
        (
            Step(60, "level", {"booking": 2, "spanish": 1}),
            Step(120, "other", {"questions": 3, "spanish": 1}),
            Step(300, "anyone", {}),
        ),
    )
    assert needs.of(queue, "en").levels == {"booking": 4}


def test_two_statements_however_many_skills(house, queue, spanish, django_assert_num_queries):
    asks_for(queue, spanish, *(skill(house, f"s{n}") for n in range(5)))
    with django_assert_num_queries(2):
        assert len(needs.of(queue, "es").levels) == 6


def test_a_caller_waits_for_somebody_with_the_skill_while_others_are_served(house, ada, queue, spanish, clock):
    entry = dispatch.arrive(make.call(house), queue="book", language="es")
    assert presence(ada) == Stint.State.READY
    assert offer_of(arrives(house)).operator == ada
    bo = make.operator(house, "bo")
    learns(bo, spanish, 2)
    dispatch.ready(bo)
    offer = offer_of(entry)
    assert (offer.operator, offer.why, offer.terms) == (bo, "turn", {"levels": {"spanish": 2}})


def test_time_alone_brings_the_relaxed_match(house, ada, queue, spanish, clock):
    relaxes(queue, 60, Kind.ANYONE)
    entry = dispatch.arrive(make.call(house), queue="book", language="es")
    clock.forward(59)
    dispatch.tick()
    assert again(entry).state == "waiting"
    clock.forward(1)
    dispatch.tick()
    assert (offer_of(entry).operator, offer_of(entry).why) == (ada, "anyone")


def test_what_an_admin_changes_does_not_touch_who_is_in_line(house, queue, spanish, clock):
    entry = dispatch.arrive(make.call(house), queue="book", language="es")
    spanish.language = ""
    spanish.save()
    dispatch.ready(make.operator(house))
    assert again(entry).state == "waiting"


def test_a_head_start_is_worth_its_seconds_and_no_more(house, queue, clock):
    make.queue(house, "urgent")
    Queue.objects.filter(slug="urgent").update(head_start_s=90)
    early = arrives(house)
    clock.forward(60)
    plain, urgent = arrives(house), arrives(house, queue="urgent")
    clock.forward(31)
    late = arrives(house, queue="urgent")
    for n in range(4):
        dispatch.ready(make.operator(house, f"op{n}"))
    taken = sorted((early, plain, urgent, late), key=lambda entry: offer_of(entry).pk)
    assert taken == [urgent, early, late, plain], "30 s before early; 29 s after urgent; nobody starves"


def test_a_class_is_worth_what_the_queue_says(house, queue, clock):
    Queue.objects.filter(pk=queue.pk).update(class_head_start_s=90)
    first = arrives(house)
    clock.forward(100)
    second = dispatch.arrive(make.call(house), queue="book", priority=2)
    dispatch.ready(make.operator(house))
    assert (again(first).state, again(second).state) == ("waiting", "offered")
    assert again(second).virtual_start == clock(), "the place itself is not falsified"


def test_who_rings_again_soon_goes_on_with_the_same_operator(house, ada, clock):
    number = "+16015559001"
    dispatch.talk_over(talks(arrives(house, number)))
    bo = make.operator(house, "bo")
    dispatch.ready(bo)
    clock.forward(5)
    dispatch.wrapped_up(ada)
    offer = offer_of(arrives(house, number))
    assert (offer.operator, offer.why) == (ada, "preferred"), "bo is idle longer"


@pytest.mark.parametrize("why_not", ["another number", "too long ago", "another agency"])
def test_nobody_is_preferred_without_a_reason(house, ada, clock, why_not):
    dispatch.talk_over(talks(arrives(house, "+16015559001")))
    clock.forward(901 if why_not == "too long ago" else 5)
    where = house
    if why_not == "another agency":
        where = make.agency("other")
        make.queue(where)
    number = "+16015559002" if why_not == "another number" else "+16015559001"
    assert arrives(where, number).preferred_id is None
    assert Call.objects.count() == 2
