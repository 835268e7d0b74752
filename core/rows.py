"""One row at a time, so that a row that breaks is not in the way of those behind it."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import InterfaceError, OperationalError

log = logging.getLogger(__name__)
Row = TypeVar("Row")


def each(rows: Iterable[Row], do: Callable[[Row], object]) -> None:
    """`do(row)` for each; what goes wrong is logged, with the row's name and number, and the next one's turn comes.

    Only a database that is away goes through: then nothing can be done for any of them.
    """
    for row in rows:
        try:
            do(row)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("could not do what is due for %s", row)
