"""Hold, a warm transfer and a supervisor, from end to end: carrier, web server and worker over HTTP, in real time."""

import pytest
from django.contrib.auth import get_user_model

from core.models import Agency
from floor import consults, dispatch, listenings, offers
from floor.models import Entry, Operator, Supervisor
from tests.live.test_a_call import MENU, PICKS_UP, ledger, presence, until_over

DEVICE = "+12025550190"


@pytest.fixture
def talk(world):
    """Both operators at their phones and ready; a caller talks with the first of them."""
    crew = list(Operator.objects.order_by("pk"))
    for operator in crew:
        world.phone(operator.device, **PICKS_UP)
        dispatch.wrapped_up(operator)
        dispatch.away(operator)
        assert dispatch.ready(operator)
    uuid = world.ring(digits=MENU, patience_s=10, talk_s=None)
    entry = world.until(lambda: Entry.objects.filter(call__carrier_uuid=uuid, state="talking").first(), "they talk")
    offer = offers.open_for(entry)
    # Whoever spoke with this number last is rung first.
    return uuid, sorted(crew, key=lambda one: one.pk != offer.operator_id), offer


def test_hold_and_a_warm_transfer(world, talk):
    uuid, (first, second), offer = talk
    assert dispatch.hold(offer, True)
    world.until(lambda: presence(first).state == "hold", "the caller is on hold")
    assert dispatch.hold(offers.by_token(offer.token), False)
    world.until(lambda: presence(first).state == "talking", "and back")
    offer = offers.by_token(offer.token)
    assert dispatch.consult(offer, operator=second)
    world.until(lambda: presence(second).state == "talking", "the second is there")
    world.until(lambda: presence(first).state == "hold", "the caller hears music meanwhile")
    assert dispatch.complete(offers.by_token(offer.token))
    world.until(lambda: not world.legs_to(first.device), "the first operator's leg is down")
    assert [presence(one).state for one in (first, second)] == ["wrapping", "talking"]
    assert len(world.state()["legs"]) == 2
    world.until(lambda: not offers.open_for(offer.entry).todo, "the caller hears the second operator")
    assert dispatch.hang_up(second)
    until_over(world, uuid, "answered")
    kinds = [kind for kind, _ in ledger(uuid)]
    assert kinds == ["offered", "connected", "held", "consulted", "held", "transferred", "connected", "answered"]
    assert ledger(uuid)[-1] == ("answered", second.user.get_username())
    world.until(lambda: not world.state()["rooms"] and not world.state()["legs"], "every leg is down")
    assert consults.open_of(offer) is None


def test_a_supervisor_listens_and_takes_over(world, talk):
    uuid, (first, _second), offer = talk
    user = get_user_model().objects.create(username="sup1")
    supervisor = Supervisor.objects.create(user=user, agency=Agency.objects.get(), device=DEVICE)
    world.phone(DEVICE, think_s=0.1, **PICKS_UP)
    assert dispatch.listen(supervisor, offer)
    world.until(lambda: listenings.open_of(supervisor).joined_at, "the supervisor listens")
    assert presence(first).state == "talking"
    assert dispatch.take_over(listenings.open_of(supervisor))
    world.until(lambda: not world.legs_to(first.device), "the operator's leg is down")
    assert [leg["to"] for leg in world.legs_to(DEVICE)] == [DEVICE]
    assert Entry.objects.get(pk=offer.entry_id).state == "talking"
    world.until(lambda: not listenings.open_of(supervisor).todo, "the caller hears the supervisor")
    assert dispatch.listening_over(listenings.open_of(supervisor))
    until_over(world, uuid, "answered")
    assert [kind for kind, _ in ledger(uuid)] == ["offered", "connected", "transferred", "connected", "answered"]
    assert ledger(uuid)[-1] == ("answered", "sup1")
    world.until(lambda: not world.state()["rooms"] and not world.state()["legs"], "every leg is down")


def test_an_operator_who_hangs_up_while_a_colleague_is_rung_loses_nobody(world, talk):
    uuid, (first, second), offer = talk
    world.phone(second.device, answers_after_s=60)
    assert dispatch.consult(offer, operator=second)
    world.until(lambda: world.legs_to(second.device), "the colleague's phone rings")
    (leg,) = world.legs_to(first.device)
    world._sim("POST", f"legs/{leg['uuid']}/hang_up")
    world.phone(second.device, **PICKS_UP)
    world.until(lambda: offers.open_for(offer.entry) and presence(second).state == "talking", "the second takes it")
    assert dispatch.hang_up(second)
    until_over(world, uuid, "answered")
    assert ledger(uuid)[-1] == ("answered", second.user.get_username())
    assert world.state()["faults_seen"] == []
