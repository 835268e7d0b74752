"""Serves the handset's page and its parts: files as they lie here, nothing from outside."""

from pathlib import Path

from exchange.handset.by_hand import ByHand

_HERE = Path(__file__).parent
_KINDS = {".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript"}
_PARTS = ("page.css", "page.js")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def page(exchange, name: str) -> tuple[int, str, bytes]:
    """(status, content type, content) of `/handset/{name}`: a part of the page, or the page of that number."""
    if name in _PARTS:
        return 200, *_file(name)
    if isinstance(exchange.phone(name), ByHand):
        return 200, *_file("page.html")
    return 404, "text/plain; charset=utf-8", b"There is no phone to be answered by hand at this number.\n"


def _file(name: str) -> tuple[str, bytes]:
    return _KINDS[Path(name).suffix], (_HERE / name).read_bytes()
