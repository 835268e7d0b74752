"""How often the database is asked. A round of the wait loop is the busiest door: 30 callers knock every half minute."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from floor import dispatch, outlook
from floor.models import Entry
from ivr import services as menus
from ivr.models import Flow, Line, Session
from tests.floor import factories as make
from tests.floor.factories import arrives, offer_of
from tests.floor.knocking import heard, knock

pytestmark = pytest.mark.django_db

ROUND = 4
NEWS = 4  # the figures with the entry, the promise, and a transaction round them
RINGS_IN = 4
KEY_INTO_THE_LINE = 14  # one of them asks whether this number is owed a call-back
KEY_TO_A_QUESTION = 2
OPERATOR_IN = 3
CONNECTED = 9


@pytest.fixture
def line(house):
    flow = Flow.objects.create(agency=house, name="main")
    need = {"kind": "menu", "text": {"en": "Press 1."}, "keys": {"1": {"next": "line"}}, "otherwise": "line"}
    menus.publish(flow, {"start": "need", "nodes": {"need": need, "line": {"kind": "queue", "queue": "book"}}})
    return Line.objects.create(agency=house, number="+16015550100", flow=flow)


@pytest.fixture
def warm(house, clock):
    """What the wait loop keeps for a while has been read."""
    outlook.staff(house.pk, clock())
    outlook.set_up(house.pk, clock())


def asks_at_most(count, path, **form):
    """On PostgreSQL the lock is a statement of its own and is counted; so, where the floor changed, is its voice."""
    with CaptureQueriesContext(connection) as asked:
        heard(knock(path, **form))
    statements = [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]
    spoken = sum("pg_notify" in statement for statement in statements)
    assert spoken <= 1, "the floor speaks once a change"
    assert len(statements) <= count + spoken, "\n".join(statements)


@pytest.mark.parametrize("callers", [1, 30])
def test_a_round_of_the_wait_loop(house, callers, clock):
    entries = []
    for _ in range(callers):
        entries.append(arrives(house))
        clock.forward(1)
    asks_at_most(ROUND, f"/carrier/wait/{entries[-1].pk}/", CallUUID="x")


def test_a_waiting_time_is_written_only_when_it_is_announced_anew(house, ada, clock):
    for _ in range(9):
        arrives(house)
    last = arrives(house)
    outlook.forget()
    clock.forward(1)
    knock(f"/carrier/wait/{last.pk}/", CallUUID="x")
    asks_at_most(ROUND, f"/carrier/wait/{last.pk}/", CallUUID="x")
    dispatch.hung_up(Entry.objects.filter(state=Entry.State.WAITING).first().call)
    asks_at_most(ROUND + NEWS, f"/carrier/wait/{last.pk}/", CallUUID="x")


def test_ringing_in(line):
    asks_at_most(RINGS_IN, "/carrier/answer/", CallUUID="c1", From="+16015559001", To="+16015550100")


@pytest.mark.parametrize(("digits", "most"), [("1", KEY_INTO_THE_LINE), ("7", KEY_TO_A_QUESTION)])
def test_a_step_of_the_menu(line, warm, digits, most):
    knock("/carrier/answer/", CallUUID="c1", From="+16015559001", To="+16015550100")
    asks_at_most(most, f"/carrier/menu/{Session.objects.get().pk}/0/", CallUUID="c1", Digits=digits)


@pytest.mark.parametrize("in_line", [0, 30])
def test_an_operator_and_a_caller_enter_the_room(house, ada, in_line):
    entry = arrives(house)
    for _ in range(in_line):
        arrives(house)
    offer = offer_of(entry)
    path, told = f"/carrier/room/{offer.token}/", {"EventName": "ParticipantJoin", "MPCUUID": "m"}
    asks_at_most(OPERATOR_IN, path, ParticipantRole="agent", ParticipantCallUUID="leg", **told)
    asks_at_most(CONNECTED, path, ParticipantRole="customer", **told)


@pytest.mark.parametrize("callers", [2, 15])
def test_an_operator_who_is_ready_asks_the_same_however_long_the_line(
    house, callers, clock, django_assert_max_num_queries
):
    for _ in range(callers):
        arrives(house)
    operator = make.operator(house)
    with django_assert_max_num_queries(16):
        dispatch.ready(operator)
