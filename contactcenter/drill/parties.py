"""Who plays in a drill: the callers of the day's file, and operators who pick up at once and wrap up in time.

At one instant freed operators come first, then arrivals, then patience; within each, by number of the call.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from contactcenter.drill.day import SECOND, TO_MIDNIGHT_S
from exchange import Party

if TYPE_CHECKING:
    from contactcenter.drill.day import Caller
    from contactcenter.drill.run import Drill

FREED, ARRIVAL, PATIENCE, HOUSEKEEPING = 1, 2, 3, 9
REDIALS = 2  # that somebody who gave up makes at most
REDIAL_AFTER_S = (60, 900)  # from, up to
AGAIN_S = 2  # between two presses of a button that did nothing
BACK_AFTER_S = 60  # from a ring not taken until its operator looks whether they were set away
AT_ONCE = (0, 0)  # what follows from an event comes before the next event of the same instant


class DrillCaller(Party):
    """Answers the menu in the time the file says, waits as long as its patience, talks as long as it needs."""

    def __init__(self, drill: Drill, row: Caller, *, rings_at: int, redials: int = 0) -> None:
        self.drill, self.row, self.rings_at, self.redials = drill, row, rings_at, redials
        dice = random.Random(f"{drill.options.seed}:{row.number}")
        self.zip = f"39{dice.randrange(100, 800):03}"
        self.would_call_back = dice.random() < drill.options.accept
        self.talk = row.service_x if drill.options.talk == "service_x_s" else row.service
        self.serves_self = not row.contained and self._drawn("self", drill.options.self_service)
        self.hears_menu_until = rings_at + row.menu
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
        else:
            self._asked_in_the_menu(leg, ask)

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
            left_the_line = self.patience is not None and not self.talked
            if not (left_the_line and self._rings_again()):
                self.drill.callers_left -= 1

    def _asked_in_the_menu(self, leg, ask) -> None:
        """What they need, then how urgent it is if the line wants to know, then where they live."""
        program = self.drill.program
        if ask.num_digits == len(self.zip):
            if not self.row.contained:
                self._press(leg, self.zip, self.row.menu)
                self.patience = leg.hang_up(
                    self.hears_menu_until + self.row.patience - self.drill.timeline.now, rank=self.rank(PATIENCE)
                )
        elif self.serves_self:
            self._press(leg, program.self_service_key, self.row.menu // 2)
        elif program.asks_class and _step(ask) == 1:
            self._press(leg, str(self.row.priority), self.row.menu // 2)
        else:
            self._press(leg, program.keys[self.row.type], self.row.menu // 2)

    def _rings_again(self) -> bool:
        """Who gave up tries once more after a while, if drills are to show that, and at most twice."""
        if not self.drill.options.redial or self.redials >= REDIALS:
            return False
        dice = random.Random(f"{self.drill.options.seed}:{self.row.number}:redial:{self.redials}")
        at = self.drill.timeline.now + dice.randrange(*REDIAL_AFTER_S) * SECOND
        if at >= TO_MIDNIGHT_S * SECOND:
            return False
        self.drill.rings(self.row, at=at, redials=self.redials + 1)
        return True

    def _drawn(self, what: str, share: float) -> bool:
        """A draw of its own for each thing, so that one option leaves the others' draws as they were."""
        return random.Random(f"{self.drill.options.seed}:{self.row.number}:{what}").random() < share

    def _press(self, leg, digits: str, offset: int) -> None:
        leg.press(digits, self.rings_at + offset - self.drill.timeline.now, rank=self.rank(ARRIVAL))

    def _will_be_called(self) -> None:
        self.wants_call_back = True
        if self.patience is not None:
            self.patience.cancel()


class DrillOperator(Party):
    """A handset that is picked up, at once or after a few rings, or not at all; its operator wraps up as long as the
    call's row says, then is ready.
    """

    def __init__(self, drill: Drill, device: str) -> None:
        self.drill, self.device = drill, device
        self.room = ""
        self._dice = random.Random(f"{drill.options.seed}:{device}")

    def rings(self, leg) -> None:
        rings_for = self.drill.options.ring * SECOND
        if self._dice.random() < self.drill.options.decline:
            leg.decline(rings_for, rank=AT_ONCE)
            self.drill.timeline.after(rings_for + BACK_AFTER_S * SECOND, self._back, rank=(HOUSEKEEPING, 0))
        else:
            leg.pick_up(rings_for, rank=AT_ONCE)

    def joined(self, leg, room) -> None:
        self.room = room.uuid

    def ended(self, leg) -> None:
        caller = self.drill.talks.pop(self.room, None)
        if caller is not None:
            self.drill.wrapping += 1
            self.drill.served(caller, self.device)
            self.drill.timeline.after(caller.row.wrap, self._finish, rank=caller.rank(FREED))

    def _finish(self) -> None:
        if self.drill.wrapped_up(self.device):
            self.drill.wrapping -= 1
        else:  # a bad carrier has not told of the end yet: as a person would, they press again
            self.drill.timeline.after(AGAIN_S * SECOND, self._finish, rank=(HOUSEKEEPING, 0))

    def _back(self) -> None:
        """Whoever was set away for two rings not taken says that they are there again."""
        self.drill.back_at_the_desk(self.device)


def _step(ask) -> int:
    """Which question of the menu this is, from 0: the last number of the address that is to hear the answer."""
    return int(ask.action.rstrip("/").rpartition("/")[2])
