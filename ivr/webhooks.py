"""Where the carrier knocks when one of our numbers is rung, a menu is answered, or a caller's line goes down."""

import logging

from django.http import HttpRequest

from core import clock
from crm import services as facts
from crm.models import Call
from floor import dispatch
from ivr import services
from ivr.models import Session
from telephony.door import webhook
from telephony.events import CarrierEvent
from telephony.verbs import HangUp, Say

log = logging.getLogger(__name__)

_NOT_OURS = "We are sorry, this number is not in use. Please check it and dial again. Goodbye."
_LOST = "We are sorry, we lost your place. Please call again. Goodbye."


@webhook("answer")
def answer(request: HttpRequest, event: CarrierEvent) -> list:
    """A call came in."""
    found = services.published_for(event.to_number) if event.to_number and event.call_uuid else None
    if found is None:
        log.warning("a call came in on a number that is no line of ours")
        return [Say(_NOT_OURS), HangUp()]
    return services.rang(*found, event)


@webhook("menu")
def menu(request: HttpRequest, event: CarrierEvent, session_id: int, step: int) -> list:
    """The caller answered a question, or let it pass."""
    session = Session.objects.select_related("version", "call__agency").filter(pk=session_id).first()
    if session is None:
        log.warning("the carrier asked about a menu session we do not know")
        return [Say(_LOST), HangUp()]
    return services.pressed(session, step, event.digits)


@webhook("hangup")
def hangup(request: HttpRequest, event: CarrierEvent) -> None:
    """A caller's line is down, wherever they were."""
    call = Call.objects.filter(carrier_uuid=event.call_uuid).first()
    if call is None:
        log.warning("the carrier reported the end of a call we do not know")
        return
    at = clock.now()
    facts.end_call(call, hangup_code=event.hangup_code, at=at)
    if not dispatch.hung_up(call, at=at) and not services.left(call, at=at):
        dispatch.hung_up(call, at=at)  # the last key took them into the line meanwhile
