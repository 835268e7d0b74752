"""The conductor, one event at a time: what each sentence of its docstrings promises."""

import pytest

from crm.models import CallEvent
from floor import dispatch, matching, offers, outbox
from floor.dispatch import callers
from floor.models import Command, Entry, Offer, Stint
from tests.floor import factories as make
from tests.floor.factories import again, arrives, fates, ledger, offer_of, picks_up, presence, talks

pytestmark = pytest.mark.django_db
State = Entry.State


# ---- arrive -----------------------------------------------------------------------------------------------------


def test_a_caller_who_finds_nobody_idle_waits(house):
    entry = arrives(house)
    assert (again(entry).state, entry.state) == (State.WAITING, State.WAITING)
    assert ledger(entry) == [("offered", None), ("callback_offered", None)]


def test_a_caller_who_finds_somebody_idle_is_offered_at_once(house, ada):
    entry = arrives(house)
    offer = offer_of(entry)
    assert (again(entry).state, entry.state) == (State.OFFERED, State.OFFERED)
    assert (offer.state, offer.todo, offer.operator) == (offers.State.RINGING, Command.RING, ada)
    assert presence(ada) == Stint.State.OFFERED


def test_a_caller_for_whom_call_backs_are_off_is_not_offered_one():
    of = make.agency()
    make.queue(of)
    assert ledger(arrives(of)) == [("offered", None)]


def test_a_caller_without_a_number_is_offered_a_call_back_since_they_may_type_one(house):
    assert ledger(arrives(house, number="")) == [("offered", None), ("callback_offered", None)]


def test_a_queue_that_does_not_exist_falls_to_one_that_does(house, caplog):
    entry = arrives(house, queue="gone")
    assert entry.queue.slug == "book"
    assert "names a queue that does not exist" in caplog.text


def test_an_operator_of_another_agency_is_not_rung(house):
    other = make.operator(make.agency("other"))
    dispatch.ready(other)
    assert again(arrives(house)).state == State.WAITING
    assert presence(other) == Stint.State.READY


# ---- ready, away ------------------------------------------------------------------------------------------------


def test_who_came_first_is_served_first(house, clock):
    entries = []
    for _ in range(3):
        entries.append(arrives(house))
        clock.forward(1)
    for n, name in enumerate("abc"):
        operator = make.operator(house, name)
        dispatch.ready(operator)
        assert offer_of(entries[n]).operator == operator


def test_who_came_at_the_same_moment_is_served_in_order_of_coming(house):
    entries = [arrives(house) for _ in range(3)]
    dispatch.ready(make.operator(house))
    assert [again(entry).state for entry in entries] == [State.OFFERED, State.WAITING, State.WAITING]


def test_the_longest_idle_operator_is_rung_first(house, clock):
    operators = [make.operator(house, name) for name in "abc"]
    for operator in reversed(operators):
        dispatch.ready(operator)
        clock.forward(1)
    assert [offer_of(arrives(house)).operator for _ in range(3)] == operators[::-1]


def test_more_callers_and_operators_than_one_batch_are_all_paired(house):
    entries = [arrives(house) for _ in range(25)]
    operators = [make.operator(house, f"op{n}") for n in range(25)]
    Stint.objects.bulk_create(
        Stint(operator=who, agency=house, state=Stint.State.READY, since=make.START) for who in operators[1:]
    )
    dispatch.ready(operators[0])
    assert {again(entry).state for entry in entries} == {State.OFFERED}


@pytest.mark.parametrize("how_far", [arrives, lambda of: picks_up(arrives(of)), lambda of: talks(arrives(of))])
def test_away_and_ready_are_refused_in_the_middle_of_a_call(house, ada, how_far):
    how_far(house)
    before = make.everything()
    assert not dispatch.away(ada, reason="lunch")
    assert not dispatch.ready(ada)
    assert make.everything() == before


def test_away_is_refused_before_the_call_is_wrapped_up(house, ada):
    dispatch.talk_over(talks(arrives(house)))
    assert not dispatch.away(ada)
    assert presence(ada) == Stint.State.WRAPPING


@pytest.mark.parametrize(("offline", "state"), [(False, Stint.State.AWAY), (True, Stint.State.OFFLINE)])
def test_an_operator_who_is_away_is_not_rung_until_ready_again(house, ada, offline, state):
    assert dispatch.away(ada, reason="lunch", offline=offline)
    entry = arrives(house)
    assert (presence(ada), again(entry).state) == (state, State.WAITING)
    assert dispatch.ready(ada)
    assert offer_of(entry).operator == ada


