"""The handset a person answers: the party behind it, what it hears, its page and its buttons over HTTP."""

from pathlib import Path

import pytest
import requests
from playwright.sync_api import sync_playwright

from exchange import Party, behaviour
from exchange.handset import ByHand
from exchange.handset.by_hand import NoCall
from tests.exchange.test_exchange_server import Application, Carrier
from tests.exchange.town import APP, CALLER, OUR_NUMBER, Town

PHONE = "+16015550177"
PROMPT = "A caller is waiting. Press 1 to take the call."
AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe-core-4.14.1" / "axe.min.js"
WAITING = f'<MultiPartyCall role="customer" statusCallbackUrl="{APP}/room">talk</MultiPartyCall>'


@pytest.fixture
def town():
    town = Town({"/answer": WAITING, "/prompt": f"<Speak>{PROMPT}</Speak><Play>{APP}/a.wav</Play>"})
    town.phone = ByHand()
    town.exchange.add_phone(PHONE, town.phone)
    return town


def rings(town, **more):
    """The platform dials the handset into the room; the exchange has done all it does by itself."""
    more = {"confirm_key": "1", "confirm_key_sound_url": APP + "/prompt", "confirm_key_sound_method": "POST"} | more
    town.invite(PHONE, stay_alone=True, **more)
    town.run(town.timeline.now / 1e6 + 0.5)


def does(town, verb, digits="", seconds=0.5):
    town.phone.do(verb, digits)
    town.run(town.timeline.now / 1e6 + seconds)


def lines(town):
    return [(line["who"], line["text"]) for line in town.phone.shown(town.timeline)["lines"]]


# ---- the party --------------------------------------------------------------------------------------------------


def test_a_call_by_hand_from_ring_to_end(town):
    assert town.phone.shown(town.timeline)["state"] == "quiet"
    rings(town)
    shown = town.phone.shown(town.timeline)
    assert (shown["state"], shown["from"], shown["key"]) == ("ringing", OUR_NUMBER, "")
    does(town, "answer")
    assert (town.phone.state, town.phone.shown(town.timeline)["key"]) == ("up", "1")
    assert lines(town) == [("line", PROMPT), ("music", "")]
    does(town, "press", "1")
    assert "ParticipantJoin" in town.events()
    assert (town.phone.state, town.phone.shown(town.timeline)["key"]) == ("up", "")
    town.ring(behaviour.caller({"says": ["Hello.", "I was born on May 3."], "pause_s": 2, "talk_s": None}))
    town.run(town.timeline.now / 1e6 + 10)
    assert town.phone.state == "talking"
    assert lines(town)[2:] == [("you", "1"), ("caller", "Hello."), ("caller", "I was born on May 3.")]
    does(town, "hang_up")
    assert town.phone.state == "quiet"
    assert lines(town)[-1] == ("over", "")
    assert not town.exchange.rooms


def test_the_wrong_key_takes_no_call_and_time_runs_out(town):
    rings(town, call_status_callback_url=APP + "/leg")
    does(town, "answer")
    does(town, "press", "2")
    assert "ParticipantJoin" not in town.events()
    town.run(60)
    assert town.phone.state == "quiet"
    assert town.forms("leg")[-1]["HangupCauseCode"] == "9110"


def test_declined_by_hand_is_busy_for_the_platform(town):
    rings(town, call_status_callback_url=APP + "/leg")
    does(town, "decline")
    assert town.forms("leg")[-1]["CallStatus"] == "busy"
    assert town.phone.state == "quiet"


def test_a_second_call_finds_it_busy_and_the_first_goes_on(town):
    rings(town)
    does(town, "answer")
    town.invite(PHONE, room="other", call_status_callback_url=APP + "/leg")
    town.run(town.timeline.now / 1e6 + 1)
    assert town.forms("leg")[-1]["CallStatus"] == "busy"
    assert (town.phone.state, lines(town)[0]) == ("up", ("line", PROMPT))


