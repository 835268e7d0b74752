"""A database of the live test's own, of the kind the suite runs on."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import environ
import psycopg
from django.db import connection, connections
from django.db.utils import load_backend


@contextmanager
def a_database(room: Path) -> Iterator[str]:
    """The URL of an empty one: a file in `room`, or a new database on the server that DATABASE_URL names."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{room / 'live.sqlite3'}"
        return
    server, name = os.environ["DATABASE_URL"], f"kindline_live_{os.getpid()}"
    _tell(server, f"CREATE DATABASE {name}")
    try:
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        _tell(server, f"DROP DATABASE {name} WITH (FORCE)")


def _tell(server: str, statement: str) -> None:
    with psycopg.connect(server, autocommit=True) as session:
        session.execute(statement)


@contextmanager
def this_process_on(url: str) -> Iterator[None]:
    """This thread's Django reads and writes that database, with a connection that nothing else shares."""
    before = connections["default"]
    wanted = {**connections.settings["default"], **environ.Env.db_url_config(url)}
    wanted["OPTIONS"] = {name: value for name, value in wanted["OPTIONS"].items() if name != "pool"}
    mine = load_backend(wanted["ENGINE"]).DatabaseWrapper(wanted, "default")
    connections["default"] = mine
    try:
        yield
    finally:
        mine.close()
        connections["default"] = before
