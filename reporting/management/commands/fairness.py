"""`manage.py fairness --day 2026-11-10`: who was overtaken in line on that day, and why."""

from datetime import date

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core import clock
from core.models import Agency
from reporting import audits, layout
from reporting.fairness import Audit

_MOST = 10  # callers named as overtaken most often


class Command(BaseCommand):
    """Made anew each time and kept nowhere; what the worker found at night stands on the daily report."""

    help = "List who was overtaken in line on a day, and why. Ends with 1 if there was no reason for it."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--day", help="YYYY-MM-DD by the agency's clock; today if left out")
        parser.add_argument("--agency", help="slug; all of them if left out")

    def handle(self, *, day: str | None, agency: str | None, **options) -> None:
        agencies = Agency.objects.filter(slug=agency) if agency else Agency.objects.all()
        if not agencies:
            raise CommandError(f"There is no agency {agency!r}." if agency else "There is no agency yet.")
        unexplained = 0
        for one in agencies.order_by("slug"):
            when = _day(day) or clock.now().astimezone(one.zone).date()
            found = audits.of_day(one, when, drill=settings.SANDBOX)
            self._say(one, when, found)
            unexplained += found.unexplained
        if unexplained:
            raise CommandError(f"{unexplained:,} times a caller was overtaken without a reason: that is a fault.")

    def _say(self, agency: Agency, day: date, found: Audit) -> None:
        tell = self.stdout.write
        tell(
            f"{agency.name}, {day}: {found.takings:,} calls laid before operators, {found.callers:,} callers overtaken"
        )
        for reason, words in layout.OVERTAKEN:
            if times := found.by_reason[reason]:
                tell(f"  {times:>9,}  {words}")
        tell(f"  {found.unexplained:>9,}  Without a reason")
        for case in found.cases:
            at = f"{case.at.astimezone(agency.zone):%H:%M:%S}"
            tell(f"     call {case.overtaken} by call {case.by}, operator {case.operator}, at {at}")
        if found.most:
            often = ", ".join(f"call {call} ({times:,})" for call, times in found.most[:_MOST])
            tell(f"  most often: {often}")


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text!r} is not a day; write it like 2026-11-10.") from None
