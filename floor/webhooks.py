"""Where the carrier knocks about a caller in line, an operator's leg, a conversation or a call-back.

Three lines each: find the row the address names, say what happened to `floor.dispatch`, answer with what comes next.
An address that names nothing gets a kind word and a line in the log.
"""

import logging
from uuid import UUID

from django.http import HttpRequest

from core import clock
from crm import messages, recordings
from crm.missed import Missed
from crm.models import Recording
from floor import callbacks, dispatch, documents, offers, waiting, webhooks_number
from floor.callbacks import Result
from floor.models import Callback, Entry, Offer
from floor.words import say
from telephony.door import webhook
from telephony.events import CarrierEvent
from telephony.verbs import HangUp, Say

log = logging.getLogger(__name__)

# What the carrier calls the end of a leg.
LEG_OVER = frozenset({"completed", "busy", "failed", "timeout", "no-answer", "cancel", "rejected"})

# What a call-back came to that ended before anybody spoke with an operator. "completed": it was picked up.
_RESULTS = {
    "busy": Result.BUSY,
    "rejected": Result.BUSY,
    "failed": Result.FAILED,
    "completed": Result.NOT_CONFIRMED,
}

_OF_A_ROOM = frozenset({"ParticipantJoin", "ParticipantExit", "ParticipantHold", "ParticipantUnhold"})

_WHY = {"busy": "declined", "rejected": "declined", "failed": dispatch.UNREACHABLE}


def why(event: CarrierEvent) -> str:
    """Why a leg that never came up did not."""
    return _WHY.get(event.status, "no answer")


@webhook("wait")
def wait(request: HttpRequest, event: CarrierEvent, entry_id: int) -> list:
    """A round of the wait loop is over, or the caller pressed a key in it."""
    entry = waiting.on_the_line(entry_id)
    if entry is None:
        return _unknown("wait")
    if entry.state != Entry.State.DONE:
        waiting.seen(entry, clock.now())
    if event.digits == "1":
        return webhooks_number.ask(entry)
    texted = event.digits == "2" and dispatch.text_link(entry)
    dispatch.next_round(entry)
    return documents.text_on_its_way(entry) if texted else documents.wait(entry)


@webhook("closing")
def closing(request: HttpRequest, event: CarrierEvent, entry_id: int) -> list:
    """It is closing time, and the caller was offered a call-back: 1 is yes, anything else is goodbye."""
    entry = waiting.on_the_line(entry_id)
    if entry is None:
        return _unknown("closing")
    if event.digits == "1":
        return webhooks_number.ask(entry)
    dispatch.turn_away(entry)
    dispatch.next_round(entry)  # an operator may have got free meanwhile
    return documents.wait(entry)


@webhook("transferred")
def transferred(request: HttpRequest, event: CarrierEvent, entry_id: int) -> list:
    """The call to an outside number is over, or never came about."""
    entry = waiting.on_the_line(entry_id)
    if entry is None:
        return _unknown("transferred")
    if event.dial_status == "completed":
        return documents.goodbye("over", entry.language)
    if entry.sent_to == Entry.SentTo.TRANSFER:
        told = {"queue": entry.queue, "language": entry.language, "key": f"transfer:{entry.call_id}"}
        dispatch.missed(entry.call, Missed.TRANSFER_MISSED, **told)
    return documents.goodbye("not_transferred", entry.language)


@webhook("voicemail")
def voicemail(request: HttpRequest, event: CarrierEvent, token: UUID) -> list:
    """The caller has spoken, or said nothing."""
    recording = recordings.by_token(token)
    if recording is None:
        return _unknown("voicemail")
    _keep(recording, event)
    return documents.goodbye("voicemail_left" if event.record_url else "over", recording.language)


@webhook("voicemail-file")
def voicemail_file(request: HttpRequest, event: CarrierEvent, token: UUID) -> None:
    """The recording is there; the one word of it, if the caller hung up while speaking."""
    recording = recordings.by_token(token)
    if recording is None:
        _unknown("voicemail-file")
    else:
        _keep(recording, event)


# Signed with V2 only, which does not cover the form; the token makes the address unguessable.
@webhook("text", versions=("v3", "v2"))
def text(request: HttpRequest, event: CarrierEvent, token: UUID) -> None:
    """What became of a text."""
    told = {"status": event.message_status, "error": event.error_code, "carrier_uuid": event.message_uuid}
    if not messages.reported(token, **told, at=clock.now()):
        _unknown("text")


@webhook("leg")
def leg(request: HttpRequest, event: CarrierEvent, token: UUID) -> None:
    """The operator's leg rings, is up or is down."""
    if event.status == "ringing":
        offers.rings(token, at=clock.now())
    if event.status not in LEG_OVER:
        return
    offer = offers.by_token(token)
    if offer is None:
        _unknown("leg")
    elif not dispatch.refused(offer, why=why(event)):
        dispatch.operator_left(offer)


# The carrier may sign these two with V2 only (an open question of its contract); the token makes the address
# unguessable.
@webhook("prompt", versions=("v3", "v2"))
def prompt(request: HttpRequest, event: CarrierEvent, token: UUID) -> list:
    """An ordinary phone was picked up: by the operator, who now gets the time to press 1, or by a mailbox."""
    entry = waiting.of_offer(token)
    if entry is None:
        return _unknown("prompt")[:1]
    offers.rings(token, at=clock.now())
    return documents.prompt(entry)


