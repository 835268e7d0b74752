"""`manage.py revoke_api_key PREFIX`: a key opens nothing from now on."""

from django.core.management.base import BaseCommand, CommandError

from core import clock, keys
from core.models import ApiKey


class Command(BaseCommand):
    """The row stays: the access log names keys by their prefix."""

    help = "Take an API key back."

    def add_arguments(self, parser) -> None:
        parser.add_argument("prefix", help="the part of the key before the full stop")

    def handle(self, *, prefix: str, **options) -> None:
        key = ApiKey.objects.filter(prefix=prefix).first()
        if key is None:
            raise CommandError(f"There is no key {prefix!r}.")
        done = keys.revoke(key, at=clock.now())
        self.stdout.write(f"{key.name}: {'taken back' if done else 'had been taken back before'}")
