"""Every address of the carrier's: who gets in, and that nothing it may say, however often, hurts anybody."""

import logging
import re
from datetime import time, timedelta

import pytest
from django.test import Client

from core import clock
from core.models import Agency
from crm import messages, recordings
from crm.models import Message, Recording
from floor import dispatch, offers, outlook
from floor.models import Callback, Command, Entry, Offer, Queue, Stint
from ivr import services as menus
from ivr.models import Flow, Line, Session
from knowledgebase.models import OpeningHours
from tests.floor import factories as make
from tests.floor.factories import again, arrives, fates, offer_of, picks_up, presence, promised, talks
from tests.floor.knocking import NONCE_NAME, SIGNATURE, headers_for, heard, knock, leads_to, post
from tests.telephony import signing
from tests.telephony.signing import body_of

pytestmark = pytest.mark.django_db
LINE, CALLER = "+16015550100", "+16015559001"
NEED = {"kind": "menu", "text": {"en": "Press 1."}, "keys": {"1": {"next": "line"}}, "tries": 2, "otherwise": "line"}
MENU = {"start": "need", "nodes": {"need": NEED, "line": {"kind": "queue", "queue": "book"}}}


@pytest.fixture
def line(house):
    """A number of ours that leads to a menu of one question."""
    flow = Flow.objects.create(agency=house, name="main")
    menus.publish(flow, MENU)
    return Line.objects.create(agency=house, number=LINE, flow=flow)


@pytest.fixture
def doors(line, ada):
    """An address of each kind, with something behind it that would move, and the form that would move it."""
    dispatch.away(ada)
    talk, consult, listening = _a_talk_with_guests(line.agency)
    entry = promised(line.agency, CALLER)
    dispatch.ready(ada)
    token = Callback.objects.get(entry=entry).token
    bo = make.operator(line.agency, "bo")
    dispatch.ready(bo)
    ringing = arrives(line.agency)
    offer = offer_of(ringing)
    waiting = arrives(line.agency)
    told_closed = _waits_at_closing_time(line.agency)
    tape = recordings.ask(make.call(line.agency), queue="book", language="en", at=clock.now())
    text = messages.owe_link(waiting.call, agency_id=line.agency_id, language="en", body="x", at=clock.now())
    knock("/carrier/answer/", CallUUID="in-menu", From=CALLER, To=LINE)
    session = Session.objects.get(call__carrier_uuid="in-menu")
    return {
        "answer": ("/carrier/answer/", {"CallUUID": "new", "From": CALLER, "To": LINE}),
        "menu": (f"/carrier/menu/{session.pk}/0/", {"CallUUID": "in-menu", "Digits": "1"}),
        "hangup": ("/carrier/hangup/", {"CallUUID": waiting.call.carrier_uuid, "CallStatus": "completed"}),
        "wait": (f"/carrier/wait/{waiting.pk}/", {"CallUUID": "x", "Digits": "1"}),
        "number-ok": (f"/carrier/number/{waiting.pk}/0/ok/", {"CallUUID": "x", "Digits": "1"}),
        "number-typed": (f"/carrier/number/{waiting.pk}/0/typed/", {"CallUUID": "x", "Digits": "6015550147"}),
        "leg": (f"/carrier/leg/{offer.token}/", {"CallUUID": "leg", "CallStatus": "busy"}),
        "prompt": (f"/carrier/prompt/{offer.token}/", {"CallUUID": "leg", "CallStatus": "in-progress"}),
        "room": (
            f"/carrier/room/{offer.token}/",
            {"EventName": "ParticipantJoin", "ParticipantRole": "agent", "MPCUUID": "m", "ParticipantCallUUID": "leg"},
        ),
        "exit": (f"/carrier/exit/{talk.token}/", {"CallUUID": "caller", "CallStatus": "in-progress"}),
        "hold": (f"/carrier/hold/{talk.token}/", {"CallUUID": "caller", "CallStatus": "in-progress"}),
        **_guest_doors("consult", consult.token, "agent"),
        **_guest_doors("listening", listening.token, "supervisor"),
        "callback-answer": (f"/carrier/callback/{token}/answer/", {"CallUUID": "back"}),
        "callback-key": (f"/carrier/callback/{token}/key/", {"CallUUID": "back", "Digits": "1"}),
        "callback-machine": (f"/carrier/callback/{token}/machine/", {"CallUUID": "back", "Machine": "true"}),
        "callback-hangup": (f"/carrier/callback/{token}/hangup/", {"CallUUID": "back", "CallStatus": "no-answer"}),
        "closing": (f"/carrier/closing/{told_closed.pk}/", {"CallUUID": "x", "Digits": "1"}),
        "transferred": (f"/carrier/transferred/{waiting.pk}/", {"CallUUID": "x", "DialStatus": "completed"}),
        "voicemail": (f"/carrier/voicemail/{tape.token}/", {"CallUUID": "x", **SPOKEN}),
        "voicemail-file": (f"/carrier/voicemail/{tape.token}/file/", {"CallUUID": "x", **SPOKEN}),
        "text": (f"/carrier/text/{text.token}/", {"MessageUUID": "m", "Status": "delivered"}),
    }


