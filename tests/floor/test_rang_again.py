"""Who is owed a call-back and rings again: the new call has the earlier place, the old promise ends with its reason."""

import pytest

from floor import callbacks, dispatch, documents, outbox
from floor.models import Callback, Entry, Offer, Stint
from floor.words import say
from tests.floor import factories as make
from tests.floor.factories import again, arrives, fates, offer_of, presence, promised, talks

pytestmark = pytest.mark.django_db
NUMBER = "+16015559001"


def test_the_new_call_has_the_earlier_place_and_the_old_promise_ends(house, clock):
    old = promised(house, NUMBER)
    clock.forward(300)
    between = arrives(house)
    clock.forward(300)
    new = arrives(house, NUMBER)
    assert (new.virtual_start, new.rank_at) == (old.virtual_start, old.rank_at)
    assert again(old).state == Entry.State.DONE
    assert fates(old) == ["callback_cancelled"]
    assert again(old.callback).end_reason == Callback.Reason.RANG
    assert say("rang_again", "en") in [verb.text for verb in documents.arrived(new) if hasattr(verb, "text")]
    dispatch.ready(make.operator(house))
    assert offer_of(new)
    assert again(between).state == Entry.State.WAITING


def test_nobody_else_is_told_so(house):
    assert documents.arrived(entry := arrives(house, NUMBER)) == documents.wait(entry)


def test_an_operator_reserved_for_the_dial_goes_to_the_new_call(house, ada, carrier, clock):
    dispatch.away(ada)
    old = promised(house, NUMBER)
    clock.forward(5)
    dispatch.ready(ada)
    outbox.run()
    assert offer_of(old).state == Offer.State.RESERVED
    waits = arrives(house)
    new = arrives(house, NUMBER)
    assert offer_of(new).operator == ada
    assert again(waits).state == Entry.State.WAITING
    assert presence(ada) == Stint.State.OFFERED
    tried = again(old.callback).tries.get()
    assert tried.result == callbacks.Result.ENDED


def test_who_is_on_our_line_by_the_call_back_keeps_it(house, ada, carrier):
    """Somebody else in the house rings from the same number."""
    dispatch.away(ada)
    old = promised(house, NUMBER)
    dispatch.ready(ada)
    outbox.run()
    dispatch.callback_accepted(offer_of(old))
    new = arrives(house, NUMBER)
    assert again(old.callback).state == Callback.State.PENDING
    assert (new.took_over, new.virtual_start) == (None, new.entered_at)
    talks(old)
    assert fates(old) == []


def test_a_withheld_number_takes_nobodys_place(house, clock):
    one = arrives(house, "")
    assert dispatch.call_back(one, number=NUMBER)
    clock.forward(10)
    assert arrives(house, "").took_over is None
    assert again(one).state == Entry.State.CALLBACK


def test_another_agencys_promise_is_none_of_ours(house):
    other = make.agency("other")
    make.queue(other, callback=True)
    theirs = promised(other, NUMBER)
    assert arrives(house, NUMBER).took_over is None
    assert again(theirs).state == Entry.State.CALLBACK
