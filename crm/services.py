"""Writes the facts of a call. Nobody else creates or changes a `Call` or a `CallEvent`."""

from datetime import datetime

from django.conf import settings

from crm.ledger import Kind
from crm.models import Call, CallEvent


def open_call(*, agency_id: int, carrier_uuid: str, from_number: str, to_number: str, at: datetime) -> Call:
    """A caller reached one of our numbers. Raises IntegrityError if this call is known already."""
    return Call.objects.create(
        agency_id=agency_id,
        carrier_uuid=carrier_uuid,
        from_number=from_number,
        to_number=to_number,
        started_at=at,
        drill=settings.SANDBOX,
    )


def end_call(call: Call, *, hangup_code: str, at: datetime) -> bool:
    """The caller's line is down. False if that was known."""
    return Call.objects.filter(pk=call.pk, ended_at=None).update(ended_at=at, hangup_code=hangup_code[:8]) == 1


def record(
    call_id: int,
    kind: Kind,
    *,
    at: datetime,
    seconds: float | None = None,
    queue: str = "",
    operator: str = "",
    key: str | None = None,
    data: dict | None = None,
) -> None:
    """Adds one line to the ledger; the caller holds the transaction of the change it tells of.

    Raises IntegrityError for a second fate of one contact, or for a carrier event (`key`) that was acted on before.
    """
    CallEvent.objects.create(
        call_id=call_id,
        kind=kind,
        at=at,
        seconds=seconds,
        queue=queue,
        operator=operator,
        key=key or None,
        data=data or {},
    )
