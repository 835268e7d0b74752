"""A promise to call back, from the caller's key to its one end."""

import pytest

from floor import callbacks, dispatch, offers, outbox
from floor.models import Callback, Command, Entry, Offer, Stint
from tests.floor import factories as make
from tests.floor.factories import again, arrives, fates, ledger, offer_of, picks_up, presence, promised, talks

pytestmark = pytest.mark.django_db
State = Entry.State


def dialled(entry, carrier):
    """The worker dials the person back; the promise as it is now."""
    outbox.run()
    assert carrier.names()[-1] == "dial"
    return again(entry.callback)


def accepted(entry, carrier):
    """The person called back pressed 1."""
    dialled(entry, carrier)
    offer = offer_of(entry)
    assert dispatch.callback_accepted(offer)
    return offer


# ---- asking -----------------------------------------------------------------------------------------------------


def test_the_place_stays_and_the_line_may_go_down(house, clock):
    first, second = arrives(house, "+16015559001"), arrives(house)
    clock.forward(40)
    assert dispatch.call_back(first)
    dispatch.hung_up(first.call)
    assert again(first).state == State.CALLBACK
    assert ledger(first)[-1] == ("callback_asked", 40)
    promise = Callback.objects.get()
    assert (promise.number, promise.state, promise.entry) == ("+16015559001", Callback.State.PENDING, first)
    dispatch.ready(make.operator(house))
    assert (offer_of(first).state, again(second).state) == (offers.State.RESERVED, State.WAITING)


def test_too_late_once_an_operator_is_being_reached(house, ada):
    entry = arrives(house)
    before = make.everything()
    assert not dispatch.call_back(again(entry))
    assert make.everything() == before


@pytest.mark.parametrize("number", ["", None])
def test_no_call_back_without_a_number_or_where_they_are_off(number):
    of = make.agency()
    make.queue(of, callback=number is not None)
    entry = arrives(of, number)
    assert not dispatch.call_back(entry)
    assert again(entry).state == State.WAITING


def test_asking_twice_changes_nothing(house):
    entry = promised(house)
    before = make.everything()
    assert not dispatch.call_back(again(entry))
    assert make.everything() == before


def test_a_number_already_owed_one_is_folded_into_the_earlier_place(house):
    """The second caller rings from elsewhere and types it."""
    first = promised(house, "+16015559001")
    second = arrives(house, "+16015559002")
    assert dispatch.call_back(second, number="+16015559001")
    assert (again(first).state, again(second).state) == (State.CALLBACK, State.DONE)
    assert (fates(first), fates(second)) == ([], ["callback_cancelled"])
    assert Callback.objects.get(ended_at=None).entry == first
    assert again(second).callback.end_reason == Callback.Reason.MERGED


def test_the_same_number_may_be_owed_one_by_two_agencies(house):
    other = make.agency("other")
    make.queue(other, callback=True)
    promised(house, "+16015559001")
    promised(other, "+16015559001")
    assert Callback.objects.count() == 2


def test_a_person_called_back_cannot_ask_for_another(house, ada, carrier):
    """They wait on our line after their operator declined; the promise they hold is still open."""
    dispatch.away(ada)
    entry = promised(house)
    dispatch.ready(ada)
    dispatch.refused(accepted(entry, carrier), why="declined")
    waiting = again(entry)
    assert waiting.state == State.WAITING
    assert not dispatch.call_back(waiting)
    assert (again(entry).state, fates(entry)) == (State.WAITING, [])


# ---- served -----------------------------------------------------------------------------------------------------


def test_the_story_of_a_call_back_in_seconds(house, carrier, clock):
    ada = make.operator(house)
    entry = arrives(house)
    clock.forward(20)
    dispatch.call_back(entry)
    clock.forward(100)
    dispatch.ready(ada)
    offer = offer_of(entry)
    assert (offer.state, offer.todo, (offer.due_at - clock()).total_seconds()) == (
        offers.State.RESERVED,
        Command.DIAL,
        offers.DIAL_S,
    )
    dialled(entry, carrier)
    clock.forward(15)
    assert dispatch.callback_accepted(offer)
    assert (again(offer).state, again(offer).todo) == (offers.State.RINGING, Command.RING)
    clock.forward(5)
    talks(entry)
    assert again(entry.callback).state == Callback.State.DONE
    clock.forward(60)
    dispatch.talk_over(offer_of(entry))
    assert ledger(entry)[2:] == [
        ("callback_asked", 20),
        ("callback_dialled", None),
        ("connected", 140),
        ("callback_done", 60),
    ]
    assert fates(entry) == ["callback_done"]


def test_accepting_twice_changes_nothing(house, ada, carrier):
    dispatch.away(ada)
    entry = promised(house)
    dispatch.ready(ada)
    offer = accepted(entry, carrier)
    before = make.everything()
    assert not dispatch.callback_accepted(offers.by_token(offer.token))
    assert make.everything() == before


