"""Events at random on rows that others work on at the same time: by threads of a test, or by processes."""

import random
import time

from core.models import Agency
from floor import dispatch, offers
from floor.models import Callback, Entry, Operator, Stint
from tests.floor import factories as make

NUMBERS = tuple(f"+1601555{n:04}" for n in range(20))  # few, so that people ring again while a call-back is owed


def hammer(agency_id: int, seed: int, *, rounds: int = 10**9, seconds: float = float("inf")) -> int:
    """So many rounds, or so many seconds by the wall. Returns the number of rounds."""
    dice = random.Random(seed)
    make.number_calls_from(1 + seed * 100_000)  # another process names its own calls
    of = Agency.objects.get(pk=agency_id)
    operators = list(Operator.objects.filter(agency=of).select_related("user"))
    until, done = time.monotonic() + seconds, 0
    while done < rounds and time.monotonic() < until:
        dice.choice(EVENTS)(of, operators, dice)
        done += 1
    return done


def _arrive(of, operators, dice):
    make.arrives(of, dice.choice(NUMBERS) if dice.random() < 0.5 else None)


def _ready(of, operators, dice):
    dispatch.ready(dice.choice(operators))


def _away(of, operators, dice):
    dispatch.away(dice.choice(operators))


def _wrap_up(of, operators, dice):
    for stint in Stint.objects.filter(until=None, state=Stint.State.WRAPPING).select_related("operator__user")[:1]:
        dispatch.wrapped_up(stint.operator)


def _answer(of, operators, dice):
    for offer in _some_offer(dice):
        dispatch.answered(offer, leg_uuid=f"leg-{offer.pk}", room_uuid=f"room-{offer.pk}")


def _connect(of, operators, dice):
    for offer in _some_offer(dice):
        dispatch.callback_accepted(offer)
        dispatch.answered(offer, leg_uuid=f"leg-{offer.pk}", room_uuid=f"room-{offer.pk}")
        dispatch.connected(offer, key=f"join-{offer.pk}-{dice.random()}")


def _refuse(of, operators, dice):
    for offer in _some_offer(dice):
        dispatch.refused(offer, why="declined")


def _hang_up(of, operators, dice):
    for entry in _some_entry(dice):
        dispatch.hung_up(entry.call)


def _part(of, operators, dice):
    for offer in _some_offer(dice):
        dispatch.talk_over(offer)


def _call_back(of, operators, dice):
    for entry in _some_entry(dice):
        dispatch.call_back(entry)


def _in_vain(of, operators, dice):
    for promise in Callback.objects.filter(ended_at=None).select_related("entry__call", "entry__queue")[:1]:
        dice.choice((dispatch.callback_missed, dispatch.callback_withdrawn))(promise)


def _time_passes(of, operators, dice):
    dispatch.tick()


EVENTS = (
    _arrive, _arrive, _arrive, _ready, _ready, _answer, _connect, _connect, _connect, _refuse, _hang_up, _part,
    _wrap_up, _wrap_up, _away, _call_back, _in_vain, _time_passes,
)  # fmt: skip


def _some_offer(dice):
    found = list(offers.whole().filter(ended_at=None)[:4])
    return [dice.choice(found)] if found else []


def _some_entry(dice):
    found = list(Entry.objects.filter(ended_at=None).select_related("call", "queue", "callback")[:4])
    return [dice.choice(found)] if found else []
