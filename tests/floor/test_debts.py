"""Whom we missed: what opens a debt, what closes it, and that two never call the same person."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from crm import services as facts
from crm.ledger import Kind
from crm.missed import Missed
from crm.models import Call, Person, PersonNumber
from floor import debts, dispatch, outbox
from floor.models import Callback, Debt, DebtAttempt, Entry, Offer, Queue, Stint
from tests.floor import factories as make
from tests.floor.invariants import violations
from tests.floor.knocking import heard, knock
from tests.floor.threads import in_threads, shared_database
from tests.scheduling import factories as book

NUMBER = "+16015559001"

Reason = Debt.Reason
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sound(request, clock):
    yield
    if "django_db" in request.keywords and not request.node.get_closest_marker("own_database"):
        assert violations(clock()) == []


@pytest.fixture
def owed(house, clock):
    """A number that was missed a minute ago."""
    make.missed(house, clock, NUMBER)
    return make.debt(NUMBER)


@pytest.fixture
def taken(owed, ada):
    assert dispatch.take_missed(ada, owed.pk)
    return owed


def reason(debt) -> str:
    return make.again(debt).closed_reason


# ---- opened


def test_who_leaves_the_line_is_owed_a_call(house, owed, clock):
    assert (owed.kind, owed.calls, owed.attempts, owed.queue.slug) == (Missed.ABANDONED, 1, 0, "book")
    assert owed.opened_at == owed.last_at == clock()


def test_who_leaves_at_once_is_not(house, clock):
    make.missed(house, clock, NUMBER, after=4.9)
    assert not Debt.objects.exists()
    make.missed(house, clock, NUMBER, after=5)
    assert make.debt(NUMBER)


def test_who_withheld_the_number_cannot_be_called(house, clock):
    make.missed(house, clock, "")
    assert not Debt.objects.exists()


def test_repeats_are_one_debt_with_its_first_moment(house, owed, clock):
    first = clock()
    clock.forward(600)
    make.missed(house, clock, NUMBER)
    now = make.debt(NUMBER)
    assert (now.pk, now.calls, now.opened_at, now.last_at) == (owed.pk, 2, first, clock())


def test_a_hang_up_told_twice_counts_once(house, clock):
    entry = make.missed(house, clock, NUMBER)
    dispatch.hung_up(entry.call)
    assert make.debt(NUMBER).calls == 1


def test_agencies_owe_apart(house, owed, clock):
    other = make.agency("other")
    make.queue(other)
    make.missed(other, clock, NUMBER)
    assert Debt.objects.filter(number=NUMBER, closed_at=None).count() == 2


def test_a_call_back_that_failed(house, carrier, clock):
    entry = make.promised(house, NUMBER)
    dispatch.ready(make.operator(house))
    for _ in range(2):
        clock.forward(301)
        dispatch.tick()
        outbox.run()
        dispatch.callback_missed(make.again(entry.callback))
    assert make.debt(NUMBER).kind == Missed.CALLBACK_FAILED


def test_a_missed_transfer_told_twice_is_one_and_closes_with_the_next_talk(house, ada, clock):
    entry = make.arrives(house, NUMBER)
    make.talks(entry)
    for _ in range(2):
        dispatch.missed(entry.call, Missed.TRANSFER_MISSED, queue=entry.queue, key="transfer:1")
    assert make.debt(NUMBER).kind == Missed.TRANSFER_MISSED
    assert [kind for kind, _ in make.ledger(entry)].count(Kind.TRANSFER_MISSED) == 1


def test_the_database_allows_one_open_debt_a_number(owed):
    with pytest.raises(IntegrityError), transaction.atomic():
        Debt.objects.create(
            agency=owed.agency,
            number=NUMBER,
            kind="closed",
            opened_at=owed.opened_at,
            last_at=owed.last_at,
            call=owed.call,
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Debt.objects.filter(pk=owed.pk).update(closed_at=owed.opened_at)


# ---- closed


def test_getting_through_by_themselves(house, owed, ada):
    make.talks(make.arrives(house, NUMBER))
    assert reason(owed) == Reason.GOT_THROUGH


def test_standing_in_line_again_closes_nothing_and_takes_them_off_the_list(house, owed, clock):
    make.arrives(house, NUMBER)
    assert make.debt(NUMBER)
    assert not debts.callable_now(house.pk, clock()).exists()


def test_another_spell_is_another_debt(house, owed, ada, clock):
    offer = make.talks(make.arrives(house, NUMBER))
    dispatch.talk_over(offer)
    clock.forward(60)
    make.missed(house, clock, NUMBER)
    assert make.debt(NUMBER).pk != owed.pk


def test_an_appointment_booked_elsewhere(house, owed, clock):
    person = Person.objects.create(
        agency=house, reference="P-1", given_name="Olive", family_name="Bramble", born_on="1948-05-03"
    )
    PersonNumber.objects.create(person=person, number=NUMBER)
    slot = book.clinic(book.site(house), book.service(house), starts=clock() + timedelta(days=2))[0]
    appointment = book.booked(person, slot, clock() - timedelta(hours=1))
    dispatch.look_after_missed()
    assert make.debt(NUMBER), "that one was booked before"
    type(appointment).objects.filter(pk=appointment.pk).update(booked_at=clock.forward(60))
    dispatch.look_after_missed()
    assert reason(owed) == Reason.BOOKED


def test_staff_withdraws_with_the_reason(owed):
    assert dispatch.withdraw_missed(owed, who="sup1", why="rang the clinic")
    assert not dispatch.withdraw_missed(owed, who="sup2", why="again")
    kept = make.again(owed)
    assert (kept.closed_reason, kept.staff, kept.staff_why) == (Reason.WITHDRAWN, "sup1", "rang the clinic")


# ---- taken on


def test_a_lease_keeps_others_out_until_it_is_over(house, owed, ada, clock):
    bob = make.operator(house, "bob")
    assert dispatch.take_missed(ada, owed.pk)
    assert not dispatch.take_missed(bob, owed.pk)
    clock.forward(601)
    assert debts.held_by(ada, at=clock()) is None
    assert dispatch.take_missed(bob, owed.pk)
    assert not dispatch.call_missed(ada)


def test_one_at_a_time_and_given_back(house, taken, ada, clock):
    dispatch.away(ada, reason="short break")
    make.missed(house, clock, "+16015559002")
    bob = make.operator(house, "bob")
    assert not dispatch.take_missed(ada, make.debt("+16015559002").pk)
    assert dispatch.give_back_missed(ada)
    assert not dispatch.give_back_missed(ada)
    assert dispatch.take_missed(bob, taken.pk)


def test_the_longest_owed_come_first(house, clock):
    for number in ("+16015559003", "+16015559001", "+16015559002"):
        make.missed(house, clock, number)
    listed = debts.callable_now(house.pk, clock()).values_list("number", flat=True)
    assert list(listed) == ["+16015559003", "+16015559001", "+16015559002"]


# ---- called


def test_they_are_called_by_the_operator_who_took_them_on(house, taken, ada, carrier, clock):
    entry = dispatch.call_missed(ada)
    outbox.run()
    dialled = carrier.only("dial")
    assert (dialled["to"], dialled["from_"]) == (NUMBER, "+16015550100")
    call = entry.call
    assert (call.direction, call.from_number) == (Call.Direction.OUT, NUMBER)
    assert make.offer_of(entry).operator == ada
    assert make.presence(ada) == Stint.State.OFFERED
    assert dispatch.call_missed(ada) is None, "once"


def test_reached(house, taken, ada, carrier):
    entry = dispatch.call_missed(ada)
    outbox.run()
    dispatch.callback_accepted(make.offer_of(entry))
    dispatch.talk_over(make.talks(entry))
    assert reason(taken) == Reason.REACHED
    assert make.fates(entry) == [Kind.CALLBACK_DONE]
    assert DebtAttempt.objects.get().result == DebtAttempt.Result.REACHED
    assert make.again(entry.call).ended_at


@pytest.mark.parametrize(
    ("path", "form", "result"),
    [
        ("hangup", {"CallStatus": "busy"}, "busy"),
        ("hangup", {"CallStatus": "no-answer"}, "no_answer"),
        ("hangup", {"CallStatus": "completed"}, "not_confirmed"),
        ("machine", {"Machine": "true"}, "machine"),
    ],
)
def test_in_vain_it_is_counted_rests_and_is_free_again(house, taken, ada, carrier, clock, path, form, result):
    entry = dispatch.call_missed(ada)
    outbox.run()
    token, leg = entry.callback.token, make.again(entry.callback).leg_uuid
    for _ in range(2):  # the carrier says it twice
        knock(f"/carrier/callback/{token}/{path}/", CallUUID=leg, **form)
    now = make.debt(NUMBER)
    assert (now.attempts, now.lease_by, DebtAttempt.objects.get().result) == (1, None, result)
    assert make.fates(entry) == [Kind.CALLBACK_FAILED]
    assert make.presence(ada) == Stint.State.READY
    assert not dispatch.take_missed(ada, taken.pk), "it rests"
    clock.forward(1800)
    assert dispatch.take_missed(ada, taken.pk)


def test_who_rings_again_meanwhile_need_not_rest(house, taken, ada, carrier, clock):
    entry = dispatch.call_missed(ada)
    outbox.run()
    dispatch.callback_missed(entry.callback)
    dispatch.away(ada)
    make.missed(house, clock, NUMBER)
    assert dispatch.take_missed(ada, taken.pk)


def test_after_so_many_calls_in_vain_it_is_given_up(house, owed, ada, carrier, clock):
    house.missed_tries = 2
    house.save()
    for n in range(2):
        assert make.debt(NUMBER), n
        assert dispatch.take_missed(ada, owed.pk)
        entry = dispatch.call_missed(ada)
        outbox.run()
        dispatch.callback_missed(entry.callback)
        clock.forward(1801)
    assert reason(owed) == Reason.ATTEMPTS_USED


def test_they_hear_that_we_missed_them_and_may_say_no(house, taken, ada, carrier):
    entry = dispatch.call_missed(ada)
    outbox.run()
    path = f"/carrier/callback/{entry.callback.token}"
    assert "we missed your call" in heard(knock(f"{path}/answer/", CallUUID="dial-1"))
    heard(knock(f"{path}/key/", CallUUID="dial-1", Digits="2"))
    assert (reason(taken), DebtAttempt.objects.get().result) == (Reason.REACHED, "declined")
    assert make.fates(entry) == [Kind.CALLBACK_CANCELLED]


def test_they_ring_while_we_call_them(house, taken, ada, carrier):
    """Whoever has got through needs no call."""
    bob = make.operator(house, "bob")
    entry = dispatch.call_missed(ada)
    theirs = make.arrives(house, NUMBER)
    dispatch.ready(bob)
    make.talks(theirs)
    assert reason(taken) == Reason.GOT_THROUGH
    assert make.fates(entry) == [Kind.CALLBACK_CANCELLED]
    assert DebtAttempt.objects.get().result == "ended"


def test_who_waits_in_line_goes_first(house, taken, ada, carrier, clock):
    dispatch.away(ada)
    waiting = make.arrives(house)
    entry = dispatch.call_missed(ada)
    assert make.offer_of(waiting).operator == ada
    assert make.again(entry).state == Entry.State.CALLBACK
    dispatch.give_back_missed(ada)
    assert make.fates(entry) == [Kind.CALLBACK_CANCELLED]
    assert make.debt(NUMBER).attempts == 0


def test_one_on_the_way_is_not_given_back_nor_withdrawn(house, taken, ada, carrier):
    dispatch.call_missed(ada)
    assert not dispatch.give_back_missed(ada)
    assert not dispatch.withdraw_missed(taken, who="sup", why="x")


def test_a_lease_holds_while_the_call_runs(house, taken, ada, carrier, clock):
    entry = dispatch.call_missed(ada)
    outbox.run()
    dispatch.callback_accepted(make.offer_of(entry))
    clock.forward(400)
    dispatch.look_after_missed()
    assert make.debt(NUMBER).lease_until == clock() + debts.LEASE


def test_not_at_night(house, taken, ada, clock):
    clock.forward(12 * 3600)  # 21:01 in Chicago
    Debt.objects.update(lease_until=clock() + debts.LEASE)
    assert dispatch.call_missed(ada) is None
    assert not Callback.objects.exists()


def test_a_call_of_ours_in_vain_is_no_missed_call_of_theirs(house, taken, ada, carrier):
    entry = dispatch.call_missed(ada)
    dispatch.callback_missed(entry.callback)
    assert make.debt(NUMBER).calls == 1


def test_a_busy_operator_calls_nobody(house, owed, ada):
    assert dispatch.take_missed(ada, owed.pk)
    make.talks(make.arrives(house))
    assert dispatch.call_missed(ada) is None


# ---- races


@pytest.mark.own_database
@pytest.mark.django_db(transaction=True)
def test_two_never_call_the_same_person(house, clock, tmp_path):
    operators = [make.operator(house, f"op{n}") for n in range(6)]
    for number in (NUMBER, "+16015559002"):
        make.missed(house, clock, number)
    keys = list(Debt.objects.values_list("pk", flat=True))
    for operator in operators:
        dispatch.ready(operator)

    def calls(operator, key):
        return dispatch.take_missed(operator, key) and dispatch.call_missed(operator) is not None

    with shared_database(tmp_path):
        works = [lambda o=o, k=k: calls(o, k) for o in operators for k in keys]
        got = in_threads(*works)
        placed, wrong = in_threads(
            lambda: list(Offer.objects.values_list("entry__call__from_number", flat=True)),
            lambda: violations(clock()),
        )
    assert sum(got) == 2
    assert sorted(placed) == [NUMBER, "+16015559002"]
    assert wrong == []


def test_a_call_out_of_a_number_already_owed_is_that_one(house):
    entry = make.promised(house, NUMBER)
    again = dispatch.call_out(agency=house, number=NUMBER, queue=Queue.objects.get(), language="en")
    assert again == entry
    assert facts.our_number(house.pk) == "+16015550100"
