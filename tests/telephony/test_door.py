"""Who gets in, who does not, and that nothing at the door ever breaks."""

import json
import logging

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from plivo.utils import validate_signature

from telephony import signatures
from telephony.addresses import address
from telephony.door import webhook
from telephony.verbs import HangUp, Say
from tests.telephony import signing
from tests.telephony.signing import FORM_TYPE, NONCE, body_of

TOKEN = "not-a-secret-only-for-tests"
BASE = "https://cc.example.com"
FORM = {"CallUUID": "4d04c52e", "From": "16015550101", "To": "16015550100", "Digits": "1", "Speech": "quiero más"}

seen = []


@webhook("wait")
def wait(request, event, entry_id):
    seen.append((event, entry_id))
    return [Say("Hello"), HangUp()]


@webhook("room", versions=("v3", "v2"))
def room(request, event):
    seen.append((event, None))


@webhook("boom")
def boom(request, event):
    raise LookupError("a bug")


def elsewhere(request):
    return HttpResponse("not ours")


urlpatterns = [
    path("carrier/wait/<int:entry_id>/", wait, name="wait"),
    path("carrier/room/", room, name="room"),
    path("carrier/boom/", boom, name="boom"),
]


@pytest.fixture(autouse=True)
def _house(settings):
    settings.ROOT_URLCONF = __name__
    settings.PUBLIC_BASE_URL = BASE
    settings.PLIVO_AUTH_TOKEN = TOKEN
    settings.ALLOWED_HOSTS = ["*"]
    # The door alone: sessions and the like would want a database.
    settings.MIDDLEWARE = ["django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware"]
    settings.APPEND_SLASH = True
    seen.clear()


def signed(url_path, form=FORM, token=TOKEN, url=None):
    body = form if isinstance(form, str) else body_of(form)
    return {
        "X-Plivo-Signature-V3": signing.v3(token, url or BASE + url_path, body),
        "X-Plivo-Signature-V3-Nonce": NONCE,
    }


def knock(url_path, form=FORM, headers=None, content_type=FORM_TYPE, **extra):
    body = form if isinstance(form, str | bytes) else body_of(form)
    headers = signed(url_path, form) if headers is None else headers
    client = Client(enforce_csrf_checks=True)
    return client.post(url_path, data=body, content_type=content_type, headers=headers, **extra)


def is_refused(response):
    return (response.status_code, response.content, seen) == (403, b"", [])


# ---- in ---------------------------------------------------------------------------------------------------------


def test_the_view_gets_an_event_and_its_verbs_become_the_answer():
    response = knock("/carrier/wait/5/")
    assert (response.status_code, response["Content-Type"]) == (200, "application/xml")
    assert response.content.startswith(b"<Response><Speak")
    assert b"<Hangup" in response.content
    event, entry_id = seen[0]
    assert (event.call_uuid, event.from_number, event.digits, entry_id) == ("4d04c52e", "+16015550101", "1", 5)
    assert event.key == "wait:4d04c52e"


def test_a_view_that_says_nothing_answers_an_empty_document():
    response = knock("/carrier/room/", {"MPCUUID": "m", "EventName": "ParticipantJoin", "SequenceNumber": "2"})
    assert (response.status_code, response.content) == (200, b"<Response></Response>")
    assert seen[0][0].key == "m:2:ParticipantJoin"


