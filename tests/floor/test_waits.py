"""What comes of waiting: what callers hear, where a queue sends whom it cannot serve, and closing time."""

from datetime import time, timedelta

import pytest
from django.core.exceptions import ValidationError

from crm.ledger import Kind
from crm.models import CallEvent, Message, Recording
from floor import dispatch, outlook, texts
from floor.models import Callback, ComfortMessage, Entry, OverflowRule, Queue, RelaxStep, Skill, WaitPromise
from knowledgebase.models import OpeningHours
from tests.floor import factories as make
from tests.floor.factories import again, arrives, fates, ledger, offer_of, picks_up, promised
from tests.floor.knocking import heard, knock, leads_to

pytestmark = pytest.mark.django_db

When, Then = OverflowRule.When, OverflowRule.Then
LINK = "https://health.example/vaccine"


@pytest.fixture
def book(house):
    return Queue.objects.get(agency=house, slug="book")


@pytest.fixture
def busy(house):
    """Two operators, both in a conversation."""
    for name in ("ann", "bob"):
        dispatch.ready(make.operator(house, name))
        make.talks(arrives(house))
    outlook.forget()


def rule(queue, when, then, limit=0, **more):
    found = OverflowRule.objects.create(queue=queue, when=when, then=then, limit=limit, **more)
    outlook.forget()
    return found


def round_of(entry, **form):
    """What this caller hears now."""
    return knock(f"/carrier/wait/{entry.pk}/", CallUUID=entry.call.carrier_uuid, **form)


def open_until(house, clock, minutes):
    """Opening hours of every day that end so many minutes from now."""
    local = clock().astimezone(house.zone)
    closes = (local + timedelta(minutes=minutes)).time()
    for weekday in range(7):
        OpeningHours.objects.create(agency=house, weekday=weekday, opens=time(5), closes=closes)
    outlook.forget()


# ---- place and time ---------------------------------------------------------------------------------------------


def test_the_place_and_the_time_are_heard_and_the_promise_is_kept_once(house, busy, clock):
    for _ in range(6):
        arrives(house)
    entry = arrives(house)
    clock.forward(30)
    said = heard(round_of(entry))
    assert "You are number 7 in line." in said
    assert "You will wait between" in said
    promise = WaitPromise.objects.get(entry=entry)
    assert (promise.ahead, promise.made_at) == (7, entry.entered_at)
    round_of(entry)
    assert WaitPromise.objects.filter(entry=entry).count() == 1


def test_the_time_never_grows_and_each_new_one_is_kept(house, busy, clock):
    waiting = [arrives(house) for _ in range(20)]
    for gone in (3, 7, 0, 5):
        for entry in waiting[:gone]:
            dispatch.hung_up(entry.call)
        waiting = waiting[gone:]
        clock.forward(30)
        round_of(waiting[-1])
    told = list(WaitPromise.objects.filter(entry=waiting[-1]).order_by("pk").values_list("high_s", flat=True))
    assert len(told) > 1
    assert told == sorted(told, reverse=True)
    entry = again(waiting[-1])
    assert (entry.told_low_s, entry.told_high_s) == WaitPromise.objects.filter(entry=entry).values_list(
        "low_s", "high_s"
    ).last()


def test_nobody_logged_in_is_silence(house):
    entry = arrives(house)
    assert "minute" not in heard(round_of(entry))
    assert not WaitPromise.objects.exists()


def test_only_those_who_wait_for_the_same_operators_are_ahead(house, book, clock):
    spanish = Skill.objects.create(agency=house, slug="spanish", name="Spanish")
    other = make.queue(house, "espanol")
    other.skills.add(spanish)
    bo = make.operator(house, "bo")
    bo.skills.create(skill=spanish)
    nurse = Skill.objects.create(agency=house, slug="nurse", name="Nurse")
    book.skills.add(nurse)
    cy = make.operator(house, "cy")
    cy.skills.create(skill=nurse)
    for operator, queue in ((bo, "espanol"), (cy, "book")):
        dispatch.ready(operator)
        make.talks(arrives(house, queue=queue))
    for queue in ("book", "book", "espanol"):
        arrives(house, queue=queue)
    outlook.forget()
    clock.forward(1)
    assert "You are number 2 in line." in heard(round_of(arrives(house, queue="espanol")))
    assert "You are number 3 in line." in heard(round_of(arrives(house, queue="book")))


