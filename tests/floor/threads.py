"""Threads that share the test's database, on PostgreSQL and on SQLite alike."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, connections


@contextmanager
def shared_database(folder: Path) -> Iterator[None]:
    """While the block runs, threads meet in one database.

    The tests' SQLite lives in memory, where a second connection meets another kind of lock than in a file: it is copied
    to a file, and only threads see that file.
    """
    if connection.vendor != "sqlite":
        connection.close()  # back to the pool, which is no larger than the threads are many
        yield
        return
    file = folder / "race.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(file)])
    told = connections.settings["default"]
    before, told["NAME"] = told["NAME"], str(file)
    try:
        yield
    finally:
        told["NAME"] = before


def in_threads(*works: Callable[[], object], patience_s: float = 60) -> list:
    """Runs all at once, each with a connection of its own; their results, in order. The first error is raised."""
    results: list = [None] * len(works)
    errors: list[BaseException] = []

    def run(n: int) -> None:
        try:
            results[n] = works[n]()
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n,), daemon=True) for n in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience_s)
    assert not any(thread.is_alive() for thread in threads), "a thread waits for ever"
    if errors:
        raise errors[0]
    return results
