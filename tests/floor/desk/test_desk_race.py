"""Two presses of one button, in threads: what may happen once happens once."""

from datetime import date

import pytest
from django.db import connection

from core import clock
from core.models import AccessLog
from crm import handling, people
from crm.models import Call, Disposition, Handling, Person
from crm.people import Verdict
from tests.floor import factories as make
from tests.floor.desk import sitting
from tests.floor.threads import in_threads, shared_database

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 8
BORN = date(1951, 2, 7)


@pytest.fixture
def call(house, ada, tmp_path):
    sitting.person(house)
    sitting.endings(house)
    made = make.call(house, sitting.NUMBER)
    with shared_database(tmp_path):
        yield made
    connection.close()


def test_no_more_than_five_wrong_tries_however_fast(call, ada):
    odessa = Person.objects.get()

    def guess(n):
        facts = {"born_on": BORN, "place": f"3910{n}"}
        return people.verify(odessa, **facts, call=call, user=ada.user, at=clock.now())

    verdicts = in_threads(*(lambda n=n: guess(n) for n in range(THREADS)))
    assert verdicts.count(Verdict.DIFFERENT) == people.TRIES - 1
    assert verdicts.count(Verdict.LOCKED) == THREADS - people.TRIES + 1
    assert in_threads(AccessLog.objects.filter(action="tried").count) == [people.TRIES]


def test_somebody_new_is_entered_once(call, ada):
    facts = {"given_name": "Ines", "family_name": "Novak", "born_on": BORN, "zip_code": "39204", "street": ""}

    def enter():
        return people.enter(Call(pk=call.pk, agency_id=call.agency_id, from_number=call.from_number), **facts,
                            language="en", user=ada.user, at=clock.now()).pk  # fmt: skip

    assert len(set(in_threads(*[enter] * 4))) == 1


def test_answers_of_two_tabs_are_all_kept_and_the_work_is_closed_once(call, ada):
    def answer(n):
        return handling.save(call, ada.user, clock.now(), answers={str(n): 1})

    assert all(in_threads(*(lambda n=n: answer(n) for n in range(THREADS))))
    ((kept,),) = in_threads(lambda: list(Handling.objects.values_list("answers", flat=True)))[0:1]
    assert set(kept) == {str(n) for n in range(THREADS)}
    slug = Disposition.objects.get(slug="booked").slug

    def close():
        return handling.close(call, ada.user, clock.now(), disposition=slug, details={}, notes="")

    assert sorted(in_threads(*[close] * 4)) == [False, False, False, True]
