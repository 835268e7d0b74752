"""One line to all desks: one at a time, until its time is over, read by whoever says so."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as some

from core import live
from floor import broadcasts, dispatch
from floor.dispatch import telling
from floor.models import Broadcast, BroadcastSeen
from tests.floor import factories as make
from tests.floor.threads import in_threads, shared_database

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def sup(django_user_model):
    return django_user_model.objects.create_user("sup")


def tell(house, sup, text="Clinic 12 is full today.", lasts=HOUR) -> Broadcast:
    return dispatch.tell_desks(house.pk, text, by_id=sup.pk, lasts=lasts)


def shown(operator, clock):
    line = broadcasts.shown_to(operator, at=clock())
    return line and (line.text, line.was_seen)


@pytest.fixture
def told(monkeypatch):
    topics = []
    monkeypatch.setattr(live, "publish", topics.append)
    return topics


def test_every_desk_and_board_of_the_agency_and_no_other_is_told(house, ada, sup, told):
    bob, other = make.operator(house, "bob"), make.operator(make.agency("other"), "eve")
    tell(house, sup)
    assert set(told) == {live.desk(ada.pk), live.desk(bob.pk), live.floor(house.pk)}
    assert broadcasts.shown_to(other, at=make.START) is None


def test_it_stays_until_its_time_is_over(house, ada, sup, clock, told):
    line = tell(house, sup)
    clock.forward(3599)
    dispatch.tick()
    assert shown(ada, clock) == ("Clinic 12 is full today.", False)
    clock.forward(1)
    assert shown(ada, clock) is None, "whoever looks now must not see it, whether the worker has been there or not"
    told.clear()
    dispatch.tick()
    assert live.desk(ada.pk) in told
    assert make.again(line).ended == clock()
    told.clear()
    dispatch.tick()
    assert told == []


def test_a_new_one_takes_the_place_of_the_one_before(house, ada, sup, clock):
    first = tell(house, sup)
    clock.forward(10)
    tell(house, sup, "Clinic 12 has seats again.")
    assert shown(ada, clock) == ("Clinic 12 has seats again.", False)
    assert make.again(first).ended == clock()


def test_only_the_line_that_was_shown_is_taken_down(house, ada, sup, clock, told):
    first = tell(house, sup)
    second = tell(house, sup, "Another.")
    told.clear()
    assert not dispatch.take_down(first)
    assert live.desk(ada.pk) not in told
    assert shown(ada, clock) == ("Another.", False)
    assert dispatch.take_down(second)
    assert shown(ada, clock) is None
    assert not dispatch.take_down(second)


def test_who_has_read_it(house, ada, sup, clock, told):
    bob = make.operator(house, "bob")
    line = tell(house, sup)
    told.clear()
    assert dispatch.line_seen(ada, line.pk)
    assert set(told) == {live.desk(ada.pk), live.floor(house.pk)}
    assert not dispatch.line_seen(ada, line.pk), "twice is once"
    assert (shown(ada, clock)[1], shown(bob, clock)[1]) == (True, False)
    assert BroadcastSeen.objects.count() == 1


def test_what_is_not_up_or_not_ones_own_cannot_be_read(house, ada, sup, clock):
    line = tell(house, sup)
    eve = make.operator(make.agency("other"), "eve")
    assert not dispatch.line_seen(eve, line.pk)
    dispatch.take_down(line)
    assert not dispatch.line_seen(ada, line.pk)
    late = tell(house, sup)
    clock.forward(3600)
    assert not dispatch.line_seen(ada, late.pk)
    assert not BroadcastSeen.objects.exists()


@pytest.mark.parametrize(("text", "lasts"), [
    ("", HOUR), ("  \n ", HOUR), ("x" * 141, HOUR), ("x", timedelta(0)), ("x", -HOUR), ("x", telling.LONGEST + HOUR),
])  # fmt: skip
def test_what_is_no_line_is_not_told(house, sup, text, lasts):
    with pytest.raises(ValueError, match="one line"):
        tell(house, sup, text, lasts)
    assert not Broadcast.objects.exists()


def test_a_line_has_no_breaks(house, sup):
    assert tell(house, sup, " Clinic 12\n is\tfull. " + "x" * 100).text.startswith("Clinic 12 is full. xxx")


def test_the_database_holds_one_at_a_time(house, sup):
    same = {"agency": house, "by": sup, "text": "x", "at": make.START, "until": make.START + HOUR}
    Broadcast.objects.create(**same, ended=make.START)
    Broadcast.objects.create(**same)
    with pytest.raises(IntegrityError), transaction.atomic():
        Broadcast.objects.create(**same)


@pytest.mark.django_db(transaction=True)
def test_four_supervisors_at_once_and_everybody_reads(house, ada, sup, clock, tmp_path):
    def supervisor(n):
        return lambda: [tell(house, sup, f"Line {n}.{k}") for k in range(5)]

    def operator():
        for _ in range(20):
            line = broadcasts.shown_to(ada, at=clock())
            if line is not None:
                dispatch.line_seen(ada, line.pk)

    with shared_database(tmp_path):
        in_threads(*(supervisor(n) for n in range(2)), operator, operator)
        still_up = in_threads(lambda: Broadcast.objects.filter(ended=None).count())
        read = in_threads(lambda: list(BroadcastSeen.objects.values_list("broadcast", "operator")))
    assert still_up == [1]
    assert len(read[0]) == len(set(read[0])) > 0


@given(text=some.text(max_size=200))
def test_any_text_is_a_line_or_refused(text):
    cleaned = " ".join(text.split())
    ok = 0 < len(cleaned) <= 140
    assert telling.is_line(text) == ok
