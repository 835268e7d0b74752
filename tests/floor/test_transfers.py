"""Holding, asking a colleague, passing a caller on: whatever goes wrong, the caller is with somebody or in line."""

import pytest

from crm.ledger import Kind
from crm.models import CallEvent
from floor import consults, dispatch, lease, offers, outbox
from floor.models import Consult, Entry, Offer, Queue
from tests.floor import factories as make
from tests.floor.factories import again, arrives, fates, ledger, presence, talks
from tests.floor.invariants import violations
from tests.floor.knocking import heard, knock, leads_to

pytestmark = pytest.mark.django_db
OUTSIDE = "+16015558888"


@pytest.fixture
def ben(house, clock):
    """A second operator, ready since a little later."""
    clock.forward(1)
    operator = make.operator(house, "ben")
    assert dispatch.ready(operator)
    return operator


@pytest.fixture
def talk(house, ada, ben, clock):
    """Ada's conversation, ten seconds old, with Ben ready."""
    offer = talks(arrives(house))
    clock.forward(10)
    assert offer.operator_id == ada.pk
    return offer


def asked(offer):
    found = consults.open_of(offer)
    assert found is not None, "nobody is asked"
    return found


def asks(offer, whom=None, number="", *, cold=False):
    assert dispatch.consult(offer, operator=whom, number=number, cold=cold)
    return asked(offer)


def joins(consult, leg="ben-leg"):
    dispatch.consult_joined(consult, leg_uuid=leg, member_id="5")
    return again(consult)


def open_offers(entry):
    return list(Offer.objects.filter(entry=entry, ended_at=None))


# ---- hold and mute ----------------------------------------------------------------------------------------------


def test_hold_is_believed_when_the_carrier_says_so_and_counted_apart_from_talk(talk, ada, clock, carrier):
    entry = talk.entry
    assert dispatch.hold(talk, True)
    assert presence(ada) == "talking"
    outbox.run()
    room = {"room_uuid": talk.room_uuid}
    assert carrier.asked[-2:] == [
        ("set_member", {**room, "member_id": f"member-of-{entry.call.carrier_uuid}", "hold": True}),
        ("set_member", {**room, "member_id": "1", "mute": False}),
    ]
    assert (presence(ada), again(talk).held_at) == ("hold", clock())
    clock.forward(20)
    assert dispatch.hold(again(talk), False)
    outbox.run()
    assert (presence(ada), again(talk).held_at) == ("talking", None)
    clock.forward(5)
    dispatch.talk_over(again_whole(talk))
    assert ledger(entry)[1:] == [("connected", 0.0), ("held", 20.0), ("answered", 15.0)]
    assert violations(clock()) == []


def again_whole(offer):
    return offers.by_token(offer.token)


def test_an_open_hold_is_counted_when_the_caller_hangs_up(talk, clock, carrier):
    dispatch.hold(talk, True)
    outbox.run()
    clock.forward(7)
    dispatch.hung_up(talk.entry.call)
    assert ledger(talk.entry)[2:] == [("held", 7.0), ("answered", 10.0)]


@pytest.mark.parametrize("told", [[True], [True, True], [False, True], [True, False]])
def test_notices_of_a_hold_may_come_twice_or_out_of_order(talk, ada, told):
    dispatch.hold(talk, True)
    for on in told:
        event = "ParticipantHold" if on else "ParticipantUnhold"
        knock(f"/carrier/room/{talk.token}/", EventName=event, ParticipantRole="customer", MPCUUID=talk.room_uuid)
    assert presence(ada) == "hold"
    assert not CallEvent.objects.filter(kind=Kind.HELD).exists()


def test_a_hold_the_carrier_refuses_is_not_shown(talk, ada, carrier):
    dispatch.hold(talk, True)
    carrier.fails("set_member")
    outbox.run()
    assert (again(talk).hold_wanted, again(talk).todo, presence(ada)) == (False, "", "talking")


def test_mute_is_the_operators_own_member(talk, ada, carrier):
    assert dispatch.mute(talk, True)
    outbox.run()
    assert carrier.asked[-1] == ("set_member", {"room_uuid": talk.room_uuid, "member_id": "1", "mute": True})
    assert presence(ada) == "talking"


