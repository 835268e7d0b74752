"""What the worker tells the carrier, what it does when the carrier will not, and what it asks after a silence."""

import pytest

from crm.models import CallEvent
from floor import callbacks, dispatch, lease, offers, outbox
from floor.models import Callback, Command, Entry, Offer, Stint
from telephony.carrier import CarrierError
from tests.floor import factories as make
from tests.floor.factories import again, arrives, fates, offer_of, picks_up, presence, promised, talks

pytestmark = pytest.mark.django_db
State = Entry.State


@pytest.fixture
def reserved(house, ada):
    """A call-back whose turn has come; nobody has dialled it yet."""
    dispatch.away(ada)
    entry = promised(house, "+16015559001")
    dispatch.ready(ada)
    return entry


def after_a_crash(clock, carrier, method):
    """A worker dies while the carrier is asked; the moment its lease is over."""
    carrier.meanwhile[method] = _die
    with pytest.raises(KeyboardInterrupt):
        outbox.run()
    assert outbox.run() == 0, "the lease still holds"
    clock.forward(lease.time().total_seconds())


def _die():
    raise KeyboardInterrupt


# ---- the four commands ------------------------------------------------------------------------------------------


def test_ring_on_the_wire(house, ada, carrier):
    offer = offer_of(arrives(house))
    assert outbox.run() == 1
    assert carrier.only("ring") == {
        "room": f"conv-{offer.token}",
        "to": "sip:ada@phone.plivo.com",
        "from_": "+16015550100",
        "ring_timeout_s": offers.RING_S,
        "leg_url": f"http://testserver/carrier/leg/{offer.token}/",
        "room_url": f"http://testserver/carrier/room/{offer.token}/",
        "prompt_url": "",
    }
    assert (again(offer).todo, again(offer).todo_at, again(offer).leg_uuid) == ("", None, "ring-1")
    assert outbox.run() == 0


def test_an_operators_number_must_be_confirmed_by_a_key(house, carrier):
    dispatch.ready(make.operator(house, device="+16015550177"))
    offer = offer_of(arrives(house))
    outbox.run()
    assert carrier.only("ring")["prompt_url"] == f"http://testserver/carrier/prompt/{offer.token}/"


def test_join_on_the_wire(house, ada, carrier):
    entry = arrives(house)
    offer = picks_up(entry)
    outbox.run()
    assert carrier.asked == [
        (
            "bring_in",
            {
                "room_uuid": f"room-{offer.pk}",
                "call_uuid": entry.call.carrier_uuid,
                "room_url": f"http://testserver/carrier/room/{offer.token}/",
                "exit_url": f"http://testserver/carrier/exit/{offer.token}/",
                "hold_url": f"http://testserver/carrier/hold/{offer.token}/",
            },
        )
    ]
    assert (again(offer).todo, again(offer).state) == ("", offers.State.ANSWERED)


def test_drop_on_the_wire(house, ada, carrier):
    entry = arrives(house)
    outbox.run()
    dispatch.hung_up(entry.call)
    outbox.run()
    assert carrier.asked[-1] == ("hang_up", {"call_uuid": "ring-1"})
    assert not Offer.objects.exclude(todo="").exists()


def test_an_operator_who_was_never_rung_need_not_be_dropped(house, ada, carrier):
    entry = arrives(house)
    dispatch.hung_up(entry.call)
    outbox.run()
    assert carrier.asked == []


def test_dial_on_the_wire(reserved, carrier):
    outbox.run()
    promise, base = Callback.objects.get(), "http://testserver/carrier/callback"
    assert carrier.only("dial") == {
        "to": "+16015559001",
        "from_": "+16015550100",
        "answer_url": f"{base}/{promise.token}/answer/",
        "hangup_url": f"{base}/{promise.token}/hangup/",
        "machine_url": f"{base}/{promise.token}/machine/",
        "ring_timeout_s": offers.RING_S,
    }
    assert (promise.leg_uuid, promise.attempts) == ("dial-1", 1)
    assert (offer_of(reserved).todo, offer_of(reserved).state) == ("", offers.State.RESERVED)
    assert CallEvent.objects.filter(kind="callback_dialled").count() == 1


def test_the_person_called_back_is_brought_in_by_the_leg_we_dialled(reserved, carrier):
    outbox.run()
    dispatch.callback_accepted(offer_of(reserved))
    picks_up(reserved)
    outbox.run()
    assert carrier.only("bring_in")["call_uuid"] == "dial-1"


