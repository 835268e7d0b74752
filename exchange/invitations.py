"""Dialling somebody into a room: one or several phones ring, the first that (confirms and) answers wins."""

from exchange import calls, ears, forms, interpreter, room_events, rooms
from exchange.document import BadDocument, read_prompts
from exchange.errors import ContractError


class Invitation:
    """One add_participant request that dials. `legs` are those still in the race."""

    __slots__ = ("room", "terms", "request_uuid", "legs", "is_settled")

    def __init__(self, room, terms, legs, request_uuid: str):
        self.room = room
        self.terms = terms
        self.request_uuid = request_uuid
        self.legs = list(legs)
        self.is_settled = False
        room.invitations[self] = True
        for leg in legs:
            leg.invitation, leg.request_uuid = self, request_uuid
            leg.base["RequestUUID"] = leg.base["ALegRequestUUID"] = request_uuid
        tell_api(room, terms, "AddParticipantByAPIActionInitiated", legs[0])

    def tell_status(self, leg) -> None:
        """The call-status callback of one leg. Its parameters are an open question, hence the switch."""
        if not self.terms.call_status_callback_url:
            return
        if leg.exchange.switches.leg_words == "bare":
            form = {"CallUUID": leg.uuid, "CallStatus": leg.state, "From": leg.base["From"], "To": leg.base["To"]}
        else:
            form = forms.call(leg, "", **(forms.hangup(leg) if leg.is_over else {}))
        url, method = self.terms.call_status_callback_url, self.terms.call_status_callback_method
        leg.exchange.postman.notify("leg", url, method, form)

    def answered(self, leg) -> None:
        """Somebody picked up; with a confirm key that is not enough."""
        if not self.terms.confirm_key:
            return self._won(leg)
        if not self.terms.confirm_key_sound_url:
            return self._challenge(leg, ())
        turn = leg.turn

        def came(reply):
            if leg.turn == turn:
                self._challenge(leg, _prompts(leg, reply))

        url, method = self.terms.confirm_key_sound_url, self.terms.confirm_key_sound_method
        leg.exchange.postman.ask("media_xml", url, method, forms.call(leg, ""), came)

    def _challenge(self, leg, prompts) -> None:
        def failed():
            calls.end(leg, 9110, "Callee")

        ears.Confirming(leg, self.terms.confirm_key, lambda: self._won(leg), failed).start(prompts)

    def _won(self, leg) -> None:
        self._settle()
        self.legs.remove(leg)
        for loser in self.legs[:]:
            calls.end(loser, 9000, "Plivo")
        if self.room.state in ("ended", "unused"):
            return calls.end(leg, 4020, "Plivo")
        rooms.enter(self.room, leg, self.terms, by_api=True)
        tell_api(self.room, self.terms, "AddParticipantByAPIActionCompleted", leg, outcome="success")

    def leg_ended(self, leg) -> None:
        """A leg is out of the race; when it was the last, the request has failed."""
        if leg not in self.legs:
            return
        self.legs.remove(leg)
        if not self.legs and not self.is_settled:
            self._settle()
            tell_api(self.room, self.terms, "AddParticipantByAPIActionCompleted", leg, outcome="failed")
            rooms.forget_if_unused(self.room)

    def _settle(self) -> None:
        self.is_settled = True
        self.room.invitations.pop(self, None)

    def cancel(self) -> None:
        """The room is gone, so nobody shall answer for it any more."""
        for leg in self.legs[:]:
            calls.end(leg, 1000, "Plivo")


def _prompts(leg, reply) -> tuple:
    """Prompts that cannot be read are silence, says the carrier."""
    if not reply.is_fine:
        return ()
    try:
        return read_prompts(reply.content_type, reply.body)
    except BadDocument:
        return ()
    except ContractError as error:
        raise leg.exchange.contract_broken(leg, str(error)) from error


def move_in(leg, room, terms) -> None:
    """add_participant(call_uuid=...): a live call leaves whatever it does and enters the room."""
    exchange, listening = leg.exchange, leg.ears
    tell_api(room, terms, "AddParticipantByAPIActionInitiated", leg)
    interpreter.stop(leg)
    if listening is not None:
        listening.cut_off(False)
        if exchange.switches.interrupted_input == "action_post":
            listening.post_late()
    rooms.take_out(leg)
    if leg.state == "ringing":
        calls.answer_inbound(leg)
    leg.document, leg.position = (), 0
    rooms.enter(room, leg, terms, by_api=True)
    tell_api(room, terms, "AddParticipantByAPIActionCompleted", leg, outcome="success")


def tell_api(room, terms, event: str, leg, outcome: str = "") -> None:
    """The two events around an add_participant request. The words of the outcome are an open question."""
    if leg.member is not None and leg.room is room:
        extra, member = {}, leg.member
    else:
        extra, member = {"ParticipantRole": terms.role, "ParticipantCallUUID": leg.uuid}, None
    if outcome and room.exchange.switches.leg_words == "full":
        extra["AddParticipantAPIRequestOutcome"] = outcome
    room_events.tell(room, "add-participant-api-events", event, member, **extra)