def test_comfort_messages_take_turns_from_the_second_round_on_in_the_callers_language(house, book, clock):
    for order, (text, spanish) in enumerate((("Bring a card.", "Traiga una tarjeta."), ("Drink water.", ""))):
        ComfortMessage.objects.create(queue=book, order=order, text=text, text_es=spanish)
    outlook.forget()
    entry = dispatch.arrive(make.call(house), queue="book", language="es")
    said = []
    for _ in range(3):
        clock.forward(30)
        said.append(heard(round_of(entry)))
    assert "Traiga una tarjeta." in said[0]
    assert "Drink water." in said[1]
    assert "Traiga una tarjeta." in said[2]


def test_a_queue_has_its_own_music(house, book):
    entry = arrives(house)
    assert b"/static/audio/hold.wav" in round_of(entry).content
    Queue.objects.update(music_url="https://media.example/guitar.mp3")
    assert b"https://media.example/guitar.mp3" in round_of(entry).content


# ---- overflow ---------------------------------------------------------------------------------------------------


def test_a_full_queue_sends_to_another_with_the_place_kept(house, book, ada, clock):
    other = make.queue(house, "help")
    rule(book, When.LENGTH, Then.QUEUE, limit=3, to_queue=other)  # one is just being connected
    arrives(house)
    first, second = arrives(house), arrives(house)
    clock.forward(5)
    entry = arrives(house)
    assert [again(one).queue.slug for one in (first, second, entry)] == ["book", "book", "help"]
    entry = again(entry)
    assert (entry.virtual_start, entry.moved_from.slug, entry.state) == (clock(), "book", Entry.State.WAITING)
    moved = CallEvent.objects.get(call=entry.call, kind=Kind.MOVED)
    was = {"from": "book", "to": "help", "need": "", "rank_at": clock().isoformat()}
    assert (moved.queue, moved.data) == ("book", was)
    assert CallEvent.objects.get(call=entry.call, kind=Kind.OFFERED).queue == "book"


def test_two_queues_do_not_send_callers_to_and_fro(house, book, clock):
    other = make.queue(house, "help")
    rule(book, When.UNSTAFFED, Then.QUEUE, to_queue=other)
    rule(other, When.UNSTAFFED, Then.QUEUE, to_queue=book)
    entry = arrives(house)
    for _ in range(3):
        clock.forward(30)
        round_of(entry)
    assert again(entry).queue == other
    assert [kind for kind, _ in ledger(entry)].count("moved") == 1


def test_whoever_is_moved_is_served_there_at_once_if_somebody_is_free(house, book):
    nurse = Skill.objects.create(agency=house, slug="nurse", name="Nurse")
    book.skills.add(nurse)
    other = make.queue(house, "help")
    dispatch.ready(make.operator(house, "bo"))
    rule(book, When.UNSTAFFED, Then.QUEUE, to_queue=other)
    entry = arrives(house)
    assert again(entry).state == entry.state == Entry.State.OFFERED
    assert offer_of(entry).entry.queue.slug == "help"


