"""Calls that we make: set at the desk for later, or to somebody we missed; counted apart from whoever rang in."""

from datetime import timedelta

import pytest

from crm.ledger import FATES, Kind
from crm.models import Call, CallEvent
from floor import dispatch, offers, outbox
from floor.models import Callback, Entry, Queue, Stint
from reporting import facts
from tests.floor import factories as make
from tests.floor.factories import again, arrives, offer_of, presence, talks

pytestmark = pytest.mark.django_db
NUMBER = "+16015559001"


def call_out(of, **more):
    return dispatch.call_out(agency=of, number=more.pop("number", NUMBER), queue=Queue.objects.get(), **more)


def test_from_the_desk_to_the_end_of_the_talk(house, ada, carrier, clock):
    dispatch.away(ada)
    rang = arrives(house, NUMBER)
    dispatch.hung_up(rang.call)
    later = clock() + timedelta(hours=1)
    entry = call_out(house, not_before=later, made_by=ada, about=rang.call)
    assert entry.call.carrier_uuid.startswith("out-")
    assert (entry.call.direction, entry.call.from_number, entry.call.to_number) == ("out", NUMBER, "+16015550100")
    dispatch.ready(ada)
    assert presence(ada) == Stint.State.READY, "not before its moment"
    clock.moment = later
    dispatch.tick()
    outbox.run()
    told = carrier.only("dial")
    assert (told["to"], told["from_"]) == (NUMBER, "+16015550100")
    dispatch.callback_accepted(offer_of(entry))
    talks(entry)
    clock.forward(60)
    dispatch.talk_over(offer_of(entry))
    promise = again(entry.callback)
    assert (promise.kind, promise.state, promise.end_reason, promise.made_by) == ("set", "done", "done", ada)
    assert again(entry.call).ended_at == clock()


def test_the_same_number_twice_is_the_same_call(house):
    one = call_out(house)
    before = make.everything()
    assert call_out(house, kind=Callback.Kind.MISSED) == one
    assert make.everything() == before


def test_a_caller_owed_a_call_back_is_not_called_twice(house):
    entry = make.promised(house, NUMBER)
    assert call_out(house) == entry
    assert Call.objects.count() == 1


def test_mine_is_kept_for_me_for_an_hour_then_anybody_makes_it(house, ada, clock):
    bo = make.operator(house, "bo")
    dispatch.away(ada)
    entry = call_out(house, only=ada, made_by=ada)
    dispatch.ready(bo)
    assert presence(bo) == Stint.State.READY
    dispatch.ready(ada)
    assert offer_of(entry).operator == ada
    other = call_out(house, number="+16015559002", only=ada, made_by=ada)
    dispatch.away(bo)
    clock.forward(3600)
    dispatch.ready(bo)
    assert offer_of(other).operator == bo


def test_ringing_in_takes_no_place_from_a_call_that_was_set(house):
    entry = call_out(house)
    assert arrives(house, NUMBER).took_over is None
    assert again(entry).state == Entry.State.CALLBACK


def test_the_lead_number_where_nobody_ever_rang(house):
    from floor.models import CallbackTerms

    CallbackTerms.objects.create(agency=house, caller_id="+16015550199")
    assert call_out(house).call.to_number == "+16015550199"


def test_it_is_neither_inbound_nor_offered_and_has_a_line_of_its_own(house, ada, carrier, clock):
    start, end = clock() - timedelta(hours=1), clock() + timedelta(days=2)
    dispatch.away(ada)
    waits = arrives(house)
    open_one = call_out(house, number="+16015559002", not_before=clock() + timedelta(days=1))
    done = call_out(house)
    dispatch.hung_up(waits.call)
    clock.forward(1)
    dispatch.ready(ada)
    outbox.run()
    dispatch.callback_accepted(offer_of(done))
    talks(done)
    dispatch.talk_over(offer_of(done))
    failed = call_out(house, number="+16015559003")
    dispatch.callback_removed(again(failed.callback), who="sup", why="no")
    Call.objects.update(drill=False)
    found = facts.day(house, start, end, drill=False)
    assert [contact.fate for contact in found.contacts] == ["abandoned"]
    assert (found.counts.inbound, found.counts.offered) == (1, 1)
    assert facts.outbound(house, start, end, drill=False) == {
        "arranged": 3,
        "reached": 1,
        "failed": 0,
        "withdrawn": 1,
        "open": 1,
    }
    line = facts.line(house, drill=False)
    assert [(place.outbound, place.number) for place in line] == [(True, "+16015559002")]
    assert open_one.promise.state == "pending"


def test_each_has_one_fate_and_no_line_of_an_offered_one(house, ada, carrier):
    entry = call_out(house)
    outbox.run()
    dispatch.callback_withdrawn(again(entry.callback))
    kinds = list(CallEvent.objects.filter(call=entry.call).values_list("kind", flat=True))
    assert Kind.OFFERED not in kinds
    assert [kind for kind in kinds if kind in FATES] == ["callback_cancelled"]


def test_out_of_legal_hours_it_waits_for_the_morning(house, ada, clock):
    clock.forward(13 * 3600)  # 10 PM in Chicago
    entry = call_out(house, only=ada)
    assert entry.not_before == clock() + timedelta(hours=10)
    assert entry.kept_until == entry.not_before + timedelta(hours=1)
    assert offers.open_for(entry) is None
