"""What the search box finds: articles to read out, and clinics with how to get there."""

from dataclasses import dataclass

from core.models import Agency, ZipCode
from floor.desk import map as maps
from knowledgebase import queries as articles
from knowledgebase import search as words
from knowledgebase.search import Piece
from scheduling.models import Site

_SITES = 3
_NAME, _PLACE = 5.0, 3.0


@dataclass(frozen=True)
class Answer:
    """An article as it is shown: cut into paragraphs, what was looked for marked."""

    slug: str
    language: str
    title: list[Piece]
    plain_title: str
    paragraphs: list[list[Piece]]
    county: str  # where it is about the caller's own


@dataclass(frozen=True)
class Clinic:
    """A site as it is shown; `number` is its pin on the map."""

    number: int
    site: Site
    name: list[Piece]
    language: str
    directions: str


@dataclass(frozen=True)
class Findings:
    """Everything found for a text. Empty for an empty text."""

    text: str
    answers: list[Answer]
    clinics: list[Clinic]
    map: maps.Map | None

    @property
    def count(self) -> int:
        return len(self.answers) + len(self.clinics)


def find(agency: Agency, text: str, language: str, home: ZipCode | None) -> Findings:
    """Articles and clinics for what was typed, in the caller's language, those of the caller's county first."""
    sought = words.asked(text)
    clinics = _clinics(agency, sought, language, home) if sought else []
    county = home.county if home else None
    found = articles.search(agency, text, language, county)
    return Findings(text, [_answer(one, sought) for one in found], clinics, _map(clinics, home))


def _answer(found: articles.Found, sought: list[str]) -> Answer:
    blocks = [block.strip() for block in found.body.replace("\r\n", "\n").split("\n\n")]
    return Answer(
        slug=found.article.slug,
        language=found.language,
        title=words.pieces(found.title, sought),
        plain_title=found.title,
        paragraphs=[words.pieces(block, sought) for block in blocks if block],
        county=found.article.county.name if found.nearby else "",
    )


def _clinics(agency: Agency, sought: list[str], language: str, home: ZipCode | None) -> list[Clinic]:
    sites = list(Site.objects.filter(agency=agency, active=True).select_related("county").order_by("name"))
    hits = words.find(sought, [_fields(site) for site in sites])
    here = home.county_id if home else None
    # All of the words: "Hinds parking" is a question about parking, and every clinic is a "clinic".
    hits = [hit for hit in hits if hit.words == len(sought)]
    if len(hits) * 2 > len(sites) > _SITES:
        return []  # a word most clinics share finds none
    hits.sort(key=lambda hit: (-hit.score, sites[hit.index].county_id != here))
    return [_clinic(number, sites[hit.index], sought, language) for number, hit in enumerate(hits[:_SITES], 1)]


def _fields(site: Site) -> list[words.Field]:
    return [
        words.Field(f"{site.name} {site.county.name}", _NAME),
        words.Field(f"{site.city} {site.zip_code} {site.street}", _PLACE),
    ]


def _clinic(number: int, site: Site, sought: list[str], language: str) -> Clinic:
    spanish = language == "es" and bool(site.directions_es)
    return Clinic(
        number=number,
        site=site,
        name=words.pieces(site.name, sought),
        language="es" if spanish else "en",
        directions=site.directions_es if spanish else site.directions,
    )


def _map(clinics: list[Clinic], home: ZipCode | None) -> maps.Map | None:
    pins = [maps.Place(str(one.number), one.site.latitude, one.site.longitude) for one in clinics]
    named = {one.site.county_id: one.site.county for one in clinics}
    counties = [maps.Place(county.name, county.latitude, county.longitude) for county in named.values()]
    return maps.draw(pins, maps.Place(home.code, home.latitude, home.longitude) if home else None, counties)
