"""A daily report as the words, cells and bars of its page: everything decided here, the template only places it."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from core import moments
from reporting import layout, words
from reporting.daily import DailyReport, Interval, day_bounds
from reporting.layout import Figure
from reporting.models import FairnessAudit
from reporting.promises import Score

BAR_WIDTH = 100  # units of the picture's viewBox
_Figures = Mapping[str, float | None]


def sheet(report: DailyReport) -> dict:
    """The template's context, in the active language. Texts are final; widths of bars are strings with a point."""
    total = {**report.total, "occupancy": report.occupancy}
    return {
        "title": moments.long_day(report.date),
        "about": " ".join(_about(report)),
        "drill": report.drill,
        "empty": not report.total["inbound"],
        "headline": [
            {"caption": caption, "rows": [(f.label, f.text(total[f.name]), f.strong) for f in figures]}
            for caption, figures in layout.HEADLINE
        ],
        "inbound_sum": _sum(total, layout.NOT_OFFERED_ENDS),
        "offered_sum": _sum(total, layout.OFFERED_ENDS),
        "inbound": words.count(total["inbound"]),
        "interval_heads": [f.label for f in layout.BY_INTERVAL_ON_PAGE],
        "bar_width": BAR_WIDTH,
        "intervals": _interval_rows(report),
        "interval_total": _cells(total, layout.BY_INTERVAL_ON_PAGE),
        "long": len(report.intervals) > 30,
        "queue_heads": [f.label for f in layout.BY_QUEUE_ON_PAGE],
        "queues": [(row.name, _cells(row.figures, layout.BY_QUEUE_ON_PAGE)) for row in report.queues],
        "queue_total": _cells(total, layout.BY_QUEUE_ON_PAGE),
        "callbacks": [
            (label, figure.text(total[figure.name]), yard.text(total[yard.name]) if yard else "")
            for label, figure, yard in layout.CALLBACKS
        ],
        "missed": [
            (label, figure.text(total[figure.name]), yard.text(total[yard.name]) if yard else "")
            for label, figure, yard in layout.MISSED
        ],
        "promises": [(moments.clock(hour), *_promise_cells(score)) for hour, score in report.promises],
        "promises_total": _promise_cells(report.promises_total) if report.promises_total else (),
        "definitions": definitions(report),
    }


def fairness_rows(audit: FairnessAudit | None) -> list[tuple[str, str, bool]]:
    """(words, how often, whether it is a fault) of the day's audit; nothing if none was made."""
    if audit is None:
        return []
    rows = [(str(words_), audit.totals.get(reason, 0)) for reason, words_ in layout.OVERTAKEN]
    told = [(text, words.count(times), False) for text, times in rows if times]
    return [*told, (_("Without a reason"), words.count(audit.unexplained), audit.unexplained > 0)]


def definitions(report: DailyReport) -> list[tuple[str, str]]:
    """What the words mean, with this day's numbers in them."""
    numbers = {
        "n": words.count(report.total["short_abandons"]),
        "seconds": f"{report.short_s:g}",
        "withheld": words.count(report.total["withheld"]),
    }
    extra = () if report.over else (layout.STILL_GOING_ON,)
    return [(str(term), str(meaning) % numbers) for term, meaning in (*layout.DEFINITIONS, *extra)]


def interval_names(report: DailyReport) -> list[str]:
    """7:00 AM, 7:30 AM, ...; with the zone's abbreviation where a clock put back shows the same time twice."""
    names = [moments.clock(row.start) for row in report.intervals]
    twice = {name for name in names if names.count(name) > 1}
    return [f"{n} {row.start.tzname()}" if n in twice else n for n, row in zip(names, report.intervals, strict=True)]


def _about(report: DailyReport) -> list[str]:
    """The sentences under the date: whose day, how complete, made when."""
    made = report.generated_at.astimezone(report.zone)
    until = moments.clock(report.complete_until.astimezone(report.zone))
    ended = report.complete_until == day_bounds(report.date, report.zone)[1]
    sentences = [
        report.agency.rstrip(".") + ".",
        _("Complete until midnight.") if ended else _("Complete until %s: the day is not over.") % until,
        _("Some calls are still going on.") if ended and not report.over else "",
        _("Made %(day)s at %(time)s, %(zone)s time.")
        % {"day": words.short_day(made.date()), "time": moments.clock(made), "zone": report.zone.key.replace("_", " ")},
        "" if report.drill else _("Drills left out."),
    ]
    return [sentence for sentence in sentences if sentence]


def _sum(total: _Figures, ends: tuple[tuple[str, str], ...]) -> str:
    said = (item for item in ends if total[item[0]] or item[0] not in layout.ONLY_WHILE_LIVE)
    return " + ".join(str(text) % {"n": words.count(total[name])} for name, text in said)


def _cells(figures: _Figures, columns: tuple[Figure, ...]) -> list[str]:
    return [column.text(figures[column.name]) for column in columns]


def _promise_cells(score: Score) -> tuple[str, ...]:
    """How the announced waits of an hour came true."""
    return (
        words.count(score.callers),
        words.count(score.served),
        words.whole_share(score.at_or_under_upper),
        words.whole_share(score.under_lower),
        words.length(score.median_width_s),
    )


def _interval_rows(report: DailyReport) -> list[dict]:
    most = max((row.figures["offered"] for row in report.intervals), default=0) or 1
    return [
        {"name": name, "cells": _cells(row.figures, layout.BY_INTERVAL_ON_PAGE), "bar": _bar(row, most)}
        for name, row in zip(interval_names(report), report.intervals, strict=True)
    ]


def _bar(row: Interval, most: float) -> dict[str, str]:
    """Offered as a width out of `BAR_WIDTH`, its dark end the lost. Strings: a template would localise a float."""
    width = BAR_WIDTH * row.figures["offered"] / most
    lost = BAR_WIDTH * row.figures["lost"] / most
    return {"offered": f"{width:.1f}", "lost": f"{lost:.1f}", "lost_from": f"{width - lost:.1f}"}