def test_a_command_that_is_not_due_waits(house, ada, carrier, clock):
    arrives(house)
    Offer.objects.update(todo_at=clock.forward(1))
    clock.forward(-1)
    assert outbox.run() == 0


# ---- claims and leases ------------------------------------------------------------------------------------------


def test_two_workers_do_not_carry_out_one_command_twice(house, ada, carrier):
    arrives(house)
    carrier.meanwhile["ring"] = lambda: seen.append(outbox.run())
    seen = []
    assert outbox.run() == 1
    assert (seen, carrier.names()) == ([0], ["ring"])


def test_a_worker_with_stale_rows_in_hand_claims_nothing(house, ada, carrier, clock):
    arrives(house)
    stale = offers.whole().get()
    outbox.run()
    assert not outbox._claim(stale, clock())


def test_a_slow_carrier_does_not_outlast_the_leases_of_a_long_round(house, carrier, clock):
    """Each request takes five seconds; while one is under way its lease must not have run out."""
    left = []
    for n in range(5):
        dispatch.ready(make.operator(house, f"op{n}"))
        arrives(house)

    def slow():
        clock.forward(5)
        under_way = Offer.objects.filter(todo=Command.RING, tries=1).latest("pk")
        left.append((under_way.todo_at - clock()).total_seconds())
        carrier.meanwhile["ring"] = slow

    carrier.meanwhile["ring"] = slow
    outbox.run()
    assert len(left) == 5
    assert min(left) > 0


def test_after_a_crash_the_next_worker_adopts_the_operators_leg(house, ada, carrier, clock):
    offer = offer_of(arrives(house))
    after_a_crash(clock, carrier, "ring")
    carrier.live_at["sip:ada@phone.plivo.com"] = ["ring-of-the-dead"]
    outbox.run()
    assert carrier.names() == ["ring", "live_to"]
    assert (again(offer).leg_uuid, again(offer).todo) == ("ring-of-the-dead", "")


def test_after_a_crash_with_nothing_live_the_next_worker_rings(house, ada, carrier, clock):
    arrives(house)
    after_a_crash(clock, carrier, "ring")
    outbox.run()
    assert carrier.names() == ["ring", "live_to", "ring"]


def test_after_a_crash_the_next_worker_adopts_the_call_back(reserved, carrier, clock):
    after_a_crash(clock, carrier, "dial")
    carrier.live_at["+16015559001"] = ["dial-of-the-dead"]
    outbox.run()
    assert carrier.names() == ["dial", "live_to"]
    assert (Callback.objects.get().leg_uuid, Callback.objects.get().attempts) == ("dial-of-the-dead", 1)


def test_an_adopted_call_back_stands_in_the_ledger_as_dialled(reserved, carrier, clock):
    carrier.fails("dial", ambiguous=True)
    outbox.run()
    carrier.live_at["+16015559001"] = ["dial-after-all"]
    clock.forward(outbox.SETTLE_S)
    outbox.run()
    assert CallEvent.objects.filter(kind="callback_dialled").count() == 1


# ---- the carrier says no ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("flag", "pause"), [("retryable", outbox.AGAIN_S), ("ambiguous", outbox.SETTLE_S)])
@pytest.mark.parametrize(
    ("method", "command"), [("ring", Command.RING), ("bring_in", Command.JOIN), ("hang_up", Command.DROP)]
)
def test_not_now_is_tried_again_a_little_later(house, ada, carrier, clock, method, command, flag, pause):
    entry = arrives(house)
    if command != Command.RING:
        outbox.run()
        picks_up(entry) if command == Command.JOIN else dispatch.hung_up(entry.call)
    carrier.fails(method, **{flag: True})
    outbox.run()
    offer = Offer.objects.get()
    assert (offer.todo, (offer.todo_at - clock()).total_seconds()) == (command, pause)
    clock.forward(pause)
    assert outbox.run() == 1
    assert again(offer).todo == ""
    assert carrier.names().count(method) == 2


def test_before_a_second_ring_the_carrier_is_asked_what_is_live(house, ada, carrier, clock):
    arrives(house)
    carrier.fails("ring", ambiguous=True)
    outbox.run()
    clock.forward(outbox.SETTLE_S)
    outbox.run()
    assert carrier.names() == ["ring", "live_to", "ring"]


