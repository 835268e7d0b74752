"""Refuses a database set to another isolation than the one the guards of `scheduling.services` were made for."""

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.db import connections
from psycopg import IsolationLevel

_HINT = "Take the setting away: under anything stricter than READ COMMITTED people are turned away with free seats."


@register("kindline")
def read_committed_by_settings(app_configs, **kwargs) -> list[Error]:
    """By the settings of each PostgreSQL database."""
    wrong = []
    for alias, database in settings.DATABASES.items():
        options = database.get("OPTIONS", {})
        level = options.get("isolation_level", IsolationLevel.READ_COMMITTED)
        started_with = str(options.get("options", "")).lower()
        if "postgresql" not in database["ENGINE"]:
            continue
        if level != IsolationLevel.READ_COMMITTED or "transaction_isolation" in started_with:
            wrong.append(Error(f"DATABASES[{alias!r}] sets another isolation.", hint=_HINT, id="kindline.E010"))
    return wrong


@register(Tags.database)
def read_committed_by_server(app_configs, databases=None, **kwargs) -> list[Error]:
    """By what the server itself says; asked by `migrate` and `check --database default`."""
    wrong = []
    for alias in databases or []:
        connection = connections[alias]
        if connection.vendor != "postgresql":
            continue
        with connection.cursor() as cursor:
            cursor.execute("SHOW default_transaction_isolation")
            level = cursor.fetchone()[0]
        if level != "read committed":
            wrong.append(Error(f"The database {alias!r} runs at {level!r}.", hint=_HINT, id="kindline.E011"))
    return wrong
