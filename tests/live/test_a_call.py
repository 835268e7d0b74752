"""Calls from end to end: carrier, web server and worker in processes of their own, over HTTP, in real time."""

from datetime import timedelta

import pytest
from django.db import connection

from core import clock
from crm.models import Call, CallEvent
from floor import dispatch, outbox
from floor.models import Entry, Offer, Operator, Stint
from tests.live.set_up import OPERATORS

MENU = ["1", "39201"]  # the need, the ZIP code
PICKS_UP = {"answers_after_s": 0.2, "talk_s": None}


class Killed(BaseException):
    """Not an Exception: no `except Exception` saves a process from SIGKILL."""


@pytest.fixture
def crew(world):
    """Both operators, at their phones and ready, the first idle for longer; nobody on the line."""
    world.until(lambda: not world.state()["legs"] and not Entry.objects.filter(ended_at=None).exists(), "a quiet line")
    crew = list(Operator.objects.order_by("pk"))
    assert len(crew) == OPERATORS
    for operator in crew:
        world.phone(operator.device, **PICKS_UP)
        dispatch.wrapped_up(operator)
        dispatch.away(operator)
        assert dispatch.ready(operator)
    return crew


def ledger(uuid):
    """[(kind, operator)] of a call, in the order written."""
    events = CallEvent.objects.filter(call__carrier_uuid=uuid).order_by("pk")
    return list(events.values_list("kind", "operator"))


def until_over(world, uuid, fate):
    """The call has this fate, and the carrier has said that the line is down."""

    def over():
        return (
            CallEvent.objects.filter(call__carrier_uuid=uuid, kind=fate).exists()
            and Call.objects.filter(carrier_uuid=uuid, ended_at__isnull=False).exists()
        )

    world.until(over, f"the call is over and {fate}")


def offer_of(uuid):
    return Offer.objects.filter(entry__call__carrier_uuid=uuid).first()


def presence(operator):
    return Stint.objects.get(operator=operator, until=None)


def test_a_call_is_answered(world, crew):
    first, second = crew
    uuid = world.ring(digits=MENU, patience_s=10, talk_s=1)
    until_over(world, uuid, "answered")
    name = first.user.get_username()
    assert ledger(uuid) == [("offered", ""), ("connected", name), ("answered", name)]
    waited, talked = CallEvent.objects.filter(call__carrier_uuid=uuid, operator=name).values_list("seconds", flat=True)
    assert 0.2 <= waited < 5
    assert 0.9 <= talked < 3
    stints = list(first.stints.order_by("pk"))[-4:]
    assert [stint.state for stint in stints] == ["ready", "offered", "talking", "wrapping"]
    assert [stint.until for stint in stints[:-1]] == [stint.since for stint in stints[1:]]
    assert presence(second).state == "ready"
    assert dispatch.wrapped_up(first)
    assert ledger(uuid)[3:] == [("wrapped", name)]
    assert Call.objects.get(carrier_uuid=uuid).from_number == "+12025550123"


def test_a_caller_who_hangs_up_in_the_menu(world, crew):
    uuid = world.ring(patience_s=0.3)
    until_over(world, uuid, "ivr_abandoned")
    assert ledger(uuid) == [("ivr_abandoned", "")]
    assert not Entry.objects.filter(call__carrier_uuid=uuid).exists()
    assert {presence(operator).state for operator in crew} == {"ready"}


def test_a_declined_ring_goes_to_the_next_operator(world, crew):
    first, second = crew
    world.phone(first.device, answers_after_s=0.2, declines=True)
    uuid = world.ring(digits=MENU, patience_s=10, talk_s=0.5)
    until_over(world, uuid, "answered")
    declined, took = first.user.get_username(), second.user.get_username()
    assert ledger(uuid) == [("offered", ""), ("ring_ended", declined), ("connected", took), ("answered", took)]
    assert (presence(first).state, presence(first).reason) == ("ready", "declined")
    assert presence(second).state == "wrapping"