def _a_talk_with_guests(of):
    """A conversation into which a colleague and a supervisor are being rung."""
    cy, di, sup = make.operator(of, "cy"), make.operator(of, "di"), make.supervisor(of)
    dispatch.ready(cy)
    talk = make.talks(arrives(of))
    dispatch.ready(di)
    assert dispatch.consult(talk, operator=di)
    assert dispatch.listen(sup, talk)
    return talk, di.consults.get(), sup.listenings.get()


def _guest_doors(name, token, role):
    joins = {"EventName": "ParticipantJoin", "ParticipantRole": role, "ParticipantCallUUID": "g", "MPCUUID": "m"}
    return {
        f"{name}-leg": (f"/carrier/{name}/{token}/leg/", {"CallUUID": "g", "CallStatus": "busy"}),
        f"{name}-room": (f"/carrier/{name}/{token}/room/", joins),
        f"{name}-prompt": (f"/carrier/{name}/{token}/prompt/", {"CallUUID": "g", "CallStatus": "in-progress"}),
    }


def _waits_at_closing_time(house):
    """Somebody in a queue of its own that is closed and offers to call back."""
    queue = make.queue(house, "closed", callback=True)
    queue.hours, queue.at_closing = "night", Queue.AtClosing.CALLBACK
    queue.save()
    OpeningHours.objects.create(agency=house, slug="night", weekday=0, opens=time(2), closes=time(3))
    outlook.forget()
    return arrives(house, queue="closed")


SPOKEN = {"RecordUrl": "https://media.example/1.mp3", "RecordingID": "r", "RecordingDuration": "7"}
ONLY_SAYS = {"transferred"}  # what comes next, and moves nothing
KINDS = (
    "answer", "menu", "hangup", "wait", "leg", "prompt", "room", "exit", "hold", "consult-leg", "consult-room",
    "consult-prompt", "listening-leg", "listening-room", "listening-prompt", "callback-answer", "callback-key",
    "callback-machine", "callback-hangup", "number-ok", "number-typed", "closing", "transferred", "voicemail",
    "voicemail-file", "text",
)  # fmt: skip
every_door = pytest.mark.parametrize("kind", KINDS)


def rows():
    more = (Session, Message, Recording)
    return {**make.everything(), **{model.__name__: list(model.objects.order_by("pk").values()) for model in more}}


def test_every_address_of_the_carrier_is_tried_here():
    from floor.urls import urlpatterns as of_floor
    from ivr.urls import urlpatterns as of_menus

    assert {pattern.name for pattern in (*of_floor, *of_menus)} == set(KINDS)


# ---- who gets in ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "hold"])  # music moves nothing
def test_a_signed_request_gets_in_and_moves_something(doors, kind, clock):
    path, form = doors[kind]
    before = rows()
    clock.forward(1)
    heard(knock(path, **form))
    assert (rows() != before) == (kind not in ONLY_SAYS)


def _unsigned(path, body):
    return post(path, body, {})


def _wrong(path, body):
    return post(path, body, headers_for(path, body + "&more=1"))


def _other_address(path, body):
    return post(path, body, headers_for("/carrier/elsewhere/", body))


