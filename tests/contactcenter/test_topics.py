"""Closed by default: a page names cards, never topics, and hears of its own floor and desk and of nothing else."""

import ast
import inspect

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as running
from hypothesis import strategies as some

from contactcenter import roles
from contactcenter.live import cards
from contactcenter.sockets import _places
from core import live
from floor.models import Operator
from tests.contactcenter import staff
from tests.contactcenter.pages import Page, on_a_loop, session_of
from tests.scheduling import factories as book

pytestmark = pytest.mark.django_db
TOPICS = {"floor", "desk"}  # every kind there is; one more must be thought about here
MAY_HAVE = {"operator": {"desk", "line"}, "supervisor": {"board", "wall"}, "admin": {"board", "wall"}}


@pytest.fixture
def two_houses():
    """An agency and another, each with somebody of every role; operators have a desk."""
    people = []
    for slug in ("here", "elsewhere"):
        of = book.agency(slug)
        for role in roles.ROLES:
            user = staff.member(of, role, f"{role}-{slug}")
            if role == "operator":
                Operator.objects.create(user=user, agency=of, device="sip:a@example.org")
            people.append((of, role, user))
    return people


def test_there_are_no_other_topics():
    """Whoever publishes says `live.floor(...)` or `live.desk(...)`: no other name is made anywhere."""
    makers = {
        name for name, made in vars(live).items()
        if inspect.isfunction(made) and made.__annotations__.get("return") is str
    }  # fmt: skip
    assert makers == TOPICS
    said = set()
    rooms = ("contactcenter", "reporting", "ivr", "floor", "scheduling", "crm", "knowledgebase", "core")
    for file in (path for room in rooms for path in (settings.BASE_DIR / room).rglob("*.py")):
        if file.name in ("live.py", "live_redis.py") and file.parent.name == "core":
            continue
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "live.publish":
                said.add(ast.unparse(call.args[0]).partition("(")[0])
    assert said == {f"live.{kind}" for kind in TOPICS}


def test_every_card_is_closed_to_every_role_but_its_own(two_houses):
    for _of, role, user in two_houses:
        open_to_them = {name for name, card in cards.CARDS.items() if cards.whose(card, user)}
        assert open_to_them == MAY_HAVE.get(role, set()), role


def test_every_card_hears_of_its_own_house_or_desk_only(two_houses):
    heard = set()
    for of, _role, user in two_houses:
        operator = Operator.objects.filter(user=user).first()
        own = {live.floor(of.pk)} | ({live.desk(operator.pk)} if operator else set())
        for card in cards.CARDS.values():
            if found := cards.whose(card, user):
                assert found.topics <= own, f"{card.name} hears of somebody else's"
                assert live.ANYTHING not in found.topics
                heard |= {topic.partition(":")[0] for topic in found.topics}
    assert heard == TOPICS, "a topic that no card hears has no use, or no test"


def test_who_lost_house_or_account_has_none(two_houses):
    for _of, _role, user in two_houses:
        Operator.objects.filter(user=user).delete()
        user.membership.delete()
        again = type(user).objects.get(pk=user.pk)
        assert [name for name, card in cards.CARDS.items() if cards.whose(card, again)] == []


@pytest.mark.parametrize("role", roles.ROLES)
def test_no_topic_can_be_asked_for(two_houses, role):
    of, _role, user = next(one for one in two_houses if one[1] == role)
    session = session_of(user)
    names = [live.ANYTHING, "floor", f"floor:{of.pk}", "desk:1", "board:1", "board,floor:1", "BOARD", "board ", "%2A"]

    async def talk():
        for name in names:
            assert await Page(session, f"cards={name}").open() == (False, 4403), name

    on_a_loop(talk)


@running(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(names=some.lists(some.text(max_size=12) | some.sampled_from(sorted(cards.CARDS)), max_size=4))
def test_whatever_is_asked_for(two_houses, names):
    for _of, role, user in two_houses[: len(roles.ROLES)]:
        found = _places.func(user, names)
        allowed = names and set(names) <= MAY_HAVE.get(role, set())
        assert set(found) == (set(names) if allowed else set())
