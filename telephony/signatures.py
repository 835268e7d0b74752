"""The carrier's webhook signatures, computed here.

Not by the SDK's validator: it raises on a missing header and on a query that is not ASCII, trips over a space between
two signatures, and compares in a time that depends on how much was right. The tests hold ours against it.
"""

import hmac
from base64 import b64encode
from urllib.parse import parse_qsl


def v3(token: str, url: str, nonce: str, pairs: list[tuple[str, str]]) -> bytes:
    """Base64 signature of a POST to `url` with the form `pairs`.

    It covers the URL with its query, percent-decoded and sorted, and the form, sorted. Sorting goes by name, then by
    value: in which order a repeated name stood is not covered. ValueError for a query that is not ASCII when decoded,
    which the carrier cannot sign and we never write.
    """
    base, query = _parts(url)
    form = "".join([name + value for name, value in sorted(pairs)])
    if query or pairs:
        # No dot when there is no query, whatever the carrier's prose says; its own libraries and vectors agree.
        base += "?" + query + ("." if query and pairs else "")
    return _mac(token, f"{base}{form}.{nonce}")


def v2(token: str, url: str, nonce: str) -> bytes:
    """Base64 signature of `url` without its query. It says nothing about the query or the form."""
    return _mac(token, _bare(url.partition("#")[0].partition("?")[0]) + nonce)


def matches(expected: bytes, header: str) -> bool:
    """Whether `expected` is among the comma-separated signatures of `header` (several while a token is replaced)."""
    return any(hmac.compare_digest(expected, given.strip().encode()) for given in header.split(","))


def _mac(token: str, text: str) -> bytes:
    return b64encode(hmac.digest(token.encode(), text.encode(), "sha256"))


def _parts(url: str) -> tuple[str, str]:
    base, _, query = url.partition("#")[0].partition("?")
    return _bare(base), _sorted_query(query) if query else ""


def _bare(base: str) -> str:
    """`base` without the ";parameters" of its last segment, which are not signed."""
    if ";" not in base:
        return base
    head, slash, last = base.rpartition("/")
    return head + slash + last.partition(";")[0]


def _sorted_query(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    text = "&".join([f"{name}={value}" for name, value in sorted(pairs)])
    if not text.isascii():
        raise ValueError("a query that is not ASCII")
    return text