def _no_nonce(path, body):
    headers = headers_for(path, body)
    del headers[NONCE_NAME]
    return post(path, body, headers)


def _no_signature(path, body):
    headers = headers_for(path, body)
    del headers[SIGNATURE]
    return post(path, body, headers)


def _two_wrong_ones(path, body):
    return post(path, body, {**headers_for(path, body), SIGNATURE: "bad==,worse=="})


def _broken_query(path, body):
    return post(path + "?x=%D0", body, headers_for(path, body))


def _another_token(path, body):
    headers = {**headers_for(path, body), SIGNATURE: signing.v3("guessed", "http://testserver" + path, body)}
    return post(path, body, headers)


FORGERIES = [
    _unsigned, _wrong, _other_address, _no_nonce, _no_signature, _two_wrong_ones, _broken_query, _another_token,
]  # fmt: skip


@every_door
@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_the_carrier_did_not_sign_is_refused_and_changes_nothing(doors, kind, forgery, caplog):
    path, form = doors[kind]
    before = rows()
    response = forgery(path, body_of(form))
    assert (response.status_code, response.content) == (403, b"")
    assert rows() == before
    assert f"refused at {kind}" in caplog.text


@every_door
@pytest.mark.parametrize("method", ["get", "put", "delete", "head"])
def test_anything_but_a_post_is_refused_and_changes_nothing(doors, kind, method):
    path, form = doors[kind]
    before = rows()
    body = body_of(form)
    response = getattr(Client(), method)(f"{path}?{body}", headers=headers_for(f"{path}?{body}", ""))
    assert response.status_code == 405
    assert rows() == before


@every_door
def test_a_good_signature_beside_another_gets_in(doors, kind):
    path, form = doors[kind]
    body = body_of(form)
    headers = headers_for(path, body)
    assert post(path, body, {**headers, SIGNATURE: "b2xk, " + headers[SIGNATURE]}).status_code == 200


# ---- told again -------------------------------------------------------------------------------------------------


@every_door
def test_a_repeat_changes_nothing(doors, kind):
    path, form = doors[kind]
    knock(path, **form)
    before = rows()
    assert knock(path, **form).status_code == 200
    assert rows() == before


@pytest.mark.parametrize("kind", ["answer", "wait", "callback-answer", "callback-key", "closing", "voicemail"])
def test_a_caller_hears_the_same_when_the_carrier_asks_twice(doors, kind):
    """After a time-out it is the second answer that is played."""
    path, form = doors[kind]
    once, twice = knock(path, **form), knock(path, **form)
    assert heard(twice) == heard(once)


def test_a_caller_is_led_into_the_line_when_the_carrier_asks_the_menu_twice(doors):
    path, form = doors["menu"]
    once, twice = knock(path, **form), knock(path, **form)
    (again_at,) = leads_to(twice)
    assert again_at in leads_to(once)


def test_a_menu_that_asks_nothing_can_be_told_twice(house):
    """No question, straight into the line."""
    flow = Flow.objects.create(agency=house, name="direct")
    menus.publish(flow, {"start": "line", "nodes": {"line": {"kind": "queue", "queue": "book"}}})
    Line.objects.create(agency=house, number=LINE, flow=flow)
    form = {"CallUUID": "new", "From": CALLER, "To": LINE}
    knock("/carrier/answer/", **form)
    entry = Entry.objects.get()
    assert Session.objects.get().ended_at is not None
    assert leads_to(knock("/carrier/answer/", **form)) == [f"/carrier/wait/{entry.pk}/"]


# ---- what we do not know ----------------------------------------------------------------------------------------

