"""The only way in for the carrier. A view behind it takes an event and returns verbs.

    @webhook("wait")
    def wait(request, event, entry_id): ...

Refused is whatever the carrier has not signed, with 403 and an empty body, and one line in the log that names the
address and the reason but no number and no parameter.
"""

import logging
from collections.abc import Callable, Sequence
from functools import wraps
from urllib.parse import parse_qsl

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseNotAllowed
from django.http.request import RawPostDataException, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from telephony import signatures
from telephony.events import READ, CarrierEvent, parse
from telephony.verbs import Verb
from telephony.xml import respond

log = logging.getLogger(__name__)

_V3, _V3_MAIN, _V3_NONCE = (
    "HTTP_X_PLIVO_SIGNATURE_V3",
    "HTTP_X_PLIVO_SIGNATURE_MA_V3",
    "HTTP_X_PLIVO_SIGNATURE_V3_NONCE",
)
_V2, _V2_MAIN, _V2_NONCE = (
    "HTTP_X_PLIVO_SIGNATURE_V2",
    "HTTP_X_PLIVO_SIGNATURE_MA_V2",
    "HTTP_X_PLIVO_SIGNATURE_V2_NONCE",
)

View = Callable[..., Sequence[Verb] | None]


class Refused(Exception):
    """A request that the carrier did not send. Its text is the reason, and holds nothing from the request."""


def webhook(kind: str, versions: tuple[str, ...] = ("v3",)) -> Callable[[View], Callable[..., HttpResponse]]:
    """Makes `view(request, event, **kwargs) -> verbs or None` a signed address of the carrier.

    `kind` says what the form is about (the address decides, never a parameter) and starts the event's key; "room" and
    "leg" have keys of their own. None is answered with an empty document, as notifications want it.

    `versions=("v3", "v2")` also lets a request in that carries no V3 header at all but a good V2 signature: whether the
    carrier signs what it reports about multi-party calls with V3 is not documented. V2 covers neither the form nor the
    query, so the address must then hold a token nobody can guess, and the form is believed only because of it.

    A view's exception goes through: the carrier gets a 500 and turns to its fallback address, and nothing is half done
    since the view's transaction is rolled back. Swallowed, it would be a caller in silence.
    """

    def decorate(view: View) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @wraps(view)
        def wrapper(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if request.method != "POST":
                return _logged(HttpResponseNotAllowed(["POST"]), request, kind, "not a POST")
            try:
                event = _event(request, kind, versions)
            except Refused as refusal:
                return _logged(HttpResponseForbidden(), request, kind, str(refusal))
            return respond(view(request, event, *args, **kwargs))

        return wrapper

    return decorate


def _event(request: HttpRequest, kind: str, versions: tuple[str, ...]) -> CarrierEvent:
    pairs = _form(request)
    _verify(request, pairs, versions)
    form = dict(pairs)
    if len(form) != len(pairs):
        _no_doubles(pairs)
    return parse(form, kind)


def _form(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of the body. Read strictly: Django's own reader takes bytes for Latin-1 or a question mark."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise Refused("not a form")
    try:
        return parse_qsl(
            request.body.decode(),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=settings.DATA_UPLOAD_MAX_NUMBER_FIELDS,
        )
    except ValueError:  # not UTF-8, or more fields than anybody sends
        raise Refused("unreadable form") from None
    except (SuspiciousOperation, RawPostDataException, UnreadablePostError):  # too large, read before, broken off
        raise Refused("unreadable body") from None


def _verify(request: HttpRequest, pairs: list[tuple[str, str]], versions: tuple[str, ...]) -> None:
    """Raises Refused unless the carrier signed this. The URL is the public one, whatever a proxy made of Host."""
    meta = request.META
    given, nonce = _given(meta, _V3, _V3_MAIN), meta.get(_V3_NONCE, "")
    # Only ever V2 where there is no trace of V3: a bad V3 signature must not be made good by leaving a header out.
    use_v3 = "v2" not in versions or given or nonce
    if not use_v3:
        given, nonce = _given(meta, _V2, _V2_MAIN), meta.get(_V2_NONCE, "")
    if not given or not nonce:
        raise Refused("no signature")
    if not settings.PLIVO_AUTH_TOKEN:
        raise Refused("no PLIVO_AUTH_TOKEN is set")  # else everybody could sign
    url = settings.PUBLIC_BASE_URL + request.get_full_path()
    try:
        if use_v3:
            expected = signatures.v3(settings.PLIVO_AUTH_TOKEN, url, nonce, pairs)
        else:
            expected = signatures.v2(settings.PLIVO_AUTH_TOKEN, url, nonce)
        good = signatures.matches(expected, given)
    except ValueError:  # a query that is not ASCII; text that cannot be encoded
        raise Refused("unreadable address") from None
    if not good:
        raise Refused("wrong signature")


def _given(meta: dict, plain: str, main: str) -> str:
    """The signatures of both headers: keyed by the token of the account that owns the number, and by the main one's."""
    return ",".join(filter(None, (meta.get(plain), meta.get(main))))


def _no_doubles(pairs: list[tuple[str, str]]) -> None:
    """What we read must be there once: no signature says which of two values stood last."""
    seen = set()
    for name, _ in pairs:
        if name in READ and name in seen:
            raise Refused("repeated field")
        seen.add(name)


def _logged(response: HttpResponse, request: HttpRequest, kind: str, reason: str) -> HttpResponse:
    match = getattr(request, "resolver_match", None)
    log.warning("refused at %s: %s", (match and match.view_name) or kind, reason)
    response._has_been_logged = True  # or Django writes a second line, with the address and its token in it
    return response
