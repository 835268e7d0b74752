"""An agency's floor at one moment: who waits, what operators do, what is owed, and today so far. No words here.

What is "now" is read anew each time; today's numbers come from `reporting.today` and may be five seconds old on a large
day.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.utils import translation

from core.models import Agency
from reporting import facts
from reporting.facts import Place, Presence, Told
from reporting.models import Alert
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
    alerts: list[Alert]  # open and to be shown, the first to open first
    told: Told | None  # the one line to all desks
    reasons: dict[str, str] = field(default_factory=dict)  # why operators may be away, by slug, likewise

    @property
    def waiting(self) -> list[Place]:
        """On the phone and not yet with an operator."""
        return [place for place in self.line if not place.owed and not place.outbound]

    @property
    def owed(self) -> list[Place]:
        """To be called back."""
        return [place for place in self.line if place.owed and not place.outbound]

    @property
    def outbound(self) -> list[Place]:
        """To be called by us, for no ringing of theirs: set at a desk, or a caller we missed."""
        return [place for place in self.line if place.outbound]

    @property
    def debts(self) -> tuple[int, datetime | None]:
        """How many callers were missed and are still owed a call, and since when the first of them (None: nobody)."""
        return len(self.missed), self.missed[0][1] if self.missed else None

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
    drill, language = settings.SANDBOX, (translation.get_language() or "en")[:2]
    line = facts.line(agency, drill=drill)
    so_far = today(agency, drill=drill, at=at)
    return Floor(
        agency=agency,
        at=at,
        line=line,
        operators=facts.presences(agency),
        names=facts.queue_names(agency, language),
        today=so_far,
        missed=facts.debts(agency, drill=drill),
        alerts=_alerts(agency),
        told=facts.told(agency, at),
        reasons=facts.away_reasons(agency, language),
    )


def _alerts(agency: Agency) -> list[Alert]:
    shown = Alert.objects.filter(threshold__agency=agency, threshold__on_screen=True, cleared_at=None)
    return list(shown.exclude(opened_at=None).select_related("threshold__queue").order_by("opened_at", "pk"))