def test_who_has_waited_too_long_goes_out_to_another_office(house, book, busy, clock):
    rule(book, When.WAIT, Then.TRANSFER, limit=60, number="+16015550199", text="Our other office helps you.")
    entry = arrives(house)
    clock.forward(59)
    round_of(entry)
    assert again(entry).state == Entry.State.WAITING
    clock.forward(1)
    answer = round_of(entry)
    assert heard(answer) == "Our other office helps you."
    assert b"<Number>+16015550199</Number>" in answer.content
    assert b'callerId="+16015550100"' in answer.content
    assert round_of(entry).content == answer.content, "a repeat hears the same"
    assert ledger(entry)[-1] == ("overflow", 60.0)
    assert fates(entry) == ["overflow"]
    (after,) = set(leads_to(answer))
    assert "Goodbye" in heard(knock(after, CallUUID="x", DialStatus="completed"))
    assert "nobody picked up there" in heard(knock(after, CallUUID="x", DialStatus="no-answer"))
    dispatch.hung_up(entry.call)
    assert fates(entry) == ["overflow"]


@pytest.mark.parametrize(("then", "fate"), [(Then.MESSAGE, "turned_away"), (Then.VOICEMAIL, "voicemail")])
def test_nobody_logged_in(house, book, then, fate):
    rule(book, When.UNSTAFFED, then)
    entry = arrives(house)
    assert (again(entry).state, fates(entry)) == (Entry.State.DONE, [fate])
    dispatch.ready(make.operator(house, "bo"))
    second = arrives(house)
    assert fates(second) == []


def test_somebody_who_has_just_logged_in_is_somebody(house, book, clock):
    RelaxStep.objects.create(queue=book, after_s=600, kind="anyone")
    nurse = Skill.objects.create(agency=house, slug="nurse", name="Nurse")
    book.skills.add(nurse)
    rule(book, When.UNSTAFFED, Then.MESSAGE)
    outlook.staff(house.pk, clock())  # nobody, a moment ago
    dispatch.ready(make.operator(house, "bo"))  # who fits after ten minutes
    assert fates(arrives(house)) == []


def test_a_message_is_left_and_kept_once(house, book, clock):
    rule(book, When.UNSTAFFED, Then.VOICEMAIL)
    entry = arrives(house)
    tape = Recording.objects.get(call=entry.call)
    answer = round_of(entry)
    assert "after the tone" in heard(answer)
    assert 'action="http' in answer.content.decode()
    told = {"CallUUID": "x", "RecordUrl": "https://media.example/1.mp3", "RecordingID": "r1", "RecordingDuration": "7"}
    clock.forward(10)
    assert "We have your message" in heard(knock(f"/carrier/voicemail/{tape.token}/", **told))
    clock.forward(10)
    knock(f"/carrier/voicemail/{tape.token}/file/", **told | {"RecordingDuration": "8"})
    tape.refresh_from_db()
    assert (tape.url, tape.seconds, tape.carrier_id) == ("https://media.example/1.mp3", 7, "r1")
    assert tape.left_at == clock() - timedelta(seconds=10)


def test_whoever_says_nothing_has_left_no_message(house, book):
    rule(book, When.UNSTAFFED, Then.VOICEMAIL)
    tape = Recording.objects.get(call=arrives(house).call)
    knock(f"/carrier/voicemail/{tape.token}/", CallUUID="x", RecordUrl="https://m.example/1.mp3", RecordingDuration="0")
    tape.refresh_from_db()
    assert tape.left_at is None


@pytest.mark.parametrize("moment", ["ringing", "picked up", "called back later"])
def test_whoever_is_being_connected_or_owed_a_call_is_never_sent_away(house, book, moment, clock):
    if moment == "called back later":
        entry = promised(house)
    else:
        dispatch.ready(make.operator(house, "bo"))
        entry = arrives(house)
        if moment == "picked up":
            picks_up(entry)
    rule(book, When.WAIT, Then.MESSAGE)
    clock.forward(60)
    round_of(entry)
    assert fates(entry) == []


def test_a_rule_says_where_to(book):
    for wrong in ({"then": Then.QUEUE}, {"then": Then.QUEUE, "to_queue": book}, {"then": Then.TRANSFER}):
        with pytest.raises(ValidationError):
            OverflowRule(queue=book, when=When.WAIT, **wrong).clean()