# ---- answered, connected, talk_over, wrapped_up -----------------------------------------------------------------


def test_after_the_operator_answered_the_caller_is_brought_in(house, ada, clock):
    offer = again(picks_up(arrives(house)))
    assert (offer.state, offer.todo) == (offers.State.ANSWERED, Command.JOIN)
    assert (offer.leg_uuid, offer.room_uuid, offer.member_id) == (f"leg-{offer.pk}", f"room-{offer.pk}", "1")
    assert (offer.due_at - clock()).total_seconds() == offers.JOIN_S


def test_answered_twice_changes_nothing(house, ada):
    offer = picks_up(arrives(house))
    before = make.everything()
    dispatch.answered(offer, leg_uuid="other", room_uuid="other")
    assert make.everything() == before


@pytest.mark.parametrize("end", ["refused", "hung_up"])
def test_a_late_answer_after_release_is_taken_down(house, ada, end):
    entry = arrives(house)
    offer = offer_of(entry)
    dispatch.refused(offer, why="no answer") if end == "refused" else dispatch.hung_up(entry.call)
    Offer.objects.update(todo=Command.NONE, todo_at=None)
    dispatch.answered(offers.by_token(offer.token), leg_uuid="late", room_uuid="room")
    offer = again(offer)
    assert (offer.todo, offer.leg_uuid) == (Command.DROP, "late")
    assert offer.ended_at is not None


def test_the_story_of_a_served_caller_in_seconds(house, ada, clock):
    dispatch.away(ada)
    entry = arrives(house)
    clock.forward(30)
    dispatch.ready(ada)
    clock.forward(4)
    offer = picks_up(entry)
    clock.forward(1)
    dispatch.connected(offer, key="k")
    assert (again(entry).state, presence(ada)) == (State.TALKING, Stint.State.TALKING)
    clock.forward(100)
    assert dispatch.talk_over(offer)
    assert (again(entry).state, presence(ada)) == (State.DONE, Stint.State.WRAPPING)
    clock.forward(20)
    assert dispatch.wrapped_up(ada)
    assert presence(ada) == Stint.State.READY
    assert ledger(entry)[2:] == [("connected", 35), ("answered", 100), ("wrapped", 20)]
    assert CallEvent.objects.get(kind="connected").key == "k"
    assert set(CallEvent.objects.exclude(operator="").values_list("operator", "queue")) == {("vax-ada", "book")}


def test_connected_twice_changes_nothing(house, ada):
    offer = talks(arrives(house))
    before = make.everything()
    dispatch.connected(offers.by_token(offer.token), key="another")
    assert make.everything() == before


def test_connected_before_answered_changes_nothing(house, ada):
    offer = offer_of(arrives(house))
    before = make.everything()
    dispatch.connected(offer, key="k")
    assert make.everything() == before


def test_talk_over_twice_changes_nothing(house, ada):
    offer = talks(arrives(house))
    assert dispatch.talk_over(offer)
    before = make.everything()
    assert not dispatch.talk_over(offers.by_token(offer.token))
    assert make.everything() == before


def test_talk_over_before_it_began_is_nothing(house, ada):
    offer = picks_up(arrives(house))
    assert not dispatch.talk_over(offer)
    assert again(offer).state == offers.State.ANSWERED


def test_wrapped_up_with_nothing_to_finish(house, ada):
    assert not dispatch.wrapped_up(ada)
    assert presence(ada) == Stint.State.READY


def test_wrapped_up_takes_the_next_caller(house, ada):
    dispatch.talk_over(talks(arrives(house)))
    following = arrives(house)
    assert again(following).state == State.WAITING
    assert dispatch.wrapped_up(ada)
    assert offer_of(following).operator == ada
    assert not dispatch.wrapped_up(ada)


# ---- refused ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how_far", [offer_of, picks_up], ids=["ringing", "answered"])
def test_a_refused_caller_keeps_the_place_and_the_next_operator_is_rung(house, ada, clock, how_far):
    entry = arrives(house)
    offer = how_far(entry)
    clock.forward(7)
    bo = make.operator(house, "bo")
    Stint.objects.create(operator=bo, agency=house, state=Stint.State.READY, since=clock())
    assert dispatch.refused(offer, why="declined")
    assert offer_of(entry).operator == bo
    stint = Stint.objects.get(operator=ada, until=None)
    assert (stint.state, stint.reason) == (Stint.State.READY, "declined")
    assert again(offer).todo == Command.DROP
    assert ledger(entry)[-1] == ("ring_ended", 7)
    assert fates(entry) == []


