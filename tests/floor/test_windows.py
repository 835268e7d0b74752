"""Promises for a window, in legal hours, within what can be kept; and how each leaves the list."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from floor import callbacks, dispatch, offers, outbox
from floor.models import Callback, CallbackAttempt, CallbackRule, CallbackTerms, Entry, Queue, Stint
from knowledgebase.models import Holiday, OpeningHours
from tests.floor import factories as make
from tests.floor.factories import again, arrives, fates, ledger, offer_of, presence, promised, talks
from tests.floor.knocking import heard, knock

pytestmark = pytest.mark.django_db
Result = CallbackAttempt.Result
State = Entry.State
NINE = datetime(2026, 11, 10, 15, tzinfo=UTC)  # a Tuesday, 9 AM in Chicago


def hour(n, minute=0, day=0):
    return NINE + timedelta(hours=n - 9, minutes=minute, days=day)


@pytest.fixture
def windowed(house):
    """Open from 8 to 5 on weekdays; call-backs within a window."""
    OpeningHours.objects.bulk_create(
        OpeningHours(agency=house, weekday=day, opens=time(8), closes=time(17)) for day in range(5)
    )
    Queue.objects.update(callback_mode="windowed", promise_hours="main")
    return house


def asks(of, number=None, **more):
    entry = arrives(of, number)
    assert dispatch.call_back(entry, **more)
    return entry


def dialled(entry):
    outbox.run()
    return again(entry.callback)


# ---- windows ----------------------------------------------------------------------------------------------------


def test_the_caller_is_told_the_window_and_it_is_kept_on_the_promise(windowed):
    dispatch.away(make.operator(windowed))
    dispatch.ready(make.operator(windowed, "bo"))
    make.talks(arrives(windowed))
    entry = arrives(windowed, "+16015559001")
    assert "between 10 and 11 AM" in heard(knock(f"/carrier/wait/{entry.pk}/", CallUUID="x", Digits="1"))
    assert "We will call you today between 10 and 11 AM" in heard(
        knock(f"/carrier/number/{entry.pk}/0/ok/", CallUUID="x", Digits="1")
    )
    promise = again(entry).callback
    assert (promise.kind, promise.window_from, promise.window_until) == ("window", hour(10), hour(11))
    assert promise.expires_at == hour(12), "an hour of grace"
    assert again(entry).not_before == hour(10)


def test_live_callers_first_until_it_opens_then_it_goes_ahead(windowed, clock):
    ada = make.operator(windowed)
    dispatch.ready(ada)
    talks(arrives(windowed))
    entry = asks(windowed)
    clock.forward(1800)
    early = arrives(windowed)
    dispatch.talk_over(offers.whole().get(ended_at=None))
    dispatch.wrapped_up(ada)
    assert offer_of(early).operator == ada, "before the window, whoever is on the line"
    clock.moment = hour(10)
    talks(early)
    late = arrives(windowed)
    dispatch.talk_over(offer_of(early))
    dispatch.wrapped_up(ada)
    assert offer_of(entry).state == offers.State.RESERVED
    assert again(late).state == State.WAITING


def test_one_promised_for_later_is_nobody_ahead_in_line(windowed, clock):
    dispatch.away(make.operator(windowed))
    asks(windowed)
    clock.forward(10)
    entry = arrives(windowed)
    assert "You are next" in heard(knock(f"/carrier/wait/{entry.pk}/", CallUUID="x"))


def test_with_nobody_at_work_it_is_the_first_window_of_the_next_open_day(windowed):
    assert asks(windowed).callback.window_from == hour(8, day=1)


def test_a_holiday_is_no_open_day(windowed):
    Holiday.objects.create(agency=windowed, date="2026-11-11", name="Veterans Day")
    assert asks(windowed).callback.window_from == hour(8, day=2)


def test_a_window_is_legal_where_the_number_is(windowed):
    """8 AM in Chicago is 6 AM in California."""
    assert asks(windowed, "+14155550147").callback.window_from == hour(10, day=1)


# ---- what can be kept -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("left_min", "in_line", "may"), [(60, 10, True), (60, 12, False), (600, 12, True)])
def test_no_more_places_are_promised_than_can_be_kept_by_closing(house, left_min, in_line, may, clock):
    closes = (clock() + timedelta(minutes=left_min)).astimezone(house.zone).time()
    OpeningHours.objects.create(agency=house, weekday=1, opens=time(8), closes=closes)
    Queue.objects.update(promise_hours="main")
    dispatch.ready(make.operator(house))
    talks(arrives(house))
    for _ in range(in_line):
        arrives(house)
    entry = arrives(house)
    assert dispatch.may_call_back(entry) is may
    assert dispatch.call_back(entry) is may
    assert ("callback_offered", None) in ledger(entry) or not may


def test_a_place_is_not_promised_when_closed(house):
    OpeningHours.objects.create(agency=house, weekday=0, opens=time(8), closes=time(17))
    Queue.objects.update(promise_hours="main")
    dispatch.ready(make.operator(house))
    talks(arrives(house))
    assert not dispatch.call_back(arrives(house))


# ---- legal hours ------------------------------------------------------------------------------------------------


def test_at_night_nobody_is_dialled_and_in_the_morning_they_are(house, carrier, clock):
    clock.moment = hour(20, 59)
    entry = promised(house, "+16015559001")
    clock.moment = hour(21)
    ada = make.operator(house)
    dispatch.ready(ada)
    dispatch.tick()
    assert presence(ada) == Stint.State.READY
    assert again(entry).not_before == hour(8, day=1)
    clock.moment = hour(8, day=1) - timedelta(seconds=1)
    dispatch.tick()
    assert again(entry).state == State.CALLBACK
    clock.moment = hour(8, day=1)
    dispatch.tick()
    assert offer_of(entry).state == offers.State.RESERVED


def test_a_zip_says_where_they_are_and_nothing_of_another_number(house):
    from core.models import County, ZipCode

    place = {"latitude": 0.0, "longitude": 0.0}
    county = County.objects.create(fips="06037", name="Los Angeles", state="CA", **place)
    ZipCode.objects.create(code="90001", city="Los Angeles", county=county, **place)
    entry = dispatch.arrive(make.call(house, "+16015559001"), queue="book", answers={"zip": "90001"})
    assert callbacks.zones_of(entry, "+16015559001") == "America/Los_Angeles"
    assert callbacks.zones_of(entry, "+12125550147") == "America/New_York"
    assert callbacks.zones_of(entry, "+18005550147") == ""
    assert dispatch.call_back(entry)
    assert again(entry).not_before == hour(10), "8 AM in California"


def test_an_agency_may_set_other_hours(house):
    CallbackTerms.objects.create(agency=house, calls_from=time(10), calls_until=time(18))
    assert again(promised(house)).not_before == hour(10)


def test_a_dial_that_an_outage_kept_until_nine_is_not_made(house, carrier, clock):
    clock.moment = hour(20, 59)
    entry = promised(house)
    ada = make.operator(house)
    dispatch.ready(ada)
    clock.moment = hour(21)
    outbox.run()
    assert carrier.names() == []
    assert (again(entry).state, again(entry).not_before) == (State.CALLBACK, hour(8, day=1))
    assert presence(ada) == Stint.State.READY


# ---- tries ------------------------------------------------------------------------------------------------------


def tried(entry, ada, result, clock):
    dialled(entry)
    dispatch.callback_missed(again(entry.callback), result=result)
    clock.forward(callbacks.REST_S)
    dispatch.tick()


@pytest.fixture
def under_way(house, ada, carrier, clock):
    dispatch.away(ada)
    entry = promised(house)
    clock.forward(1)
    dispatch.ready(ada)
    return entry


def test_each_try_is_kept_with_its_result_and_each_result_has_its_own_patience(under_way, ada, clock):
    tried(under_way, ada, Result.BUSY, clock)
    tried(under_way, ada, Result.NO_ANSWER, clock)
    assert fates(under_way) == []
    tried(under_way, ada, Result.BUSY, clock)
    assert fates(under_way) == ["callback_failed"]
    promise = again(under_way.callback)
    assert promise.end_reason == Callback.Reason.TRIES
    kept = promise.tries.order_by("pk").values_list("result", "operator__user__username")
    assert list(kept) == [("busy", "vax-ada"), ("no_answer", "vax-ada"), ("busy", "vax-ada")]
    assert all(promise.tries.values_list("leg_uuid", flat=True))


def test_an_admin_sets_how_often_and_how_far_apart(under_way, ada, clock, house):
    CallbackRule.objects.create(agency=house, result="machine", tries=1, rest_min=30)
    CallbackRule.objects.create(agency=house, result="busy", tries=3, rest_min=2)
    dialled(under_way)
    dispatch.callback_missed(again(under_way.callback), result=Result.BUSY)
    assert again(under_way).not_before == clock() + timedelta(minutes=2)
    clock.forward(120)
    dispatch.tick()
    dialled(under_way)
    dispatch.callback_missed(again(under_way.callback), result=Result.MACHINE)
    assert fates(under_way) == ["callback_failed"]


@pytest.mark.parametrize(
    ("status", "result"),
    [
        ("busy", "busy"),
        ("rejected", "busy"),
        ("no-answer", "no_answer"),
        ("timeout", "no_answer"),
        ("failed", "failed"),
        ("completed", "not_confirmed"),
    ],
)
def test_what_the_carrier_says_of_its_end(under_way, status, result):
    promise = dialled(under_way)
    knock(f"/carrier/callback/{promise.token}/hangup/", CallUUID=promise.leg_uuid, CallStatus=status)
    assert promise.tries.get().result == result


def test_a_machine_is_one(under_way):
    promise = dialled(under_way)
    path = f"/carrier/callback/{promise.token}"
    knock(f"{path}/machine/", CallUUID=promise.leg_uuid, Machine="true")
    knock(f"{path}/hangup/", CallUUID=promise.leg_uuid, CallStatus="completed")
    assert promise.tries.get().result == "machine"


def test_late_news_of_an_earlier_try_says_nothing_of_the_present_one(under_way, ada, clock):
    first = dialled(under_way).leg_uuid
    tried(under_way, ada, Result.NO_ANSWER, clock)
    offer = offer_of(under_way)
    token = again(under_way.callback).token
    before = make.everything()
    knock(f"/carrier/callback/{token}/hangup/", CallUUID=first, CallStatus="completed")
    knock(f"/carrier/callback/{token}/machine/", CallUUID=first, Machine="true")
    knock(f"/carrier/callback/{token}/answer/", CallUUID=first)
    assert make.everything() == before
    assert again(offer).state == offers.State.RESERVED


# ---- how it ends ------------------------------------------------------------------------------------------------


def reason(entry):
    return again(entry.callback).end_reason


def test_reached(under_way):
    dialled(under_way)
    dispatch.callback_accepted(offer_of(under_way))
    talks(under_way)
    assert reason(under_way) == "done"
    assert again(under_way.callback).tries.get().result == "reached"


def test_cancelled_by_the_caller(under_way):
    promise = dialled(under_way)
    knock(f"/carrier/callback/{promise.token}/key/", CallUUID="x", Digits="2")
    assert reason(under_way) == "caller"


def test_through_another_way(house, ada):
    dispatch.away(ada)
    entry = dispatch.call_out(agency=house, number="+16015559001", queue=Queue.objects.get())
    dispatch.ready(ada)
    bo = make.operator(house, "bo")
    dispatch.ready(bo)
    talks(arrives(house, "+16015559001"))
    assert reason(entry) == "through"


def test_expired_after_its_window_and_the_grace(windowed, clock):
    entry = asks(windowed)
    expires_at = again(entry.callback).expires_at
    clock.moment = expires_at - timedelta(seconds=1)
    dispatch.tick()
    assert fates(entry) == []
    clock.moment = expires_at
    dispatch.tick()
    assert (reason(entry), fates(entry)) == ("expired", ["callback_failed"])


def test_a_place_is_owed_for_as_long_as_the_agency_says(house, clock):
    CallbackTerms.objects.create(agency=house, keep_h=5)
    entry = promised(house)
    clock.forward(5 * 3600)
    dispatch.tick()
    assert reason(entry) == "expired"


def test_one_being_reached_does_not_expire(under_way, clock):
    dialled(under_way)
    Callback.objects.update(expires_at=clock())
    dispatch.tick()
    assert not dispatch.callback_expired(again(under_way.callback))
    assert fates(under_way) == []


def test_removed_by_staff_with_the_reason(house):
    entry = promised(house)
    assert dispatch.callback_removed(again(entry.callback), who="sup", why="a wrong number")
    promise = again(entry.callback)
    assert (promise.end_reason, promise.staff, promise.staff_why) == ("staff", "sup", "a wrong number")
    assert fates(entry) == ["callback_cancelled"]
    assert not dispatch.callback_removed(promise, who="sup", why="again")


def test_moved_up_it_is_next_and_the_ledger_says_by_whom(windowed, clock):
    first = arrives(windowed)
    clock.forward(5)
    entry = asks(windowed)
    assert again(entry).not_before > clock()
    assert dispatch.callback_moved_up(again(entry.callback), who="sup", why="very ill")
    dispatch.ready(make.operator(windowed))
    assert offer_of(entry).state == offers.State.RESERVED
    assert again(first).state == State.WAITING
    assert ("callback_moved_up", None) in ledger(entry)
    assert not dispatch.callback_moved_up(again(entry.callback), who="sup", why="too late")


@pytest.mark.parametrize(
    "changes",
    [
        {"ended_at": NINE, "state": "done"},
        {"end_reason": "done"},
        {"ended_at": NINE, "end_reason": "done"},
        {"state": "failed", "end_reason": "tries"},
    ],
    ids=["no reason", "not ended", "still pending", "no moment"],
)
def test_the_database_lets_none_go_without_a_reason(house, changes):
    entry = promised(house)
    with pytest.raises(IntegrityError), transaction.atomic():
        Callback.objects.filter(entry=entry).update(**changes)


def test_the_database_allows_one_try_at_a_time(under_way, ada, clock):
    promise = dialled(under_way)
    with pytest.raises(IntegrityError), transaction.atomic():
        CallbackAttempt.objects.create(callback=promise, at=clock(), operator=ada)
