"""The surroundings of a process in which nobody is real: its own database, its own carrier, no way out."""

import os
import sys
from pathlib import Path

from django.conf import settings

DATABASE = "drill.sqlite3"


def environment(room: Path, *, port: int = 8000, keep_open: bool = False) -> dict[str, str]:
    """This process's environment, turned towards the sandbox database in `room`."""
    address = f"http://127.0.0.1:{port}"
    return {
        **os.environ,
        # All of them and none left out: what is missing here would be filled in from a `.env` file.
        "DJANGO_SETTINGS_MODULE": "contactcenter.settings",
        "KINDLINE_SANDBOX": "1",
        "DEBUG": "0",
        "SECRET_KEY": settings.DEV_SECRET_KEY,
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "DATABASE_URL": f"sqlite:///{(room / DATABASE).resolve()}",
        "DATABASE_KEEP_OPEN": "1" if keep_open else "0",
        "PUBLIC_BASE_URL": address,
        "HOLD_MUSIC_URL": f"{address}/static/audio/hold.wav",
        "PLIVO_AUTH_ID": "MADRILLDRILLDRILLDRI",
        "PLIVO_AUTH_TOKEN": "nobody-outside-this-process-knows-it",
        "PLIVO_API_BASE": settings.EXCHANGE_API,
        "REDIS_URL": "",
        "LOG_LEVEL": "WARNING",
    }


def command(*words: str) -> list[str]:
    """`manage.py` with these words, run by this very Python."""
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), *words]