def test_buttons_without_a_call_or_without_sense(town):
    with pytest.raises(NoCall):
        town.phone.do("answer")
    with pytest.raises(ValueError, match="cannot sing"):
        town.phone.do("sing")
    rings(town)
    does(town, "answer")
    with pytest.raises(ValueError, match="keys"):
        town.phone.do("press", "1a")


def test_only_the_lines_of_the_last_call_are_kept(town):
    rings(town)
    does(town, "decline")
    first = town.phone.shown(town.timeline)
    rings(town)
    second = town.phone.shown(town.timeline)
    assert first["call"] != second["call"]
    assert (len(first["lines"]), second["lines"]) == (1, [])


# ---- words ------------------------------------------------------------------------------------------------------


class Ear(Party):
    def __init__(self):
        self.heard = []

    def hears(self, leg, text):
        self.heard.append(text)


@pytest.mark.parametrize(
    ("speaker", "listener", "gets_through"),
    [
        ({}, {}, True),
        ({"mute": True}, {}, False),
        ({"hold": True}, {}, False),
        ({}, {"hold": True}, False),
        ({}, {"mute": True}, True),
    ],
)
def test_words_reach_the_others_unless_muted_or_on_hold(speaker, listener, gets_through):
    town = Town({"/answer": '<Wait length="60"/>'})
    ear, mouth = Ear(), Ear()
    first, second = town.ring(ear), town.ring(mouth)
    town.run(1)
    town.move(first, role="agent", stay_alone=True, **listener)
    town.move(second, **speaker)
    second.talk("Hello.", 1_000_000)
    town.run(3)
    assert ear.heard == (["Hello."] if gets_through else [])
    assert mouth.heard == []


def test_a_coach_is_heard_by_agents_only_and_a_barging_supervisor_by_all():
    town = Town({"/answer": '<Wait length="60"/>'})
    agent, customer, mouth = Ear(), Ear(), Ear()
    legs = [town.ring(ear) for ear in (agent, customer, mouth)]
    town.run(1)
    for leg, role in zip(legs, ("agent", "customer", "supervisor"), strict=True):
        town.move(leg, role=role, stay_alone=True)
    supervisor = legs[2].member
    legs[2].talk("Ask for the ZIP.", 1_000_000)
    town.run(3)
    town.rest("POST", f"MultiPartyCall/uuid_{supervisor.room.uuid}/Participant/{supervisor.id}/", coach_mode=False)
    legs[2].talk("Good morning.", 1_000_000)
    town.run(3)
    assert agent.heard == ["Ask for the ZIP.", "Good morning."]
    assert customer.heard == ["Good morning."]


def test_words_to_an_empty_line_are_lost():
    town = Town({"/answer": '<Wait length="60"/>'})
    leg = town.ring()
    leg.talk("Is anybody there?", 1_000_000)
    town.run(5)
    assert town.exchange.faults_seen == []


# ---- over HTTP --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def application():
    application = Application()
    yield application
    application.http.shutdown()
    application.http.server_close()


@pytest.fixture(scope="module")
def carrier(application):
    carrier = Carrier(application)
    yield carrier
    carrier.process.kill()
    carrier.process.communicate()


@pytest.fixture
def phone(carrier):
    assert carrier.sim("POST", "phone", {"address": PHONE, "behaviour": {"by_hand": True}}).status_code in (200, 201)
    return carrier


def test_who_holds_the_phone_keeps_it_when_it_is_registered_again(phone):
    assert phone.sim("POST", "phone", {"address": PHONE, "behaviour": {"by_hand": True}}).status_code == 200
    assert phone.sim("POST", "phone", {"address": PHONE, "behaviour": {"by_hand": 2}}).status_code == 400
    assert PHONE.lstrip("+") in phone.sim("GET", "state").json()["phones"]


def test_the_doors_of_a_handset(phone):
    shown = phone.sim("GET", f"handset/{PHONE}").json()
    assert (shown["state"], shown["lines"]) == ("quiet", [])
    assert phone.sim("POST", f"handset/{PHONE}/answer").status_code == 409
    assert phone.sim("POST", f"handset/{PHONE}/sing").status_code == 400
    assert phone.sim("GET", "handset/+19995550100").status_code == 404
    assert phone.sim("POST", f"handset/{PHONE}").status_code == 404


