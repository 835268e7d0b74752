"""A carrier whose REST stalls: callers notice nothing, since no request thread ever waits for it."""

import re
import time
import uuid

import pytest
import requests

from contactcenter.drill.program import LINE
from floor import dispatch
from floor.models import Offer, Operator
from tests.telephony import signing

STALL_S = 5.0
AT_ONCE_S = 2.0  # far below the stall; a busy machine takes its part of it
ROUNDS = 3


@pytest.fixture
def knock(world):
    """Posts as the carrier does; the document that came back. Fails unless it came at once."""

    def post(url: str, **form: str) -> str:
        body = signing.body_of(form)
        signature = signing.v3(world.environment["PLIVO_AUTH_TOKEN"], url, body)
        headers = {
            "Content-Type": signing.FORM_TYPE,
            "X-Plivo-Signature-V3": signature,
            "X-Plivo-Signature-V3-Nonce": signing.NONCE,
        }
        began = time.monotonic()
        reply = requests.post(url, data=body, headers=headers, timeout=STALL_S * 2)
        took = time.monotonic() - began
        assert reply.status_code == 200, url
        assert took < AT_ONCE_S, f"{url} took {took:.2f} s"
        return reply.text

    return post


def next_address(document: str) -> str:
    return re.search(r'(?:action="|<Redirect[^>]*>)([^"<]+)', document)[1]


def test_webhooks_are_answered_at_once_while_the_carrier_stalls(world, knock):
    operator = Operator.objects.order_by("pk").first()
    world.phone(operator.device, answers_after_s=0.2)
    for one in Operator.objects.all():
        dispatch.away(one)
    assert dispatch.ready(operator)
    world._sim("POST", "faults", {"stall_s": STALL_S})
    call, asked = str(uuid.uuid4()), {"From": "+12025550123", "To": LINE, "Direction": "inbound"}
    document = knock(f"{world.web_base}/carrier/answer/", CallUUID=call, CallStatus="ringing", **asked)
    for digits in ("1", "39201"):
        document = knock(next_address(document), CallUUID=call, CallStatus="in-progress", Digits=digits, **asked)
    offer = world.until(
        lambda: Offer.objects.filter(entry__call__carrier_uuid=call, tries=1).first(),
        "the worker is asking the carrier",
    )
    for _ in range(ROUNDS):
        document = knock(next_address(document), CallUUID=call, CallStatus="in-progress", **asked)
        assert "connecting you" in document
    second = knock(f"{world.web_base}/carrier/answer/", CallUUID=str(uuid.uuid4()), CallStatus="ringing", **asked)
    assert "GetInput" in second
    offer.refresh_from_db()
    assert (offer.todo, offer.tries) == ("ring", 1), "the carrier did not stall: nothing was shown"
    knock(f"{world.web_base}/carrier/hangup/", CallUUID=call, CallStatus="completed", HangupCauseCode="4000", **asked)
    world._sim("POST", "faults", {})