def test_nobody_is_held_who_does_not_talk_or_is_being_hung_up(house, ada, clock):
    offer = make.picks_up(arrives(house))
    assert not dispatch.hold(offer, True)
    dispatch.connected(offer, key="k")
    assert dispatch.hang_up(ada)
    assert not dispatch.hold(offer, True)
    assert again(offer).todo == "drop"


def test_music_and_a_kind_word_in_the_callers_language(talk, settings):
    Entry.objects.update(language="es")
    answer = knock(f"/carrier/hold/{talk.token}/", CallUUID="x")
    assert heard(answer) == "Gracias por esperar. Por favor no cuelgue."
    assert settings.HOLD_MUSIC_URL in answer.content.decode()


# ---- asking a colleague first -----------------------------------------------------------------------------------


def test_a_warm_transfer(talk, ada, ben, clock, carrier):
    entry = talk.entry
    consult = asks(talk, ben)
    assert presence(ben) == "offered"
    outbox.run()
    rung = carrier.only("invite")
    assert (rung["role"], rung["room_uuid"], rung["to"]) == ("agent", talk.room_uuid, ben.device)
    assert presence(ada) == "hold"  # the caller hears music meanwhile
    clock.forward(5)
    consult = joins(consult)
    assert (consult.state, presence(ben)) == ("joined", "talking")
    clock.forward(8)
    assert dispatch.complete(again_whole(talk))
    assert (presence(ada), presence(ben)) == ("wrapping", "talking")
    (second,) = open_offers(entry)
    assert (second.operator, second.leg_uuid, second.room_uuid) == (ben, "ben-leg", talk.room_uuid)
    assert again(talk).todo == "drop"
    outbox.run()
    assert carrier.asked[-3:] != []
    assert ("hang_up", {"call_uuid": talk.leg_uuid}) in carrier.asked
    held = [told["hold"] for name, told in carrier.asked if name == "set_member" and "hold" in told]
    assert held[0] is True
    assert held[-1] is False
    clock.forward(30)
    knock(f"/carrier/room/{talk.token}/", EventName="ParticipantExit", ParticipantRole="customer", MPCUUID="m")
    assert ledger(entry) == [
        ("offered", None),
        ("connected", 0.0),
        ("consulted", 8.0),
        ("held", 13.0),
        ("transferred", 10.0),
        ("connected", 23.0),
        ("answered", 30.0),
    ]
    assert (presence(ada), presence(ben)) == ("wrapping", "wrapping")
    assert fates(entry) == ["answered"]
    assert violations(clock()) == []


def test_the_second_operators_phone_ends_the_call_by_the_address_it_was_rung_with(talk, ben, clock):
    consult = joins(asks(talk, ben))
    dispatch.complete(talk)
    knock(f"/carrier/consult/{consult.token}/leg/", CallUUID="ben-leg", CallStatus="completed")
    assert fates(talk.entry) == ["answered"]
    assert presence(ben) == "wrapping"


@pytest.mark.parametrize("side", ["caller", "both", "target"])
def test_swap_and_three_way(talk, ben, side, carrier):
    consult = joins(asks(talk, ben))
    outbox.run()
    carrier.asked.clear()
    assert dispatch.talk_to(again_whole(talk), side)
    outbox.run()
    holds = {told["member_id"]: told["hold"] for name, told in carrier.asked if "hold" in told}
    caller = f"member-of-{talk.entry.call.carrier_uuid}"
    assert holds == {caller: side == "target", consult.member_id: side == "caller"}


@pytest.mark.parametrize(("why", "then"), [("declined", "ready"), (dispatch.UNREACHABLE, "away")])
def test_a_colleague_who_does_not_take_it(talk, ada, ben, why, then, carrier):
    consult = asks(talk, ben)
    outbox.run()
    status = {"declined": "busy"}.get(why, "failed")
    for _ in range(2):
        knock(f"/carrier/consult/{consult.token}/leg/", CallUUID="x", CallStatus=status)
    assert again(consult).state == "refused"
    assert presence(ben) == then
    outbox.run()
    assert presence(ada) == "talking"
    assert again(talk).state == "connected"
    assert ledger(talk.entry)[-2:] == [("ring_ended", 0.0), ("held", 0.0)]


