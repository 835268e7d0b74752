"""`manage.py make_api_key --agency ms --name "Partner" --scope appointments:read`: a way in for a program."""

from django.core.management.base import BaseCommand, CommandError

from core import clock, keys
from core.models import Agency


class Command(BaseCommand):
    """Prints the key once; we keep no way to print it again."""

    help = "Make a key to the API for an agency's partner, and print it this once."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--agency", required=True, help="slug of the agency whose rows it may read")
        parser.add_argument("--name", required=True, help="whose program it is")
        parser.add_argument("--scope", action="append", required=True, choices=keys.SCOPES, dest="scopes")

    def handle(self, *, agency: str, name: str, scopes: list[str], **options) -> None:
        row = Agency.objects.filter(slug=agency).first()
        if row is None:
            raise CommandError(f"There is no agency {agency!r}.")
        _, text = keys.make(row, name=name, scopes=scopes, at=clock.now())
        self.stdout.write(text)
        self.stderr.write("Please keep it now: it is not shown again. To take it back: manage.py revoke_api_key PREFIX")
