"""How much one import may bring, since an import is one transaction: all of a file or nothing of it.

On SQLite that transaction is the only writer, from its first row to its last: no call is queued, offered or ended
meanwhile, and a writer waits 20 s at most. `ROWS` rows take two or three of them. On PostgreSQL only the rows
themselves are locked, so it is enough that an import does not stand in line for long while it holds them.
"""

from typing import Any

from django.db import connections
from django.utils.translation import gettext as _

ROWS = 500
WAITS_S = 15  # for a lock, PostgreSQL


class ShortFile:
    """For resources that import: a longer file is refused before its first row is read."""

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        found = len(dataset)
        if found > ROWS:
            del dataset[:]  # the rest of the import goes on, over what the file has left
            raise ValueError(
                _(
                    "This file has %(found)d rows. Please split it into files of up to %(most)d rows and import one "
                    "after the other: while a file comes in, calls may have to wait."
                )
                % {"found": found, "most": ROWS}
            )
        connection = connections[self.get_db_connection_name()]
        if connection.vendor == "postgresql" and connection.in_atomic_block:
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{WAITS_S}s'")
        super().before_import(dataset, **kwargs)