def test_a_caller_does_not_come_back_at_once_to_who_did_not_take_them(house, ada, clock):
    entry = arrives(house)
    dispatch.refused(offer_of(entry), why="no answer")
    clock.forward(matching.AVOID_S - 1)
    dispatch.tick()
    assert (again(entry).state, presence(ada)) == (State.WAITING, Stint.State.READY)
    later = arrives(house)
    assert offer_of(later).operator == ada, "others do"
    dispatch.hung_up(later.call)
    clock.forward(1)
    dispatch.tick()
    assert offer_of(entry).operator == ada, "better late than never"


def test_another_call_is_a_sign_of_life(house, ada, clock):
    entry = arrives(house)
    dispatch.refused(offer_of(entry), why="no answer")
    clock.forward(1)
    offer = talks(arrives(house))
    dispatch.talk_over(offer)
    clock.forward(1)
    dispatch.wrapped_up(ada)
    assert offer_of(entry).operator == ada


def test_after_two_rings_in_a_row_an_operator_is_away_with_the_reason(house, ada):
    for why in ("no answer", "declined"):
        assert presence(ada) == Stint.State.READY
        dispatch.refused(offer_of(arrives(house)), why=why)
    stint = Stint.objects.get(operator=ada, until=None)
    assert (stint.state, stint.reason) == (Stint.State.AWAY, "declined")


@pytest.mark.parametrize("sign", ["a call taken", "ready again"])
def test_rings_not_taken_are_forgotten_at_a_sign_of_life(house, ada, sign):
    dispatch.refused(offer_of(arrives(house)), why="no answer")
    if sign == "a call taken":
        dispatch.talk_over(talks(arrives(house)))
        dispatch.wrapped_up(ada)
    else:
        dispatch.away(ada)
        dispatch.ready(ada)
    for entry in Entry.objects.exclude(state=State.DONE):
        if entry.state == State.OFFERED:
            dispatch.refused(offer_of(entry), why="no answer")
    assert presence(ada) == Stint.State.READY


def test_a_phone_that_cannot_be_reached_sets_its_operator_away_at_once(house, ada):
    dispatch.refused(offer_of(arrives(house)), why=dispatch.UNREACHABLE)
    assert presence(ada) == Stint.State.AWAY


def test_refused_twice_changes_nothing(house, ada):
    offer = offer_of(arrives(house))
    assert dispatch.refused(offer, why="declined")
    before = make.everything()
    assert not dispatch.refused(offers.by_token(offer.token), why="declined")
    assert make.everything() == before


def test_refused_after_connecting_is_too_late(house, ada):
    offer = talks(arrives(house))
    assert not dispatch.refused(offers.by_token(offer.token), why="declined")
    assert again(offer).state == offers.State.CONNECTED


# ---- hung_up ----------------------------------------------------------------------------------------------------


def test_hung_up_outside_any_queue(house):
    assert not dispatch.hung_up(make.call(house))


def test_hung_up_while_waiting(house, clock):
    entry = arrives(house)
    clock.forward(12.5)
    assert dispatch.hung_up(entry.call)
    assert again(entry).state == State.DONE
    assert ledger(entry)[-1] == ("abandoned", 12.5)


@pytest.mark.parametrize("how_far", [offer_of, picks_up], ids=["ringing", "answered, not yet joined"])
def test_hung_up_while_an_operator_is_reached_sets_the_operator_free(house, ada, clock, how_far):
    entry = arrives(house)
    offer = how_far(entry)
    following = arrives(house)
    clock.forward(5)
    dispatch.hung_up(entry.call)
    assert (again(offer).state, again(offer).todo) == (offers.State.WITHDRAWN, Command.DROP)
    assert ledger(entry)[-2:] == [("abandoned", 5), ("ring_ended", 5)]
    assert offer_of(following).operator == ada


def test_hung_up_while_talking_is_answered(house, ada, clock):
    entry = arrives(house)
    talks(entry)
    clock.forward(60)
    dispatch.hung_up(entry.call)
    assert fates(entry) == ["answered"]
    assert ledger(entry)[-1] == ("answered", 60)
    assert presence(ada) == Stint.State.WRAPPING


def test_hung_up_after_asking_for_a_call_back_keeps_the_place(house):
    entry = make.promised(house)
    assert dispatch.hung_up(entry.call)
    assert again(entry).state == State.CALLBACK
    assert fates(entry) == []


