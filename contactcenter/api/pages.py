"""Cuts what changed into pages that neither skip nor repeat, whatever is booked meanwhile.

Rows come in the order of their last change. A page ends at a row, named by its moment and number, and the next begins
behind it: a row that changes while somebody reads moves to the end and is met there. What changed in the last
`SETTLE_S` seconds waits for the next pull: a change carries the moment its work began and may be committed later,
behind a reader who had already passed.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError

if TYPE_CHECKING:
    from scheduling.models import Appointment

SETTLE_S = 30  # longer than a write waits for its turn (20 s on SQLite)


def settled(at: datetime) -> datetime:
    """Up to here everything is told."""
    return at - timedelta(seconds=SETTLE_S)


def page(rows: QuerySet, *, cursor: str, limit: int, until: datetime) -> tuple[list[Appointment], str]:
    """The next `limit` rows that changed up to `until`, and the cursor behind them: "" if that was all."""
    rows = rows.filter(changed_at__lte=until).order_by("changed_at", "pk")
    if cursor:
        moment, number = _read(cursor)
        behind = Q(changed_at__gt=moment) | Q(changed_at=moment, pk__gt=number)
        rows = rows.filter(behind, changed_at__gte=moment)  # the second is the index's part
    found = list(rows[: limit + 1])
    return found[:limit], _write(found[limit - 1]) if len(found) > limit else ""


def address(path: str, asked: dict[str, str], cursor: str) -> str | None:
    """Where the next page is, with the same filters; never built from the Host header."""
    return f"{settings.PUBLIC_BASE_URL}{path}?{urlencode({**asked, 'cursor': cursor})}" if cursor else None


def _write(row: Appointment) -> str:
    return base64.urlsafe_b64encode(f"{row.changed_at.isoformat()} {row.pk}".encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[datetime, int]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        moment, number = text.split(" ")
        found, row = datetime.fromisoformat(moment), int(number)
        if found.tzinfo is None or not 0 < row < 2**63:
            raise ValueError(cursor)
        return found, row
    except (ValueError, OverflowError, binascii.Error):
        words = _("This is not a cursor we gave out. Please begin again without it.")
        raise ValidationError({"cursor": [words]}) from None
