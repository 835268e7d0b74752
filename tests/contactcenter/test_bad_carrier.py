"""A carrier gone bad: every callback twice, late, in any order, some never; requests turned away or done in silence."""

import pytest

from contactcenter.drill.run import phone
from crm.ledger import FATES
from crm.models import Call, CallEvent
from exchange import Faults
from floor.models import Callback, Entry, Offer, Stint
from tests.contactcenter.replays import replay
from tests.days import invent

pytestmark = pytest.mark.django_db(transaction=True)
BAD = Faults(duplicate=1.0, delay_s=4.0, shuffle=True, drop=0.02, answer_503=0.04, answer_429=0.04)


@pytest.mark.parametrize(
    ("calls", "operators"), [(40, 3), pytest.param(2_000, 20, marks=pytest.mark.soak)], ids=["short", "2,000 calls"]
)
@pytest.mark.parametrize("callback", ["off", "keep-place"])
def test_under_a_bad_carrier_every_contact_has_one_fate(calls, operators, callback, tmp_path):
    path = invent(tmp_path / "day.csv", calls=calls, seed=calls, hours=1.0)
    drill, figures = replay(path, operators, callback=callback, faults=BAD)
    for side in figures["identity"].values():
        assert side["counted"] == side["fates"]
    assert figures["inbound"] == calls == Call.objects.count()
    fates = CallEvent.objects.filter(kind__in=[str(fate) for fate in FATES])
    assert fates.count() == calls == fates.values("call").distinct().count()
    assert not Entry.objects.filter(ended_at=None).exists(), "an immortal call"
    assert not Offer.objects.filter(ended_at=None).exists()
    assert not Callback.objects.filter(ended_at=None).exists()
    assert not Stint.objects.filter(until=None, state__in=("offered", "talking")).exists()
    assert {phone(row) for row in drill.callers} == set(Call.objects.values_list("from_number", flat=True))
    assert figures["answered"] + figures["callback_done"] > calls * 0.4
