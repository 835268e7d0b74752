"""The whole suite: on SQLite, then on PostgreSQL if it can be reached. What could not be run is named at the end.

TEST_DATABASE_URL names the server (its user must be allowed to create databases).
"""

import os
import subprocess
import sys

from tests.browser import chromium
from tests.core.wires import redis_problem

POSTGRES = "postgres://postgres@127.0.0.1:5432/postgres"


def main(arguments: list[str]) -> int:
    """Exit code 0 if everything that could be run passed."""
    marker = ["-m", "soak"] if "--soak" in arguments else ["-m", "not soak"]
    rest = [argument for argument in arguments if argument != "--soak"]
    url = os.environ.get("TEST_DATABASE_URL", POSTGRES)
    results, left_out = {"SQLite": _suite(None, [*marker, *rest])}, []
    problem = _unreachable(url)
    if problem:
        left_out.append(f"everything again on PostgreSQL ({problem}); set TEST_DATABASE_URL")
    else:
        results["PostgreSQL"] = _suite(url, [*marker, *rest])
        left_out.append("`make demo` and axe's judgement of every page on PostgreSQL: once, on SQLite, is enough")
    if problem := redis_problem():
        left_out.append(f"live boards by way of Redis ({problem}); set TEST_REDIS_URL")
    if not chromium():
        left_out.append("everything that needs a browser (no Chromium found); set CHROMIUM")
    for name, code in results.items():
        print(f"{name}: {'passed' if code == 0 else f'FAILED (exit code {code})'}")
    for what in left_out:
        print(f"not run: {what}")
    if "--soak" not in arguments:
        print("not run: whole days (make soak)")
    return max(results.values())


def _suite(database: str | None, arguments: list[str]) -> int:
    environment = {**os.environ}
    environment.pop("DATABASE_URL", None)
    if database:
        environment["DATABASE_URL"] = database
    print(f"==== on {'PostgreSQL' if database else 'SQLite'} ====", flush=True)
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], env=environment, check=False).returncode


def _unreachable(url: str) -> str:
    """Why the server cannot be used, or "" if it can."""
    import psycopg

    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.Error as error:
        return str(error).strip().splitlines()[0]
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
