"""Signs requests as the carrier does, by the SDK's own functions: never by the code under test."""

from urllib.parse import parse_qs, urlencode

from plivo.utils.signature_v3 import construct_post_url, get_signature_v3

NONCE = "31627761595286130198"
FORM_TYPE = "application/x-www-form-urlencoded"


def v3(token: str, url: str, body: str, nonce: str = NONCE) -> str:
    params = parse_qs(body, keep_blank_values=True)
    text = construct_post_url(url, params).decode()
    return get_signature_v3(token.encode(), text, nonce).decode()


def body_of(form: dict) -> str:
    return urlencode(form, doseq=True)