def test_a_worker_killed_before_it_dialled(world, crew):
    world.kill_worker()
    uuid = world.ring(digits=MENU, patience_s=14, talk_s=0.5)
    offer = world.until(lambda: offer_of(uuid), "an offer is made without a worker")
    assert (offer.state, offer.todo, offer.tries) == ("ringing", "ring", 0)
    assert not world.legs_to(crew[0].device)
    world.start_worker()
    until_over(world, uuid, "answered")
    assert [kind for kind, _ in ledger(uuid)] == ["offered", "connected", "answered"]
    assert offer_of(uuid).pk == offer.pk


def test_a_worker_killed_before_it_wrote_down_that_it_dialled(world, crew, settings, monkeypatch):
    """Its heir asks the carrier first, and rings no second time."""
    device = crew[0].device
    world.phone(device, answers_after_s=4, talk_s=None)
    world.kill_worker()
    uuid = world.ring(digits=MENU, patience_s=14, talk_s=0.5)
    offer = world.until(lambda: offer_of(uuid), "an offer is made without a worker")
    for name in ("PUBLIC_BASE_URL", "PLIVO_API_BASE", "PLIVO_AUTH_ID", "PLIVO_AUTH_TOKEN"):
        setattr(settings, name, world.environment[name])
    monkeypatch.setattr(outbox, "_done", _die)
    with pytest.raises(Killed):
        outbox.run()
    world.start_worker()
    ringing = world.until(lambda: world.legs_to(device), "the phone rings")
    assert Offer.objects.filter(pk=offer.pk, todo="ring").update(todo_at=clock.now()) == 1  # the lease is over
    offer = world.until(lambda: Offer.objects.filter(pk=offer.pk, todo="").first(), "the new worker took it on")
    assert offer.state == "ringing"
    assert [offer.leg_uuid] == [leg["uuid"] for leg in ringing] == [leg["uuid"] for leg in world.legs_to(device)]
    until_over(world, uuid, "answered")
    assert [kind for kind, _ in ledger(uuid)] == ["offered", "dial_settled", "connected", "answered"]


def _die(*args, **kwargs):
    raise Killed


def test_nobody_is_blamed_for_a_worker_that_was_away_for_long(world, crew):
    first, second = crew
    world.kill_worker()
    uuid = world.ring(digits=MENU, patience_s=14, talk_s=0.5)
    offer = world.until(lambda: offer_of(uuid), "an offer nobody has rung yet")
    Offer.objects.filter(pk=offer.pk).update(due_at=clock.now() - timedelta(seconds=1))
    world.start_worker()
    until_over(world, uuid, "answered")
    assert [kind for kind, _ in ledger(uuid)] == ["offered", "connected", "answered"]
    assert (presence(first).state, presence(second).state) == ("wrapping", "ready")


def test_a_call_right_after_the_database_dropped_every_connection(world, crew):
    if connection.vendor == "postgresql":  # SQLite has no connections that could be dropped: there it is a plain call
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            assert cursor.fetchone()[0] >= 2
    uuid = world.ring(digits=MENU, patience_s=14, talk_s=0.5)
    until_over(world, uuid, "answered")
    assert [kind for kind, _ in ledger(uuid)] == ["offered", "connected", "answered"]


def test_the_wire_was_clean_and_everybody_stops(world, crew):
    """The last of this file, since it ends the world."""
    state = world.state()
    assert state["faults_seen"] == []
    assert state["rooms"] == []
    world.until(lambda: len(world.answers()) >= world.sent(), "every webhook is answered")
    assert world.answers(), "nothing was tested"
    assert [answer for answer in world.answers() if answer[1] != 200] == []
    assert len(world.answers()) == world.sent()
    assert world.worker.stop() == 0
    assert world.exchange.stop() == 0
    assert world.web.stop() == 0
    for process in (world.worker, world.exchange, world.web):
        assert "Traceback" not in process.said, process.name
