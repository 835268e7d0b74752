"""The whole suite, on SQLite and on PostgreSQL if it can be reached. What could not be run is named at the end.

Both run at once, each on a database of its own: one computes while the other waits for an answer. What the one on
SQLite says is seen as it says it; the other's words come when the first is done.

TEST_DATABASE_URL names the server (its user must be allowed to create databases).
"""

import os
import shutil
import subprocess
import sys
import tempfile
from typing import IO

from tests.browser import chromium
from tests.core.wires import redis_problem

POSTGRES = "postgres://postgres@127.0.0.1:5432/postgres"


def main(arguments: list[str]) -> int:
    """Exit code 0 if everything that could be run passed."""
    marker = ["-m", "soak"] if "--soak" in arguments else ["-m", "not soak"]
    rest = [argument for argument in arguments if argument != "--soak"]
    url = os.environ.get("TEST_DATABASE_URL", POSTGRES)
    left_out = []
    with tempfile.TemporaryFile() as kept:
        suites = {"SQLite": _start(None, [*marker, *rest])}
        if problem := _unreachable(url):
            left_out.append(f"everything again on PostgreSQL, and Redis beside it ({problem}); set TEST_DATABASE_URL")
        else:
            suites["PostgreSQL"] = _start(url, [*marker, *rest], kept)
            left_out.append("`make demo` and axe's judgement of every page on PostgreSQL: once, on SQLite, is enough")
        results = {"SQLite": _wait("SQLite", suites["SQLite"])}
        if "PostgreSQL" in suites:
            results["PostgreSQL"] = _wait("PostgreSQL", suites["PostgreSQL"])
            kept.seek(0)
            shutil.copyfileobj(kept, sys.stdout.buffer)
            sys.stdout.flush()
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


def _start(database: str | None, arguments: list[str], kept: IO[bytes] | None = None) -> subprocess.Popen:
    environment = {**os.environ}
    environment.pop("DATABASE_URL", None)
    if database:
        environment["DATABASE_URL"] = database
    line = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.Popen(line, env=environment, stdout=kept, stderr=kept and subprocess.STDOUT)


def _wait(name: str, suite: subprocess.Popen) -> int:
    print(f"==== on {name} ====", flush=True)
    return suite.wait()


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