@pytest.mark.parametrize(
    "proxied",
    [
        {},
        {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_HOST": "cc.example.com"},
        {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_HOST": "10.0.0.5:8000"},
        {"HTTP_X_FORWARDED_HOST": "cc.example.com", "HTTP_HOST": "10.0.0.5:8000"},
        {"HTTP_HOST": "cc.example.com:443", "secure": True},
    ],
)
@pytest.mark.parametrize("trusts_proxy", [False, True])
def test_a_tls_proxy_in_front_changes_nothing(settings, proxied, trusts_proxy):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if trusts_proxy else None
    settings.USE_X_FORWARDED_HOST = trusts_proxy
    assert knock("/carrier/wait/5/", **proxied).status_code == 200


@pytest.mark.parametrize(
    "url_path", ["/carrier/wait/5/?b=2&a=%2B1+x", "/carrier/wait/5/?a=2&a=1&c=", "/carrier/wait/5/?"]
)
def test_a_query_is_signed_as_well(url_path):
    assert knock(url_path).status_code == 200
    seen.clear()
    assert is_refused(knock(url_path + "&x=1", headers=signed(url_path)))


@pytest.mark.parametrize("form", [{"Digits": ""}, {"Speech": "хочу оператора", "X-PH-New": "1"}, "a=1&&b=", "a", "="])
def test_any_form_that_is_signed_gets_in(form):
    assert knock("/carrier/wait/5/", form).status_code == 200


@pytest.mark.parametrize("mix", ["{old},{good}", "{old}, {good}", "{good},{old}"])
@pytest.mark.parametrize("header", ["X-Plivo-Signature-V3", "X-Plivo-Signature-Ma-V3"])
def test_either_header_with_any_of_several_signatures(mix, header):
    good = signed("/carrier/wait/5/")["X-Plivo-Signature-V3"]
    old = signed("/carrier/wait/5/", token="another token")["X-Plivo-Signature-V3"]
    headers = {header: mix.format(old=old, good=good), "X-Plivo-Signature-V3-Nonce": NONCE}
    assert knock("/carrier/wait/5/", headers=headers).status_code == 200


def test_the_main_accounts_signature_counts_beside_a_subaccounts():
    headers = signed("/carrier/wait/5/", token="a subaccount's token")
    headers["X-Plivo-Signature-Ma-V3"] = signed("/carrier/wait/5/")["X-Plivo-Signature-V3"]
    assert knock("/carrier/wait/5/", headers=headers).status_code == 200


def test_a_repeat_with_the_same_nonce_gets_in():
    assert [knock("/carrier/wait/5/").status_code for _ in "12"] == [200, 200]


def test_addresses_are_what_the_carrier_signs():
    assert address("wait", 5) == f"{BASE}/carrier/wait/5/"


# ---- out --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "options", "head"])
def test_only_post(method):
    response = getattr(Client(), method)("/carrier/wait/5/?CallUUID=4d04c52e", headers=signed("/carrier/wait/5/"))
    assert (response.status_code, response["Allow"], seen) == (405, "POST", [])


def headers_without(*names):
    return {name: value for name, value in signed("/carrier/wait/5/").items() if name not in names}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        headers_without("X-Plivo-Signature-V3"),
        headers_without("X-Plivo-Signature-V3-Nonce"),
        {**signed("/carrier/wait/5/"), "X-Plivo-Signature-V3-Nonce": "1"},
        {**signed("/carrier/wait/5/"), "X-Plivo-Signature-V3-Nonce": "é"},
        {**signed("/carrier/wait/5/"), "X-Plivo-Signature-V3": ""},
        {**signed("/carrier/wait/5/"), "X-Plivo-Signature-V3": ", ,"},
        {**signed("/carrier/wait/5/"), "X-Plivo-Signature-V3": "é\x00"},
        signed("/carrier/wait/5/", token="another token"),
        signed("/carrier/wait/6/"),
        signed("/carrier/wait/5/", url="http://cc.example.com/carrier/wait/5/"),
        signed("/carrier/wait/5/", url="https://cc.example.com:443/carrier/wait/5/"),
        signed("/carrier/wait/5/", {**FORM, "Digits": "2"}),
        signed("/carrier/wait/5/", {}),
    ],
)
def test_what_the_carrier_did_not_sign_stays_out(headers):
    assert is_refused(knock("/carrier/wait/5/", headers=headers))


@pytest.mark.parametrize("query", ["x=%D0", "x=%D0%B6", "%FF", "x=%E9&CallUUID=1"])
def test_a_query_that_is_not_ascii_stays_out(query):
    assert is_refused(knock(f"/carrier/wait/5/?{query}", headers=signed("/carrier/wait/5/")))


@pytest.mark.parametrize("body", [b"Digits=%FF", b"Digits=\xff", b"%ED%A0%80=1", b"Digits=\xe9", b"\x00\x9f"])
def test_a_body_that_is_not_utf8_stays_out_even_if_signed_as_a_lenient_reader_reads_it(body):
    read = body.decode("latin-1")
    for text in (read, "Digits=\N{REPLACEMENT CHARACTER}"):
        assert is_refused(knock("/carrier/wait/5/", body, headers=signed("/carrier/wait/5/", text)))


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "",
        "x",
        "application/",
    ],
)
def test_only_a_form(content_type):
    empty = signed("/carrier/wait/5/", {})  # what a reader that skips other bodies would verify
    for headers in (None, empty):
        assert is_refused(knock("/carrier/wait/5/", json.dumps(FORM), headers, content_type))


@pytest.mark.parametrize("form", [{"Digits": ["1", "2"]}, {"CallUUID": ["a", "a"], "Digits": "1"}])
def test_a_field_we_read_must_be_there_once_however_well_signed(form):
    assert is_refused(knock("/carrier/wait/5/", form))


