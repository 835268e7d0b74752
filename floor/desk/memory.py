"""What a desk remembers of a call besides the call's own rows: ids and choices, in the session, for this call only.

So a reload finds them, nothing of them stands in an address, and the next call begins with none of them.
"""

from typing import Any

from django.http import HttpRequest

from floor.desk.current import Desk

_KEY = "desk"


def recall(request: HttpRequest, desk: Desk, name: str, default: Any = None) -> Any:
    """What was kept under `name` for the call at hand."""
    kept = request.session.get(_KEY, {})
    return kept.get(name, default) if desk.offer and kept.get("offer") == desk.offer.pk else default


def keep(request: HttpRequest, desk: Desk, **what: Any) -> None:
    """Keeps it for as long as this call is at hand; what belonged to the call before goes."""
    if desk.offer is None:
        return
    kept = request.session.get(_KEY, {})
    if kept.get("offer") != desk.offer.pk:
        kept = {"offer": desk.offer.pk}
    request.session[_KEY] = {**kept, **what}