@pytest.mark.parametrize("flags", [{}, {"gone": True}], ids=str)
def test_a_phone_that_cannot_be_rung_goes_away_and_the_caller_keeps_the_place(house, ada, carrier, flags):
    entry = arrives(house)
    carrier.fails("ring", **flags)
    outbox.run()
    assert again(entry).state == State.WAITING
    stint = Stint.objects.get(operator=ada, until=None)
    assert (stint.state, stint.reason) == (Stint.State.AWAY, "phone not reachable")


def test_a_ring_that_may_have_happened_is_tried_three_times_and_nobody_is_blamed(house, ada, carrier, clock):
    entry = arrives(house)
    carrier.fails("ring", times=outbox.TRIES, ambiguous=True)
    for _ in range(outbox.TRIES):
        outbox.run()
        clock.forward(outbox.SETTLE_S)
    assert [offer.state for offer in entry.offers.order_by("pk")] == [offers.State.WITHDRAWN, offers.State.RINGING]
    assert (again(entry).state, presence(ada)) == (State.OFFERED, Stint.State.OFFERED)


def test_in_an_outage_nobody_is_sent_away_and_the_ring_goes_through_when_it_is_over(house, ada, carrier, clock):
    entry = arrives(house)
    carrier.fails("ring", times=30, retryable=True)
    while carrier.errors["ring"]:
        outbox.run()
        dispatch.tick()
        clock.forward(1)
    clock.forward(offers.QUEUE_S)
    outbox.run()
    assert presence(ada) == Stint.State.OFFERED
    assert Offer.objects.get(entry=entry, ended_at=None).leg_uuid


def test_a_dial_that_may_have_happened_is_one_try_and_then_rests(reserved, carrier, clock):
    carrier.fails("dial", times=outbox.TRIES, ambiguous=True)
    for _ in range(outbox.TRIES):
        outbox.run()
        clock.forward(outbox.SETTLE_S)
    assert (again(reserved).state, Callback.objects.get().attempts) == (State.CALLBACK, 1)
    assert again(reserved).not_before > clock()
    asked = len(carrier.asked)
    outbox.run()
    assert len(carrier.asked) == asked, "nobody is dialled again before the rest is over"


def test_a_join_under_way_is_not_judged(house, ada, carrier, clock):
    offer = picks_up(arrives(house))
    clock.forward(offers.JOIN_S)
    outbox.reconcile()
    assert (again(offer).state, presence(ada)) == (offers.State.ANSWERED, Stint.State.OFFERED)


def test_one_caller_about_whom_asking_breaks_is_not_in_the_way_of_the_next(house, carrier, clock, monkeypatch):
    broken, fine = arrives(house), arrives(house)
    clock.forward(outbox.SILENT_S + 1)
    real = carrier.is_live

    def is_live(leg):
        if leg == broken.call.carrier_uuid:
            raise ValueError("a row that always breaks")
        return real(leg)

    monkeypatch.setattr(carrier, "is_live", is_live)
    outbox.reconcile()
    assert (again(broken).state, again(fine).state) == (State.WAITING, State.DONE)


def test_in_an_outage_no_promise_is_used_up(reserved, carrier, clock):
    carrier.fails("dial", times=30, retryable=True)
    while carrier.errors["dial"]:
        outbox.run()
        dispatch.tick()
        clock.forward(1)
    clock.forward(outbox.SETTLE_S)
    outbox.run()
    assert Callback.objects.get().attempts <= 1
    assert (again(reserved).state, fates(reserved)) == (State.OFFERED, [])


def test_a_caller_who_is_gone_when_brought_in_has_left_the_line(house, ada, carrier):
    entry = arrives(house)
    picks_up(entry)
    carrier.fails("bring_in", gone=True)
    outbox.run()
    assert (again(entry).state, fates(entry)) == (State.DONE, ["abandoned"])
    assert presence(ada) == Stint.State.READY


def test_a_room_that_is_gone_does_not_cost_a_live_caller_the_place(house, ada, carrier):
    """404 does not say which of the two is gone: the operator may have left the room again."""
    entry = arrives(house)
    picks_up(entry)
    carrier.live.add(entry.call.carrier_uuid)
    carrier.fails("bring_in", gone=True)
    outbox.run()
    assert (again(entry).state, fates(entry)) == (State.WAITING, [])


def test_a_join_refused_for_another_reason_gives_the_caller_back_to_the_line(house, ada, carrier):
    entry = arrives(house)
    picks_up(entry)
    carrier.fails("bring_in")
    outbox.run()
    assert again(entry).state == State.WAITING
    assert Stint.objects.get(operator=ada, until=None).reason == "line trouble"


