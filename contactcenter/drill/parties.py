"""Who plays in a drill: the callers of the day's file, and operators who pick up at once and wrap up in time.

At one instant freed operators come first, then arrivals, then patience; within each, by number of the call.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from exchange import Party

if TYPE_CHECKING:
    from contactcenter.drill.day import Caller
    from contactcenter.drill.run import Drill

FREED, ARRIVAL, PATIENCE, HOUSEKEEPING = 1, 2, 3, 9
AT_ONCE = (0, 0)  # what follows from an event comes before the next event of the same instant


class DrillCaller(Party):
    """Answers the menu in the time the file says, waits as long as its patience, talks as long as it needs."""

    def __init__(self, drill: Drill, row: Caller) -> None:
        self.drill, self.row = drill, row
        dice = random.Random(f"{drill.options.seed}:{row.number}")
        self.zip = f"39{dice.randrange(100, 800):03}"
        self.would_call_back = dice.random() < drill.options.accept
        self.talk = row.service_x if drill.options.talk == "service_x_s" else row.service
        self.hears_menu_until = row.arrive + row.menu
        self.patience = None
        self.wants_call_back = self.talked = False

    def rank(self, kind: int) -> tuple[int, int]:
        return (kind, self.row.number)

    def rang(self, leg) -> None:
        """The call is placed; who is to hang up in the menu will do so whatever is asked."""
        self.leg, self.first_leg = leg, leg.uuid
        if self.row.contained:
            leg.hang_up(self.row.menu, rank=self.rank(ARRIVAL))

    def listens(self, leg, texts) -> int:
        """Prompts last as long as this caller listens to them: menu time is the file's, not ours."""
        return max(0, self.hears_menu_until - self.drill.timeline.now)

    def asked(self, leg, ask) -> None:
        if "/callback/" in ask.action:
            leg.press("1", rank=AT_ONCE)
        elif "/wait/" in ask.action:
            if self.would_call_back and not self.wants_call_back:
                leg.press("1", rank=self.rank(PATIENCE))
                self._will_be_called()
        elif "/number/" in ask.action:  # at the number we ring from, please
            leg.press("1", rank=AT_ONCE)
        elif ask.num_digits < len(self.zip):
            self._press(leg, self.drill.program.keys[self.row.type], self.row.menu // 2)
        elif not self.row.contained:
            self._press(leg, self.zip, self.row.menu)
            self.patience = leg.hang_up(
                self.hears_menu_until + self.row.patience - self.drill.timeline.now, rank=self.rank(PATIENCE)
            )

    def rings(self, leg) -> None:
        """Our call-back: picked up at once."""
        leg.pick_up(rank=AT_ONCE)

    def together(self, leg, room) -> None:
        self.talked = True
        if self.patience is not None:
            self.patience.cancel()
        self.drill.talks[room.uuid] = self
        leg.hang_up(self.talk, rank=self.rank(FREED))

    def ended(self, leg) -> None:
        if self.talked or not self.wants_call_back:
            self.drill.callers_left -= 1

    def _press(self, leg, digits: str, offset: int) -> None:
        leg.press(digits, self.row.arrive + offset - self.drill.timeline.now, rank=self.rank(ARRIVAL))

    def _will_be_called(self) -> None:
        self.wants_call_back = True
        if self.patience is not None:
            self.patience.cancel()


class DrillOperator(Party):
    """A handset that is picked up at once; its operator wraps up as long as the call's row says, then is ready."""

    def __init__(self, drill: Drill, device: str) -> None:
        self.drill, self.device = drill, device
        self.room = ""

    def rings(self, leg) -> None:
        leg.pick_up(rank=AT_ONCE)

    def joined(self, leg, room) -> None:
        self.room = room.uuid

    def ended(self, leg) -> None:
        caller = self.drill.talks.pop(self.room, None)
        if caller is not None:
            self.drill.wrapping += 1
            self.drill.served(caller, self.device)
            self.drill.timeline.after(caller.row.wrap, self._finish, rank=caller.rank(FREED))

    def _finish(self) -> None:
        self.drill.wrapping -= 1
        self.drill.wrapped_up(self.device)
