"""Dial: outside phones ring, one talks with the caller, and the action hears how it went. And texts."""

import pytest

from exchange import Party
from tests.exchange.town import APP, AUTH, OUR_NUMBER, SECOND, Picks, Town

OUTSIDE, OTHER = "+16015550142", "+16015550143"
DIAL = f'<Dial action="{APP}/after" timeout="20" callerId="{OUR_NUMBER}"><Number>{OUTSIDE}</Number></Dial>'
AFTER = "<Hangup/>"


class Talks(Picks):
    """Picks up, and hangs up when the talk has lasted."""

    def __init__(self, talk_s, after_s=1.0):
        super().__init__(after_s)
        self.talk_s = talk_s

    def together(self, leg, room):
        leg.hang_up(self.talk_s * SECOND)


class Declines(Party):
    def rings(self, leg):
        leg.decline(SECOND)


def dials(party, document=DIAL, caller=None, **options):
    """A caller is sent to an outside number where `party` has the phone; the town and the caller's leg."""
    town = Town({"/answer": document, "/after": AFTER}, **options)
    if party is not None:
        town.exchange.add_phone(OUTSIDE, party)
    return town, town.ring(caller)


def found(town):
    (form,) = town.forms("action")
    return form["DialStatus"], form["DialRingStatus"], bool(form["DialBLegUUID"])


def test_they_talk_and_the_caller_goes_on_when_the_other_hangs_up():
    other = Talks(30)
    town, leg = dials(other)
    town.run(10)
    assert [b.state for b in other.legs] == ["in-progress"]
    assert other.legs[0].from_ == OUR_NUMBER
    town.run()
    assert found(town) == ("completed", "true", True)
    assert leg.is_over
    assert town.exchange.legs == {}


def test_the_other_is_let_go_when_the_caller_hangs_up():
    town, leg = dials(Talks(600), caller=Talks(10))
    town.run()
    assert town.forms("action") == []
    assert town.exchange.legs == {}
    assert leg.hangup_source == "Caller"


@pytest.mark.parametrize(
    ("party", "status", "rang"),
    [(Declines(), "busy", "true"), (Party(), "timeout", "true"), (None, "failed", "false")],
    ids=["declines", "does not pick up", "no such number"],
)
def test_nobody_there(party, status, rang):
    town, leg = dials(party)
    town.run()
    assert found(town) == (status, rang, False)


def test_the_first_who_picks_up_talks_and_the_others_stop_ringing():
    document = DIAL.replace("</Dial>", f"<Number>{OTHER}</Number></Dial>")
    town, _ = dials(Talks(5, after_s=3), document)
    slow = Picks(9)
    town.exchange.add_phone(OTHER, slow)
    town.run()
    assert found(town)[0] == "completed"
    assert [leg.hangup_code for leg in slow.legs] == [9000]


def test_without_an_action_the_next_element_follows():
    town, leg = dials(Declines(), f"<Dial><Number>{OUTSIDE}</Number></Dial><Redirect>{APP}/after</Redirect>")
    town.run()
    assert town.kinds() == ["answer", "redirect", "hangup"]


def test_a_caller_who_is_taken_elsewhere_lets_the_other_go():
    town, leg = dials(Talks(600))
    town.pages["/moved"] = '<Wait length="1"/>'
    town.run(5)
    town.rest("POST", f"Call/{leg.uuid}/", legs="aleg", aleg_url=APP + "/moved")
    town.run()
    assert town.exchange.legs == {}
    assert town.forms("action") == []


# ---- texts ------------------------------------------------------------------------------------------------------


def text(town, **changes):
    told = {"src": OUR_NUMBER, "dst": OUTSIDE, "text": "hola", "url": APP + "/text", "method": "POST", "log": "false"}
    return town.exchange.rest("POST", f"/v1/Account/{AUTH[0]}/Message/", told | changes, AUTH)


def test_a_text_goes_out_and_every_step_is_told_with_v2_only():
    town = Town({})
    status, body = text(town)
    assert (status, body["message"]) == (202, "message(s) queued")
    town.run()
    forms = town.forms("text")
    assert [(form["Status"], form["Sequence"]) for form in forms] == [
        ("queued", "1"),
        ("sent", "2"),
        ("delivered", "3"),
    ]
    assert {form["MessageUUID"] for form in forms} == set(body["message_uuid"])
    names = {name.lower() for name in town.requests[0].headers}
    assert "x-plivo-signature-v2" in names
    assert "x-plivo-signature-v3" not in names
    assert town.exchange.texts[0]["text"] == "hola"


@pytest.mark.parametrize("changes", [{"text": ""}, {"dst": ""}, {"src": None}, {"text": "x" * 1601}, {"url": "here"}])
def test_a_text_that_cannot_be_one_is_refused(changes):
    assert text(Town({}), **changes)[0] == 400
