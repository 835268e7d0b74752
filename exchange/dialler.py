"""Outbound calls wait here for their turn: the carrier starts two per second and account."""

from collections import deque

from exchange import calls
from exchange.timeline import SECOND, SOON

CALLS_PER_SECOND = 2


class Dialler:
    """Starts legs in the order they were asked for. With `limits` off everything starts at once."""

    def __init__(self, timeline, *, limits: bool):
        self._timeline = timeline
        self._starts = deque(maxlen=CALLS_PER_SECOND) if limits else None

    def dial(self, leg, delay_us: int = 0) -> None:
        """Ring the leg's destination at the next free turn, `delay_us` from now at the earliest."""
        at = self._timeline.now + delay_us
        if self._starts is not None:
            if len(self._starts) == CALLS_PER_SECOND:
                at = max(at, self._starts[0] + SECOND)
            self._starts.append(at)
        leg.alarm = self._timeline.at(at, lambda: calls.ring(leg), SOON)
