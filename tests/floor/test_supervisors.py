"""The supervisor's hand: heard by nobody until they wish to be, and all of it written down."""

import pytest

from crm.models import CallEvent
from floor import dispatch, listenings, offers, outbox
from floor.models import Listening
from tests.floor import factories as make
from tests.floor.factories import again, arrives, fates, ledger, presence, talks
from tests.floor.invariants import violations
from tests.floor.knocking import heard, knock

pytestmark = pytest.mark.django_db


@pytest.fixture
def sup(house):
    return make.supervisor(house)


@pytest.fixture
def talk(house, ada, clock):
    offer = talks(arrives(house))
    clock.forward(10)
    return offer


@pytest.fixture
def on(talk, sup):
    """The supervisor hears Ada's conversation."""
    assert dispatch.listen(sup, talk)
    return comes(listenings.open_of(sup))


def comes(listening, leg="sup-leg"):
    tells(listening, "ParticipantJoin", leg)
    return listenings.by_token(listening.token)


def tells(listening, event, leg="sup-leg", role="supervisor"):
    form = {"EventName": event, "ParticipantRole": role, "ParticipantCallUUID": leg, "MemberID": "8", "MPCUUID": "m"}
    return knock(f"/carrier/listening/{listening.token}/room/", **form)


def test_a_supervisor_listens(talk, ada, sup, carrier, clock):
    assert dispatch.listen(sup, talk)
    outbox.run()
    rung = carrier.only("invite")
    assert (rung["role"], rung["room_uuid"], rung["to"]) == ("supervisor", talk.room_uuid, sup.device)
    listening = listenings.open_of(sup)
    assert listening.joined_at is None
    tells(listening, "ParticipantJoin", "invite-1")
    clock.forward(30)
    tells(listening, "ParticipantExit", "invite-1")
    tells(listening, "ParticipantExit", "invite-1")
    listening = again(listening)
    assert (listening.ended_at - listening.joined_at).total_seconds() == 30
    assert presence(ada) == "talking"
    assert again(talk).state == "connected"
    assert violations(clock()) == []


def test_other_peoples_comings_and_goings_are_not_the_supervisors(on, talk):
    tells(on, "ParticipantExit", talk.leg_uuid, "agent")
    tells(on, "ParticipantExit", "caller", "customer")
    assert again(on).ended_at is None
    knock(
        f"/carrier/room/{talk.token}/",
        EventName="ParticipantExit",
        ParticipantRole="supervisor",
        ParticipantCallUUID="sup-leg",
        MPCUUID="m",
    )
    assert again(talk).state == "connected"


@pytest.mark.parametrize(
    ("mode", "mute", "coach"), [("listen", True, True), ("whisper", False, True), ("barge", False, False)]
)
def test_who_hears_the_supervisor(on, mode, mute, coach, carrier):
    assert dispatch.turn(on, mode)
    outbox.run()
    told = {"room_uuid": on.room_uuid, "member_id": "8", "mute": mute, "coach": coach}
    assert carrier.asked[-1] == ("set_member", told)
    assert [one[0] for one in again(on).modes] == ["listen", mode]


def test_a_supervisor_takes_the_call_over(on, talk, ada, carrier, clock):
    dispatch.hold(talk, True)
    outbox.run()
    clock.forward(5)
    assert dispatch.take_over(on)
    assert not dispatch.take_over(on)
    assert presence(ada) == "wrapping"
    assert again(talk.entry).state == "talking"
    outbox.run()
    assert ("hang_up", {"call_uuid": talk.leg_uuid}) in carrier.asked
    assert ("set_member", {"room_uuid": on.room_uuid, "member_id": "8", "mute": False, "coach": False}) in carrier.asked
    assert carrier.asked[-1][1].get("hold") is False  # the caller hears again
    assert violations(clock()) == []
    knock(f"/carrier/leg/{talk.token}/", CallUUID=talk.leg_uuid, CallStatus="completed")
    assert fates(talk.entry) == []
    clock.forward(60)
    knock(f"/carrier/room/{talk.token}/", EventName="ParticipantExit", ParticipantRole="customer", MPCUUID="m")
    assert ledger(talk.entry)[2:] == [
        ("held", 5.0),
        ("transferred", 10.0),
        ("connected", 15.0),
        ("answered", 60.0),
    ]
    assert again(on).ended_at == clock()
    assert violations(clock()) == []


@pytest.mark.parametrize("who", ["supervisor", "caller"])
def test_either_side_ends_a_call_taken_over(on, talk, who, clock):
    dispatch.take_over(on)
    if who == "supervisor":
        knock(f"/carrier/listening/{on.token}/leg/", CallUUID="sup-leg", CallStatus="completed")
    else:
        dispatch.hung_up(talk.entry.call)
    assert fates(talk.entry) == ["answered"]
    assert violations(clock()) == []


def test_the_supervisor_leaves_with_the_caller(on, talk, carrier):
    dispatch.hung_up(talk.entry.call)
    assert again(on).ended_at is not None
    outbox.run()
    assert ("hang_up", {"call_uuid": "sup-leg"}) in carrier.asked


def test_the_supervisor_stays_through_a_transfer_and_both_operators_may_see_it(house, on, talk, ada, clock):
    ben = make.operator(house, "ben")
    dispatch.ready(ben)
    clock.forward(5)
    dispatch.consult(talk, operator=ben, cold=True)
    dispatch.consult_joined(ben.consults.get(), leg_uuid="b", member_id="9")
    assert again(on).ended_at is None
    clock.forward(5)
    dispatch.hung_up(talk.entry.call)
    for operator in (ada, ben):
        assert [one.supervisor_id for one in listenings.heard(operator, since=make.START)] == [on.supervisor_id]


