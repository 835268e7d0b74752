"""The prompt an operator on an ordinary phone hears: who waits, and which key takes the call."""

import re
import uuid
from datetime import timedelta

import pytest

from floor import dispatch, offers, outbox
from tests.floor import factories as make
from tests.floor.factories import again, arrives, offer_of
from tests.floor.knocking import heard, knock

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(house, carrier):
    """An offer whose operator's ordinary phone rings."""
    dispatch.ready(make.operator(house, device="+16015550177"))
    offer = offer_of(arrives(house))
    outbox.run()
    return offer


def picked_up(offer):
    return knock(f"/carrier/prompt/{offer.token}/", CallUUID="leg", CallStatus="in-progress")


def test_it_says_what_it_is_about_and_which_key_to_press(offer):
    name = offer.entry.queue.name
    assert heard(picked_up(offer)) == f"A caller is waiting: {name}. Press 1 to take the call."


def test_of_a_spanish_caller_it_is_said_in_spanish_too(offer):
    entry = offer.entry
    entry.language, entry.queue.name_es = "es", "Primera dosis"
    entry.save()
    entry.queue.save()
    said = heard(picked_up(offer))
    assert said.endswith("Una persona espera: Primera dosis. Oprima el 1 para tomar la llamada.")
    assert said.startswith("A caller is waiting")


def test_it_is_nothing_but_sentences_or_the_carrier_would_play_silence(offer):
    for path in (f"/carrier/prompt/{offer.token}/", f"/carrier/prompt/{uuid.uuid4()}/"):
        elements = re.findall(r"<(\w+)", knock(path, CallUUID="leg").content.decode())
        assert set(elements) == {"Response", "Speak"}


def test_who_picked_up_late_still_has_the_time_to_press(offer, clock):
    knock(f"/carrier/leg/{offer.token}/", CallUUID="leg", CallStatus="ringing")
    clock.forward(offers.RING_S - 1)
    picked_up(offer)
    assert again(offer).due_at == clock() + timedelta(seconds=offers.RING_S + offers.GRACE_S)
    clock.forward(offers.GRACE_S + 2)
    dispatch.tick()
    assert again(offer).state == offers.State.RINGING


def test_the_prompt_alone_connects_nobody(offer):
    picked_up(offer)
    assert again(offer).state == offers.State.RINGING