def test_a_field_we_do_not_read_may_repeat():
    assert knock("/carrier/wait/5/", {**FORM, "SIP-H-Via": ["b", "a", "b"]}).status_code == 200


def test_too_much_stays_out(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2000
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 20
    for form in ({"a": "x" * 3000}, "&".join(f"a{number}=" for number in range(30))):
        assert is_refused(knock("/carrier/wait/5/", form))


def test_without_a_token_of_ours_nobody_gets_in(settings):
    settings.PLIVO_AUTH_TOKEN = ""
    assert is_refused(knock("/carrier/wait/5/", headers=signed("/carrier/wait/5/", token="")))


def test_a_body_that_was_read_as_something_else_before_stays_out():
    request = RequestFactory().post("/carrier/wait/5/", FORM)
    request.read(1)
    request.content_type = FORM_TYPE
    assert wait(request, entry_id=5).status_code == 403


junk = st.text(max_size=30)
header_junk = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=30)


@hypothesis_settings(deadline=None)
@given(st.binary(max_size=60), header_junk, header_junk, junk, st.sampled_from([FORM_TYPE, FORM_TYPE + "; charset=x"]))
def test_junk_is_refused_and_never_an_error(body, signature, nonce, query, content_type):
    request = RequestFactory().generic(
        "POST",
        "/carrier/room/",
        body,
        content_type,
        headers={
            "X-Plivo-Signature-V3": signature,
            "X-Plivo-Signature-V3-Nonce": nonce,
            "X-Plivo-Signature-V2": signature,
            "X-Plivo-Signature-V2-Nonce": nonce,
        },
        QUERY_STRING=query.encode("utf-8", "ignore").decode("latin-1"),
    )
    for door in (wait, room):
        response = door(request, entry_id=5) if door is wait else door(request)
        assert (response.status_code, response.content) == (403, b"")


# ---- V2, where it is let in -------------------------------------------------------------------------------------


def signed_v2(url_path, token=TOKEN, main=False):
    signature = signatures.v2(token, BASE + url_path, NONCE).decode()
    assert validate_signature(BASE + url_path, NONCE, signature, token)
    return {f"X-Plivo-Signature-{'Ma-' if main else ''}V2": signature, "X-Plivo-Signature-V2-Nonce": NONCE}


@pytest.mark.parametrize("main", [False, True])
def test_v2_opens_only_doors_that_take_it(main):
    assert knock("/carrier/room/", headers=signed_v2("/carrier/room/", main=main)).status_code == 200
    seen.clear()
    assert is_refused(knock("/carrier/wait/5/", headers=signed_v2("/carrier/wait/5/", main=main)))


@pytest.mark.parametrize(
    "trace",
    [
        {"X-Plivo-Signature-V3": "d3Jvbmc=", "X-Plivo-Signature-V3-Nonce": NONCE},
        {"X-Plivo-Signature-Ma-V3": "d3Jvbmc="},
        {"X-Plivo-Signature-V3-Nonce": NONCE},
    ],
)
def test_a_trace_of_v3_shuts_v2_out(trace):
    assert is_refused(knock("/carrier/room/", headers={**signed_v2("/carrier/room/"), **trace}))


@pytest.mark.parametrize("headers", [signed_v2("/carrier/room/", token="x"), signed_v2("/carrier/roof/")])
def test_a_wrong_v2_stays_out(headers):
    assert is_refused(knock("/carrier/room/", headers=headers))


def test_v3_is_preferred_where_both_are_there():
    headers = {**signed("/carrier/room/"), **signed_v2("/carrier/room/")}
    assert knock("/carrier/room/", headers=headers).status_code == 200


# ---- around it --------------------------------------------------------------------------------------------------


def test_a_bug_in_a_view_is_not_swallowed():
    with pytest.raises(LookupError):
        knock("/carrier/boom/")


def test_a_refusal_is_one_line_without_numbers_or_parameters(caplog):
    caplog.set_level(logging.INFO)
    knock("/carrier/wait/5/", {"From": "+16015550101", "Digits": "39201"}, headers={})
    assert [record.getMessage() for record in caplog.records] == ["refused at wait: no signature"]
    caplog.clear()
    Client().get("/carrier/wait/5/")
    assert [record.getMessage() for record in caplog.records] == ["refused at wait: not a POST"]


def test_other_views_still_want_a_csrf_token(settings):
    settings.ROOT_URLCONF = type("urls", (), {"urlpatterns": [path("elsewhere/", elsewhere)]})
    assert Client(enforce_csrf_checks=True).post("/elsewhere/").status_code == 403
