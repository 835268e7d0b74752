"""`manage.py load_program`: the sample program of `fixtures/program/`, ready to take calls."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from core.models import Agency

PROGRAM = settings.BASE_DIR / "fixtures" / "program"
PEOPLE = "06_people.json"
AGENCY = "ms"  # the sample's own
_HERE_ALREADY = (
    f"The agency “{AGENCY}” is here already, so nothing was loaded. Loading the sample once more would put its own "
    "rows back as they were: what you changed in them is lost, passwords of its log-ins too, and a log-in of the "
    "sample that you closed is open again. If that is what you want, add --again."
)


class Command(BaseCommand):
    """Loads the sample line, publishes its menu and opens its appointment book.

    May be run again: rows are found by name and put back as written, nothing is doubled, and calls and appointments
    stay. What was changed by hand in a row of the sample is lost: passwords too, and a log-in of the sample that was
    closed is open again. So outside the sandbox it must be asked for by `--again`. Menus of other agencies are theirs.
    """

    help = "Load the sample program (fixtures/program), publish its menu and make the coming weeks' clinic sessions."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--weeks", type=int, default=4, help="weeks of clinic sessions to make, from today on")
        parser.add_argument("--no-people", action="store_true", help="leave the invented callers out")
        parser.add_argument(
            "--again", action="store_true", help="put the sample's own rows back as they were, closed log-ins too"
        )

    def handle(self, *, weeks: int, no_people: bool, again: bool, **options) -> None:
        if not (settings.SANDBOX or again) and Agency.objects.filter(slug=AGENCY).exists():
            raise CommandError(_HERE_ALREADY)
        files = [file for file in sorted(PROGRAM.glob("*.json")) if not (no_people and file.name == PEOPLE)]
        for count, file in enumerate(files, 1):
            self._say(f"Loading {file.name} ({count} of {len(files)}) ...")
            call_command("loaddata", str(file), verbosity=0)
        self._say("Publishing menus ...")
        call_command("publish_menus", agency=[AGENCY], stdout=self.stdout)
        self._say(f"Making clinic sessions for {weeks} weeks ...")
        call_command("make_sessions", weeks=weeks, stdout=self.stdout, stderr=self.stderr)
        self._say("The sample program is ready.")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
