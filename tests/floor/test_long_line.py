"""A long line, most of which nobody idle can serve, read in pieces: nobody is passed over who could be served."""

from datetime import timedelta

import pytest

from core import clock
from floor import matching, waiting
from floor.models import Entry
from tests.floor import factories as make

pytestmark = pytest.mark.django_db
SPANISH = matching.Need({"spanish": 3}, (matching.Step(600, "level", {"spanish": 1}),))
CREOLE = matching.Need({"creole": 1}, (matching.Step(700, "anyone", {}),))
COUNT = 500


@pytest.fixture
def line():
    """One a second, the oldest first; every second one needs Spanish, every other one Creole."""
    agency = make.agency()
    queue = make.queue(agency)
    now = clock.now()
    entries = []
    for n in range(COUNT):
        start = now - timedelta(seconds=900 - n)
        moments = dict.fromkeys(("entered_at", "virtual_start", "rank_at", "not_before", "seen_at"), start)
        need = (SPANISH if n % 2 else CREOLE).text()
        entries.append(Entry.objects.create(call=make.call(agency), agency=agency, queue=queue, need=need, **moments))
    return agency, entries, now


@pytest.mark.parametrize("levels", [{}, {"spanish": 1}, {"spanish": 3}, {"creole": 2}, {"creole": 1, "spanish": 5}])
def test_whoever_may_be_served_is_found_and_in_order(line, levels):
    agency, entries, now = line
    Entry.objects.filter(pk=entries[450].pk).update(preferred=make.operator(agency))
    for rank in (120, 121, 122):  # of one rank, across the pieces by number
        Entry.objects.filter(pk=entries[rank].pk).update(rank_at=entries[120].rank_at)
    idle = [matching.Idle(0, now, levels)]
    whole = list(waiting.in_order(agency.pk, at=now))
    assert [ticket.pk for ticket in whole] == [entry.pk for entry in entries]
    able = [one.pk for one in whole if matching.pair([one], idle, now)]
    read = [ticket.pk for ticket in waiting.in_order(agency.pk, at=now, idle=idle)]
    assert [pk for pk in read if pk in set(able)] == able
    assert entries[450].pk in read, "an operator who knows the caller needs no skill"
    assert read == sorted(read)
    if not levels:
        assert able, "anyone will do after a while"
        assert len(read) == 50 + sum(1 for n in range(50, 201) if n % 2 == 0) + 1
