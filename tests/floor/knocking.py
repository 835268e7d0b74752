"""Knocks at our doors as the carrier does: a signed form by POST."""

import re

from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from tests.telephony import signing
from tests.telephony.signing import FORM_TYPE, NONCE, body_of

SIGNATURE, NONCE_NAME = "X-Plivo-Signature-V3", "X-Plivo-Signature-V3-Nonce"


def headers_for(path: str, body: str) -> dict[str, str]:
    """A good signature of this request."""
    url = settings.PUBLIC_BASE_URL + path
    return {SIGNATURE: signing.v3(settings.PLIVO_AUTH_TOKEN, url, body), NONCE_NAME: NONCE}


def knock(path: str, **form: str) -> HttpResponse:
    """The answer to a webhook the carrier signed."""
    body = body_of(form)
    return post(path, body, headers_for(path, body))


def post(path: str, body: str, headers: dict[str, str]) -> HttpResponse:
    return Client(enforce_csrf_checks=True).post(path, data=body, content_type=FORM_TYPE, headers=headers)


def heard(response: HttpResponse) -> str:
    """What a caller hears, without the markup; fails unless it is an answer the carrier can use."""
    assert (response.status_code, response["Content-Type"]) == (200, "application/xml")
    return " ".join(re.findall(r"<Speak[^>]*>([^<]*)<", response.content.decode()))


def leads_to(response: HttpResponse) -> list[str]:
    """The addresses the document names, without the house's own."""
    found = re.findall(r'(?:action="|<Redirect[^>]*>)([^"<]+)', response.content.decode())
    return [url.removeprefix(settings.PUBLIC_BASE_URL) for url in found]
