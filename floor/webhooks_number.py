"""Where the carrier knocks while a caller says at which number to be called back. The place in line stays as it is.

Nobody is promised anything, and nobody leaves the line, before the number is confirmed; an operator who becomes free
meanwhile wins. Each question carries its step, so that a late repeat of an answer changes nothing.
"""

import logging
from collections.abc import Callable

from django.http import HttpRequest

from core import clock
from core.phone import callable_number
from floor import dispatch, documents, waiting
from floor.models import Entry
from floor.words import say
from telephony.door import webhook
from telephony.events import CarrierEvent
from telephony.verbs import HangUp, Say

log = logging.getLogger(__name__)


def ask(entry: Entry) -> list:
    """They pressed 1 in line: at which number? Who withheld theirs types one."""
    at = clock.now()
    if entry.state != Entry.State.WAITING or not dispatch.may_call_back(entry, at=at):
        return _goes_on(entry)
    if not (entry.chosen_number or entry.call.from_number):
        return documents.ask_number(entry)
    return _confirm(entry)


@webhook("number-ok")
def ok(request: HttpRequest, event: CarrierEvent, entry_id: int, step: int) -> list:
    """1: right. 2: another number. Silence: the number they ring from, since that one is surely theirs."""
    return _while_waiting(entry_id, lambda entry: _answered(entry, step, event.digits))


@webhook("number-typed")
def typed(request: HttpRequest, event: CarrierEvent, entry_id: int, step: int) -> list:
    """Ten digits, or silence."""
    return _while_waiting(entry_id, lambda entry: _typed(entry, step, event.digits))


def _while_waiting(entry_id: int, answer: Callable[[Entry], list]) -> list:
    entry = waiting.on_the_line(entry_id)
    if entry is None:
        log.warning("the carrier asked number about something we do not know")
        return [Say(say("over", "en"), "en"), HangUp()]
    if entry.state != Entry.State.WAITING:  # promised before, or an operator is being reached, or over
        return _goes_on(entry)
    waiting.seen(entry, clock.now())
    return answer(entry)


def _answered(entry: Entry, step: int, digits: str) -> list:
    if step != entry.number_step:  # of a question before the present one
        return _confirm(entry)
    if digits == "2":
        return documents.ask_number(entry)
    if digits == "1":
        return _promise(entry, entry.chosen_number or entry.call.from_number)
    if not digits:
        return _silent(entry)
    return _confirm(entry)


def _typed(entry: Entry, step: int, digits: str) -> list:
    if not digits:
        return _silent(entry)
    number = callable_number(digits)
    if step == entry.number_step and not number:
        return documents.ask_number(entry, again=True)
    if step == entry.number_step:
        waiting.chose_number(entry, number, step=step)
    return _confirm(entry)


def _silent(entry: Entry) -> list:
    """Nobody is called at a number that was typed and not confirmed: it may be a stranger's."""
    if entry.call.from_number:
        return _promise(entry, entry.call.from_number)
    return _stays(entry, "kept_waiting")


def _confirm(entry: Entry) -> list:
    number = entry.chosen_number or entry.call.from_number
    if not number:
        return documents.ask_number(entry)
    at = clock.now()
    plan = dispatch.plan_call_back(entry, number, at=at)
    return documents.confirm_number(entry, plan.window, at=at) if plan else _stays(entry, "no_promise")


def _promise(entry: Entry, number: str) -> list:
    at = clock.now()
    if not dispatch.call_back(entry, number=number, at=at):
        entry.refresh_from_db(fields=["state"])
        if entry.state == Entry.State.WAITING:
            return _stays(entry, "no_promise")
        return _goes_on(entry)
    return documents.promised(entry, at=at)


def _stays(entry: Entry, why: str) -> list:
    dispatch.next_round(entry)
    return documents.stays(entry, why)


def _goes_on(entry: Entry) -> list:
    dispatch.next_round(entry)
    return documents.wait(entry)