def test_a_person_called_back_who_is_gone_when_brought_in_is_missed(reserved, carrier):
    outbox.run()
    dispatch.callback_accepted(offer_of(reserved))
    picks_up(reserved)
    carrier.live.discard("dial-1")
    carrier.fails("bring_in", gone=True)
    outbox.run()
    assert again(reserved).state == State.CALLBACK
    assert again(reserved.callback).state == Callback.State.PENDING


@pytest.mark.parametrize("flags", [{}, {"gone": True}], ids=str)
def test_a_leg_that_cannot_be_dropped_is_let_go(house, ada, carrier, flags):
    entry = arrives(house)
    outbox.run()
    dispatch.hung_up(entry.call)
    carrier.fails("hang_up", **flags)
    outbox.run()
    assert not Offer.objects.exclude(todo="").exists()


@pytest.mark.parametrize("flags", [{}, {"gone": True}], ids=str)
def test_a_call_back_the_carrier_refuses_rests(reserved, ada, carrier, flags):
    carrier.fails("dial", **flags)
    outbox.run()
    assert (again(reserved).state, presence(ada)) == (State.CALLBACK, Stint.State.READY)
    assert Callback.objects.get().state == Callback.State.PENDING


def test_a_carrier_that_is_busy_for_seconds_does_not_cost_the_promise(reserved, carrier, clock):
    """The operator stays reserved while the carrier says "not now"."""
    carrier.fails("dial", times=outbox.TRIES, retryable=True)
    for _ in range(outbox.TRIES):
        outbox.run()
        clock.forward(outbox.AGAIN_S * outbox.TRIES)
    assert (again(reserved).state, fates(reserved)) == (State.OFFERED, [])


def test_not_now_does_not_cost_the_person_one_of_two_rings(reserved, carrier, clock):
    carrier.fails("dial", retryable=True)
    outbox.run()
    clock.forward(outbox.AGAIN_S)
    outbox.run()
    promise = callbacks.by_token(again(reserved.callback).token)
    dispatch.callback_missed(promise)
    assert again(reserved).state == State.CALLBACK, "their phone has rung once only"


def test_a_call_back_the_carrier_always_refuses_fails_after_two_turns(reserved, carrier, clock):
    carrier.fails("dial", times=9)
    for _ in range(callbacks.TRIES):
        dispatch.tick()
        outbox.run()
        clock.forward(callbacks.REST_S)
    assert (fates(reserved), carrier.names()) == (["callback_failed"], ["dial", "dial"])


# ---- the story went on while the carrier was answering ------------------------------------------------------------


def test_a_caller_who_left_while_the_carrier_was_answering_frees_the_phone(house, ada, carrier):
    entry = arrives(house)
    carrier.meanwhile["ring"] = lambda: dispatch.hung_up(entry.call)
    outbox.run()
    outbox.run()
    assert ("hang_up", {"call_uuid": "ring-1"}) in carrier.asked
    assert not Offer.objects.exclude(todo="").exists()
    assert presence(ada) == Stint.State.READY


def test_an_operator_who_answered_before_the_carrier_did_keeps_the_call(house, ada, carrier):
    entry = arrives(house)
    carrier.meanwhile["ring"] = lambda: picks_up(entry)
    outbox.run()
    offer = offer_of(entry)
    assert (offer.state, offer.todo, offer.leg_uuid) == (offers.State.ANSWERED, Command.JOIN, f"leg-{offer.pk}")
    outbox.run()
    assert carrier.names() == ["ring", "bring_in"]


def test_connected_before_the_carrier_answered_the_join(house, ada, carrier):
    entry = arrives(house)
    offer = picks_up(entry)
    carrier.meanwhile["bring_in"] = lambda: dispatch.connected(offer, key="k")
    carrier.fails("bring_in", ambiguous=True)
    outbox.run()
    assert (again(offer).state, again(offer).todo) == (offers.State.CONNECTED, "")


def test_a_promise_withdrawn_while_the_carrier_was_dialling_ends_once(reserved, ada, carrier):
    carrier.meanwhile["dial"] = lambda: dispatch.callback_withdrawn(again(reserved.callback))
    outbox.run()
    outbox.run()
    assert (again(reserved).state, fates(reserved)) == (State.DONE, ["callback_cancelled"])
    assert not Offer.objects.exclude(todo="").exists()


