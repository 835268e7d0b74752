"""Time as a list of events. Virtual time costs nothing and repeats exactly; real time runs them by the clock."""

import heapq
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

SOON = (0, 0)
USUAL = (5, 0)
SECOND = 1_000_000


class Handle:
    """One event to come. `cancel()` may be called at any time, also after it ran."""

    __slots__ = ("fn",)

    def __init__(self, fn: Callable[[], None]):
        self.fn = fn

    def cancel(self) -> None:
        self.fn = None


class Timeline:
    """Virtual time in whole microseconds from 0. Events run in the order (when, rank, the order they were put here)."""

    epoch = datetime(2026, 1, 5)  # noqa: DTZ001 the carrier writes UTC without a zone. What the carrier's time stamps call microsecond 0

    def __init__(self):
        self.now = 0
        self._heap = []
        self._count = 0

    def at(self, when_us: int, fn: Callable[[], None], rank: tuple = USUAL) -> Handle:
        """Run `fn` at `when_us`; a time that has passed means now."""
        handle = Handle(fn)
        self._count += 1
        heapq.heappush(self._heap, (max(when_us, self.now), rank, self._count, handle))
        return handle

    def after(self, delay_us: int, fn: Callable[[], None], rank: tuple = USUAL) -> Handle:
        return self.at(self.now + delay_us, fn, rank)

    def soon(self, fn: Callable[[], None]) -> Handle:
        """Run `fn` at this same instant, but not inside the event that asks for it."""
        return self.at(self.now, fn, SOON)

    @property
    def next_at(self) -> int | None:
        """Microsecond of the next event, None when nothing is left to do."""
        heap = self._heap
        while heap and heap[0][3].fn is None:
            heapq.heappop(heap)
        return heap[0][0] if heap else None

    def step(self) -> bool:
        """Run one event and move `now` to it. False when none is left."""
        heap = self._heap
        while heap:
            when, _, _, handle = heapq.heappop(heap)
            fn, handle.fn = handle.fn, None
            if fn is None:
                continue
            self._move(when)
            fn()
            return True
        return False

    def _move(self, when: int) -> None:
        self.now = when

    def stamp(self, at_us: int) -> datetime:
        """The calendar time of a microsecond of this timeline, in UTC and without a zone, as the carrier writes it."""
        return self.epoch + timedelta(microseconds=at_us)


class RealTimeline(Timeline):
    """The same events by the clock, run by one thread. Other threads speak to it through `submit` and `call` only.

    `on_error(error)` hears what an event raised; the events after it run all the same."""

    def __init__(self, on_error: Callable[[Exception], None]):
        super().__init__()
        # One look at the calendar, so that stamps look like today's; everything else counts from the monotonic clock.
        self.epoch = datetime.now(UTC).replace(tzinfo=None)  # noqa: TID251 the exchange is no room of the house
        self._started = time.monotonic()
        self._on_error = on_error
        self._inbox = deque()
        self._bell = threading.Condition()
        self._running = True
        self._thread = threading.Thread(target=self._run, name="timeline", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        with self._bell:
            self._running = False
            self._bell.notify()
        self._thread.join(timeout=5)

    def submit(self, fn: Callable[[], None]) -> None:
        """Run `fn` on the timeline's thread as soon as it is free. Callable from any thread."""
        with self._bell:
            self._inbox.append(fn)
            self._bell.notify()

    def call(self, fn: Callable, timeout_s: float = 10.0):
        """Run `fn` on the timeline's thread and hand back its result, or raise what it raised."""
        box, rung = [], threading.Event()

        def work():
            try:
                box.append((fn(), None))
            except Exception as error:  # handed to the thread that asked
                box.append((None, error))
            rung.set()

        self.submit(work)
        if not rung.wait(timeout_s):
            raise TimeoutError("the timeline did not answer")
        result, error = box[0]
        if error is not None:
            raise error
        return result

    def _move(self, when: int) -> None:
        self.now = max(when, self._clock())

    def _clock(self) -> int:
        return int((time.monotonic() - self._started) * SECOND)

    def _run(self) -> None:
        while self._running:
            try:
                self._turn()
            except Exception as error:  # one broken call must not silence the others
                self._on_error(error)

    def _turn(self) -> None:
        fn = self._next_letter()
        if fn is not None:
            self.now = max(self.now, self._clock())
            fn()
        elif self.next_at is not None and self.next_at <= self._clock():
            self.step()

    def _next_letter(self) -> Callable | None:
        with self._bell:
            if not self._inbox and self._running:
                due = self.next_at
                wait = None if due is None else max(0, due - self._clock()) / SECOND
                if wait is None or wait > 0:
                    self._bell.wait(wait)
            return self._inbox.popleft() if self._inbox else None