def test_another_sites_page_presses_no_buttons(phone):
    url = f"{phone.base}/_sim/handset/{PHONE}/answer"
    assert requests.post(url, headers={"Origin": "https://elsewhere.example"}, timeout=5).status_code == 403
    assert requests.post(url, headers={"Origin": phone.base}, timeout=5).status_code == 409


def test_the_page_keeps_to_itself(phone):
    page = requests.get(f"{phone.base}/handset/{PHONE}", timeout=5)
    policy = page.headers["Content-Security-Policy"]
    assert (page.status_code, "unsafe" in policy, "'self'" in policy) == (200, False, True)
    assert PHONE not in page.text
    assert " style=" not in page.text
    for part, kind in (("page.css", "text/css"), ("page.js", "text/javascript")):
        found = requests.get(f"{phone.base}/handset/{part}", timeout=5)
        assert (found.status_code, found.headers["Content-Type"]) == (200, kind)
    for path in ("+19995550100", "../server.py", "by_hand.py", ""):
        assert requests.get(f"{phone.base}/handset/{path}", timeout=5).status_code == 404


def test_faults_are_set_over_http(phone):
    assert phone.sim("POST", "faults", {"stall_s": 0.3}).status_code == 200
    began = phone.rest("GET", "Call/?status=live").elapsed.total_seconds()
    assert began >= 0.3
    assert phone.sim("POST", "faults", {"mood": 1}).status_code == 400
    assert phone.sim("POST", "faults", {"stall_s": -1}).status_code == 400
    assert phone.sim("POST", "faults", {}).status_code == 200


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def test_a_person_takes_a_call_with_the_keyboard(browser, application, phone):
    base = application.base
    application.pages = {
        "/answer/": f'<MultiPartyCall role="customer" statusCallbackUrl="{base}/room/">talk</MultiPartyCall>',
        "/prompt/": f"<Speak>{PROMPT}</Speak>",
    }
    page = browser.new_page()
    wrong = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.goto(f"{phone.base}/handset/{PHONE}")
    word = page.locator("#word")
    page.get_by_text(PHONE).wait_for()
    _axe(page)
    body = {"role": "agent", "from": OUR_NUMBER, "to": PHONE, "stay_alone": "true", "confirm_key": "1"}
    sound = {"confirm_key_sound_url": f"{base}/prompt/", "confirm_key_sound_method": "POST"}
    callback = {"status_callback_url": f"{base}/room/"}
    assert phone.rest("POST", "MultiPartyCall/name_talk/Participant/", body | sound | callback).status_code == 201
    page.locator("body.ringing").wait_for()
    assert (word.inner_text(), page.title()) == ("Ringing", "Ringing - Phone")
    _axe(page)
    page.keyboard.press("a")
    page.get_by_text(PROMPT).wait_for()
    page.locator("#hint", has_text="Press 1").wait_for()
    _axe(page)
    page.keyboard.press("1")
    application.wait_for("/room/", EventName="ParticipantJoin", ParticipantRole="agent")
    talk = {"says": ["Hello, this is Ruth."], "pause_s": 0.1, "talk_s": None}
    phone.sim("POST", "ring", {"from": CALLER, "to": OUR_NUMBER, "behaviour": talk})
    page.get_by_text("Hello, this is Ruth.").wait_for()
    assert word.inner_text() == "On a call"
    _axe(page)
    page.get_by_role("button", name="Español").click()
    page.get_by_role("button", name="Colgar").wait_for()
    assert page.get_by_text("Hello, this is Ruth.").count() == 1
    page.keyboard.press("e")
    page.locator("body.quiet").wait_for()
    page.get_by_text("La llamada terminó.").wait_for()
    _axe(page)
    assert wrong == []
    page.close()


def _axe(page):
    """axe with every rule. Evaluated from outside, since the page's own policy lets no foreign script in."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run()")["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
