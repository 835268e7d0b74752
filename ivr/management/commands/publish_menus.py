"""`manage.py publish_menus`: what is drafted becomes what callers hear. Nothing changes if nothing was drafted anew."""

from django.core.management.base import BaseCommand, CommandError

from ivr.models import Flow, FlowVersion
from ivr.services import NotPublishable, publish


class Command(BaseCommand):
    """Publishes every menu whose draft differs from what callers hear. Running it again changes nothing."""

    help = "Publish each phone menu whose draft differs from its published version."

    def handle(self, **options) -> None:
        refused = []
        for flow in Flow.objects.select_related("agency").order_by("agency__slug", "name"):
            label = f"{flow.agency.slug}: {flow.name}"
            try:
                self.stdout.write(f"{label}: {_publish(flow)}")
            except NotPublishable as problem:
                refused += [f"{label}: {line}" for line in problem.args[0]]
        if refused:
            raise CommandError("\n".join(["These menus cannot be published yet:", *refused]))


def _publish(flow: Flow) -> str:
    """Publishes a menu if there is something new to hear, and says what was done."""
    if not flow.draft:
        return "nothing is drafted"
    heard = FlowVersion.objects.filter(flow=flow, published_at__isnull=False, retired_at=None).first()
    if heard is not None and heard.document == flow.draft:
        return f"version {heard.number} is as drafted"
    return f"published as version {publish(flow, flow.draft).number}"