# ---- closing time -----------------------------------------------------------------------------------------------


def test_by_default_those_who_wait_are_served_after_closing(house, busy, clock):
    open_until(house, clock, 10)
    entry = arrives(house)
    clock.forward(1200)
    heard(round_of(entry))
    assert fates(entry) == []


def test_closing_time_turns_away(house, busy, clock):
    Queue.objects.update(at_closing=Queue.AtClosing.MESSAGE)
    open_until(house, clock, 10)
    entry = arrives(house)
    clock.forward(599)
    round_of(entry)
    assert fates(entry) == []
    clock.forward(1)
    assert "we are closed now" in heard(round_of(entry))
    assert "we are closed now" in heard(round_of(entry))
    assert ledger(entry)[-1] == ("turned_away", 600.0)
    assert fates(arrives(house)) == ["turned_away"]


def test_no_time_beyond_closing_is_announced(house, busy, clock):
    Queue.objects.update(at_closing=Queue.AtClosing.MESSAGE)
    open_until(house, clock, 7)
    for _ in range(4):
        arrives(house)
    entry = arrives(house)
    assert WaitPromise.objects.filter(entry=entry).count() <= 1
    assert not WaitPromise.objects.filter(high_s__gt=420).exists()
    for _ in range(30):
        arrives(house)
    assert "minute" not in heard(round_of(arrives(house)))


def test_at_closing_a_call_back_at_the_next_opening_is_offered(house, busy, clock):
    Queue.objects.update(at_closing=Queue.AtClosing.CALLBACK)
    open_until(house, clock, 10)
    entry = arrives(house)
    clock.forward(600)
    answer = round_of(entry)
    assert "when we open again, press 1" in heard(answer)
    assert fates(entry) == []
    (key,) = set(leads_to(answer))
    (right,) = set(leads_to(answer := knock(key, CallUUID="x", Digits="1")))
    assert "If that is right, press 1" in heard(answer)
    assert "when we are open again" in heard(knock(right, CallUUID="x", Digits="1"))
    heard(knock(right, CallUUID="x", Digits="1"))
    entry = again(entry)
    assert entry.state == Entry.State.CALLBACK
    local = entry.not_before.astimezone(house.zone)
    assert (local.hour, local.date()) == (5, clock().astimezone(house.zone).date() + timedelta(days=1))
    assert Callback.objects.filter(entry=entry, ended_at=None).count() == 1


def test_whoever_wants_no_call_back_is_turned_away(house, busy, clock):
    Queue.objects.update(at_closing=Queue.AtClosing.CALLBACK)
    open_until(house, clock, 10)
    entry = arrives(house)
    clock.forward(600)
    (key,) = set(leads_to(round_of(entry)))
    assert "we are closed now" in heard(knock(key, CallUUID="x"))
    assert fates(entry) == ["turned_away"]


def test_at_closing_who_withheld_the_number_types_one(house, busy, clock):
    Queue.objects.update(at_closing=Queue.AtClosing.CALLBACK)
    open_until(house, clock, 10)
    clock.forward(600)
    entry = arrives(house, number="")
    (key,) = set(leads_to(round_of(entry)))
    (typed,) = set(leads_to(knock(key, CallUUID="x", Digits="1")))
    (right,) = set(leads_to(knock(typed, CallUUID="x", Digits="6015550177")))
    assert "when we are open again" in heard(knock(right, CallUUID="x", Digits="1"))
    assert Callback.objects.get(entry=entry).number == "+16015550177"
    again(entry)


def test_an_operator_who_gets_free_wins_over_closing_time(house, clock):
    Queue.objects.update(at_closing=Queue.AtClosing.CALLBACK)
    open_until(house, clock, 10)
    entry = arrives(house)
    clock.forward(600)
    (key,) = set(leads_to(round_of(entry)))
    dispatch.ready(make.operator(house, "bo"))
    heard(knock(key, CallUUID="x"))
    assert (again(entry).state, fates(entry)) == (Entry.State.OFFERED, [])


