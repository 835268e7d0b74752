"""Where the carrier knocks about whoever is in a conversation beside its caller and its operator.

A room tells every address it knows about everybody in it: each of these listens for its own leg only.
"""

import logging
from uuid import UUID

from django.http import HttpRequest

from core import clock
from floor import consults, dispatch, documents, listenings
from floor.models import Consult, Listening
from floor.webhooks import LEG_OVER, why
from telephony.door import webhook
from telephony.events import CarrierEvent

log = logging.getLogger(__name__)


@webhook("leg")
def consult_leg(request: HttpRequest, event: CarrierEvent, token: UUID) -> None:
    """The leg of whoever was asked rings, is up or is down."""
    if event.status == "ringing":
        consults.rings(token, at=clock.now())
    if event.status in LEG_OVER and (asked := _known(consults.by_token(token), "consult-leg")):
        dispatch.consult_left(asked, why=why(event))


@webhook("room", versions=("v3", "v2"))
def consult_room(request: HttpRequest, event: CarrierEvent, token: UUID) -> None:
    """Whoever was asked entered the room, or left it."""
    asked = _known(consults.by_token(token), "consult-room")
    if asked is None or event.role != "agent" or not _own(asked, event):
        return
    if event.room_event == "ParticipantJoin":
        dispatch.consult_joined(asked, leg_uuid=event.participant_call_uuid, member_id=event.member_id[:16])
    elif event.room_event == "ParticipantExit":
        dispatch.consult_left(asked, why="no answer")


@webhook("prompt", versions=("v3", "v2"))
def consult_prompt(request: HttpRequest, event: CarrierEvent, token: UUID) -> list:
    """A colleague's ordinary phone was picked up: by them, or by a mailbox."""
    asked = _known(consults.by_token(token), "consult-prompt")
    if asked is None:
        return []
    consults.rings(token, at=clock.now())
    return documents.prompt(asked.offer.entry)


@webhook("leg")
def listening_leg(request: HttpRequest, event: CarrierEvent, token: UUID) -> None:
    """The supervisor's leg rings, is up or is down."""
    if event.status == "ringing":
        listenings.rings(token, at=clock.now())
    if event.status in LEG_OVER and (listening := _known(listenings.by_token(token), "listening-leg")):
        dispatch.listening_over(listening)


@webhook("room", versions=("v3", "v2"))
def listening_room(request: HttpRequest, event: CarrierEvent, token: UUID) -> None:
    """The supervisor entered the room, or left it; or the caller of a call taken over did."""
    listening = _known(listenings.by_token(token), "listening-room")
    if listening is None or event.role != "supervisor" or not _own(listening, event):
        return
    if event.room_event == "ParticipantJoin":
        dispatch.listening_joined(listening, leg_uuid=event.participant_call_uuid, member_id=event.member_id[:16])
    elif event.room_event == "ParticipantExit":
        dispatch.listening_over(listening)


@webhook("prompt", versions=("v3", "v2"))
def listening_prompt(request: HttpRequest, event: CarrierEvent, token: UUID) -> list:
    """A supervisor's ordinary phone was picked up: by them, or by a mailbox."""
    listening = _known(listenings.by_token(token), "listening-prompt")
    if listening is None:
        return []
    listenings.rings(token, at=clock.now())
    return documents.listening_prompt(listening.entry)


def _own(guest: Consult | Listening, event: CarrierEvent) -> bool:
    """Whether this is about the guest's own leg. Before we were told its id, it is not a leg that was there before."""
    leg = event.participant_call_uuid
    if guest.leg_uuid:
        return leg in ("", guest.leg_uuid)
    return event.room_event == "ParticipantJoin" and leg != guest.offer.leg_uuid


def _known(guest: Consult | Listening | None, door: str) -> Consult | Listening | None:
    if guest is None:
        log.warning("the carrier asked %s about something we do not know", door)
    return guest
