"""The one writer of `Recording`: messages callers leave."""

from datetime import datetime
from uuid import UUID

from crm.models import Call, Recording


def ask(call: Call, *, queue: str, language: str, at: datetime) -> Recording:
    """The caller is about to be asked to speak."""
    return Recording.objects.create(call=call, agency_id=call.agency_id, queue=queue, language=language, asked_at=at)


def of(call_id: int) -> Recording | None:
    """The recording of a call, spoken or not."""
    return Recording.objects.filter(call_id=call_id).first()


def by_token(token: UUID) -> Recording | None:
    """The recording an address of ours names."""
    return Recording.objects.filter(token=token).first()


def left(recording: Recording, *, url: str, carrier_id: str, seconds: int, at: datetime) -> bool:
    """There is a message. The carrier tells it at two addresses; the first counts. False: nothing said, or known."""
    if not url.startswith("https://") or len(url) > 200 or seconds < 1:
        return False
    open_ = Recording.objects.filter(pk=recording.pk, left_at=None)
    return open_.update(url=url, carrier_id=carrier_id, seconds=seconds, left_at=at) == 1
