"""`python -m bench [NAME]`: prints a table and writes bench.json. NAME is webhook, drill or live; without it, all.

On a fresh SQLite file; BENCH_DATABASE_URL names another database, which is emptied.
"""

import os
import sys
import tempfile
from pathlib import Path

NAMES = ("webhook", "drill", "live")


def main(words: list[str]) -> int:
    """Exit code 2 for a name there is no bench of."""
    wanted = words or list(NAMES)
    unknown = [name for name in wanted if name not in NAMES]
    if unknown:
        print(f"There is no bench {unknown[0]!r}; there are: {', '.join(NAMES)}.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as room:
        _start(Path(room))
        from importlib import import_module

        from django.core.management import call_command

        from bench import harness

        rows = []
        for name in wanted:
            call_command("flush", interactive=False, verbosity=0)
            print(f"measuring {name} ...", flush=True)
            rows += import_module(f"bench.{name}").rows()
        print(harness.table(rows))
        harness.write(rows, Path("bench.json"))
    return 0


def _start(room: Path) -> None:
    """A sandbox on a fresh SQLite file, or on the database that was named."""
    named = os.environ.get("BENCH_DATABASE_URL", "")
    os.environ.update(
        KINDLINE_SANDBOX="1",
        DATABASE_URL=named or f"sqlite:///{room / 'bench.sqlite3'}",
        DATABASE_KEEP_OPEN="0" if named.startswith("postgres") else "1",  # there a pool keeps them
        DATABASE_POOL="4",
        PLIVO_AUTH_ID="MABENCHBENCHBENCHBEN",
        PLIVO_AUTH_TOKEN="nobody-outside-this-process-knows-it",
        LOG_LEVEL="WARNING",
        DJANGO_SETTINGS_MODULE="contactcenter.settings",
    )
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
