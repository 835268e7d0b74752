"""The one writer of `Recording`: messages callers leave, where their sound is, and who has heard them."""

from datetime import datetime, timedelta
from uuid import UUID

from django.core.files.base import ContentFile
from django.db.models import F, Q

from crm.models import Call, Recording

TRIES = 8  # to fetch a sound; the carrier may need a minute to have it ready
AGAIN = timedelta(seconds=60)  # a lease, and the pause between two tries


def ask(call: Call, *, queue: str, language: str, at: datetime) -> Recording:
    """The caller is about to be asked to speak."""
    return Recording.objects.create(call=call, agency_id=call.agency_id, queue=queue, language=language, asked_at=at)


def of(call_id: int) -> Recording | None:
    """The recording of a call, spoken or not."""
    return Recording.objects.filter(call_id=call_id).first()


def by_token(token: UUID) -> Recording | None:
    """The recording an address of ours names."""
    return Recording.objects.filter(token=token).first()


def left_from(number: str, *, agency_id: int, since: datetime) -> list[Recording]:
    """Messages from this number, of calls since `since`, the latest first."""
    mine = Recording.objects.filter(
        agency_id=agency_id, call__from_number=number, call__started_at__gte=since, left_at__isnull=False
    )
    return list(mine.order_by("-left_at", "-pk")[:5])


def left(recording: Recording, *, url: str, carrier_id: str, seconds: int, at: datetime) -> bool:
    """There is a message. The carrier tells it at two addresses; the first counts. False: nothing said, or known."""
    if not url.startswith("https://") or len(url) > 200 or seconds < 1:
        return False
    open_ = Recording.objects.filter(pk=recording.pk, left_at=None)
    return open_.update(url=url, carrier_id=carrier_id, seconds=seconds, left_at=at) == 1


def to_fetch(at: datetime, *, limit: int = 10) -> list[Recording]:
    """Messages whose sound only the carrier has, the oldest first."""
    rows = Recording.objects.filter(left_at__isnull=False, file="", fetch_tries__lt=TRIES)
    return list(rows.filter(Q(fetch_at=None) | Q(fetch_at__lte=at)).order_by("left_at", "pk")[:limit])


def claim(recording: Recording, *, at: datetime) -> bool:
    """A try, written before it is made, with a lease. False: another worker is at it."""
    mine = Recording.objects.filter(pk=recording.pk, fetch_at=recording.fetch_at, file="")
    return mine.update(fetch_at=at + AGAIN, fetch_tries=F("fetch_tries") + 1) == 1


def fetched(recording: Recording, sound: bytes) -> None:
    """The sound is ours now, under a name that says nothing."""
    recording.file.save(f"{recording.token}.mp3", ContentFile(sound), save=False)
    Recording.objects.filter(pk=recording.pk).update(file=recording.file.name)


def heard(recording: Recording, *, user_id: int, at: datetime) -> None:
    """Somebody of the staff listened; the first is kept, the access log has all."""
    Recording.objects.filter(pk=recording.pk, heard_at=None).update(heard_at=at, heard_by=user_id)