def test_call_backs_at_closing_need_call_backs(book):
    book.callback_mode, book.at_closing = Queue.CallbackMode.OFF, Queue.AtClosing.CALLBACK
    with pytest.raises(ValidationError):
        book.clean()


# ---- the text with the link -------------------------------------------------------------------------------------


@pytest.fixture
def linked(book):
    Queue.objects.update(text_link=LINK)


def test_a_key_gets_a_text_and_the_caller_stays_in_line(house, linked, carrier, clock):
    entry = dispatch.arrive(make.call(house), queue="book", language="es")
    assert "oprima el 2" in heard(round_of(entry))
    said = heard(round_of(entry, Digits="2"))
    assert "va en camino" in said
    assert "oprima el 2" not in said
    heard(round_of(entry, Digits="2"))
    (message,) = Message.objects.all()
    assert (message.number, message.language, message.state) == (entry.call.from_number, "es", "queued")
    assert LINK in message.body
    assert (message.consent_at, again(entry).state) == (clock(), Entry.State.WAITING)
    assert "pressed 2" in message.consent
    assert texts.run() == 1
    assert texts.run() == 0
    told = carrier.only("send_text")
    assert (told["to"], told["from_"], told["text"]) == (message.number, "+16015550100", message.body)
    assert told["status_url"].endswith(f"/carrier/text/{message.token}/")
    message.refresh_from_db()
    assert (message.state, message.carrier_uuid) == ("sent", "text-1")


@pytest.mark.parametrize("number", ["", "+18005550142"], ids=["withheld", "toll-free"])
def test_no_text_to_what_cannot_receive_one(house, linked, number):
    entry = arrives(house, number)
    assert "press 2" not in heard(round_of(entry))
    heard(round_of(entry, Digits="2"))
    assert not Message.objects.exists()


def _owed(house):
    entry = arrives(house)
    assert dispatch.text_link(entry)
    return Message.objects.get()


def test_what_was_certainly_not_sent_is_tried_again(house, linked, carrier, clock):
    message = _owed(house)
    carrier.fails("send_text", retryable=True)
    texts.run()
    message.refresh_from_db()
    assert message.state == "queued"
    assert texts.run() == 0
    clock.forward(texts.PAUSE_S)
    texts.run()
    message.refresh_from_db()
    assert (message.state, message.tries) == ("sent", 2)


def test_what_may_have_been_sent_is_not_sent_again_until_the_carrier_reports(house, linked, carrier, clock):
    message = _owed(house)
    carrier.fails("send_text", retryable=True, ambiguous=True)
    for _ in range(3):
        texts.run()
        clock.forward(3600)
    message.refresh_from_db()
    assert (message.state, carrier.names().count("send_text")) == ("unsure", 1)
    knock(f"/carrier/text/{message.token}/", MessageUUID="m1", Status="delivered")
    message.refresh_from_db()
    assert (message.state, message.carrier_uuid) == ("delivered", "m1")


def test_a_worker_that_dies_while_sending_leaves_an_unsure_one(house, linked, carrier, clock):
    message = _owed(house)
    carrier.meanwhile["send_text"] = lambda: (_ for _ in ()).throw(KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        texts.run()
    clock.forward(60)
    texts.run()
    message.refresh_from_db()
    assert (message.state, carrier.names().count("send_text")) == ("unsure", 1)


def test_reports_in_any_order_an_end_stays_an_end(house, linked, carrier):
    message = _owed(house)
    texts.run()
    for status in ("delivered", "sent", "queued", "failed"):
        knock(f"/carrier/text/{message.token}/", MessageUUID="text-1", Status=status, ErrorCode="30")
    message.refresh_from_db()
    assert (message.state, message.error) == ("delivered", "")
