"""The one writer of `Stint`: what each operator is doing, since when.

A state changes by an event of `TRANSITIONS` and in no other way. Whoever has no stint yet counts as offline.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import F, Q, QuerySet

from core import live
from floor.models import AwayReason, Operator, Stint, WrapExtension

State = Stint.State
MISSES = 2  # rings not taken in a row, after which an operator is set away
ASLEEP = "desk asleep"  # the reason of a stint: the desk showed no sign of life
SILENT_S = 45  # a desk beats every 10 s: after that many it is asleep, or its network is gone
GONE_S = 900  # so long a wrap-up without a limit waits for a desk that is silent
MORE_S = 120  # what one extension adds to a wrap-up


class Event(StrEnum):
    """What may happen to an operator. In brackets who says so."""

    READY = "ready"  # takes calls from now on [operator]
    REST = "rest"  # away, with a reason [operator]
    TRAIN = "train"  # in training [operator]
    LEAVE = "leave"  # the end of the shift [operator]
    SLEEP = "sleep"  # the desk has fallen silent [time]
    OFFER = "offer"  # a caller is laid before them [match], or a colleague's call [operator]
    RELEASE = "release"  # the caller was gone, or the ring not taken: ready for others [floor]
    MISS = "miss"  # rings not taken, or a phone that cannot be reached: away [floor]
    CONNECT = "connect"  # they hear each other, or the colleague who asks [carrier]
    HOLD = "hold"  # the caller is put on hold [operator]
    RESUME = "resume"  # and is back [operator]
    FREE = "free"  # whoever was asked to take a colleague's call is out of it: ready for others [floor]
    PART = "part"  # the conversation is over [carrier]
    FINISH = "finish"  # the wrap-up is done, or its time is over: ready [operator, time]
    FINISH_REST = "finish_rest"  # likewise, and away as they wished
    FINISH_TRAIN = "finish_train"  # likewise, and in training as they wished


TRANSITIONS: dict[Event, dict[str, str]] = {
    Event.READY: dict.fromkeys((State.OFFLINE, State.AWAY, State.TRAINING), State.READY),
    Event.REST: dict.fromkeys((State.OFFLINE, State.READY, State.AWAY, State.TRAINING), State.AWAY),
    Event.TRAIN: dict.fromkeys((State.OFFLINE, State.READY, State.AWAY, State.TRAINING), State.TRAINING),
    Event.LEAVE: dict.fromkeys((State.OFFLINE, State.READY, State.AWAY, State.TRAINING), State.OFFLINE),
    Event.SLEEP: dict.fromkeys((State.READY, State.WRAPPING), State.AWAY),
    Event.OFFER: {State.READY: State.OFFERED},
    Event.RELEASE: {State.OFFERED: State.READY},
    Event.MISS: {State.OFFERED: State.AWAY},
    Event.CONNECT: {State.OFFERED: State.TALKING},
    Event.HOLD: {State.TALKING: State.HOLD},
    Event.RESUME: {State.HOLD: State.TALKING},
    Event.FREE: {State.TALKING: State.READY},
    Event.PART: dict.fromkeys((State.TALKING, State.HOLD), State.WRAPPING),
    Event.FINISH: {State.WRAPPING: State.READY},
    Event.FINISH_REST: {State.WRAPPING: State.AWAY},
    Event.FINISH_TRAIN: {State.WRAPPING: State.TRAINING},
}


def happens(
    event: Event, operator: Operator, *, at: datetime, reason: str = "", due_at: datetime | None = None
) -> bool:
    """Ends the operator's present stint and begins the one the event leads to. False: it leads nowhere from here."""
    leads = TRANSITIONS[event]
    for to in dict.fromkeys(leads.values()):
        now = _now(operator).filter(state__in=[state for state, then in leads.items() if then == to])
        if now.update(until=at) == 1:
            _begin(operator, to, at, reason, due_at)
            return True
    if State.OFFLINE not in leads or _now(operator).exists():
        return False
    _begin(operator, leads[State.OFFLINE], at, reason, due_at)
    return True


def rest(operator: Operator, reason: str, *, at: datetime, after_wrap_up: bool = False) -> bool:
    """Away, or in training if that is what the reason (a slug) stands for, with the moment its limit names."""
    why = AwayReason.objects.filter(agency_id=operator.agency_id, slug=reason).first() if reason else None
    training = why is not None and why.training
    if after_wrap_up:
        event = Event.FINISH_TRAIN if training else Event.FINISH_REST
    else:
        event = Event.TRAIN if training else Event.REST
    due_at = at + timedelta(minutes=why.limit_minutes) if why is not None and why.limit_minutes else None
    return happens(event, operator, at=at, reason=reason, due_at=due_at)


def more_time(operator: Operator, why: str, *, at: datetime) -> bool:
    """The wrap-up lapses `MORE_S` later, and why is kept. False: there is none, or it has no limit."""
    stint = _now(operator).filter(state=State.WRAPPING, due_at__isnull=False).first()
    if stint is None:
        return False
    due_at = max(stint.due_at, at) + timedelta(seconds=MORE_S)
    if _now(operator).filter(pk=stint.pk, due_at=stint.due_at).update(due_at=due_at) != 1:
        return False
    WrapExtension.objects.create(stint=stint, reason=WrapExtension.Reason(why), at=at, due_at=due_at)
    live.publish(live.desk(operator.pk))
    return True


