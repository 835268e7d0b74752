"""The surroundings of a process in which nobody is real: its own database, its own carrier, no way out."""

import os
import sys
from pathlib import Path

from django.conf import settings

DATABASE = "drill.sqlite3"


def environment(room: Path, *, port: int = 8000, keep_open: bool = False) -> dict[str, str]:
    """This process's environment, turned towards the sandbox database in `room`."""
    surroundings = {
        **os.environ,
        "KINDLINE_SANDBOX": "1",
        "DEBUG": "0",
        "DATABASE_URL": f"sqlite:///{(room / DATABASE).resolve()}",
        "DATABASE_KEEP_OPEN": "1" if keep_open else "0",
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
        "PLIVO_AUTH_ID": "MADRILLDRILLDRILLDRI",
        "PLIVO_AUTH_TOKEN": "nobody-outside-this-process-knows-it",
        "LOG_LEVEL": "WARNING",
    }
    for real in ("PLIVO_API_BASE", "HOLD_MUSIC_URL", "SECRET_KEY", "ALLOWED_HOSTS"):
        surroundings.pop(real, None)
    return surroundings


def command(*words: str) -> list[str]:
    """`manage.py` with these words, run by this very Python."""
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), *words]
