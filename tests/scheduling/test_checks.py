from types import SimpleNamespace

import pytest
from django.db import connection, connections
from psycopg import IsolationLevel

from scheduling import checks

POSTGRES, SQLITE = "django.db.backends.postgresql", "django.db.backends.sqlite3"


@pytest.mark.parametrize(
    ("engine", "options", "faults"),
    [
        (POSTGRES, {}, 0),
        (POSTGRES, {"isolation_level": IsolationLevel.READ_COMMITTED, "options": "-c lock_timeout=3s"}, 0),
        (POSTGRES, {"isolation_level": IsolationLevel.REPEATABLE_READ}, 1),
        (POSTGRES, {"isolation_level": IsolationLevel.SERIALIZABLE}, 1),
        (POSTGRES, {"options": "-c default_transaction_isolation=serializable"}, 1),
        (SQLITE, {"isolation_level": "whatever SQLite makes of it"}, 0),
    ],
)
def test_another_isolation_in_the_settings_is_refused(monkeypatch, engine, options, faults):
    monkeypatch.setattr(
        checks, "settings", SimpleNamespace(DATABASES={"default": {"ENGINE": engine, "OPTIONS": options}})
    )
    assert [error.id for error in checks.read_committed_by_settings(None)] == ["kindline.E010"] * faults


@pytest.mark.django_db
def test_this_server_is_as_it_should_be():
    assert checks.read_committed_by_server(None, databases=["default"]) == []
    assert checks.read_committed_by_server(None) == []


@pytest.mark.django_db
def test_a_server_of_another_default_is_refused():
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL has a default to be wrong")
    with connections["default"].cursor() as cursor:
        cursor.execute("SET LOCAL default_transaction_isolation = 'repeatable read'")
    assert [error.id for error in checks.read_committed_by_server(None, databases=["default"])] == ["kindline.E011"]
