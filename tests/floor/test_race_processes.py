"""The floor under four processes at once, on PostgreSQL, for ten seconds; for a minute in a soak."""

import os
import subprocess
import sys
from collections import defaultdict

import pytest
from django.db import connection

from core import clock
from crm.ledger import FATES
from crm.models import Call, CallEvent
from floor import dispatch
from floor.models import Callback, Entry, Offer
from tests.floor import factories as make
from tests.floor.invariants import violations

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="one writer at a time is SQLite's own rule"),
]
PROCESSES = 4


@pytest.mark.parametrize("seconds", [10, pytest.param(60, marks=pytest.mark.soak)])
def test_four_processes_leave_a_sound_floor(house, seconds):
    for n in range(6):
        make.operator(house, f"op{n}")
    events = sum(_hammered(house.pk, seconds))
    dispatch.tick()  # what fell due while they were stopped
    assert violations(clock.now()) == []
    assert _overlaps("operator_id") == [], "an operator with two calls"
    assert _overlaps("entry_id") == [], "a call with two operators"
    assert not list(_numbers_promised_twice())
    ended = CallEvent.objects.filter(kind__in=[str(fate) for fate in FATES]).count()
    assert Call.objects.count() == ended + Entry.objects.filter(ended_at=None).count(), "every contact is somewhere"
    # A race in which nobody moves proves nothing; how much they move is the machine's affair.
    assert events > 20
    assert Offer.objects.exclude(connected_at=None).exists()
    assert Callback.objects.exists()


def _hammered(agency_id: int, seconds: int) -> list[int]:
    """How many events each of the processes caused; fails with what it said if one broke."""
    told = connection.settings_dict
    address = f"postgres://{told['USER']}:{told['PASSWORD']}@{told['HOST']}:{told['PORT']}/{told['NAME']}"
    connection.close()
    environment = {**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    line = [sys.executable, "-c", _SET_UP, str(agency_id)]
    running = [
        subprocess.Popen([*line, str(n), str(seconds)], env=environment, stdout=subprocess.PIPE, text=True)
        for n in range(PROCESSES)
    ]
    done = [process.communicate(timeout=seconds + 120)[0] for process in running]
    assert [process.returncode for process in running] == [0] * PROCESSES
    return [int(text) for text in done]


_SET_UP = """
import sys, django
django.setup()
from tests.floor.hammer import hammer
print(hammer(int(sys.argv[1]), int(sys.argv[2]), seconds=float(sys.argv[3])))
"""


def _overlaps(side: str) -> list[tuple]:
    """Offers of one operator, or for one caller, that were open at the same time."""
    spans = defaultdict(list)
    for key, made, ended in Offer.objects.values_list(side, "made_at", "ended_at"):
        spans[key].append((made, ended or clock.now()))
    return [
        (key, one, other)
        for key, open_times in spans.items()
        for one, other in zip(sorted(open_times), sorted(open_times)[1:], strict=False)
        if other[0] < one[1]
    ]


def _numbers_promised_twice():
    """Call-backs owed to one number at the same time."""
    spans = defaultdict(list)
    for number, asked, ended in Callback.objects.values_list("number", "asked_at", "ended_at"):
        spans[number].append((asked, ended or clock.now()))
    for number, times in spans.items():
        for one, other in zip(sorted(times), sorted(times)[1:], strict=False):
            if other[0] < one[1]:
                yield number
