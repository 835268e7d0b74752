"""Our own signatures against the official validator and its worked example."""

from urllib.parse import urlencode

import plivo.utils
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange import Switches, signatures
from tests.exchange.town import APP, AUTH, Town

TOKEN = b"Y2Q2ZDgxZmY5YWRiOTI5YmQ1Njg0MTAxZWIyOTc4"


def test_worked_example():
    form = {
        "CallStatus": "in-progress",
        "CallUUID": "4d04c52e-cea3-4458-bbdb-0bfc314ee7cd",
        "Digits": "",
        "Direction": "inbound",
        "From": "15551112222",
        "InputType": "speech",
        "Speech": "хочу оператора, por favor",
        "SpeechConfidenceScore": "0.93",
        "To": "15551230000",
    }
    url = "https://cc.example.com/plivo/ivr/main/?n=3&back=%2B1555"
    signature = signatures.v3(TOKEN, "POST", url, form, "31627761595286130198")
    assert signature == "yKZA47IldRQAOHh1048RK0SntAVIaUfsggc9zs7Ceu0="


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12)
names = st.text("abcXYZ_", min_size=1, max_size=6)


@given(
    form=st.dictionaries(names, words, max_size=6),
    query=st.dictionaries(names, st.text("ab9 +", max_size=5), max_size=3),
)
def test_posts_satisfy_the_official_validator(form, query):
    url = "https://app.test/x/" + ("?" + urlencode(query) if query else "")
    signature = signatures.v3(TOKEN, "POST", url, form, "77")
    assert plivo.utils.validate_v3_signature("POST", url, "77", TOKEN.decode(), signature, dict(form))
    assert plivo.utils.validate_signature(url, "77", signatures.v2(TOKEN, url, "77"), TOKEN.decode())


def test_validator_notices_a_changed_form():
    signature = signatures.v3(TOKEN, "POST", "https://app.test/", {"From": "1"}, "77")
    assert not plivo.utils.validate_v3_signature(
        "POST", "https://app.test/", "77", TOKEN.decode(), signature, {"From": "2"}
    )


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_every_webhook_is_signed_over_the_url_without_fragment(method):
    town = Town(
        {"/answer": f'<Redirect method="{method}">{APP}/next?n=3#rc=2&amp;rp=5xx</Redirect>', "/next": "<Hangup/>"}
    )
    town.ring()
    town.run()
    assert town.kinds() == ["answer", "redirect", "hangup"]
    for request in town.requests:
        assert "#" not in request.url
        headers = request.headers
        signed = headers["X-Plivo-Signature-V3"], headers["X-Plivo-Signature-V3-Nonce"]
        assert plivo.utils.validate_v3_signature(
            request.method, request.url, signed[1], AUTH[1], signed[0], dict(request.form)
        )
        assert headers["X-Plivo-Signature-Ma-V3"] == signed[0]
        nonce = headers["X-Plivo-Signature-V2-Nonce"]
        assert plivo.utils.validate_signature(request.url, nonce, headers["X-Plivo-Signature-V2"], AUTH[1])


def test_room_callbacks_may_carry_v2_only():
    town = Town(
        {"/answer": f'<MultiPartyCall role="customer" statusCallbackUrl="{APP}/room">a</MultiPartyCall>'},
        switches=Switches(room_signature="v2"),
    )
    town.ring()
    town.run(1)
    by_kind = {request.kind: request.headers for request in town.requests}
    assert "X-Plivo-Signature-V3" in by_kind["answer"]
    assert "X-Plivo-Signature-V3" not in by_kind["room"]
    assert "X-Plivo-Signature-V2" in by_kind["room"]
