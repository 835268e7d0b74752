"""The one clock. Services read it once at their top (`at or clock.now()`) and pass the moment down.

A drill swaps it here and nowhere else; ruff forbids every other clock (see `pyproject.toml`), and a test forbids
`auto_now` and database-side now on our tables.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime


def _wall() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the one place that may


_source: Callable[[], datetime] = _wall


def now() -> datetime:
    """The present moment, timezone-aware, in UTC."""
    return _source()


@contextmanager
def running_on(source: Callable[[], datetime]) -> Iterator[None]:
    """While the block runs, `now()` answers `source()`. For drills and tests."""
    global _source
    before, _source = _source, source
    try:
        yield
    finally:
        _source = before