def test_what_goes_wrong_is_logged_without_a_number(house, ada, carrier, caplog):
    arrives(house, "+16015559001")
    carrier.fails("ring")
    outbox.run()
    assert "could not be carried out" in caplog.text
    assert "555" not in caplog.text


# ---- asking after a silence -------------------------------------------------------------------------------------


def test_a_silent_caller_who_is_gone_has_left_the_line(house, carrier, clock):
    entry = arrives(house)
    clock.forward(outbox.SILENT_S + 1)
    outbox.reconcile()
    assert carrier.only("is_live") == {"call_uuid": entry.call.carrier_uuid}
    assert fates(entry) == ["abandoned"]


def test_a_silent_caller_who_is_there_is_asked_after_again_only_later(house, carrier, clock):
    entry = arrives(house)
    carrier.live.add(entry.call.carrier_uuid)
    clock.forward(outbox.SILENT_S + 1)
    outbox.reconcile()
    outbox.reconcile()
    assert carrier.names() == ["is_live"]
    assert again(entry).state == State.WAITING


def test_a_caller_heard_of_lately_is_not_asked_after(house, carrier, clock):
    arrives(house)
    clock.forward(outbox.SILENT_S)
    outbox.reconcile()
    assert carrier.asked == []


def test_a_carrier_that_does_not_answer_costs_nobody_the_place(house, carrier, clock):
    entry = arrives(house)
    carrier.errors["is_live"] = [CarrierError("no answer", ambiguous=True)]
    clock.forward(outbox.SILENT_S + 1)
    outbox.reconcile()
    assert again(entry).state == State.WAITING


def test_a_place_kept_for_a_call_back_is_not_asked_after(house, carrier, clock):
    promised(house)
    clock.forward(3600)
    outbox.reconcile()
    assert carrier.asked == []


def test_a_call_back_whose_turn_just_came_is_given_the_time_to_be_dialled(house, ada, carrier, clock):
    """Its caller has been away for long, as is right: that silence means nothing."""
    dispatch.away(ada)
    entry = promised(house)
    clock.forward(1000)
    dispatch.ready(ada)
    outbox.reconcile()
    assert offer_of(entry).state == offers.State.RESERVED


def test_a_call_back_in_the_carriers_own_queue_is_given_the_time_to_ring(house, ada, carrier, clock):
    """`is_live` does not see a call the carrier has accepted and not dialled yet."""
    dispatch.away(ada)
    entry = promised(house)
    clock.forward(1000)
    dispatch.ready(ada)
    outbox.run()
    carrier.live.clear()
    clock.forward(1)
    outbox.reconcile()
    assert offer_of(entry).state == offers.State.RESERVED


def test_a_person_called_back_who_fell_silent_on_the_line_is_missed(reserved, carrier, clock):
    outbox.run()
    dispatch.callback_accepted(offer_of(reserved))
    dispatch.refused(offer_of(reserved), why="declined")
    carrier.live.clear()
    clock.forward(outbox.SILENT_S + 1)
    outbox.reconcile()
    assert (again(reserved).state, again(reserved.callback).state) == (State.CALLBACK, Callback.State.PENDING)


def test_no_conversation_is_immortal(house, ada, carrier, clock):
    entry = arrives(house)
    talks(entry)
    clock.forward(offers.CHECK_S)
    outbox.reconcile()
    assert (again(entry).state, fates(entry), presence(ada)) == (State.DONE, ["answered"], Stint.State.WRAPPING)


@pytest.mark.parametrize("answers", [True, False], ids=["alive", "carrier silent"])
def test_a_long_conversation_goes_on(house, ada, carrier, clock, answers):
    entry = arrives(house)
    offer = talks(entry)
    if answers:
        carrier.live |= {entry.call.carrier_uuid, offer.leg_uuid}
    else:
        carrier.fails("is_live", retryable=True, times=2)
    clock.forward(offers.CHECK_S)
    outbox.reconcile()
    assert again(entry).state == State.TALKING
    assert (offer_of(entry).state, len(carrier.asked)) == (offers.State.CONNECTED, 2)
    outbox.reconcile()
    assert len(carrier.asked) == 2


def test_a_caller_who_is_alone_in_the_room_talks_to_nobody(house, ada, carrier, clock):
    entry = arrives(house)
    talks(entry)
    carrier.live.add(entry.call.carrier_uuid)
    clock.forward(offers.CHECK_S)
    outbox.reconcile()
    assert (fates(entry), presence(ada)) == (["answered"], Stint.State.WRAPPING)
