"""An agency's floor at one moment: who waits, what operators do, what is owed, and today so far. No words here.

What is "now" is read anew each time; today's numbers come from `reporting.today` and may be five seconds old on a large
day.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import translation

from core.models import Agency
from reporting import facts
from reporting.facts import Place, Presence
from reporting.today import Today, today

LONGEST_S = 300  # a wait on the line above it makes the floor busy


@dataclass(frozen=True, slots=True)
class Floor:
    """An agency's floor at one moment."""

    agency: Agency
    at: datetime
    line: list[Place]  # the longest waiting first
    operators: list[Presence]
    names: dict[str, str]  # of queues, by slug, in the reader's language
    today: Today
    missed: list[tuple[str, datetime]]  # (number, since when) of everybody we owe a call, the longest ago first

    @property
    def waiting(self) -> list[Place]:
        """On the phone and not yet with an operator."""
        return [place for place in self.line if not place.owed]

    @property
    def owed(self) -> list[Place]:
        """To be called back."""
        return [place for place in self.line if place.owed]

    @property
    def over(self) -> list[Place]:
        """Who has waited longer than anybody should, the longest first."""
        return [place for place in self.waiting if self.seconds(place.entered_at) > LONGEST_S]

    def seconds(self, since: datetime) -> float:
        """From `since` until this floor's moment."""
        return max(0.0, (self.at - since).total_seconds())

    @property
    def stage(self) -> str:
        """ "busy" while somebody has waited too long, else "calm"."""
        return "busy" if self.over else "calm"


def floor(agency: Agency, *, at: datetime) -> Floor:
    """The floor as it is at `at`, with the names of its queues in the active language."""
    drill = settings.SANDBOX
    return Floor(
        agency=agency,
        at=at,
        line=facts.line(agency, drill=drill),
        operators=facts.presences(agency),
        names=facts.queue_names(agency, (translation.get_language() or "en")[:2]),
        today=today(agency, drill=drill, at=at),
        missed=facts.debts(agency, drill=drill),
    )


def debts(agency: Agency, at: datetime) -> tuple[int, datetime | None]:
    """How many callers were missed and are still owed a call, and since when the first of them (None: nobody)."""
    owed = facts.debts(agency, drill=settings.SANDBOX)
    return len(owed), owed[0][1] if owed else None
