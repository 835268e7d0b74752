"""A caller in a menu of whom nothing more is heard."""

import pytest

from crm.models import Call, CallEvent
from ivr import services
from ivr.models import Flow, Session
from tests.floor import factories as make

pytestmark = pytest.mark.django_db

MENU = {
    "start": "need",
    "nodes": {
        "need": {"kind": "menu", "text": {"en": "Press 1."}, "keys": {"1": {"next": "line"}}, "otherwise": "line"},
        "line": {"kind": "queue", "queue": "book"},
    },
}


@pytest.fixture
def caller(house):
    version = services.publish(Flow.objects.create(agency=house, name="main"), MENU)
    call = make.call(house)
    return Session.objects.create(call=call, version=version, node="need")


@pytest.mark.parametrize(("live", "fate"), [(True, []), (False, ["ivr_abandoned"])])
def test_after_a_quarter_of_an_hour_the_carrier_is_asked(caller, carrier, clock, live, fate):
    if live:
        carrier.live.add(caller.call.carrier_uuid)
    services.reconcile()
    assert carrier.names() == []
    clock.forward(services.LONG_S + 1)
    services.reconcile()
    assert carrier.names() == ["is_live"]
    assert list(CallEvent.objects.values_list("kind", flat=True)) == fate
    assert Call.objects.filter(ended_at=None).exists() == live
