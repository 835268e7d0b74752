"""The life of a call: it rings, is answered, and ends for one reason."""

from exchange import forms, interpreter, rooms
from exchange.hangups import NAMES, final_status
from exchange.timeline import SECOND

_BY_THE_PARTY = ("Caller", "Callee")


class Application:
    """The URLs that belong to a call. Empty means not wanted; each has a method beside it."""

    __slots__ = (
        "answer_url", "answer_method", "fallback_url", "fallback_method", "hangup_url", "hangup_method",
        "ring_url", "ring_method", "machine_detection", "machine_url", "machine_method",
    )  # fmt: skip

    def __init__(self, **given):
        for name in self.__slots__:
            setattr(self, name, given.get(name) or ("POST" if name.endswith("_method") else ""))


def ring(leg) -> None:
    """A leg of ours rings at its destination, or finds nobody there."""
    exchange = leg.exchange
    party = exchange.phone(leg.to)
    if party is None:
        return end(leg, 2020 if leg.to.startswith("sip:") else 3050, "Carrier")
    leg.party, leg.state = party, "ringing"
    application = leg.application
    if application.ring_url:
        exchange.postman.notify("ring", application.ring_url, application.ring_method, forms.call(leg, "Ring"))
    rooms.tell_leg(leg)
    if leg.bridge is not None:
        leg.bridge.rings(leg)
    leg.alarm = exchange.timeline.after(leg.ring_timeout_s * SECOND, lambda: end(leg, 6010, "Plivo"))
    party.rings(leg)


def picked_up(leg, *, is_machine: bool = False) -> None:
    """Somebody (or a machine) answers a leg that rings."""
    if leg.state != "ringing" or leg.direction != "outbound":
        return
    leg.is_machine = is_machine
    _in_progress(leg)
    rooms.tell_leg(leg)
    if leg.invitation is not None:
        leg.party.answered(leg)
        if not leg.is_over:
            rooms.dialled_leg_answered(leg)
    elif leg.bridge is not None:
        leg.party.answered(leg)
        if not leg.is_over:
            leg.bridge.answered(leg)
    elif is_machine and leg.application.machine_detection:
        _machine_found(leg)
    else:
        _ask_what_to_do(leg)


def _ask_what_to_do(leg) -> None:
    application, extra = leg.application, {}
    if application.machine_detection and not application.machine_url:
        extra["Machine"] = "true" if leg.is_machine else "false"
    interpreter.fetch(leg, "answer", application.answer_url, application.answer_method, "answer", "StartApp", **extra)
    leg.party.answered(leg)


def _machine_found(leg) -> None:
    application = leg.application
    wants_end = application.machine_detection == "hangup"
    if application.machine_url:
        choice = "hangup" if wants_end else "continue"
        form = forms.call(leg, "MachineDetection", Machine="true", IfMachine=choice)
        leg.exchange.postman.notify("machine", application.machine_url, application.machine_method, form)
    if wants_end:
        end(leg, 9100, "Plivo")
    else:
        _ask_what_to_do(leg)


def answer_inbound(leg) -> None:
    """The first element of the answer document is about to run, so the caller is connected now."""
    _in_progress(leg)
    leg.party.answered(leg)


def _in_progress(leg) -> None:
    leg.state = "in-progress"
    if leg.alarm is not None:
        leg.alarm.cancel()
    leg.answered_us = leg.exchange.timeline.now
    if not leg.exchange.endless:
        leg.limit = leg.exchange.timeline.after(leg.time_limit_s * SECOND, lambda: end(leg, 6000, "Plivo"))


def declined(leg, code: int) -> None:
    if leg.state == "ringing" and leg.direction == "outbound":
        end(leg, code, "Callee")


def put_down(leg) -> None:
    """The party hangs up."""
    if leg.direction == "outbound" and leg.answered_us is None:
        declined(leg, 3010)
    else:
        end(leg, 4000, "Caller" if leg.direction == "inbound" else "Callee")


def end(leg, code: int, source: str) -> None:
    """Whatever a call's end entails, in order. Does nothing when it is over already."""
    if leg.is_over:
        return
    exchange, ears, is_answered = leg.exchange, leg.ears, leg.answered_us is not None
    leg.ended_us = exchange.timeline.now
    leg.hangup_code, leg.hangup_name, leg.hangup_source = code, NAMES.get(code, "Unknown"), source
    leg.state = final_status(code, leg.direction, is_answered)
    interpreter.stop(leg)
    _cancel(leg.limit, leg.ending)
    exchange.forget(leg)
    if ears is not None:
        ears.cut_off(source in _BY_THE_PARTY)
    if leg.member is not None:
        rooms.hung_up(leg)
    for tape in leg.tapes or ():
        tape.stop()
    _tell_the_end(leg)
    if leg.invitation is not None:
        leg.invitation.leg_ended(leg)
    if leg.bridge is not None:  # its own caller's was broken off above
        leg.bridge.leg_ended(leg)
    leg.party.ended(leg)


def _cancel(*handles) -> None:
    for handle in handles:
        if handle is not None:
            handle.cancel()


def _tell_the_end(leg) -> None:
    rooms.tell_leg(leg)
    application = leg.application
    if application.hangup_url:
        # The hang-up URL of an application may come without `Event`; that of an API call has one.
        event = "Hangup" if leg.direction == "outbound" else ""
        form = forms.call(leg, event, **forms.hangup(leg))
        leg.exchange.postman.notify("hangup", application.hangup_url, application.hangup_method, form)
