"""The report of one day: what became of everybody who rang, by half hour of arrival and by queue."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core import clock
from core.models import Agency
from reporting import facts, metrics, promises
from reporting.identity import Identity, checked
from reporting.metrics import FATES, IN_MENU, SERVICE_LEVELS_S, SHORT_S, Contacts
from reporting.promises import Score

INTERVAL = timedelta(minutes=30)
_PLACES = 6  # of a float in `figures`, so that two runs compare number for number

Figures = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Interval:
    """Figures of the contacts that arrived in the half hour beginning at `start` (aware, in the agency's zone)."""

    start: datetime
    figures: Figures


@dataclass(frozen=True, slots=True)
class QueueRow:
    """Figures of the contacts whose first queue this is."""

    slug: str
    name: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class DailyReport:
    """A day that adds up; the figures' names and units are those of `reporting.metrics`."""

    agency: str
    date: date
    zone: ZoneInfo
    drill: bool
    generated_at: datetime
    complete_until: datetime  # the end of the day, or the moment of making if the day was not over
    total: Figures
    occupancy: float | None
    intervals: tuple[Interval, ...]  # without a gap, from the first to the last in which somebody rang
    queues: tuple[QueueRow, ...]  # the busiest first
    identity: Identity
    short_s: float
    promises: tuple[tuple[datetime, Score], ...] = ()  # each caller's first announced wait, by hour of the announcement
    promises_total: Score | None = None

    @property
    def over(self) -> bool:
        """The day has ended and nobody is in the middle of anything; a call-back still owed is an end of its own."""
        live = sum(self.total[fate] or 0 for fate in (IN_MENU, "waiting", "talking"))
        return self.generated_at >= day_bounds(self.date, self.zone)[1] and not live


def build(
    agency: Agency,
    date: date,
    *,
    drill: bool = False,
    at: datetime | None = None,
    staffed_until: datetime | None = None,
    short_s: float = SHORT_S,
) -> DailyReport:
    """The report of `date` in the agency's zone, as seen at `at`. Raises IdentityError if the day does not add up.

    `staffed_until`: operators' time counts up to here where a day's work ran past midnight; else the day's end.
    """
    at = at or clock.now()
    start, end = day_bounds(date, agency.zone)
    day = facts.day(agency, start, end, drill=drill)
    later = facts.moments(agency, start, end + metrics.RECOVERED_WITHIN, drill=drill)
    sides = checked(day.counts, day.contacts)
    names = facts.queue_names(agency)
    queues = metrics.grouped([c for c in day.contacts if c.entered_at is not None], lambda c: c.queue)
    told = promises.firsts(facts.promises(agency, start, end, drill=drill))
    rows = [QueueRow(slug, names.get(slug, slug), _summary(mine, short_s)) for slug, mine in queues.items()]
    return DailyReport(
        agency=agency.name,
        date=date,
        zone=agency.zone,
        drill=drill,
        generated_at=at,
        complete_until=max(start, min(end, at)),
        total=_summary(day.contacts, short_s) | metrics.recovery(day.contacts, later, short_s=short_s),
        occupancy=metrics.occupancy(facts.operator_seconds(agency, start, staffed_until or end, at)),
        intervals=_intervals(day.contacts, agency.zone, short_s),
        queues=tuple(sorted(rows, key=lambda row: (-row.figures["offered"], row.slug))),
        identity=sides,
        short_s=short_s,
        promises=tuple((hour, promises.score(mine, at)) for hour, mine in promises.by_hour(told, agency.zone).items()),
        promises_total=promises.score(told, at) if told else None,
    )


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """[start, end) of a calendar day in `zone`, in UTC: 23 or 25 hours apart when the clocks change."""
    midnights = (datetime.combine(d, time(), tzinfo=zone) for d in (day, day + timedelta(days=1)))
    start, end = (midnight.astimezone(UTC) for midnight in midnights)
    return start, end


def interval_of(moment: datetime, zone: ZoneInfo) -> datetime:
    """The beginning, in UTC, of the half hour of the wall clock in `zone` that `moment` falls into."""
    local = moment.astimezone(zone)  # keeps `fold`: the hour that comes twice in autumn stays two hours
    return local.replace(minute=local.minute // 30 * 30, second=0, microsecond=0).astimezone(UTC)


def figures(report: DailyReport) -> dict:
    """The report as plain JSON: rates are fractions, durations s, rounded to 6 places; None is unknown."""
    total = report.total
    return _rounded(
        {
            **{fate: total[fate] for fate in FATES},
            **{name: total[name] for name in _HEADLINE},
            **{f"sl_{x}": total[f"sl_{x}"] for x in SERVICE_LEVELS_S},
            "occupancy": report.occupancy,
            "by_type": {row.slug: {name: row.figures[name] for name in _BY_TYPE} for row in report.queues},
            "callbacks": {name.removeprefix("callbacks_"): total[name] for name in _CALLBACKS},
            "missed": {name: total[name] for name in _MISSED},
            "identity": {
                "inbound": {"counted": report.identity.inbound_counted, "fates": report.identity.inbound_fates},
                "offered": {"counted": report.identity.offered_counted, "fates": report.identity.offered_fates},
            },
        }
    )


_HEADLINE = (
    "inbound",
    "offered",
    "abandon_rate",
    "lost_rate",
    "short_abandons",
    "asa_s",
    "longest_wait_s",
    "time_to_operator_s",
    "aht_s",
    "talk_s",
    "wrap_s",
    "unique_callers",
)
_CALLBACKS = (
    "callbacks_offered",
    "callbacks_asked",
    "callback_done",
    "callback_failed",
    "callback_cancelled",
    "callback_pending",
    "callback_attempts",
    "callback_acceptance",
    "callback_success",
    "attempts_per_success",
    "longest_callback_wait_s",
)
_MISSED = (
    "missed_callers",
    "missed_withheld",
    "tried_20",
    "recovered_by_us",
    "recovered_by_caller",
    "not_recovered",
    "processed",
    "processed_rate",
)
_BY_TYPE = (
    "offered",
    "answered",
    "abandoned",
    "short_abandons",
    "callback_done",
    "lost",
    "abandon_rate",
    "lost_rate",
    "asa_s",
    "time_to_operator_s",
    "longest_wait_s",
    *(f"sl_{x}" for x in SERVICE_LEVELS_S),
)


def _summary(contacts: Contacts, short_s: float) -> dict[str, float | None]:
    """Every figure of `reporting.metrics` that contacts alone decide."""
    plain = (
        metrics.inbound,
        metrics.offered,
        metrics.served,
        metrics.lost,
        metrics.abandon_rate,
        metrics.lost_rate,
        metrics.asa_s,
        metrics.time_to_operator_s,
        metrics.longest_wait_s,
        metrics.talk_s,
        metrics.hold_s,
        metrics.wrap_s,
        metrics.aht_s,
        metrics.unique_callers,
        metrics.withheld,
        metrics.containment,
        metrics.callbacks_offered,
        metrics.callbacks_asked,
        metrics.callback_attempts,
        metrics.callback_acceptance,
        metrics.callback_success,
        metrics.attempts_per_success,
        metrics.longest_callback_wait_s,
    )
    return {
        **metrics.fates(contacts),
        **{metric.__name__: metric(contacts) for metric in plain},
        "short_abandons": metrics.short_abandons(contacts, short_s=short_s),
        "abandon_rate_without_short": metrics.abandon_rate_without_short(contacts, short_s=short_s),
        **{f"sl_{x}": metrics.service_level(contacts, x, short_s=short_s) for x in SERVICE_LEVELS_S},
    }


def _intervals(contacts: Contacts, zone: ZoneInfo, short_s: float) -> tuple[Interval, ...]:
    groups = metrics.grouped(contacts, lambda c: interval_of(c.arrived_at, zone))
    if not groups:
        return ()
    rows, moment = [], min(groups)
    while moment <= max(groups):
        rows.append(Interval(moment.astimezone(zone), _summary(groups.get(moment, []), short_s)))
        moment += INTERVAL
    return tuple(rows)


def _rounded(value: object) -> object:
    if isinstance(value, dict):
        return {name: _rounded(part) for name, part in value.items()}
    return round(value, _PLACES) if isinstance(value, float) else value
