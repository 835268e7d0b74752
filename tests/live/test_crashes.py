"""kill -9 of worker and web server while people telephone: nobody is lost in the books, nobody connected twice."""

import pytest
from django.db import connection

from crm.ledger import Kind
from crm.models import Call, CallEvent
from tests.live.storm import Storm

KILLS = [(0.3, "worker"), (0.5, "web"), (0.7, "worker")]


@pytest.fixture
def on_the_wire(world, settings):
    """This very process may ask the carrier, too."""
    for name in ("PUBLIC_BASE_URL", "PLIVO_API_BASE", "PLIVO_AUTH_ID", "PLIVO_AUTH_TOKEN"):
        setattr(settings, name, world.environment[name])
    return world


@pytest.mark.parametrize(
    ("calls", "seconds", "operators"),
    [
        (25, 15, 6),
        pytest.param(
            200,
            180,
            10,
            marks=[
                pytest.mark.soak,
                pytest.mark.skipif(connection.vendor != "postgresql", reason="the long one is about PostgreSQL"),
            ],
        ),
    ],
)
def test_after_the_crashes_every_contact_has_one_fate(on_the_wire, calls, seconds, operators):
    storm = Storm(on_the_wire, calls=calls, seconds=seconds, operators=operators)
    storm.rage(KILLS)
    assert storm.wrongs() == []
    assert Call.objects.count() > calls * 0.7, "who rang while the web server was down did not reach us; most did"
    assert storm.served() > calls * 0.1, "some were served in spite of it"
    for line in CallEvent.objects.filter(kind=Kind.DIAL_SETTLED):
        assert line.data["live"] in (True, False)
    assert on_the_wire.state()["faults_seen"] == []