def test_accepting_after_the_reservation_lapsed_is_too_late(house, ada, carrier, clock):
    dispatch.away(ada)
    entry = promised(house)
    dispatch.ready(ada)
    dialled(entry, carrier)
    offer = offer_of(entry)
    clock.forward(offers.DIAL_S)
    dispatch.tick()
    assert not dispatch.callback_accepted(offer)
    assert again(offer).state == offers.State.WITHDRAWN


def test_after_a_refusal_the_person_called_back_is_next_on_the_line(house, ada, carrier):
    dispatch.away(ada)
    entry, other = promised(house), arrives(house)
    dispatch.ready(ada)
    dispatch.refused(accepted(entry, carrier), why="declined")
    dispatch.ready(make.operator(house, "bo"))
    assert offer_of(entry).state == offers.State.RINGING, "on the line already: not dialled again"
    assert offer_of(entry).operator != ada, "not the same operator twice in a row"
    assert offer_of(other).operator == ada, "who is ready for everybody else"


def test_the_callers_own_call_ending_late_does_not_touch_the_call_back(house, ada, carrier):
    dispatch.away(ada)
    entry = promised(house)
    dispatch.ready(ada)
    accepted(entry, carrier)
    before = make.everything()
    assert dispatch.hung_up(entry.call)
    assert make.everything() == before


# ---- in vain ----------------------------------------------------------------------------------------------------


def test_missed_once_it_rests_and_is_tried_again_in_its_old_place(house, ada, carrier, clock):
    dispatch.away(ada)
    entry = promised(house)
    clock.forward(5)
    later = arrives(house)
    dispatch.ready(ada)
    promise = dialled(entry, carrier)
    clock.forward(30)
    dispatch.callback_missed(promise)
    assert again(entry).state == State.CALLBACK
    assert offer_of(later).operator == ada, "who is ready does not wait for a rest to be over"
    dispatch.hung_up(later.call)
    dispatch.away(ada)
    clock.forward(callbacks.REST_S - 1)
    dispatch.ready(ada)
    assert presence(ada) == Stint.State.READY
    clock.forward(1)
    dispatch.tick()
    assert offer_of(entry).state == offers.State.RESERVED


def test_missed_twice_it_has_failed(house, ada, carrier, clock):
    dispatch.away(ada)
    entry = promised(house)
    dispatch.ready(ada)
    dispatch.callback_missed(dialled(entry, carrier))
    clock.forward(callbacks.REST_S)
    dispatch.tick()
    promise = dialled(entry, carrier)
    assert promise.attempts == callbacks.TRIES == 2
    dispatch.callback_missed(promise)
    assert again(promise).state == Callback.State.FAILED
    assert (again(entry).state, fates(entry)) == (State.DONE, ["callback_failed"])
    assert presence(ada) == Stint.State.READY


def test_missed_told_twice_counts_once(house, ada, carrier):
    dispatch.away(ada)
    entry = promised(house)
    dispatch.ready(ada)
    promise = dialled(entry, carrier)
    dispatch.callback_missed(promise)
    before = make.everything()
    dispatch.callback_missed(callbacks.by_token(promise.token))
    assert make.everything() == before


def test_missed_after_the_talk_began_is_nothing(house, ada, carrier):
    dispatch.away(ada)
    entry = promised(house)
    dispatch.ready(ada)
    accepted(entry, carrier)
    talks(entry)
    before = make.everything()
    dispatch.callback_missed(again(entry.callback))
    assert make.everything() == before


def test_a_reservation_past_its_deadline_rests(house, ada, carrier, clock):
    dispatch.away(ada)
    entry = promised(house)
    dispatch.ready(ada)
    dialled(entry, carrier)
    clock.forward(offers.DIAL_S - 1)
    dispatch.tick()
    assert again(entry).state == State.OFFERED
    clock.forward(1)
    dispatch.tick()
    assert (again(entry).state, presence(ada)) == (State.CALLBACK, Stint.State.READY)
    assert (again(entry).not_before - clock()).total_seconds() == callbacks.REST_S


@pytest.mark.parametrize("how_far", ["promised", "reserved", "ringing", "answered"])
def test_withdrawn_it_ends_and_sets_its_operator_free(house, ada, carrier, how_far):
    dispatch.away(ada)
    entry = promised(house)
    if how_far != "promised":
        dispatch.ready(ada)
    if how_far in ("ringing", "answered"):
        accepted(entry, carrier)
    if how_far == "answered":
        picks_up(entry)
    dispatch.callback_withdrawn(again(entry.callback))
    assert (again(entry).state, fates(entry)) == (State.DONE, ["callback_cancelled"])
    assert again(entry.callback).state == Callback.State.CANCELLED
    assert presence(ada) == (Stint.State.AWAY if how_far == "promised" else Stint.State.READY)
    assert not Offer.objects.filter(ended_at=None).exists()
    before = make.everything()
    dispatch.callback_withdrawn(again(entry.callback))
    assert make.everything() == before


def test_withdrawn_after_the_talk_began_is_nothing(house, ada, carrier):
    dispatch.away(ada)
    entry = promised(house)
    dispatch.ready(ada)
    accepted(entry, carrier)
    talks(entry)
    before = make.everything()
    dispatch.callback_withdrawn(again(entry.callback))
    assert make.everything() == before
