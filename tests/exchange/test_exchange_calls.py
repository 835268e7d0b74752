"""Calls and their documents: what is posted when, and how every call ends."""

import pytest

from exchange import ContractError, Faults, Party, WebReply
from tests.exchange.town import ANNA, APP, BEN, CALLER, OUR_NUMBER, SECOND, Picks, Presses, Town, xml

MENU = f'<GetInput action="{APP}/menu" numDigits="1"><Speak>Press one</Speak></GetInput>'
BROKEN = WebReply(200, "text/xml", b"<Response><Speak>")
DOWN = WebReply(500)


def test_inbound_call_rings_until_the_first_element_runs():
    town = Town({"/answer": "<Speak>Hello</Speak>"})
    leg = town.ring()
    assert leg.state == "ringing"
    town.run()
    answer, hangup = town.forms("answer")[0], town.forms("hangup")[0]
    assert (answer["CallStatus"], answer["Event"], answer["Direction"]) == ("ringing", "StartApp", "inbound")
    assert hangup["CallStatus"] == "completed"
    assert (hangup["HangupCauseCode"], hangup["HangupSource"]) == ("4010", "Answer XML")
    assert answer["From"].lstrip("+") == CALLER.lstrip("+")
    assert not town.exchange.legs


def test_outbound_answer_comes_when_somebody_picked_up():
    town = Town({"/answer": "<Hangup/>"})
    town.exchange.add_phone("+12025550177", Picks(3))
    uuid = town.call("12025550177", ring_url=APP + "/ring")
    town.run()
    assert [(at, kind) for at, kind, _, _ in town.seen] == [(0.0, "ring"), (3.0, "answer"), (3.0, "hangup")]
    answer = town.forms("answer")[0]
    assert answer["CallUUID"] == answer["RequestUUID"] == uuid
    assert answer["CallStatus"] == "in-progress"


