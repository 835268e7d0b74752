"""The carrier's webhook signatures, from their published algorithm (V3 covers the body, V2 only the bare URL)."""

import hmac
from base64 import b64encode
from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit


def _mac(token: bytes, text: str) -> str:
    return b64encode(hmac.digest(token, text.encode(), "sha256")).decode()


@lru_cache(maxsize=4096)
def _parts(url: str) -> tuple[str, str]:
    """(scheme://host/path, sorted and percent-decoded query) of a URL without fragment."""
    split = urlsplit(url)
    pairs = sorted(parse_qsl(split.query, keep_blank_values=True))
    return f"{split.scheme}://{split.netloc}{split.path}", "&".join(f"{key}={value}" for key, value in pairs)


def v3(token: bytes, method: str, url: str, form: dict, nonce: str) -> str:
    """Base64 signature of a request. `form` is the POST body; with GET everything stands in the query of `url`."""
    base, query = _parts(url)
    if method == "POST" and form:
        base += "?" + query + ("." if query else "")
        base += "".join([key + form[key] for key in sorted(form)])
    elif query:
        base += "?" + query
    return _mac(token, base + "." + nonce)


def v2(token: bytes, url: str, nonce: str) -> str:
    """Base64 signature of the URL without its query, and of the nonce. It says nothing about the body."""
    return _mac(token, _parts(url)[0] + nonce)


def headers(token: bytes, method: str, url: str, form: dict, nonce: str, *, only_v2: bool = False) -> dict[str, str]:
    """All signature headers of one webhook. The account is its own main account, so `-Ma-` carries the same."""
    old = v2(token, url, nonce)
    signed = {"X-Plivo-Signature-V2": old, "X-Plivo-Signature-Ma-V2": old, "X-Plivo-Signature-V2-Nonce": nonce}
    if not only_v2:
        new = v3(token, method, url, form, nonce)
        signed["X-Plivo-Signature-V3"] = signed["X-Plivo-Signature-Ma-V3"] = new
        signed["X-Plivo-Signature-V3-Nonce"] = nonce
    return signed