@webhook("room", versions=("v3", "v2"))
def room(request: HttpRequest, event: CarrierEvent, token: UUID) -> None:
    """Somebody entered or left a conversation, or is on hold in it. Guests of it have an address of their own."""
    if event.room_event not in _OF_A_ROOM or event.role == "supervisor":
        return
    offer = offers.by_token(token)
    if offer is None:
        _unknown("room")
    elif event.role == "agent":
        _agent(offer, event)
    elif event.room_event == "ParticipantJoin":
        dispatch.connected(offer, key=event.key, member_id=event.member_id[:16])
    elif event.room_event == "ParticipantExit":
        dispatch.caller_left(offer)
    elif (talk := offers.in_room(offer.entry, offer.room_uuid)) is not None:
        dispatch.held(talk, event.room_event == "ParticipantHold")


def _agent(offer: Offer, event: CarrierEvent) -> None:
    if event.room_event == "ParticipantJoin":
        dispatch.answered(
            offer, leg_uuid=event.participant_call_uuid, room_uuid=event.room_uuid, member_id=event.member_id[:16]
        )
    # Whoever the operator asked is an agent as well, and does not end the conversation.
    elif event.room_event == "ParticipantExit" and event.participant_call_uuid in ("", offer.leg_uuid):
        dispatch.operator_left(offer)


@webhook("exit", versions=("v3", "v2"))
def left_room(request: HttpRequest, event: CarrierEvent, token: UUID) -> list:
    """The caller is out of the room: off the line, or about to hear what is next."""
    offer = offers.by_token(token)
    if offer is None:
        return _unknown("exit")
    if event.status in LEG_OVER:
        dispatch.caller_left(offer)
    else:
        dispatch.caller_out(offer)
    return documents.after_the_room(waiting.on_the_line(offer.entry_id))


@webhook("hold", versions=("v3", "v2"))
def hold(request: HttpRequest, event: CarrierEvent, token: UUID) -> list:
    """What a caller on hold hears, again and again."""
    entry = waiting.of_offer(token)
    return _unknown("hold")[:1] if entry is None else documents.hold(entry)


@webhook("callback-answer")
def callback_answer(request: HttpRequest, event: CarrierEvent, token: UUID) -> list:
    """Somebody, or something, picked up our call-back."""
    callback = callbacks.by_token(token)
    if callback is None or callback.state != Callback.State.PENDING:
        return _unknown("callback-answer")
    if callbacks.of_an_earlier_try(callback, event.call_uuid):
        return _unknown("callback-answer")
    if not callback.leg_uuid:  # picked up before the carrier had answered our request
        callbacks.dialled(callback, event.call_uuid)
    return documents.callback_greeting(callback)


@webhook("callback-key")
def callback_key(request: HttpRequest, event: CarrierEvent, token: UUID) -> list:
    """1: a person, who wants to speak. 2: they do not need us any more. Anything else: nobody there."""
    callback = callbacks.by_token(token)
    if callback is None or callback.state != Callback.State.PENDING:
        return _unknown("callback-key")
    entry = callback.entry
    if event.digits == "2":
        dispatch.callback_withdrawn(callback)
        return documents.goodbye("withdrawn", entry.language)
    offer = offers.open_for(entry)
    if event.digits == "1" and offer is not None:
        # A repeat of the key finds the operator ringing already, and hears the same.
        dispatch.callback_accepted(offer)
        waiting.seen(entry, clock.now())
        return documents.wait(entry)
    machine = "machine_missed" if callback.kind == Callback.Kind.MISSED else "machine"
    return documents.goodbye("later" if event.digits == "1" else machine, entry.language)


@webhook("callback-machine")
def callback_machine(request: HttpRequest, event: CarrierEvent, token: UUID) -> None:
    """An answering machine picked up: its operator is not kept waiting for it."""
    callback = callbacks.by_token(token)
    if callback is None:
        _unknown("callback-machine")
    elif _still_dialling(callback) and not callbacks.of_an_earlier_try(callback, event.call_uuid):
        dispatch.callback_missed(callback, result=Result.MACHINE)


@webhook("callback-hangup")
def callback_hangup(request: HttpRequest, event: CarrierEvent, token: UUID) -> None:
    """The call-back's line is down: never picked up, or over."""
    callback = callbacks.by_token(token)
    if callback is None:
        _unknown("callback-hangup")
        return
    entry = callback.entry
    if entry.state != Entry.State.TALKING and callbacks.of_an_earlier_try(callback, event.call_uuid):
        return
    kept = callback.state != Callback.State.PENDING  # else they asked for it after they were passed on
    if entry.state == Entry.State.TALKING or (entry.passed_on_at is not None and kept):
        dispatch.gone(entry)
    elif callback.leg_uuid in ("", event.call_uuid) and entry.state in (Entry.State.OFFERED, Entry.State.WAITING):
        dispatch.callback_missed(callback, result=_RESULTS.get(event.status, Result.NO_ANSWER))


def _keep(recording: Recording, event: CarrierEvent) -> None:
    told = {"url": event.record_url, "carrier_id": event.record_id, "seconds": event.record_seconds}
    recordings.left(recording, **told, at=clock.now())


def _still_dialling(callback: Callback) -> bool:
    offer = offers.open_for(callback.entry)
    return offer is not None and offer.state == Offer.State.RESERVED


def _unknown(door: str) -> list:
    """A caller must never hear nothing; we must be able to find out why."""
    log.warning("the carrier asked %s about something we do not know", door)
    return [Say(say("over", "en"), "en"), HangUp()]