NOWHERE = "8a6d9f1e-0000-4000-8000-00000000cafe"
UNKNOWN = [
    ("/carrier/answer/", {"CallUUID": "new", "From": CALLER, "To": "+16015550199"}),
    ("/carrier/answer/", {"CallUUID": "new", "From": CALLER, "To": "sip:nobody@phone.plivo.com"}),
    ("/carrier/answer/", {"From": CALLER, "To": "+16015550199"}),
    ("/carrier/answer/", {"CallUUID": ""}),
    ("/carrier/menu/4711/0/", {"CallUUID": "x", "From": CALLER, "Digits": "1"}),
    ("/carrier/menu/99999999999999999999999/0/", {"Digits": "1"}),
    ("/carrier/hangup/", {"CallUUID": "never heard of", "From": CALLER}),
    ("/carrier/hangup/", {"CallUUID": ""}),
    ("/carrier/wait/4711/", {"CallUUID": "x", "From": CALLER, "Digits": "1"}),
    ("/carrier/wait/99999999999999999999999/", {"Digits": "1"}),
    (f"/carrier/leg/{NOWHERE}/", {"CallUUID": "x", "To": CALLER, "CallStatus": "completed"}),
    (f"/carrier/room/{NOWHERE}/", {"EventName": "ParticipantJoin", "ParticipantRole": "agent"}),
    ("/carrier/closing/4711/", {"CallUUID": "x", "From": CALLER, "Digits": "1"}),
    ("/carrier/transferred/4711/", {"CallUUID": "x", "From": CALLER, "DialStatus": "completed"}),
    (f"/carrier/voicemail/{NOWHERE}/", {"CallUUID": "x", "From": CALLER}),
    (f"/carrier/voicemail/{NOWHERE}/file/", {"CallUUID": "x", "From": CALLER}),
    (f"/carrier/text/{NOWHERE}/", {"MessageUUID": "x", "To": CALLER, "Status": "sent"}),
    (f"/carrier/callback/{NOWHERE}/answer/", {"CallUUID": "x", "To": CALLER}),
    (f"/carrier/callback/{NOWHERE}/key/", {"CallUUID": "x", "To": CALLER, "Digits": "1"}),
    (f"/carrier/callback/{NOWHERE}/machine/", {"CallUUID": "x", "To": CALLER, "Machine": "true"}),
    (f"/carrier/callback/{NOWHERE}/hangup/", {"CallUUID": "x", "To": CALLER}),
]


@pytest.mark.parametrize(("path", "form"), UNKNOWN)
def test_what_names_nothing_gets_an_answer_and_a_line_in_the_log(line, caplog, path, form):
    caplog.set_level(logging.INFO)
    before = rows()
    response = knock(path, **form)
    says = heard(response)
    silent = ("/leg/", "/room/", "/text/", "/file/")
    if not path.endswith(("hangup/", "machine/")) and not any(part in path for part in silent):
        assert says.endswith("Goodbye.")
        assert "<Hangup" in response.content.decode()
    assert rows() == before
    messages = [record.getMessage() for record in caplog.records if record.name in ("ivr.webhooks", "floor.webhooks")]
    assert len(messages) == 1
    assert not re.search(r"\d", messages[0])


# ---- a caller in the menu ---------------------------------------------------------------------------------------


def ring_in(caller=CALLER, uuid="c1"):
    response = knock("/carrier/answer/", CallUUID=uuid, From=caller, To=LINE, CallStatus="ringing")
    return response, Session.objects.select_related("call").get(call__carrier_uuid=uuid)


@pytest.mark.parametrize("caller", ["", "anonymous", "Restricted", "sip:x@y", "+", "0", "1" * 128, "+49" + "1" * 15])
def test_a_caller_without_a_usable_number_is_answered_like_anybody(line, caller):
    response, session = ring_in(caller)
    assert heard(response) == "Press 1."
    assert leads_to(response) == [f"/carrier/menu/{session.pk}/0/"] * 2
    knock(f"/carrier/menu/{session.pk}/0/", CallUUID="c1", Digits="1")
    assert len(session.call.from_number) <= 16
    assert fates(Entry.objects.get()) == []


def test_a_withheld_number_is_asked_for_one(line):
    _, session = ring_in("anonymous")
    response = knock(f"/carrier/menu/{session.pk}/0/", CallUUID="c1", Digits="1")
    entry = Entry.objects.get()
    assert "called back" in heard(response)
    response = knock(f"/carrier/wait/{entry.pk}/", CallUUID="c1", Digits="1")
    assert leads_to(response) == [f"/carrier/number/{entry.pk}/0/typed/"] * 2
    assert again(entry).state == Entry.State.WAITING