def is_in(operator: Operator, state: str) -> bool:
    """Whether this is what they are doing now."""
    return Stint.objects.filter(operator_id=operator.pk, until=None, state=state).exists()


def missed(operator: Operator) -> int:
    """One more ring this operator did not take; how many that makes since they last took one."""
    Operator.objects.filter(pk=operator.pk).update(misses=F("misses") + 1)
    return Operator.objects.values_list("misses", flat=True).get(pk=operator.pk)


def took(operator: Operator) -> None:
    """They are there: rings not taken are forgotten."""
    Operator.objects.filter(pk=operator.pk, misses__gt=0).update(misses=0)


def reports(operator: Operator, *, at: datetime) -> None:
    """They say themselves that they are there: rings not taken are forgotten, and the desk is awake."""
    Operator.objects.filter(pk=operator.pk).update(misses=0, seen_at=at)


def beat(operators: Collection[int], *, at: datetime) -> None:
    """The desks of these operators (keys) show a sign of life. One statement, however many.

    A row that somebody is just changing is passed over: it must wait for nobody, and the next beat is near.
    """
    with transaction.atomic():
        free = Operator.objects.filter(pk__in=operators).select_for_update(skip_locked=True)
        Operator.objects.filter(pk__in=free.order_by("pk").values("pk")).update(seen_at=at)


def seen(operator: Operator, *, at: datetime) -> None:
    """A desk without a socket asks for its card: a beat as well, written down no more often than one."""
    if operator.seen_at is None or operator.seen_at <= at - timedelta(seconds=10):
        beat([operator.pk], at=at)


def idle(agency_id: int, *, at: datetime) -> list[Stint]:
    """Open ready stints of those who can be rung, with their operators, longest idle first."""
    return list(_can_be_rung(at).filter(agency_id=agency_id).order_by("since", "pk").select_related("operator"))


def agencies_with_idle(at: datetime) -> set[int]:
    """Agencies where somebody is ready and can be rung."""
    return set(_can_be_rung(at).order_by().values_list("agency_id", flat=True).distinct())


def asleep(at: datetime) -> list[Operator]:
    """Who is ready, and whose desk has fallen silent; or wraps up without a limit before a desk long gone."""
    return _operators(_asleep(at))


def is_asleep(operator: Operator, *, at: datetime) -> bool:
    """Whether `asleep` still holds of this one."""
    return _asleep(at).filter(operator_id=operator.pk).exists()


def is_wrapping(operator: Operator) -> bool:
    """Whether they are busy with the last call still."""
    return _now(operator).filter(state=State.WRAPPING).exists()


def wrapped_long_enough(at: datetime) -> list[Operator]:
    """Whose wrap-up has come to its moment; or has none and no desk to end it at, and lasted long."""
    return _operators(_lapsed(at))


def has_lapsed(operator: Operator, *, at: datetime) -> bool:
    """Whether `wrapped_long_enough` still holds of this one."""
    return _lapsed(at).filter(operator_id=operator.pk).exists()


def _can_be_rung(at: datetime) -> QuerySet[Stint]:
    return Stint.objects.filter(_awake(at, SILENT_S), state=State.READY, until=None)


def _awake(at: datetime, silent_s: float) -> Q:
    return Q(operator__by_phone_alone=True) | Q(operator__seen_at__gte=at - timedelta(seconds=silent_s))


def _silent(at: datetime, silent_s: float) -> Q:
    """The opposite of `_awake`, spelled out: a plain NOT would pass over desks never seen."""
    never, long_ago = Q(operator__seen_at=None), Q(operator__seen_at__lt=at - timedelta(seconds=silent_s))
    return Q(operator__by_phone_alone=False) & (never | long_ago)


def _asleep(at: datetime) -> QuerySet[Stint]:
    gone = _silent(at, GONE_S) & Q(state=State.WRAPPING, due_at=None, since__lt=at - timedelta(seconds=GONE_S))
    return Stint.objects.filter(gone | (_silent(at, SILENT_S) & Q(state=State.READY)), until=None)


def _lapsed(at: datetime) -> QuerySet[Stint]:
    no_desk = Q(due_at=None, operator__by_phone_alone=True, since__lt=at - timedelta(seconds=GONE_S))
    return Stint.objects.filter(Q(due_at__lte=at) | no_desk, state=State.WRAPPING, until=None)


def _operators(stints: QuerySet[Stint]) -> list[Operator]:
    return [stint.operator for stint in stints.select_related("operator__user").order_by("since")[:100]]


def _now(operator: Operator) -> QuerySet[Stint]:
    return Stint.objects.filter(operator_id=operator.pk, until=None)


def _begin(operator: Operator, state: str, at: datetime, reason: str, due_at: datetime | None) -> None:
    Stint.objects.create(
        operator_id=operator.pk,
        agency_id=operator.agency_id,
        state=state,
        since=at,
        reason=reason[:60],
        due_at=due_at,
    )
    live.publish(live.desk(operator.pk))
