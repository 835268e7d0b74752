"""Who is owed a call although they never stood in line: after hours, and who gave up in the menu after a choice."""

import pytest

from crm.missed import Missed
from crm.models import CallEvent
from floor.models import Debt
from ivr import services
from ivr.models import Flow, Line
from tests.floor.invariants import violations
from tests.floor.knocking import knock

pytestmark = pytest.mark.django_db
NUMBER = "+16015559001"


def ask(name: str, onward: str) -> dict:
    return {"kind": "menu", "text": {"en": name}, "keys": {"1": {"next": onward}}, "otherwise": onward}


MENU = {
    "start": "language",
    "nodes": {
        "language": {
            **ask("English?", "need"),
            "keys": {"1": {"next": "need"}, "2": {"next": "bye", "language": "es"}},
        },
        "need": ask("Which vaccine?", "line"),
        "bye": {"kind": "hangup", "text": {"en": "We are closed."}, "fate": "closed"},
        "line": {"kind": "queue", "queue": "book"},
    },
}


@pytest.fixture
def line(house, clock):
    flow = Flow.objects.create(agency=house, name="main")
    services.publish(flow, MENU)
    yield Line.objects.create(agency=house, number="+16015550100", flow=flow)
    assert violations(clock()) == []


def rings(*keys: str, number: str = NUMBER) -> None:
    """Rings in, answers as told, and hangs up; the carrier says all of it twice."""
    for _ in range(2):
        knock("/carrier/answer/", CallUUID="c1", From=number, To="+16015550100")
    session = services.Session.objects.get()
    for step, key in enumerate(keys):
        for _ in range(2):
            knock(f"/carrier/menu/{session.pk}/{step}/", CallUUID="c1", Digits=key)
    for _ in range(2):
        knock("/carrier/hangup/", CallUUID="c1", HangupCauseCode="4000")


@pytest.mark.parametrize(
    ("keys", "kind"),
    [
        ((), None),
        (("9",), None),  # a key nobody knows: no choice
        (("1",), Missed.MENU_DROP),
        (("1", ""), Missed.MENU_DROP),
        (("2",), Missed.CLOSED),
    ],
)
def test_after_the_first_choice_they_are_owed_a_call(line, keys, kind):
    rings(*keys)
    owed = Debt.objects.first()
    assert (owed and owed.kind) == kind
    if owed:
        assert (owed.number, owed.calls, owed.queue, owed.closed_at) == (NUMBER, 1, None, None)
        assert owed.language == ("es" if kind == Missed.CLOSED else "en")
    assert CallEvent.objects.filter(kind="had_chosen").count() == (kind == Missed.MENU_DROP)


def test_a_withheld_number_is_owed_nothing_and_is_in_the_ledger(line):
    rings("2", number="anonymous")
    assert not Debt.objects.exists()
    assert CallEvent.objects.filter(kind="closed").exists()