def test_menu_posts_digits_and_redirect_counts():
    town = Town({"/answer": MENU, "/menu": f"<Redirect>{APP}/next</Redirect>", "/next": "<Hangup/>"})
    town.ring(Presses("1"))
    town.run()
    action = town.forms("action")[0]
    assert (action["Digits"], action["InputType"], action["Event"]) == ("1", "dtmf", "Redirect")
    assert [(at, kind) for at, kind, _, _ in town.seen] == [
        (0.0, "answer"), (1.0, "action"), (1.0, "redirect"), (1.0, "hangup"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("attributes", "pressed", "digits", "at"),
    [
        ('numDigits="5"', "60655", "60655", 1.0),
        ('numDigits="5"', "606", "606", 3.0),  # two seconds after the last digit
        ('numDigits="5" digitEndTimeout="6"', "606", "606", 7.0),
        ("", "12#34", "12", 1.0),
        ('finishOnKey="*"', "1#2*", "1#2", 1.0),
        ('numDigits="1"', "987", "9", 1.0),
    ],
)
def test_when_digits_are_complete(attributes, pressed, digits, at):
    town = Town({"/answer": f'<GetInput action="{APP}/menu" {attributes}/>', "/menu": "<Hangup/>"})
    town.ring(Presses(pressed))
    town.run()
    assert [(when, form["Digits"]) for when, kind, _, form in town.seen if kind == "action"] == [(at, digits)]


def test_time_allowed_counts_from_the_end_of_the_prompts():
    pages = {"/answer": f'<GetInput action="{APP}/menu" executionTimeout="7"><Speak>long</Speak></GetInput>'}
    town = Town(pages, speech_seconds=lambda text: 4.0)
    town.ring()
    town.run()
    assert [(at, kind) for at, kind, _, _ in town.seen] == [(0.0, "answer"), (11.0, "hangup")]


def test_keys_interrupt_the_prompts_and_speech_is_heard():
    pages = {"/answer": f'<GetInput action="{APP}/menu" inputType="dtmf speech"><Speak>long</Speak></GetInput>'}
    town = Town({**pages, "/menu": "<Hangup/>"}, speech_seconds=lambda text: 30.0)

    class Speaks(Party):
        def asked(self, leg, ask):
            leg.say("operator", SECOND)

    town.ring(Speaks())
    town.run()
    action = town.forms("action")[0]
    assert (action["InputType"], action["Speech"]) == ("speech", "operator")
    assert town.seen[1][0] == 1.0


def test_party_may_let_a_prompt_last():
    class Listens(Party):
        def listens(self, leg, texts):
            return 9 * SECOND if texts == ["Hello"] else 0

    town = Town({"/answer": '<Speak>Hello</Speak><Wait length="3"/>'})
    town.ring(Listens())
    town.run()
    assert town.seen[-1][:2] == (12.0, "hangup")


def test_presses_nobody_listens_for_are_lost():
    town = Town({"/answer": '<Wait length="5"/>' + MENU, "/menu": "<Hangup/>"})
    leg = town.ring()
    leg.press("1", SECOND)
    town.run()
    assert "action" not in town.kinds()


def test_action_without_redirect_is_told_and_the_next_element_runs():
    town = Town(
        {
            "/answer": f'<GetInput action="{APP}/menu" numDigits="1" redirect="false"/><Wait length="2"/>',
            "/menu": "<Nonsense/>",
        }
    )
    town.ring(Presses("1"))
    town.run()
    assert town.kinds() == ["answer", "action", "hangup"]
    assert town.hangups() == ["4010"]


@pytest.mark.parametrize(
    ("pages", "code"),
    [
        ({"/answer": DOWN}, "7011"),
        ({"/answer": WebReply(0, error="connect")}, "7011"),
        ({"/answer": BROKEN}, "8011"),
        ({"/answer": WebReply(200, "text/html", b"<Response/>")}, "8011"),
        ({"/answer": WebReply(200, "text/xml", b"<Response>" + b" " * 102_400 + b"</Response>")}, "8011"),
        ({"/answer": WebReply(200, "text/xml", b"<Answer/>")}, "8011"),
        ({"/answer": MENU, "/menu": DOWN}, "7012"),
        ({"/answer": MENU, "/menu": BROKEN}, "8012"),
        ({"/answer": f"<Redirect>{APP}/next</Redirect>", "/next": WebReply(404)}, "7014"),
        ({"/answer": f"<Redirect>{APP}/next</Redirect>", "/next": BROKEN}, "8014"),
        ({"/answer": "<Hangup/>"}, "4000"),
        ({"/answer": '<Hangup reason="busy"/>'}, "3010"),
        ({"/answer": '<Hangup reason="rejected"/>'}, "3020"),
        ({"/answer": '<Hangup schedule="5"/><Wait length="60"/>'}, "6000"),
        ({"/answer": ""}, "4010"),
        ({"/answer": '<Play loop="0">http://app.test/music.wav</Play>'}, "6000"),
    ],
)  # fmt: skip
def test_how_an_inbound_call_ends(pages, code):
    town = Town(pages)
    town.ring(Presses("1"))
    town.run()
    assert town.hangups() == [code]


def test_rejected_call_was_never_answered():
    town = Town({"/answer": '<Hangup reason="busy"/>'})
    town.ring()
    town.run()
    assert town.forms("hangup")[0]["AnswerTime"] == ""


@pytest.mark.parametrize(
    ("reaction", "code", "status"),
    [
        (lambda leg: leg.decline(), "3010", "busy"),
        (lambda leg: leg.decline(code=3020), "3020", "busy"),
        (lambda leg: leg.hang_up(), "3010", "busy"),
        (lambda leg: None, "6010", "no-answer"),
    ],
)
def test_how_an_outbound_call_fails(reaction, code, status):
    class Reacts(Party):
        def rings(self, leg):
            reaction(leg)

    town = Town({})
    town.exchange.add_phone(ANNA, Reacts())
    town.call(ANNA, ring_timeout=20)
    town.run()
    hangup = town.forms("hangup")[0]
    assert (hangup["HangupCauseCode"], hangup["CallStatus"]) == (code, status)


@pytest.mark.parametrize(("to", "code"), [("sip:nobody@phone.plivo.com", "2020"), ("+12025550199", "3050")])
def test_unknown_destinations(to, code):
    town = Town({})
    town.call(to)
    town.run()
    assert town.hangups() == [code]
    assert town.forms("hangup")[0]["CallStatus"] == "failed"


def test_who_hung_up():
    town = Town({"/answer": '<Wait length="60"/>'})
    town.ring().hang_up(5 * SECOND)
    town.exchange.add_phone(ANNA, Picks(0))
    town.call(ANNA)
    town.run(1)
    next(leg for leg in town.exchange.legs.values() if leg.to == ANNA).hang_up()
    town.run()
    assert sorted(form["HangupSource"] for form in town.forms("hangup")) == ["Callee", "Caller"]
    inbound = next(form for form in town.forms("hangup") if form["Direction"] == "inbound")
    assert (inbound["Duration"], inbound["BillDuration"]) == ("5", "60")


def test_time_limit_of_a_call():
    town = Town({"/answer": '<Wait length="600"/>'})
    town.exchange.add_phone(ANNA, Picks(0))
    town.call(ANNA, time_limit=30)
    town.run()
    assert town.seen[-1][0] == 30.0
    assert town.hangups() == ["6000"]


def test_hang_up_by_api_before_and_after_the_answer():
    town = Town({"/answer": '<Wait length="60"/>'})
    town.exchange.add_phone(ANNA, Picks(9))
    town.exchange.add_phone(BEN, Picks(0))
    ringing, talking = town.call(ANNA), town.call(BEN)
    town.run(2)
    assert town.rest("DELETE", f"Request/{ringing}/") == (204, None)
    assert town.rest("DELETE", f"Call/{talking}/") == (204, None)
    assert town.rest("DELETE", f"Call/{talking}/")[0] == 404
    town.run()
    assert town.hangups() == ["1000", "4000"]
    assert {form["HangupSource"] for form in town.forms("hangup")} == {"API Request"}


def test_transfers_interrupt_and_the_seventy_first_is_a_loop():
    town = Town({"/answer": '<Wait length="600"/>', "/moved": '<Wait length="600"/>'})
    leg = town.ring()
    for _ in range(70):
        town.run(1)
        assert town.rest("POST", f"Call/{leg.uuid}/", legs="aleg", aleg_url=APP + "/moved")[0] == 202
    town.run(2)
    assert town.forms("redirect")[0]["Event"] == "Transfer"
    assert not leg.is_over
    town.rest("POST", f"Call/{leg.uuid}/", legs="aleg", aleg_url=APP + "/moved")
    town.run()
    assert town.hangups() == ["2060"]


@pytest.mark.parametrize("transfer_to", [DOWN, BROKEN])
def test_failed_transfer(transfer_to):
    town = Town({"/answer": '<Wait length="600"/>', "/moved": transfer_to})
    leg = town.ring()
    town.run(1)
    town.rest("POST", f"Call/{leg.uuid}/", legs="aleg", aleg_url=APP + "/moved")
    town.run()
    assert town.hangups() == ["7013" if transfer_to is DOWN else "8013"]


@pytest.mark.parametrize("broken", [DOWN, BROKEN])
def test_fallback_takes_over(broken):
    town = Town({"/answer": broken, "/fallback": '<Wait length="1"/>'})
    town.exchange.add_number(
        OUR_NUMBER, answer_url=APP + "/answer", hangup_url=APP + "/hangup", fallback_url=APP + "/fallback"
    )
    town.ring()
    town.run()
    assert town.kinds() == ["answer", "fallback", "hangup"]
    assert town.hangups() == ["4010"]


def test_broken_fallback_keeps_the_first_reason():
    town = Town({"/answer": DOWN, "/fallback": DOWN})
    town.exchange.add_number(
        OUR_NUMBER, answer_url=APP + "/answer", hangup_url=APP + "/hangup", fallback_url=APP + "/fallback"
    )
    town.ring()
    town.run()
    assert town.hangups() == ["7011"]


LOUD = [
    "<Sing>la</Sing>",
    "<Dial><Number>one</Number></Dial>",
    '<Dial confirmKey="1"><Number>16015550142</Number></Dial>',
    "<Dial>16015550142</Dial>",
    '<Speak speed="2">x</Speak>',
    "<Speak/>",
    '<Speak language="ru-RU" voice="MAN">x</Speak>',
    '<Speak>x<break time="1s"/></Speak>',
    '<Speak voice="Polly.Joanna">x<shout/></Speak>',
    '<GetInput action="/relative"/>',
    f'<GetInput action="{APP}/a" executionTimeout="4"/>',
    f'<GetInput action="{APP}/a" numDigits="33"/>',
    f'<GetInput action="{APP}/a" retries="3"/>',
    f'<GetInput action="{APP}/a"><Hangup/></GetInput>',
    "<Wait><Speak>x</Speak></Wait>",
    "<Redirect/>",
    "<MultiPartyCall>room</MultiPartyCall>",
    '<MultiPartyCall role="boss">room</MultiPartyCall>',
    '<MultiPartyCall role="agent" maxDuration="60">room</MultiPartyCall>',
    "stray words",
]


@pytest.mark.parametrize("document", LOUD)
def test_what_nobody_documents_is_loud(document):
    town = Town({"/answer": document})
    leg = town.ring()
    with pytest.raises(ContractError):
        town.run()
    assert len(town.exchange.faults_seen) == 1
    town.run()
    assert leg.is_over


def test_a_loop_in_which_nothing_takes_time_is_loud():
    town = Town({"/answer": f"<Redirect>{APP}/answer</Redirect>"})
    town.ring()
    with pytest.raises(ContractError, match="loop"):
        town.run()


def test_speech_marks_with_a_polly_voice():
    town = Town(
        {"/answer": '<Speak voice="Polly.Joanna">a<break time="1s"/><say-as interpret-as="date">b</say-as></Speak>'}
    )
    town.ring()
    town.run()
    assert town.hangups() == ["4010"]


class Machine(Party):
    def rings(self, leg):
        leg.machine(2 * SECOND)


@pytest.mark.parametrize(
    ("detection", "kinds", "code"),
    [("true", ["machine", "answer", "hangup"], "4010"), ("hangup", ["machine", "hangup"], "9100")],
)
def test_answering_machines(detection, kinds, code):
    town = Town({"/answer": "<Speak>x</Speak>"})
    town.exchange.add_phone(ANNA, Machine())
    town.call(ANNA, machine_detection=detection, machine_detection_url=APP + "/machine")
    town.run()
    assert town.kinds() == kinds
    assert town.hangups() == [code]
    assert town.forms("machine")[0]["IfMachine"] == ("hangup" if detection == "hangup" else "continue")


def test_humans_are_no_machines():
    town = Town({"/answer": "<Speak>x</Speak>"})
    town.exchange.add_phone(ANNA, Picks())
    town.call(ANNA, machine_detection="true", machine_detection_url=APP + "/machine")
    town.run()
    assert town.kinds() == ["answer", "hangup"]


class Speaker(Presses):
    def records(self, leg, record):
        return 20 * SECOND


RECORD = f'<Record action="{APP}/done" callbackUrl="{APP}/file" timeout="5" maxLength="40" finishOnKey="#"/>'


@pytest.mark.parametrize(("keys_at", "seconds", "key"), [(None, "25", ""), (12, "12", "#")])
def test_record_ends_by_silence_or_key(keys_at, seconds, key):
    town = Town({"/answer": RECORD, "/done": "<Hangup/>"})
    leg = town.ring(Speaker())
    if keys_at:
        leg.press("4#", keys_at * SECOND)
    town.run()
    action, ready = town.forms("action")[0], town.forms("record")[0]
    assert (action["RecordingDuration"], action["Digits"]) == (seconds, key)
    assert ready["RecordingID"] == action["RecordingID"]
    assert "Digits" not in ready


def test_record_by_rest_has_lower_case_words():
    town = Town({"/answer": '<Wait length="300"/>'})
    leg = town.ring()
    town.run(1)
    status, body = town.rest("POST", f"Call/{leg.uuid}/Record/", callback_url=APP + "/file")
    assert status == 202
    town.run()
    ready = town.forms("record")[0]
    assert (ready["recording_id"], ready["call_uuid"]) == (body["recording_id"], leg.uuid)
    assert ready["recording_duration"] == "60"


@pytest.mark.parametrize(
    ("fragment", "replies", "tries"),
    [
        ("", [DOWN], 1),
        ("", [WebReply(0, error="timeout")] * 2, 2),
        ("#rc=3&amp;rp=5xx", [DOWN, DOWN, xml("<Hangup/>")], 3),
        ("#rc=0", [WebReply(0, error="timeout")], 1),
        ("#rc=2&amp;rp=4xx", [DOWN], 1),
        ("#rc=2&amp;rp=all", [WebReply(404), DOWN, DOWN], 3),
    ],
)
def test_retries_follow_the_fragment(fragment, replies, tries):
    left = list(replies)
    town = Town({"/answer": f"<Redirect>{APP}/next{fragment}</Redirect>", "/next": lambda request: left.pop(0)})
    town.ring()
    town.run()
    assert len(town.forms("redirect")) == tries
    assert left == []


def test_late_replies_are_dropped():
    waiting = []
    town = Town({"/answer": MENU, "/moved": '<Wait length="5"/>'})
    deliver = town._web

    def web(request, done):
        if request.kind == "action":
            waiting.append(done)
        else:
            deliver(request, done)

    town.exchange.postman._web = web
    leg = town.ring(Presses("1"))
    town.run(2)
    town.rest("POST", f"Call/{leg.uuid}/", legs="aleg", aleg_url=APP + "/moved")
    town.run(3)
    waiting[0](xml("<Hangup/>"))
    assert not leg.is_over
    town.run()
    assert town.hangups() == ["4010"]


class TestFaults:
    pages = {"/answer": MENU, "/menu": "<Hangup/>"}

    def told(self, **faults):
        town = Town(self.pages, faults=Faults(**faults))
        town.ring(Presses("1"))
        town.run()
        return town

    def test_duplicates_change_nothing_but_come_twice(self):
        assert self.told(duplicate=1.0).kinds() == ["answer", "answer", "action", "action", "hangup", "hangup"]

    def test_dropped_notifications(self):
        assert self.told(drop=1.0).kinds() == ["answer", "action"]

    def test_late_notifications(self):
        town = self.told(delay_s=30.0)
        assert 1.0 < town.seen[-1][0] <= 31.0

    def test_shuffled_notifications(self):
        def order(**options):
            town = Town({}, seed=4, **options)
            for number in range(9):
                town.call(f"+1202555{number:04d}")
            town.run()
            return [form["To"].lstrip("+") for form in town.forms("hangup")]

        assert order() == sorted(order())
        assert order(faults=Faults(shuffle=True)) != order()
        assert sorted(order(faults=Faults(shuffle=True))) == order()

    def test_rest_may_fail_before_or_after_the_work(self):
        town = Town({}, faults=Faults(answer_503=1.0))
        answers = [
            town.rest("POST", "Call/", **{"from": "1", "to": "2", "answer_url": APP + "/answer"})[0] for _ in range(20)
        ]
        assert set(answers) == {503}
        assert 0 < len(town.exchange.legs) < 20
        assert Town({}, faults=Faults(answer_429=1.0)).rest("GET", "Call/")[0] == 429

    def test_bad_values(self):
        with pytest.raises(ValueError, match="drop"):
            Faults(drop=1.5)


def test_the_same_seed_tells_the_same_story():
    def story(seed):
        town = Town(
            {"/answer": MENU, "/menu": "<Hangup/>"}, seed=seed, faults=Faults(duplicate=0.3, delay_s=4, drop=0.1)
        )
        for number in range(20):
            town.ring(Presses("1"), from_=f"+1202555{number:04d}")
        town.run()
        return [(request.url, request.headers, request.body) for request in town.requests]

    assert story(3) == story(3)
    assert story(3) != story(4)


def test_numbers_come_in_both_spellings():
    town = Town({"/answer": "<Hangup/>"})
    for _ in range(30):
        town.ring()
    town.ring(from_="anonymous")
    town.run()
    assert {form["From"] for form in town.forms("answer")} == {CALLER, CALLER[1:], "anonymous"}
