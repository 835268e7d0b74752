"""`manage.py make_sessions --weeks 4`: cuts clinics and their slots from the weekly templates, for every agency."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from core.models import Agency
from scheduling.sessions import Made, make_sessions


class Command(BaseCommand):
    """Run it again at will, for example every night: it adds what is missing and touches nothing else."""

    help = "Make clinic sessions and their slots from the weekly templates."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--weeks", type=int, default=4, help="how many, from the first day on (default 4)")
        parser.add_argument("--from", dest="start", type=_day, help="first day, as 2026-11-23; default: today")

    def handle(self, *, weeks: int, start: date | None = None, **options) -> None:
        if weeks < 1:
            raise CommandError("--weeks should be 1 or more.")
        for agency in Agency.objects.order_by("pk"):
            first = start or clock.now().astimezone(agency.zone).date()
            made = make_sessions(agency, weeks=weeks, start=first, progress=self._say)
            self.stdout.write(f"{agency.slug}: {made.sessions} new sessions, {made.slots} new slots.")

    def _say(self, until: date, made: Made) -> None:
        self.stderr.write(f"  until {until}: {made.sessions} sessions, {made.slots} slots")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--from should be a day such as 2026-11-23, not {text!r}.") from error
