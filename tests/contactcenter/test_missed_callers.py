"""The admin's list of missed callers: it opens on the open ones, and takes one off only with a reason."""

import pytest

from core import clock
from core.models import AccessLog
from floor.models import Debt
from tests.contactcenter import staff
from tests.contactcenter.staff import AT, url
from tests.floor import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency():
    of = make.agency()
    make.queue(of)
    with clock.running_on(make.HandClock(AT)) as _:
        yield of


def owed(of, number: str) -> Debt:
    call = make.call(of, number)
    return Debt.objects.create(agency=of, number=number, kind="closed", opened_at=AT, last_at=AT, call=call)


def withdraw(client, *debts: Debt, why: str = "") -> str:
    form = {"action": "withdraw", "_selected_action": [debt.pk for debt in debts], "why": why, "index": "0"}
    return client.post(url(Debt), form, follow=True).text


def test_it_opens_on_those_who_are_owed_a_call(client, agency):
    owed(agency, "+16015550101")
    Debt.objects.filter(pk=owed(agency, "+16015550102").pk).update(closed_at=AT, closed_reason="booked")
    owed(make.agency("other"), "+16015550103")
    client.force_login(staff.member(agency, "supervisor"))
    page = client.get(url(Debt)).text
    assert [number in page for number in ("+16015550101", "+16015550102", "+16015550103")] == [True, False, False]
    assert "+16015550102" in client.get(url(Debt) + "?settled=yes").text
    assert "+16015550102" in client.get(url(Debt) + "?settled=all").text


def test_withdrawn_with_a_reason_and_never_without(client, agency):
    debt = owed(agency, "+16015550101")
    client.force_login(staff.member(agency, "supervisor", "dwayne"))
    assert "Please type the reason" in withdraw(client, debt, why="  ")
    assert make.again(debt).closed_at is None
    assert "1 missed caller is off the list" in withdraw(client, debt, why="rang the clinic")
    kept = make.again(debt)
    assert (kept.closed_reason, kept.staff, kept.staff_why) == ("withdrawn", "dwayne", "rang the clinic")
    assert AccessLog.objects.filter(what="floor.debt", action="changed", record=debt.pk).count() == 1


def test_nobody_elses_and_nobody_without_the_right(client, agency):
    theirs = owed(make.agency("other"), "+16015550103")
    client.force_login(staff.member(agency, "supervisor"))
    withdraw(client, theirs, why="x")
    assert make.again(theirs).closed_at is None
    client.force_login(staff.member(agency, "it_support"))
    assert client.get(url(Debt)).status_code == 403
