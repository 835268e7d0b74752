"""Which seats are looked for: what the operator chose for this call, and what stands there before they chose.

Kept in the session for this call only (`floor.desk.memory`), so a reload in the middle finds it.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from django.http import HttpRequest

from floor.desk import memory
from floor.desk.current import Desk

_ZIP = re.compile(r"\s*([0-9]{5})(-?[0-9]{4})?\s*")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Asked:
    """Empty where the operator has not chosen: then the caller's own ZIP, the first service, any day hold."""

    zip_code: str = ""
    service: int | None = None
    not_before: str = ""  # ISO; kept as text, since a session is JSON
    category: str = ""
    who: int | None = None  # the subject a seat is for
    moving: str = ""  # token of the appointment that gets another time
    unclear: str = ""  # what was typed as a ZIP and is none

    @property
    def day(self) -> date | None:
        return date.fromisoformat(self.not_before) if self.not_before else None


def recall(request: HttpRequest | None, desk: Desk) -> Asked:
    """What was chosen so far in this call."""
    kept = memory.recall(request, desk, "seats") if request else None
    return Asked(**kept) if kept else Asked()


def keep(request: HttpRequest, desk: Desk, asked: Asked) -> Asked:
    """Keeps it for this call, and hands it back."""
    memory.keep(request, desk, seats=asdict(replace(asked, unclear="")))
    return asked


def choose(asked: Asked, form: Mapping[str, Any], *, default_zip: str) -> Asked:
    """`asked` with what the form says; what it does not ask for stays. A ZIP left as it stood follows the caller's own.

    A category belongs to the person who claimed it: another person is asked anew.
    """
    who = _number(form.get("who")) or asked.who
    another = asked.who is not None and who != asked.who
    typed = str(form.get("zip", "")).strip()
    match = _ZIP.fullmatch(typed)
    code = match.group(1) if match else ""
    return replace(
        asked,
        zip_code="" if code == default_zip else code,
        unclear=typed[:20] if typed and not match else "",
        service=_number(form.get("service")) or asked.service,
        not_before=_day(str(form.get("not_before", asked.not_before))),
        category="" if another else str(form.get("category", asked.category))[:50],
        who=who,
    )


def _number(text: Any) -> int | None:
    return int(text) if text and str(text).isascii() and str(text).isdigit() and len(str(text)) < 18 else None


def _day(text: str) -> str:
    """A day, or nothing where it is none: the browser's own field offers no other."""
    try:
        return date.fromisoformat(text).isoformat() if _DAY.fullmatch(text) else ""
    except ValueError:
        return ""