@pytest.mark.parametrize("how_far", [again, picks_up, talks], ids=["offered", "answered", "talking"])
def test_hung_up_twice_changes_nothing(house, ada, how_far):
    entry = arrives(house)
    how_far(entry)
    dispatch.hung_up(entry.call)
    before = make.everything()
    assert dispatch.hung_up(entry.call)
    assert make.everything() == before
    assert len(fates(entry)) == 1


def test_a_hang_up_that_crosses_the_moment_of_connecting_ends_the_talk(house, ada, monkeypatch):
    """`hung_up` has read that the operator is being reached; before it acts, the two are connected."""
    entry = arrives(house)
    offer = picks_up(entry)
    really = callers.gone

    def connected_first(stale, at):
        dispatch.connected(offer, key="k")
        return really(stale, at)

    monkeypatch.setattr(callers, "gone", connected_first)
    dispatch.hung_up(entry.call)
    assert fates(entry) == ["answered"]
    assert again(entry).state == State.DONE


# ---- tick -------------------------------------------------------------------------------------------------------


def test_tick_takes_a_ring_back_only_after_its_deadline(house, ada, carrier, clock):
    entry = arrives(house)
    outbox.run()
    clock.forward(offers.QUEUE_S)
    offers.rings(offer_of(entry).token, at=clock())
    clock.forward(offers.RING_S + offers.GRACE_S - 1)
    dispatch.tick()
    assert offer_of(entry).state == offers.State.RINGING
    clock.forward(1)
    dispatch.tick()
    assert again(entry).state == State.WAITING
    assert Stint.objects.get(operator=ada, until=None).reason == "no answer"


def test_an_answer_that_never_came_to_a_talk_is_taken_back_once_the_carrier_was_asked(house, ada, carrier, clock):
    entry = arrives(house)
    offer = picks_up(entry)
    outbox.run()
    clock.forward(offers.JOIN_S)
    dispatch.tick()
    assert again(entry).state == State.OFFERED
    outbox.reconcile()
    assert (again(entry).state, again(offer).todo) == (State.WAITING, Command.DROP)


def test_a_conversation_whose_beginning_was_not_told_goes_on(house, ada, carrier, clock):
    entry = arrives(house)
    offer = picks_up(entry)
    outbox.run()
    carrier.rooms[again(offer).room_uuid] = ["ada's leg", entry.call.carrier_uuid]
    carrier.live.add(entry.call.carrier_uuid)
    clock.forward(offers.JOIN_S)
    dispatch.tick()
    outbox.reconcile()
    assert (again(entry).state, presence(ada)) == (State.TALKING, Stint.State.TALKING)
    assert "hang_up" not in carrier.names()


def test_who_gets_through_another_way_is_not_called_back(house, ada):
    assert dispatch.away(ada)
    first = make.promised(house, "+16015559001")
    dispatch.ready(ada)
    assert offer_of(first).state == offers.State.RESERVED
    bea = make.operator(house, "bea")
    dispatch.ready(bea)
    talks(arrives(house, "+16015559001"))
    assert (again(first).state, fates(first)) == (State.DONE, ["callback_cancelled"])
    assert (presence(ada), presence(bea)) == (Stint.State.READY, Stint.State.TALKING)


def test_tick_leaves_a_conversation_alone(house, ada, clock):
    talks(arrives(house))
    clock.forward(offers.CHECK_S + 1)
    before = make.everything()
    dispatch.tick()
    assert make.everything() == before


def test_tick_does_not_blame_an_operator_whom_the_worker_has_not_rung(house, ada, clock):
    entry = arrives(house)
    clock.forward(3600)
    dispatch.tick()
    assert (offer_of(entry).state, presence(ada)) == (offers.State.RINGING, Stint.State.OFFERED)


def test_tick_twice_changes_nothing_more(house, ada, carrier, clock):
    arrives(house)
    outbox.run()
    clock.forward(60)
    dispatch.tick()
    before = make.everything()
    dispatch.tick()
    assert make.everything() == before


def test_tick_spares_an_offer_that_was_answered_while_it_looked(house, ada, carrier, clock, monkeypatch):
    """In parallel with the operator picking up in the last moment."""
    entry = arrives(house)
    outbox.run()
    clock.forward(offers.RING_S + offers.GRACE_S)
    really = offers.overdue

    def picked_up_just_now(at):
        found = really(at)
        picks_up(entry)
        return found

    monkeypatch.setattr(offers, "overdue", picked_up_just_now)
    dispatch.tick()
    assert offer_of(entry).state == offers.State.ANSWERED