@pytest.mark.parametrize("digits", ["7", "", "*", "#", "12345678901234567890", "eins", "\u0661"])
def test_an_answer_the_menu_cannot_use_is_asked_again_then_helped_on(line, digits):
    _, session = ring_in()
    response = knock(f"/carrier/menu/{session.pk}/0/", CallUUID="c1", Digits=digits)
    assert heard(response) == "Sorry, that did not work. Press 1."
    assert leads_to(response) == [f"/carrier/menu/{session.pk}/1/"] * 2
    knock(f"/carrier/menu/{session.pk}/1/", CallUUID="c1", Digits=digits)
    assert again(session).ended_at is not None
    assert Entry.objects.get().state == Entry.State.WAITING


@pytest.mark.parametrize("step", [1, 7, 40000, 10**12])
def test_a_step_the_caller_is_not_at_is_asked_where_they_are(line, step):
    _, session = ring_in()
    before = rows()
    response = knock(f"/carrier/menu/{session.pk}/{step}/", CallUUID="c1", Digits="1")
    assert (heard(response), leads_to(response)[0]) == ("Press 1.", f"/carrier/menu/{session.pk}/0/")
    assert rows() == before


def test_hanging_up_in_the_menu(line):
    _, session = ring_in()
    knock("/carrier/hangup/", CallUUID="c1", HangupCauseCode="4000")
    session = again(session)
    assert session.ended_at is not None
    assert list(session.call.events.values_list("kind", flat=True)) == ["ivr_abandoned"]
    assert (session.call.hangup_code, session.call.ended_at is None) == ("4000", False)


def test_hanging_up_in_the_very_moment_of_entering_the_line(line, monkeypatch):
    """The hang-up finds no entry yet; before it looks into the menu, the caller's last key is acted upon."""
    _, session = ring_in()
    really = menus.left

    def pressed_first(call, *, at):
        menus.pressed(session, 0, "1")
        return really(call, at=at)

    monkeypatch.setattr(menus, "left", pressed_first)
    knock("/carrier/hangup/", CallUUID="c1")
    entry = Entry.objects.get()
    assert (entry.state, fates(entry)) == (Entry.State.DONE, ["abandoned"])


def test_the_same_call_in_two_agencies_is_two_lines(line):
    other = Agency.objects.create(slug="other", name="Other")
    make.queue(other)
    flow = Flow.objects.create(agency=other, name="main")
    menus.publish(flow, MENU)
    Line.objects.create(agency=other, number="+16015550200", flow=flow)
    knock("/carrier/answer/", CallUUID="c2", From=CALLER, To="+16015550200")
    assert Session.objects.get().call.agency == other


# ---- a caller in line -------------------------------------------------------------------------------------------


def test_a_caller_in_line_hears_the_place_and_the_way_out(house):
    arrives(house)
    entry = arrives(house)
    entry.rank_at += timedelta(seconds=1)
    entry.save()
    response = knock(f"/carrier/wait/{entry.pk}/", CallUUID="x")
    assert "number 2 in line" in heard(response)
    assert "press 1" in heard(response)
    assert leads_to(response) == [f"/carrier/wait/{entry.pk}/"] * 2


def test_a_round_of_the_loop_is_a_sign_of_life(house, clock):
    entry = arrives(house)
    clock.forward(30)
    knock(f"/carrier/wait/{entry.pk}/", CallUUID="x")
    assert again(entry).seen_at == clock()


def test_key_one_asks_whether_the_number_is_right_and_moves_nothing(house):
    entry = arrives(house)
    response = knock(f"/carrier/wait/{entry.pk}/", CallUUID="x", Digits="1")
    assert "We will call you at 6, 0, 1." in heard(response)
    assert leads_to(response) == [f"/carrier/number/{entry.pk}/0/ok/"] * 2
    assert again(entry).state == Entry.State.WAITING


def test_a_caller_whose_operator_is_ringing_is_told_so(house, ada):
    entry = arrives(house)
    response = knock(f"/carrier/wait/{entry.pk}/", CallUUID="x", Digits="1")
    assert "connecting you" in heard(response)
    assert leads_to(response) == [f"/carrier/wait/{entry.pk}/"]


