"""What comes of waiting: a place and a time to tell, another queue, a way out, closing time, a text with the link.

Rules take effect when the carrier next asks what a caller is to hear, or on arrival: so whoever is just being connected
is never torn away, and nobody is sent off in silence.
"""

from datetime import datetime
from math import inf

from core import clock
from core.phone import takes_texts
from crm import messages, recordings
from crm import services as facts
from crm.ledger import Kind
from floor import needs, outlook, promised, waiting
from floor.dispatch.lock import the_floor
from floor.dispatch.match import match, seconds
from floor.dispatch.missed import ended
from floor.dispatch.parting import not_taken
from floor.dispatch.promises import may_call_back
from floor.models import Callback, Entry, OverflowRule, Queue
from floor.words import say

When, Then, SentTo = OverflowRule.When, OverflowRule.Then, Entry.SentTo
_MOVES = 2  # a caller changes queues once; the rules of the second are then looked at as well


def next_round(entry: Entry, *, at: datetime | None = None) -> None:
    """A round of the wait loop begins: whatever has become due for this caller, and what they are told of the wait.

    `entry` in memory follows. Nothing for whoever does not simply wait on the line.
    """
    at = at or clock.now()
    if _waits(entry):
        _apply_rules(entry, at, arriving=False)
    if _waits(entry) and not entry.closing:
        promised.announce(entry, at=at)
    elif entry.state == Entry.State.CALLBACK:
        entry.closing = _is_closed(entry, at)  # then the call-back comes when it opens again


def settle_in(entry: Entry, at: datetime) -> None:
    """The same for somebody who has just come, with the rules that hold on arrival."""
    if _waits(entry):
        _apply_rules(entry, at, arriving=True)
    if _waits(entry) and not entry.closing:
        promised.announce(entry, at=at)


def turn_away(entry: Entry, *, at: datetime | None = None) -> bool:
    """It is closing time and the caller wants no call-back. False if they do not wait any more, or it is open again."""
    with the_floor(entry.agency_id, at) as at:
        return _is_closed(entry, at) and _send_away(entry, Kind.TURNED_AWAY, at, sent_to=SentTo.CLOSED)


def may_text(entry: Entry) -> bool:
    """Whether this caller can be offered a text with the link: once a call, to a number that can receive one."""
    offered = entry.queue.text_link and entry.link_sent_at is None
    return bool(offered) and _waits(entry) and takes_texts(entry.call.from_number)


def text_link(entry: Entry, *, at: datetime | None = None) -> bool:
    """The caller pressed the key for it: the link is owed to them as a text. They keep waiting. False for a repeat."""
    if not may_text(entry):
        return False
    with the_floor(entry.agency_id, at) as at:
        mine = Entry.objects.filter(pk=entry.pk, link_sent_at=None)
        if mine.update(link_sent_at=at) != 1:
            return False
        body = say("text_link", entry.language, link=entry.queue.text_link)
        messages.owe_link(entry.call, agency_id=entry.agency_id, language=entry.language, body=body, at=at)
    entry.link_sent_at = at
    return True


# ---- which rule holds ---------------------------------------------------------------------------------------------


def _waits(entry: Entry) -> bool:
    return entry.state == Entry.State.WAITING and entry.promise is None


def _is_closed(entry: Entry, at: datetime) -> bool:
    """Whether this queue is closed and cuts off those who still wait."""
    return outlook.is_closed(entry.queue, at)


def _apply_rules(entry: Entry, at: datetime, *, arriving: bool) -> None:
    for _ in range(_MOVES):
        if _is_closed(entry, at):
            entry.closing = entry.queue.at_closing == Queue.AtClosing.CALLBACK and may_call_back(entry, at=at)
            if not entry.closing:
                turn_away(entry, at=at)
            return
        if entry.passed_on_at is not None:
            return  # an operator has sent them here: no rule sends them on
        rules = outlook.set_up(entry.agency_id, at).rules.get(entry.queue_id, ())
        rule = next((rule for rule in rules if _holds(rule, entry, at, arriving)), None)
        if rule is None:
            return
        _apply(rule, entry, at)
        if rule.then != Then.QUEUE or not _waits(entry):
            return


def _holds(rule: OverflowRule, entry: Entry, at: datetime, arriving: bool) -> bool:
    if rule.then == Then.QUEUE and entry.moved_from_id is not None:
        return False  # once: two queues must not send callers to and fro
    if rule.when == When.LENGTH:
        return arriving and waiting.standing(entry, at=at).place > rule.limit
    if rule.when == When.WAIT:
        return seconds(entry.entered_at, at) >= rule.limit
    return not outlook.staff(entry.agency_id, at).who_can(entry.need, inf)


def _apply(rule: OverflowRule, entry: Entry, at: datetime) -> None:
    with the_floor(entry.agency_id):
        if Callback.objects.filter(entry_id=entry.pk).exists():
            return
        if rule.when == When.UNSTAFFED and outlook.read_staff(entry.agency_id).who_can(entry.need, inf):
            return  # somebody has logged in within these seconds
        said = (entry.language == "es" and rule.text_es) or rule.text
        if rule.then == Then.QUEUE:
            _move(entry, rule.to_queue, at)
        elif rule.then == Then.TRANSFER:
            _send_away(entry, Kind.OVERFLOW, at, sent_to=SentTo.TRANSFER, sent_number=rule.number, sent_text=said)
        elif rule.then == Then.VOICEMAIL:
            if _send_away(entry, Kind.VOICEMAIL, at, sent_to=SentTo.VOICEMAIL, sent_text=said):
                recordings.ask(entry.call, queue=entry.queue.slug, language=entry.language, at=at)
        else:
            _send_away(entry, Kind.TURNED_AWAY, at, sent_to=SentTo.MESSAGE, sent_text=said)


def _move(entry: Entry, to: Queue, at: datetime) -> None:
    """Into another line with the place of the first; the contact stays counted where it came in."""
    first = entry.queue
    # What is overwritten here, the audit of fairness must know.
    moved = {"from": first.slug, "to": to.slug, "need": entry.need, "rank_at": entry.rank_at.isoformat()}
    if waiting.change_queue(entry, to, need=needs.of(to, entry.language)):
        waited = seconds(entry.entered_at, at)
        facts.record(entry.call_id, Kind.MOVED, at=at, seconds=waited, queue=first.slug, data=moved)
        match(entry.agency_id, at, just_came=entry)


def _send_away(entry: Entry, fate: Kind, at: datetime, **where: str) -> bool:
    with the_floor(entry.agency_id):
        waiting_still = (Entry.State.WAITING,)
        if not waiting.move(entry, to=Entry.State.DONE, came_from=waiting_still, ended_at=at, **where):
            return False
        if entry.passed_on_at is not None:  # an operator has served them, whatever comes after
            not_taken(entry, at)
            return True
        waited = seconds(entry.entered_at, at)
        facts.record(entry.call_id, fate, at=at, seconds=waited, queue=entry.queue.slug)
        ended(entry, fate, at=at, waited_s=waited)
    return True
