"""Hands the texts we owe to the carrier, each at most once.

The row is the outbox, an attempt is written first. What may have been sent is not sent again: unlike a call it cannot
be looked for, and the carrier's report by the message's own address settles it."""

import logging
from datetime import datetime, timedelta

from core import clock
from crm import messages
from crm.models import Message
from floor.outbox import lease_time
from telephony.addresses import address
from telephony.carrier import CarrierError, get_carrier

log = logging.getLogger(__name__)

PAUSE_S = 10  # after the carrier certainly did not take it
TRIES = 30  # five minutes of that; a link that comes later than the call is no help


def run(*, at: datetime | None = None) -> int:
    """Sends what is due; returns how many were taken on. Many workers may run it at once."""
    taken = 0
    for message in messages.abandoned(at or clock.now()):
        messages.give_up(message, messages.State.UNSURE, "the worker stopped while sending", at=at or clock.now())
    for message in messages.due(at or clock.now()):
        moment = at or clock.now()
        if messages.claim(message, until=moment + lease_time()):
            taken += 1
            _send(message, moment)
    return taken


def _send(message: Message, at: datetime) -> None:
    try:
        uuid = get_carrier().send_text(
            to=message.number,
            from_=message.from_number,
            text=message.body,
            status_url=address("text", message.token),
        )
    except CarrierError as error:
        _not_sent(message, error, at)
    else:
        messages.sent(message, uuid, at=at)


def _not_sent(message: Message, error: CarrierError, at: datetime) -> None:
    if error.ambiguous:
        state = messages.State.UNSURE
    elif error.retryable and message.tries < TRIES:
        messages.again(message, due_at=at + timedelta(seconds=PAUSE_S))
        return
    else:
        state = messages.State.FAILED
    log.warning("text %s: %s, %s", message.pk, state, error)
    messages.give_up(message, state, str(error), at=at)