def test_nobody_says_anything_about_the_ring(talk, ada, ben, clock, carrier):
    consult = asks(talk, ben)
    outbox.run()
    clock.forward(100)
    dispatch.tick()
    assert (again(consult).state, presence(ben)) == ("refused", "ready")
    outbox.run()
    assert ("hang_up", {"call_uuid": "invite-1"}) in carrier.asked


def test_a_colleague_picks_up_too_late(talk, ben, carrier):
    consult = asks(talk, ben)
    assert dispatch.take_back(talk)
    knock(
        f"/carrier/consult/{consult.token}/room/",
        EventName="ParticipantJoin",
        ParticipantRole="agent",
        ParticipantCallUUID="late",
        MPCUUID="m",
    )
    assert (again(consult).state, presence(ben)) == ("cancelled", "ready")
    outbox.run()
    assert ("hang_up", {"call_uuid": "late"}) in carrier.asked


def test_taken_back_after_they_talked(talk, ada, ben, clock, carrier):
    joins(asks(talk, ben))
    outbox.run()
    clock.forward(4)
    assert dispatch.take_back(again_whole(talk))
    outbox.run()
    assert (presence(ada), presence(ben)) == ("talking", "ready")
    assert ("hang_up", {"call_uuid": "ben-leg"}) in carrier.asked
    assert ("consulted", 4.0) in ledger(talk.entry)


@pytest.mark.parametrize("joined", [True, False])
def test_the_caller_hangs_up_on_the_way(talk, ada, ben, joined, clock, carrier):
    consult = asks(talk, ben)
    outbox.run()
    if joined:
        joins(consult)
    dispatch.hung_up(talk.entry.call)
    assert (presence(ada), presence(ben)) == ("wrapping", "ready")
    assert fates(talk.entry) == ["answered"]
    outbox.run()
    assert ("hang_up", {"call_uuid": "ben-leg" if joined else "invite-1"}) in carrier.asked
    assert violations(clock()) == []


def test_the_first_operator_hangs_up_after_the_second_is_there(talk, ada, ben, clock):
    joins(asks(talk, ben))
    knock(f"/carrier/leg/{talk.token}/", CallUUID=talk.leg_uuid, CallStatus="completed")
    (second,) = open_offers(talk.entry)
    assert (second.operator, presence(ada), presence(ben)) == (ben, "wrapping", "talking")
    assert fates(talk.entry) == []


def test_the_first_operator_hangs_up_before_the_second_is_there(house, talk, ada, ben, clock, carrier):
    """The caller is in line again, at the head, and nobody is rung before they are out of the room."""
    later = arrives(house, queue="book") if presence(ben) != "ready" else None
    consult = asks(talk, ben)
    later = later or arrives(house)
    outbox.run()
    knock(f"/carrier/leg/{talk.token}/", CallUUID=talk.leg_uuid, CallStatus="completed")
    entry = again(talk.entry)
    assert (entry.state, again(consult).state) == ("waiting", "cancelled")
    assert presence(ada) == "wrapping"
    assert again(later).state == "offered"  # Ben is free at once, for whoever can be rung for
    outbox.run()
    assert ("send", {"call_uuid": entry.call.carrier_uuid, "url": f"http://testserver/carrier/wait/{entry.pk}/"}) in (
        carrier.asked
    )
    dispatch.wrapped_up(ada)
    assert (again(entry).state, make.offer_of(entry).operator) == ("offered", ada)
    assert violations(clock()) == []


def test_out_of_the_room_the_caller_hears_the_wait_loop(talk, ben, clock):
    asks(talk, ben)
    answer = knock(f"/carrier/exit/{talk.token}/", CallUUID=talk.entry.call.carrier_uuid, CallStatus="in-progress")
    assert leads_to(answer) == [f"/carrier/wait/{talk.entry_id}/"]
    assert again(talk.entry).state == "offered"  # Ben is not asked any more, he is rung
    assert make.offer_of(talk.entry).operator == ben
    assert violations(clock()) == []


