import pytest

from core import clock as core_clock
from floor import dispatch
from tests.floor import factories as make


@pytest.fixture(autouse=True)
def clock():
    """Time stands still until the test moves it."""
    hand = make.HandClock()
    with core_clock.running_on(hand):
        yield hand


@pytest.fixture
def carrier(monkeypatch):
    fake = make.FakeCarrier()
    monkeypatch.setattr("floor.outbox.get_carrier", lambda: fake)
    monkeypatch.setattr("floor.tapes.get_carrier", lambda: fake)
    monkeypatch.setattr("floor.texts.get_carrier", lambda: fake)
    return fake


@pytest.fixture
def house(db):
    """An agency with one queue that offers call-backs."""
    of = make.agency()
    make.queue(of, callback=True)
    return of


@pytest.fixture
def ada(house):
    """An operator who is ready."""
    operator = make.operator(house, "ada")
    assert dispatch.ready(operator)
    return operator
