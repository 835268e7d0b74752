"""The one writer of `Message`: texts we owe. Sending is another's (`floor.texts`); here is what came of it."""

from datetime import datetime
from uuid import UUID

from django.db.models import F

from core import wake
from crm.models import Call, Message

State = Message.State
_OPEN = (State.QUEUED, State.SENDING, State.SENT, State.UNSURE)
PRESSED = "pressed 2 while waiting on this call"


def owe_link(call: Call, *, agency_id: int, language: str, body: str, at: datetime) -> Message | None:
    """The link a caller asked for by a key, which is the consent to this one text. None if it is owed already."""
    message, new = Message.objects.get_or_create(
        call=call,
        kind=Message.Kind.LINK,
        defaults={
            "agency_id": agency_id,
            "number": call.from_number,
            "from_number": call.to_number,
            "language": language,
            "body": body,
            "consent": PRESSED,
            "consent_at": at,
            "todo_at": at,
        },
    )
    if new:
        wake.worker()
    return message if new else None


def due(at: datetime, *, limit: int = 20) -> list[Message]:
    """Texts to be sent by now, the oldest first."""
    return list(Message.objects.filter(state=State.QUEUED, todo_at__lte=at).order_by("todo_at", "pk")[:limit])


def claim(message: Message, *, until: datetime) -> bool:
    """The attempt is written before it is made; `until` is its lease. False: another worker has it."""
    mine = Message.objects.filter(pk=message.pk, state=State.QUEUED)
    if mine.update(state=State.SENDING, todo_at=until, tries=F("tries") + 1) != 1:
        return False
    message.state, message.tries = State.SENDING, message.tries + 1
    return True


def sent(message: Message, carrier_uuid: str, *, at: datetime) -> None:
    """The carrier took it. Its report may have been faster; then only the name is added."""
    Message.objects.filter(pk=message.pk, carrier_uuid="").update(carrier_uuid=carrier_uuid[:64])
    Message.objects.filter(pk=message.pk, state=State.SENDING).update(state=State.SENT, sent_at=at, todo_at=None)


def again(message: Message, *, due_at: datetime) -> None:
    """It certainly was not sent: once more, later."""
    Message.objects.filter(pk=message.pk, state=State.SENDING).update(state=State.QUEUED, todo_at=due_at)


def give_up(message: Message, state: str, error: str, *, at: datetime) -> None:
    """FAILED: it cannot be sent. UNSURE: it may have been, and twice would be worse than not at all."""
    Message.objects.filter(pk=message.pk, state=State.SENDING).update(
        state=state, error=error[:40], settled_at=at, todo_at=None
    )


def abandoned(at: datetime) -> list[Message]:
    """Texts a worker was sending when it stopped: whether they went out nobody knows."""
    return list(Message.objects.filter(state=State.SENDING, todo_at__lte=at)[:20])


def reported(token: UUID, *, status: str, error: str, carrier_uuid: str, at: datetime) -> bool:
    """What the carrier says of it. An end stays an end, whatever order reports come in. False: no such text."""
    row = Message.objects.filter(token=token)
    if not row.exists():
        return False
    row.filter(carrier_uuid="").update(carrier_uuid=carrier_uuid)
    if status == "delivered":
        row.filter(state__in=_OPEN).update(state=State.DELIVERED, settled_at=at, todo_at=None)
    elif status in ("failed", "undelivered", "rejected"):
        row.filter(state__in=_OPEN).update(state=State.FAILED, error=error[:40], settled_at=at, todo_at=None)
    elif status in ("queued", "sent"):
        on_its_way = row.filter(state__in=(State.QUEUED, State.SENDING, State.UNSURE))
        on_its_way.update(state=State.SENT, sent_at=at, settled_at=None, todo_at=None)
    return True