@pytest.mark.parametrize("status", ["completed", "in-progress"])
def test_out_of_the_room_after_a_talk_nothing_is_left_to_say(talk, status):
    for _ in range(2):
        answer = knock(f"/carrier/exit/{talk.token}/", CallUUID="c", CallStatus=status)
        assert (heard(answer), leads_to(answer)) == ("", [])
    assert fates(talk.entry) == ["answered"]


# ---- cold, outside, to a queue ----------------------------------------------------------------------------------


def test_a_cold_transfer_has_the_caller_with_the_first_operator_until_the_second_picks_up(talk, ada, ben, carrier):
    consult = asks(talk, ben, cold=True)
    outbox.run()
    assert presence(ada) == "talking"
    joins(consult)
    assert (presence(ada), presence(ben)) == ("wrapping", "talking")
    joins(again(consult))  # told twice
    assert len(open_offers(talk.entry)) == 1


def test_a_number_outside_takes_the_caller(talk, ada, clock, carrier):
    consult = asks(talk, number=OUTSIDE)
    outbox.run()
    assert carrier.only("invite")["to"] == OUTSIDE
    assert carrier.only("invite")["prompt_url"] == ""
    joins(consult, "out-leg")
    clock.forward(3)
    assert dispatch.complete(again_whole(talk))
    assert (presence(ada), fates(talk.entry)) == ("wrapping", ["answered"])
    assert again(consult).ended_at is None  # their leg is somebody's until it is down
    outbox.run()
    names = [name for name, told in carrier.asked]
    assert names.index("hang_up") > max(n for n, (name, told) in enumerate(carrier.asked) if told.get("hold") is False)
    knock(f"/carrier/consult/{consult.token}/leg/", CallUUID="out-leg", CallStatus="completed")
    assert (again(consult).state, again(consult).ended_at) == ("done", clock())
    assert violations(clock()) == []


def test_a_queue_takes_the_caller_with_the_place_they_had(house, talk, ada, ben, clock, carrier):
    other = make.queue(house, "other")
    dispatch.away(ben)
    entry = talk.entry
    assert dispatch.to_queue(talk, other)
    entry = again(entry)
    assert (entry.state, entry.queue, entry.virtual_start) == ("waiting", other, entry.entered_at)
    assert entry.rank_at == entry.virtual_start
    assert presence(ada) == "wrapping"
    dispatch.ready(ben)
    assert presence(ben) == "ready"  # the caller is still in the room
    outbox.run()
    assert carrier.only("send")["url"].endswith(f"/carrier/wait/{entry.pk}/")
    assert (again(entry).state, presence(ben)) == ("offered", "offered")
    second = talks(entry)
    clock.forward(9)
    dispatch.talk_over(second)
    assert [kind for kind, _ in ledger(entry)] == [
        "offered", "connected", "transferred", "rested", "offered", "rested", "connected", "answered",
    ]  # fmt: skip
    assert violations(clock()) == []


def test_nobody_takes_a_caller_who_was_passed_on(house, talk, ben, clock):
    """They were served once: the fate is that; the debt has its own line."""
    dispatch.away(ben)
    dispatch.to_queue(talk, make.queue(house, "other"))
    clock.forward(40)
    dispatch.hung_up(talk.entry.call)
    dispatch.hung_up(talk.entry.call)
    assert ledger(talk.entry)[-2:] == [("transfer_missed", 40.0), ("answered", 0.0)]
    assert fates(talk.entry) == ["answered"]
    assert violations(clock()) == []


def test_a_call_backs_caller_who_was_passed_on_and_hangs_up(house, clock):
    """Their promise was kept; the line we called them on ends the contact."""
    entry = make.promised(house)
    ada = make.operator(house, "ada")
    dispatch.ready(ada)
    offer = make.offer_of(entry)
    dispatch.callback_accepted(offer)
    offer = talks(entry)
    dispatch.to_queue(offer, make.queue(house, "other"))
    knock(f"/carrier/callback/{entry.promise.token}/hangup/", CallUUID="x", CallStatus="completed")
    assert fates(entry) == ["callback_done"]
    assert violations(clock()) == []