@pytest.mark.parametrize("digits", ["2", "*", "11", "12345678901234567890", ""])
def test_other_keys_in_line_do_nothing(house, digits):
    entry = arrives(house)
    knock(f"/carrier/wait/{entry.pk}/", CallUUID="x", Digits=digits)
    assert again(entry).state == Entry.State.WAITING


# ---- in any order -----------------------------------------------------------------------------------------------


def joins(offer, role, **more):
    form = {"EventName": "ParticipantJoin", "ParticipantRole": role, "MPCUUID": "m1", "MemberID": "7", **more}
    return knock(f"/carrier/room/{offer.token}/", **form)


def exits(offer, role="customer"):
    return knock(f"/carrier/room/{offer.token}/", EventName="ParticipantExit", ParticipantRole=role, MPCUUID="m1")


def leg_ends(offer, status="completed"):
    return knock(f"/carrier/leg/{offer.token}/", CallUUID="leg", CallStatus=status)


def test_a_conversation_by_its_webhooks(house, ada):
    entry = arrives(house)
    offer = offer_of(entry)
    joins(offer, "agent", ParticipantCallUUID="leg", SequenceNumber="1")
    assert (again(offer).leg_uuid, again(offer).room_uuid, again(offer).member_id) == ("leg", "m1", "7")
    joins(offer, "customer", SequenceNumber="2")
    assert again(entry).state == Entry.State.TALKING
    exits(offer)
    assert (fates(entry), presence(ada)) == (["answered"], Stint.State.WRAPPING)


def test_a_hang_up_before_anything_else_is_heard_of_the_call(line):
    assert knock("/carrier/hangup/", CallUUID="early", From=CALLER).status_code == 200
    assert rows()["Call"] == []


def test_an_exit_before_a_join_does_nothing(house, ada):
    offer = offer_of(arrives(house))
    before = rows()
    exits(offer)
    assert rows() == before


def test_a_customer_who_joins_before_the_agent_does_nothing_yet(house, ada):
    entry = arrives(house)
    offer = offer_of(entry)
    before = rows()
    joins(offer, "customer")
    assert rows() == before
    joins(offer, "agent", ParticipantCallUUID="leg")
    assert again(offer).todo == Command.JOIN


def test_the_leg_may_end_before_the_room_is_left(house, ada):
    entry = arrives(house)
    offer = talks(entry)
    leg_ends(offer)
    before = rows()
    exits(offer)
    knock("/carrier/hangup/", CallUUID=entry.call.carrier_uuid)
    assert fates(entry) == ["answered"]
    assert {**rows(), "Call": None} == {**before, "Call": None}


def test_the_caller_may_hang_up_before_the_operators_answer_is_told(house, ada):
    entry = arrives(house)
    offer = offer_of(entry)
    knock("/carrier/hangup/", CallUUID=entry.call.carrier_uuid)
    joins(offer, "agent", ParticipantCallUUID="leg")
    assert (again(offer).todo, again(offer).leg_uuid) == (Command.DROP, "leg")
    assert (fates(entry), presence(ada)) == (["abandoned"], Stint.State.READY)


@pytest.mark.parametrize(
    ("status", "why"),
    [("no-answer", "no answer"), ("timeout", "no answer"), ("busy", "declined"), ("rejected", "declined")],
)
def test_an_operators_phone_that_does_not_pick_up(house, ada, status, why):
    entry = arrives(house)
    leg_ends(offer_of(entry), status)
    assert again(entry).state == Entry.State.WAITING
    assert Stint.objects.get(operator=ada, until=None).reason == why


def test_the_seconds_of_a_ring_count_from_the_ringing(house, ada, clock):
    offer = offer_of(arrives(house))
    clock.forward(30)
    leg_ends(offer, "ringing")
    assert again(offer).due_at == clock() + timedelta(seconds=offers.RING_S + offers.GRACE_S)


@pytest.mark.parametrize("status", ["in-progress", "", "something new"])
def test_a_leg_that_is_not_over_says_nothing_yet(house, ada, status):
    offer = offer_of(arrives(house))
    before = rows()
    leg_ends(offer, status)
    assert rows() == before


