"""The report as a file, and the words on it in both languages."""

import csv
import io
import re
from html.parser import HTMLParser

import pytest
from django.utils import translation

from reporting import daily, export
from reporting.sheet import interval_names, sheet
from tests.reporting import factories as make
from tests.reporting.factories import DAY, at


@pytest.fixture
def report(db):
    agency = make.agency(name="Vaccine line")
    make.queue(agency, "book", "=cmd|' /C calc'!A0")
    make.one_of_each(agency)
    return daily.build(agency, DAY, at=at(30))


@pytest.mark.parametrize("cell", ["=1+1", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "=1"])
def test_what_looks_like_a_formula_is_made_harmless(cell):
    assert export.harmless(cell) == "'" + cell


@pytest.mark.parametrize("cell", [-1, 0.5, "-1.5", "+16015550100", "Book a vaccine", "", None])
def test_numbers_and_words_stay_as_they_are(cell):
    assert export.harmless(cell) == cell


def test_the_csv_has_every_section_and_raw_numbers(report):
    text = export.csv(report)
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    firsts = [row[0] for row in rows if row]
    for section in ("Daily report", "By half hour of arrival", "By queue", "Call-backs", "What the words mean"):
        assert section in firsts
    assert ["Inbound", "16", ""] in rows
    assert ["Lost", str(round(4 / 11, 6)), "share of 1"] in rows
    assert "'=cmd|' /C calc'!A0" in firsts
    assert [row[:3] for row in rows if row and row[0].startswith("2026-11-10 09:00")] == [
        ["2026-11-10 09:00-06:00", "5", "5"]
    ]


class Outline(HTMLParser):
    """Tags with their attributes, so that a test can ask about the page and not about its spelling."""

    def __init__(self, text: str):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.mark.parametrize(("language", "word"), [("en", "Who rang"), ("es", "Quién llamó")])
def test_the_page_for_a_file_needs_nothing_else(report, language, word):
    text = export.page(report, language)
    page = Outline(text)
    assert word in text
    assert page.all("html") == [{"lang": language}]
    assert not page.all("link")
    assert not page.all("script")
    assert not page.all("form")
    assert not [attrs for _, attrs in page.tags if "src" in attrs or "href" in attrs and attrs["href"] != "#main"]
    assert "url(" not in text
    assert "@import" not in text
    assert text.count("<style>") == 1
    assert not [attrs for _, attrs in page.tags if "style" in attrs]


def test_tables_have_captions_and_heads_with_a_scope(report):
    text = export.page(report)
    page = Outline(text)
    assert len(page.all("caption")) == len(page.all("table")) == 7
    assert {attrs.get("scope") for attrs in page.all("th")} == {"row", "col"}
    bodies = re.findall(r"<table.*?</table>", text, re.S)
    for table in bodies:
        widths = {len(re.findall(r"<t[hd][ >]", row)) for row in re.findall(r"<tr>.*?</tr>", table, re.S)}
        assert len(widths) == 1


def test_names_are_escaped(report):
    assert "=cmd|&#x27; /C calc&#x27;!A0" in export.page(report)


@pytest.mark.parametrize("language", ["en", "es"])
def test_bars_have_points_in_every_language_and_end_with_the_lost(report, language):
    with translation.override(language):
        bars = [row["bar"] for row in sheet(report)["intervals"]]
    assert all(re.fullmatch(r"\d+\.\d", part) for bar in bars for part in bar.values())
    assert all(
        float(bar["lost_from"]) + float(bar["lost"]) == pytest.approx(float(bar["offered"]), abs=0.11) for bar in bars
    )
    assert max(float(bar["offered"]) for bar in bars) == 100


def test_the_sum_is_spelt_out_and_live_ends_only_when_there_are_any(report):
    said = sheet(report)
    assert said["inbound_sum"].endswith("1 in the menu now + 11 offered")
    assert "1 waiting now + 1 talking now" in said["offered_sum"]
    assert "Some calls are still going on." in said["about"]


def test_the_hour_that_comes_twice_has_two_names(db):
    agency = make.agency()
    day = make.date(2026, 11, 1)
    start, end = daily.day_bounds(day, agency.zone)
    for hour in (1, 2):
        make.left(agency, start + make.timedelta(hours=hour))
    names = interval_names(daily.build(agency, day, at=end))
    assert names == ["1:00\xa0AM CDT", "1:30\xa0AM", "1:00\xa0AM CST"]
