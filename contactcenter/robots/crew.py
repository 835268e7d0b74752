"""Robot operators: ready, on the phone, wrapping up, and again, by what their open stint says."""

from datetime import datetime, timedelta
from random import Random

from contactcenter.robots import paperwork
from contactcenter.robots.carrier import Town
from core.models import Agency
from core.rows import each
from floor import dispatch, presence
from floor.models import Command, Offer, Operator, Stint, Supervisor

State = Stint.State
PICKS_UP_S = (2.0, 6.0)
TALKS_S = (40.0, 120.0)
WRAPS_S = (10.0, 40.0)
BEATS_S = 10.0  # a robot has no desk that is open: its process shows the signs of life, as a page would
SUPERVISORS = ("sup1",)  # who listens with a handset of their own
RESTS_S = (3.0, 8.0)  # away, after a ring that went wrong


class Crew:
    """Some operators of an agency as robots; `kept` are left to people, each with a phone to be answered by hand."""

    def __init__(self, agency: Agency, *, kept: list[str], count: int, seed: int, pace: float = 1.0) -> None:
        """`count`: how many robots. `pace`: their times are multiplied by it; below 1 everything goes faster."""
        whole = Operator.objects.filter(agency=agency).select_related("user")
        self.kept = list(whole.filter(user__username__in=kept))
        self.supervisors = list(Supervisor.objects.filter(agency=agency, user__username__in=SUPERVISORS))
        self.robots = list(whole.exclude(user__username__in=kept).order_by("user__username")[:count])
        self._by_pk = {operator.pk: operator for operator in self.robots}
        self._seed, self._pace = seed, pace
        self._beat_at: datetime | None = None

    def put_phones(self, town: Town) -> None:
        """Every phone that the exchange does not know (any more). Raises carrier.Away."""
        known = town.phones()
        for person in (*self.kept, *self.supervisors):
            if _bare(person.device) not in known:
                town.put_phone(person.device, {"by_hand": True})
        for operator in self.robots:
            if _bare(operator.device) not in known:
                picks_up = self._luck("phone", operator.pk).uniform(*PICKS_UP_S) * self._pace
                town.put_phone(operator.device, {"answers_after_s": picks_up, "seed": operator.pk})

    def tend(self, at: datetime) -> None:
        """Does for each robot what has become due."""
        if self._beat_at is None or at >= self._beat_at + timedelta(seconds=BEATS_S):
            presence.beat(self._by_pk, at=at)
            self._beat_at = at
        open_stints = Stint.objects.filter(operator__in=self._by_pk, until=None)
        stints = {stint.operator_id: stint for stint in open_stints}
        each(self.robots, lambda operator: self._tend(operator, stints.get(operator.pk), at))

    def go_home(self, at: datetime) -> None:
        """Who is ready is not any more; who talks or wraps up stays as they are, for whoever comes next."""
        each(self.robots, lambda operator: dispatch.away(operator, offline=True, at=at))

    def _tend(self, operator: Operator, stint: Stint | None, at: datetime) -> None:
        is_off = stint is None or stint.state == State.OFFLINE
        if is_off or (stint.state == State.AWAY and self._due(stint, RESTS_S, at)):
            dispatch.ready(operator, at=at)
        elif stint.state in (State.TALKING, State.HOLD) and self._due(stint, TALKS_S, at):
            self._end_talk(operator, at)
        elif stint.state == State.WRAPPING and self._due(stint, WRAPS_S, at):
            try:
                paperwork.do(operator, self._luck("paper", stint.pk), at=at)
            finally:
                dispatch.wrapped_up(operator, at=at)

    def _end_talk(self, operator: Operator, at: datetime) -> None:
        told = Offer.objects.filter(operator=operator, state=Offer.State.CONNECTED, todo=Command.DROP)
        if not told.exists():
            dispatch.hang_up(operator, at=at)

    def _due(self, stint: Stint, times: tuple[float, float], at: datetime) -> bool:
        wanted = self._luck(stint.state, stint.pk).uniform(*times) * self._pace
        return (at - stint.since).total_seconds() >= wanted

    def _luck(self, *what: object) -> Random:
        return Random(f"{self._seed}:{what}")


def _bare(address: str) -> str:
    """As the exchange lists it."""
    return address.lower().lstrip("+")
