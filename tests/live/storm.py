"""Many calls over HTTP in real time, while web server and worker are killed in the middle and started again."""

import time
from collections import Counter
from datetime import timedelta

from core import clock
from core.models import Agency
from crm.ledger import FATES, Kind
from crm.models import Call, CallEvent
from floor import dispatch, outbox
from floor.models import Entry, Offer, Operator, Stint
from ivr import services as menus
from tests.floor import factories as make
from tests.live.world import World

MENU = ["1", "39201"]
LOOK_S = 0.1
QUIET_S = 150  # an operator alone in a room is found by asking, which is not done at once
LONG = timedelta(minutes=20)  # by then a silent caller has been asked after, whether in line or still in the menu


class Storm:
    """`calls` callers ring within `seconds`; talks are short, so that `operators` can serve nearly all of them."""

    def __init__(self, world: World, *, calls: int, seconds: float, operators: int, talk_s: float = 2.0) -> None:
        self._world, self._calls, self._seconds, self._talk_s = world, calls, seconds, talk_s
        self.agency = Agency.objects.get()
        have = Operator.objects.count()
        for n in range(have, operators):
            make.operator(self.agency, f"storm{n}")
        self.operators = list(Operator.objects.select_related("user"))
        for operator in self.operators:
            world.phone(operator.device, answers_after_s=0.2, talk_s=None)
        self.rang: list[str] = []

    def rage(self, kills: list[tuple[float, str]]) -> None:
        """Rings and kills as planned (moments as shares of the time), and goes on until all is quiet."""
        started, plan = time.monotonic(), sorted(kills)
        while len(self.rang) < self._calls or plan:
            passed = (time.monotonic() - started) / self._seconds
            while plan and plan[0][0] <= passed:
                self._kill(plan.pop(0)[1])
            while len(self.rang) < min(self._calls, passed * self._calls):
                self._ring()
            self._tend()
            time.sleep(LOOK_S)
        self._world.until(self._quiet, "the carrier has no call any more", patience_s=QUIET_S)
        for _ in range(2):  # what it forgot to tell is asked for
            outbox.reconcile(at=clock.now() + LONG)
            menus.reconcile(at=clock.now() + LONG)

    def _ring(self) -> None:
        n = len(self.rang)
        number = f"+1202555{n:04}"
        self.rang.append(self._world.ring(from_=number, digits=MENU, patience_s=12, talk_s=self._talk_s))

    def _kill(self, what: str) -> None:
        if what == "worker":
            self._world.kill_worker()
            self._world.start_worker()
        else:
            self._world.kill_web()
            self._world.start_web()

    def _tend(self) -> None:
        """Operators finish their wrap-up at once, and are ready again after a ring that went wrong."""
        for stint in Stint.objects.filter(until=None).select_related("operator__user"):
            if stint.state == Stint.State.WRAPPING:
                dispatch.wrapped_up(stint.operator)
            elif stint.state in (Stint.State.AWAY, Stint.State.OFFLINE):
                dispatch.ready(stint.operator)

    def _quiet(self) -> bool:
        self._tend()
        return not self._world.state()["legs"]

    # ---- what must hold afterwards ------------------------------------------------------------------------------

    def wrongs(self) -> list[str]:
        """Everything that is wrong now, in words."""
        fates = Counter(CallEvent.objects.filter(kind__in=[str(f) for f in FATES]).values_list("call_id", flat=True))
        spoke = Counter(CallEvent.objects.filter(kind=Kind.CONNECTED).values_list("call_id", flat=True))
        calls = list(Call.objects.values_list("pk", flat=True))
        return [
            *(f"call {call} has {fates[call]} fates" for call in calls if fates[call] != 1),
            *(f"call {call} was connected {n} times" for call, n in spoke.items() if n > 1),
            *(f"entry {pk} is open" for pk in Entry.objects.filter(ended_at=None).values_list("pk", flat=True)),
            *(f"offer {pk} is open" for pk in Offer.objects.filter(ended_at=None).values_list("pk", flat=True)),
            *(f"operator {who} is busy with nothing" for who in self._stuck()),
        ]

    def served(self) -> int:
        """How many were answered."""
        return CallEvent.objects.filter(kind=Kind.ANSWERED).count()

    def _stuck(self) -> list[int]:
        busy = (Stint.State.OFFERED, Stint.State.TALKING)
        return list(Stint.objects.filter(until=None, state__in=busy).values_list("operator_id", flat=True))
