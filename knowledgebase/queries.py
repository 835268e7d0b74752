"""Reads what the program knows."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

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