def test_an_operator_sees_only_who_listened_while_they_talked(house, talk, ada, sup, clock):
    ben = make.operator(house, "ben")
    dispatch.ready(ben)
    dispatch.consult(talk, operator=ben, cold=True)
    dispatch.consult_joined(ben.consults.get(), leg_uuid="b", member_id="9")
    clock.forward(5)
    dispatch.listen(sup, offers.open_for(talk.entry))
    comes(listenings.open_of(sup))
    assert listenings.heard(ada, since=make.START) == []
    assert len(listenings.heard(ben, since=make.START)) == 1


def test_a_supervisor_who_does_not_pick_up(talk, sup, clock, carrier):
    dispatch.listen(sup, talk)
    outbox.run()
    clock.forward(100)
    dispatch.tick()
    assert listenings.open_of(sup) is None
    outbox.run()
    assert ("hang_up", {"call_uuid": "invite-1"}) in carrier.asked


def test_one_supervisor_a_call_and_one_call_a_supervisor(house, talk, sup):
    other, elsewhere = make.supervisor(house, "sup2"), make.supervisor(make.agency("other"), "sup3")
    assert not dispatch.listen(elsewhere, talk)
    assert dispatch.listen(sup, talk)
    assert not dispatch.listen(other, talk)
    second = make.operator(house, "ben")
    dispatch.ready(second)
    assert not dispatch.listen(sup, talks(arrives(house)))


def test_nobody_listens_where_nobody_talks(house, ada, sup):
    assert not dispatch.listen(sup, make.picks_up(arrives(house)))
    assert not Listening.objects.exists()


def test_what_an_ordinary_phone_says(talk, house):
    sup = make.supervisor(house, "sup2", "+16015550300")
    dispatch.listen(sup, talk)
    token = listenings.open_of(sup).token
    assert heard(knock(f"/carrier/listening/{token}/prompt/", CallUUID="x")) == (
        "A call to listen to: Book. Press 1 to join."
    )


# ---- help -------------------------------------------------------------------------------------------------------


def test_help_rings_one_supervisor_after_another_until_somebody_comes(house, talk, sup, clock):
    second = make.supervisor(house, "sup2")
    assert dispatch.ask_for_help(talk)
    assert not dispatch.ask_for_help(talk)
    first = listenings.open_on(talk.entry)
    assert (first.supervisor, first.for_help) == (sup, True)
    knock(f"/carrier/listening/{first.token}/leg/", CallUUID="x", CallStatus="busy")
    next_one = listenings.open_on(talk.entry)
    assert next_one.supervisor == second
    comes(next_one)
    assert again(talk).help_at is None
    assert again(next_one).mode == "listen"


def test_help_stays_on_the_board_when_nobody_comes_and_can_be_taken_back(talk, sup):
    dispatch.ask_for_help(talk)
    dispatch.listening_over(listenings.open_on(talk.entry))
    assert again(talk).help_at is not None
    assert listenings.open_on(talk.entry) is None
    assert dispatch.help_not_needed(talk)
    assert again(talk).help_at is None


def test_help_taken_back_stops_the_phone(talk, sup, carrier):
    dispatch.ask_for_help(talk)
    outbox.run()
    dispatch.help_not_needed(talk)
    outbox.run()
    assert ("hang_up", {"call_uuid": "invite-1"}) in carrier.asked


def test_help_is_over_with_the_call(talk, sup):
    dispatch.ask_for_help(talk)
    dispatch.hung_up(talk.entry.call)
    assert again(talk).help_at is None
    assert listenings.open_of(sup) is None


# ---- who works, and the order of the line -----------------------------------------------------------------------


def test_a_supervisor_sets_a_state_but_never_out_of_a_call(house, ada):
    assert dispatch.set_state(ada, "away", why="fire drill")
    assert ada.stints.get(until=None).reason == "fire drill"
    assert not dispatch.set_state(ada, "away", why="")
    assert not dispatch.set_state(ada, "talking", why="x")
    assert dispatch.set_state(ada, "offline", why="went home")
    assert dispatch.set_state(ada, "ready", why="")
    talks(arrives(house))
    for state in ("away", "offline", "ready"):
        assert not dispatch.set_state(ada, state, why="x")
    assert presence(ada) == "talking"


def test_a_caller_is_moved_to_the_head_and_it_is_written_down(house, clock):
    first = arrives(house)
    clock.forward(60)
    second = arrives(house)
    assert not dispatch.move_caller(second, by="sup1", why="")
    assert dispatch.move_caller(second, by="sup1", why="hard of breath")
    line = CallEvent.objects.get(kind="moved")
    assert line.data == {"by": "sup1", "why": "hard of breath", "from": "book", "to": "head"}
    assert line.seconds == pytest.approx(60, abs=0.01)
    dispatch.ready(make.operator(house, "ada"))
    assert (again(second).state, again(first).state) == ("offered", "waiting")


def test_a_caller_is_moved_to_another_queue_with_their_place(house, clock):
    other = make.queue(house, "other")
    other.head_start_s = 30
    other.save()
    entry = arrives(house)
    assert dispatch.move_caller(entry, queue=other, by="sup1", why="wrong line")
    entry = again(entry)
    assert (entry.queue, (entry.virtual_start - entry.rank_at).total_seconds()) == (other, 30)
    assert not dispatch.move_caller(entry, queue=other, by="sup1", why="again")


def test_nobody_is_moved_for_whom_a_phone_rings(house, ada):
    assert not dispatch.move_caller(arrives(house), by="sup1", why="x")