def test_the_caller_was_gone_when_the_worker_sent_them_back(house, talk, ben, carrier, clock):
    dispatch.away(ben)
    dispatch.to_queue(talk, make.queue(house, "other"))
    carrier.fails("send", gone=True)
    outbox.run()
    assert fates(talk.entry) == ["answered"]
    assert ("hang_up", {"call_uuid": talk.leg_uuid}) in carrier.asked


def test_a_carrier_that_will_not_send_them_back_is_made_to_by_ending_the_room(house, talk, ben, carrier, clock):
    dispatch.away(ben)
    dispatch.to_queue(talk, make.queue(house, "other"))
    carrier.fails("send")
    outbox.run()
    assert again(talk).todo == "drop"
    assert again(talk.entry).not_before == clock()


# ---- who may be asked -------------------------------------------------------------------------------------------


def test_only_who_is_ready_is_asked_and_one_at_a_time(house, talk, ada, ben):
    third = make.operator(house, "cleo")
    assert not dispatch.consult(talk, operator=third)  # offline
    assert not dispatch.consult(talk, operator=ada)
    assert not dispatch.consult(talk)
    assert not dispatch.consult(talk, operator=ben, number=OUTSIDE)
    asks(talk, ben)
    dispatch.ready(third)
    assert not dispatch.consult(talk, operator=third)
    assert not dispatch.to_queue(talk, Queue.objects.get())
    assert not dispatch.hold(talk, False)


def test_whoever_is_asked_is_rung_for_nobody_else(house, talk, ben):
    asks(talk, ben)
    assert arrives(house).state == "waiting"


def test_nobody_of_another_agency(talk):
    elsewhere = make.agency("other")
    stranger = make.operator(elsewhere, "stranger")
    dispatch.ready(stranger)
    assert not dispatch.consult(talk, operator=stranger)
    assert not dispatch.to_queue(talk, make.queue(elsewhere, "theirs"))


# ---- the worker -------------------------------------------------------------------------------------------------


def test_an_ambiguous_ring_is_settled_by_asking(talk, ben, carrier, clock):
    consult = asks(talk, ben)
    carrier.fails("invite", ambiguous=True)
    outbox.run()
    carrier.live_at[ben.device] = ["it-rang"]
    clock.forward(outbox.SETTLE_S)
    outbox.run()
    assert carrier.names().count("invite") == 1
    assert again(consult).leg_uuid == "it-rang"


def test_a_worker_that_died_leaves_the_command(talk, ben, carrier, clock):
    consult = asks(talk, ben)
    assert lease.claim(consult, clock())
    outbox.run()
    assert "invite" not in carrier.names()
    clock.forward(lease.time().total_seconds())
    outbox.run()
    assert "invite" in carrier.names()


def test_a_phone_that_cannot_be_reached(talk, ada, ben, carrier):
    asks(talk, ben)
    carrier.fails("invite")
    outbox.run()
    outbox.run()
    assert (presence(ben), presence(ada)) == ("away", "talking")


def test_answered_before_the_carrier_had_replied(talk, ben, carrier):
    consult = asks(talk, ben)
    carrier.meanwhile["invite"] = lambda: joins(consult)
    outbox.run()
    assert again(consult).state == Consult.State.JOINED
    assert again(consult).leg_uuid == "ben-leg"
    assert "hang_up" not in carrier.names()


def test_nobody_stays_in_a_room_for_ever(talk, ben, carrier, clock):
    """The notice of a leg's end was lost: the carrier is asked."""
    carrier.live |= {talk.entry.call.carrier_uuid, talk.leg_uuid}
    consult = joins(asks(talk, ben))
    carrier.live.add("ben-leg")
    clock.forward(offers.CHECK_S)
    outbox.reconcile()
    assert again(consult).state == "joined"
    carrier.live.discard("ben-leg")
    clock.forward(offers.CHECK_S)
    outbox.reconcile()
    assert (again(consult).state, presence(ben)) == ("cancelled", "ready")
