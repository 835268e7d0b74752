"""The daily report as a file: CSV for a spreadsheet, and a page that opens with no network and no server."""

import csv as csv_format
import io
import re
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from reporting import layout
from reporting.daily import DailyReport
from reporting.layout import Figure
from reporting.models import FairnessAudit
from reporting.sheet import definitions, fairness_rows, sheet

_BOM = "\ufeff"  # without it Excel reads UTF-8 as something else
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
# What a spreadsheet may take for a formula; the last four are the same signs in full width.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_STYLES = ("css/tokens.css", "css/kindline.css")

Cell = str | int | float | None


def csv(report: DailyReport) -> str:
    """The report as CSV text in the active language, with a byte order mark, for UTF-8.

    Sections, with an empty line between: headline, half hours, by queue, call-backs, missed calls, definitions. Figures
    are raw: rates as fractions, durations in s, empty where there is nothing to divide by.
    """
    out = io.StringIO()
    writer = csv_format.writer(out)
    for section in (_headline, _half_hours, _by_queue, _callbacks, _missed, _definitions):
        writer.writerows([harmless(cell) for cell in row] for row in section(report))
        writer.writerow([])
    return _BOM + out.getvalue()


def page(report: DailyReport, language: str = "en", *, fairness: FairnessAudit | None = None) -> str:
    """The report as one HTML document that needs nothing else: its stylesheet is inside. For a file only."""
    with translation.override(language):
        context = {**sheet(report), "fairness": fairness_rows(fairness), "embedded_css": _styles()}
        return render_to_string("reporting/daily.html", context)


def harmless(cell: Cell) -> Cell:
    """`cell` so that no spreadsheet takes it for a formula; numbers stay as they are."""
    if isinstance(cell, str) and cell.startswith(_DANGEROUS) and not _NUMBER.fullmatch(cell):
        return "'" + cell
    return round(cell, 6) if isinstance(cell, float) else cell


def _headline(report: DailyReport) -> list[list[Cell]]:
    total = {**report.total, "occupancy": report.occupancy}
    rows = [
        [_("Daily report"), report.date.isoformat(), report.agency],
        [_("Time zone"), report.zone.key],
        [_("Made"), report.generated_at.astimezone(report.zone).isoformat(" ", "seconds")],
        [_("Complete until"), report.complete_until.astimezone(report.zone).isoformat(" ", "seconds")],
        *([[_("These calls are not real: they were made in a sandbox.")]] if report.drill else []),
        [_("Figure"), _("Value"), _("Unit")],
    ]
    for _caption, figures in layout.HEADLINE:
        rows += [[str(f.label), total[f.name], str(layout.UNITS[f.text])] for f in figures]
    ends = (*layout.NOT_OFFERED_ENDS, *layout.OFFERED_ENDS)
    rows += [[_("Every call has one end:")], *([str(text) % {"n": ""}, total[name], ""] for name, text in ends)]
    return [[cell.strip() if isinstance(cell, str) else cell for cell in row] for row in rows]


def _half_hours(report: DailyReport) -> list[list[Cell]]:
    rows = [[row.start.isoformat(" ", "minutes"), *_raw(row.figures, layout.BY_INTERVAL)] for row in report.intervals]
    heads = [_("By half hour of arrival"), *(str(f.label) for f in layout.BY_INTERVAL)]
    return [heads, *rows, [_("Day"), *_raw(report.total, layout.BY_INTERVAL)]]


def _by_queue(report: DailyReport) -> list[list[Cell]]:
    rows = [[row.name, *_raw(row.figures, layout.BY_QUEUE)] for row in report.queues]
    heads = [_("By queue"), *(str(f.label) for f in layout.BY_QUEUE)]
    return [heads, *rows, [translation.pgettext("queues", "All"), *_raw(report.total, layout.BY_QUEUE)]]


def _callbacks(report: DailyReport) -> list[list[Cell]]:
    total = report.total
    heads = [_("Call-backs"), _("Value"), _("Share or mean")]
    return [heads, *([str(label), total[f.name], total[y.name] if y else ""] for label, f, y in layout.CALLBACKS)]


def _missed(report: DailyReport) -> list[list[Cell]]:
    total = report.total
    heads = [_("Missed calls"), _("Value"), _("Share or mean")]
    return [heads, *([str(label), total[f.name], total[y.name] if y else ""] for label, f, y in layout.MISSED)]


def _definitions(report: DailyReport) -> list[list[Cell]]:
    return [[_("What the words mean")], *([term, meaning] for term, meaning in definitions(report))]


def _raw(figures: dict, columns: tuple[Figure, ...]) -> list[Cell]:
    return [figures[column.name] for column in columns]


def _styles() -> str:
    return "\n".join(Path(finders.find(name)).read_text(encoding="utf-8") for name in _STYLES)
