"""What an operator has before them, at every step of a call."""

import pytest

from floor import dispatch
from floor.desk import current
from floor.models import Operator
from tests.floor import factories as make

pytestmark = pytest.mark.django_db


def stage(operator) -> str:
    return current.of(operator).stage


def test_whoever_never_was_ready_is_offline(house):
    found = current.of(make.operator(house))
    assert (found.stage, found.stint, found.call, found.working) == ("offline", None, None, False)


def test_a_user_who_is_no_operator_has_no_desk(house, django_user_model):
    with pytest.raises(Operator.DoesNotExist):
        current.current(django_user_model.objects.create_user("eve"))


def test_the_desk_follows_a_call_to_its_end(house, ada):
    assert stage(ada) == "ready"
    entry = make.arrives(house)
    offer = make.offer_of(entry)
    found = current.current(ada.user)
    assert found.stage == f"ringing:{offer.pk}"
    assert (found.call, found.entry, found.queue.slug, found.working) == (entry.call, entry, "book", False)
    make.picks_up(entry)
    assert stage(ada) == f"joining:{offer.pk}"
    dispatch.connected(make.offer_of(entry), key="k")
    found = current.of(ada)
    assert (found.stage, found.talking, found.working) == (f"talking:{offer.pk}", True, True)
    dispatch.talk_over(make.offer_of(entry))
    found = current.of(ada)
    assert (found.stage, found.call, found.wrapping, found.working) == (f"wrapup:{offer.pk}", entry.call, True, True)
    dispatch.wrapped_up(ada)
    found = current.of(ada)
    assert (found.stage, found.call) == ("ready", None)


def test_a_call_back_is_dialled_first(house):
    entry = make.promised(house)
    ada = make.operator(house)
    dispatch.ready(ada)
    assert stage(ada) == f"calling:{make.offer_of(entry).pk}"


def test_away_and_offline(house, ada):
    dispatch.away(ada, reason="lunch")
    assert stage(ada) == "away"
    dispatch.away(ada, offline=True)
    assert stage(ada) == "offline"


def test_the_call_of_a_wrap_up_is_the_last_one(house, ada):
    for _ in range(2):
        entry = make.arrives(house)
        make.talks(entry)
        dispatch.talk_over(make.offer_of(entry))
        assert current.of(ada).entry == entry
        dispatch.wrapped_up(ada)


def test_three_statements(house, ada, django_assert_num_queries):
    make.talks(make.arrives(house))
    with django_assert_num_queries(3):
        found = current.current(ada.user)
        assert found.script is None
        assert found.call.from_number
        assert found.entry.promise is None
