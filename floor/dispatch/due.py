"""What falls due without anybody saying so."""

from datetime import datetime

from core import clock
from core.rows import each
from floor import broadcasts, callbacks, consults, listenings, offers, presence, waiting
from floor.dispatch.lock import the_floor
from floor.dispatch.match import match
from floor.dispatch.operators import fall_asleep, lapse
from floor.dispatch.promises import callback_expired, callback_missed, next_legal_hours
from floor.dispatch.rings import put_back, refused
from floor.dispatch.supervisors import listening_over
from floor.dispatch.telling import take_down
from floor.dispatch.transfers import consult_refused
from floor.models import Command, Consult, Listening, Offer


def tick(*, at: datetime | None = None) -> None:
    """Does what has fallen due without anybody saying so. Safe to run twice, in parallel and after a crash."""
    at = at or clock.now()
    each(offers.overdue(at), lambda offer: _overdue(offer, at))
    each(callbacks.expired(at), lambda callback: callback_expired(callback, at=at))
    each(waiting.past_legal_hours(at), lambda entry: next_legal_hours(entry, at=at))
    each(presence.asleep(at), lambda operator: fall_asleep(operator, at=at))
    each(presence.wrapped_long_enough(at), lambda operator: lapse(operator, at=at))
    each(broadcasts.over(at), lambda line: take_down(line, at=at))
    each(consults.overdue(at), lambda asked: _not_come(asked, at))
    each(listenings.overdue(at), lambda listening: _not_come_to_listen(listening, at))
    idle = presence.agencies_with_idle(at)
    if idle:  # a rest is over, a queue has relaxed its demand, an operator may be asked again
        each(idle & waiting.agencies_in_line(at), lambda agency_id: _match_now(agency_id, at))


def _overdue(offer: Offer, at: datetime) -> None:
    if offer.todo and not offer.tries:
        return  # the worker has not got to it yet: nobody was rung who could have answered
    with the_floor(offer.entry.agency_id):
        as_read = Offer.objects.filter(pk=offer.pk, state=offer.state, todo=offer.todo, due_at__lte=at)
        if not as_read.exists():
            return
        if offer.todo in (Command.RING, Command.DIAL):
            put_back(offer, at=at)  # the carrier would not take it all the while
        elif offer.state == offers.State.RESERVED:
            callback_missed(offer.entry.callback, at=at)
        elif offer.state == offers.State.RINGING:
            refused(offer, why="no answer", at=at)
        # An answered one may be a conversation of which we were not told: outbox.reconcile asks.


def _not_come(asked: Consult, at: datetime) -> None:
    if asked.todo and not asked.tries:
        return  # the worker has not got to it yet
    if asked.state == consults.State.RINGING:
        consult_refused(asked, why="no answer", at=at)
    # Whoever is in the room may have left it without a word to us: outbox.reconcile asks.


def _not_come_to_listen(listening: Listening, at: datetime) -> None:
    if listening.joined_at is None and (not listening.todo or listening.tries):
        listening_over(listening, at=at)


def _match_now(agency_id: int, at: datetime) -> None:
    with the_floor(agency_id):
        match(agency_id, at)