def test_an_operator_who_leaves_before_the_caller_is_in_gives_the_caller_back(house, ada):
    entry = arrives(house)
    offer = picks_up(entry)
    exits(offer, "agent")
    leg_ends(offer)
    assert (again(entry).state, presence(ada)) == (Entry.State.WAITING, Stint.State.READY)


@pytest.mark.parametrize("name", ["MPCStart", "MPCEnd", "ParticipantMute", "", "ParticipantDigitInput"])
def test_other_news_of_a_room_changes_nothing(house, ada, name):
    offer = offer_of(arrives(house))
    before = rows()
    knock(f"/carrier/room/{offer.token}/", EventName=name, MPCUUID="m1", ParticipantRole="agent")
    assert rows() == before


def test_odd_and_overlong_fields_are_no_fault(house, ada):
    offer = offer_of(arrives(house))
    long = "9" * 200
    joins(offer, "agent", MemberID=long, MPCUUID=long, ParticipantCallUUID=long, SequenceNumber=long, Extra="ä\x00")
    assert again(offer).state == offers.State.ANSWERED


# ---- the person called back -------------------------------------------------------------------------------------


@pytest.fixture
def back(house, ada):
    """A call-back on its way: the promise, whose person's phone rings."""
    dispatch.away(ada)
    entry = promised(house, CALLER)
    dispatch.ready(ada)
    Offer.objects.update(todo=Command.NONE, todo_at=None)
    Callback.objects.update(attempts=1, leg_uuid="back")
    return Callback.objects.get(entry=entry)


def tell(promise, what, **form):
    return knock(f"/carrier/callback/{promise.token}/{what}/", CallUUID="back", **form)


def test_a_person_is_asked_for_a_key_and_rung_through(back):
    greeting = tell(back, "answer")
    assert "To speak with us now, press 1" in heard(greeting)
    assert leads_to(greeting) == [f"/carrier/callback/{back.token}/key/"]
    response = tell(back, "key", Digits="1")
    assert "connecting you" in heard(response)
    assert offer_of(back.entry).state == offers.State.RINGING


def test_picked_up_before_the_carrier_told_us_the_leg(back):
    Callback.objects.update(leg_uuid="")
    tell(back, "answer")
    assert again(back).leg_uuid == "back"


def test_key_two_withdraws(back):
    assert heard(tell(back, "key", Digits="2")) == "All right. Thank you, goodbye."
    assert again(back).state == Callback.State.CANCELLED
    tell(back, "hangup")
    assert fates(back.entry) == ["callback_cancelled"]


@pytest.mark.parametrize("digits", ["", "7", "12345678901234567890"])
def test_no_key_is_taken_for_a_machine(back, digits):
    assert "We will try again a little later" in heard(tell(back, "key", Digits=digits))
    tell(back, "hangup")
    assert again(back.entry).state == Entry.State.CALLBACK


def test_key_one_after_the_reservation_lapsed_hears_that_we_call_again(back, clock):
    clock.forward(offers.DIAL_S)
    dispatch.tick()
    assert "We will call you again" in heard(tell(back, "key", Digits="1"))
    tell(back, "hangup")
    assert again(back).state == Callback.State.PENDING


@pytest.mark.parametrize("order", [("machine", "hangup"), ("hangup", "machine"), ("hangup", "hangup")])
def test_missed_by_machine_and_hang_up_in_any_order_rests_once(back, ada, order):
    for what in order:
        tell(back, what, Machine="true")
    assert again(back.entry).state == Entry.State.CALLBACK
    assert (presence(ada), fates(back.entry)) == (Stint.State.READY, [])


def test_the_end_of_an_earlier_attempt_does_not_end_this_one(back):
    knock(f"/carrier/callback/{back.token}/hangup/", CallUUID="an earlier leg")
    assert offer_of(back.entry).state == offers.State.RESERVED


def test_hanging_up_ends_the_talk_of_a_call_back(back):
    tell(back, "key", Digits="1")
    talks(back.entry)
    tell(back, "hangup")
    assert fates(back.entry) == ["callback_done"]


def test_a_promise_that_is_over_greets_nobody(back):
    dispatch.callback_withdrawn(back)
    for what in ("answer", "key"):
        assert heard(tell(back, what, Digits="1")) == "Thank you for calling. Goodbye."
