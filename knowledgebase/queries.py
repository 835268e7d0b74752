"""Reads what the program knows."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.models import Agency, County
from knowledgebase import search as words
from knowledgebase.models import Article, Holiday, OpeningHours

_MIDNIGHT = time(0)
_TITLE, _KEYWORDS, _BODY = 5.0, 3.0, 1.0


@dataclass(frozen=True)
class Found:
    """An article that answers, in the language asked for where it is written in it."""

    article: Article
    language: str
    title: str
    body: str
    nearby: bool  # it is about the caller's own county


def is_open(agency: Agency, slug: str, at: datetime) -> bool:
    """Whether the set of hours `slug` is open at `at`. A set without any row is closed: silence must not mean open."""
    local = at.astimezone(agency.zone)
    if Holiday.objects.filter(agency=agency, slug=slug, date=local.date()).exists():
        return False
    spans = OpeningHours.objects.filter(
        agency=agency, slug=slug, weekday=local.weekday(), opens__lte=local.time()
    ).values_list("closes", flat=True)
    return any(closes == _MIDNIGHT or local.time() < closes for closes in spans)


def open_spans(agency: Agency, slug: str, at: datetime, *, days: int) -> list[tuple[datetime, datetime]] | None:
    """What is left of the open spans of a set of hours, today and on the next days, in order; `days` with today.

    None for a set without any row. A span that ends at midnight and the next one's are two.
    """
    local = at.astimezone(agency.zone)
    rows = list(OpeningHours.objects.filter(agency=agency, slug=slug).values_list("weekday", "opens", "closes"))
    if not rows:
        return None
    dates = [local.date() + timedelta(days=n) for n in range(days)]
    shut = Holiday.objects.filter(agency=agency, slug=slug, date__gte=dates[0], date__lte=dates[-1])
    closed = set(shut.values_list("date", flat=True))
    spans = []
    for day in dates:
        for weekday, opens, closes in rows:
            if weekday == day.weekday() and day not in closed:
                until = day + timedelta(days=1) if closes == _MIDNIGHT else day
                end = datetime.combine(until, closes, tzinfo=agency.zone).astimezone(UTC)
                if end > at:
                    spans.append((max(at, datetime.combine(day, opens, tzinfo=agency.zone).astimezone(UTC)), end))
    return sorted(spans)


@dataclass(frozen=True)
class Hours:
    """One set of hours, kept in memory: for doors that are knocked at too often to ask the database."""

    zone: ZoneInfo
    spans: dict[int, list[tuple[time, time]]]  # weekday -> opens, closes; in order
    holidays: frozenset[date]

    def closes_at(self, at: datetime) -> datetime | None:
        """When the span that holds `at` is over; None if it is closed then. Spans that touch are one."""
        end = at
        for opens, closes in self._from(at.astimezone(self.zone).date(), days=8):
            if opens <= end < closes:
                end = closes
            elif opens > end:
                break
        return end if end > at else None

    def opens_at(self, at: datetime) -> datetime | None:
        """The first opening after `at`; None if there is none within a year."""
        days = self._from(at.astimezone(self.zone).date(), days=366)
        return next((opens for opens, closes in days if opens > at), None)

    def _from(self, day: date, *, days: int) -> Iterator[tuple[datetime, datetime]]:
        for n in range(days):
            then = day + timedelta(days=n)
            if then in self.holidays:
                continue
            for opens, closes in self.spans.get(then.weekday(), ()):
                last = then + timedelta(days=1) if closes == _MIDNIGHT else then
                yield self._moment(then, opens), self._moment(last, closes)

    def _moment(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, tzinfo=self.zone).astimezone(UTC)


def all_hours(agency: Agency) -> dict[str, Hours]:
    """Every set of hours of an agency by its slug. Two statements."""
    spans: dict[str, dict[int, list[tuple[time, time]]]] = defaultdict(lambda: defaultdict(list))
    rows = OpeningHours.objects.filter(agency=agency).order_by("opens")
    for slug, weekday, opens, closes in rows.values_list("slug", "weekday", "opens", "closes"):
        spans[slug][weekday].append((opens, closes))
    closed = defaultdict(set)
    for slug, day in Holiday.objects.filter(agency=agency).values_list("slug", "date"):
        closed[slug].add(day)
    return {slug: Hours(agency.zone, dict(days), frozenset(closed[slug])) for slug, days in spans.items()}


def search(agency: Agency, text: str, language: str, county: County | None = None, *, limit: int = 6) -> list[Found]:
    """The articles that answer `text`, best first; those about the caller's own county before others as good.

    One statement. Words are sought in both languages, since an operator may type either.
    """
    sought = words.asked(text)
    if not sought:
        return []
    articles = list(Article.objects.filter(agency=agency, active=True).select_related("county").order_by("title"))
    hits = words.find(sought, [_fields(article) for article in articles])
    here = county.pk if county else None
    hits.sort(key=lambda hit: (-hit.words, _farness(articles[hit.index], here), -hit.score))
    return [_found(articles[hit.index], language, here) for hit in hits[:limit]]


def _fields(article: Article) -> list[words.Field]:
    return [
        words.Field(f"{article.title} {article.title_es}", _TITLE),
        words.Field(f"{article.keywords} {article.county.name if article.county else ''}", _KEYWORDS),
        words.Field(f"{article.body} {article.body_es}", _BODY),
    ]


def _farness(article: Article, here: int | None) -> int:
    """0 about the caller's county, 1 about everywhere, 2 about another county."""
    if article.county_id is None:
        return 1
    return 0 if article.county_id == here else 2


def _found(article: Article, language: str, here: int | None) -> Found:
    spanish = language == "es" and bool(article.body_es)
    return Found(
        article=article,
        language="es" if spanish else "en",
        title=(article.title_es if spanish else "") or article.title,
        body=article.body_es if spanish else article.body,
        nearby=article.county_id is not None and article.county_id == here,
    )
