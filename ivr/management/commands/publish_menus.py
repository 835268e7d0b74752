"""`manage.py publish_menus`: what is drafted becomes what callers hear. Nothing changes if nothing was drafted anew.

A draft may be half done, and whose it is decides when it is heard: in a house of several agencies one must be named.
"""

from django.core.management.base import BaseCommand, CommandError

from core.models import Agency
from ivr.models import Flow, FlowVersion
from ivr.services import NotPublishable, publish


class Command(BaseCommand):
    """Publishes an agency's menus whose draft differs from what callers hear. Running it again changes nothing."""

    help = "Publish each phone menu whose draft differs from its published version."

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--agency",
            action="append",
            metavar="SLUG",
            help="whose menus; may be given several times, and left out where there is just one agency",
        )

    def handle(self, *, agency: list[str] | None, **options) -> None:
        flows = Flow.objects.filter(agency__slug__in=_chosen(agency or []))
        refused = []
        for flow in flows.select_related("agency").order_by("agency__slug", "name"):
            label = f"{flow.agency.slug}: {flow.name}"
            try:
                self.stdout.write(f"{label}: {_publish(flow)}")
            except NotPublishable as problem:
                refused += [f"{label}: {line}" for line in problem.args[0]]
        if refused:
            raise CommandError("\n".join(["These menus cannot be published yet:", *refused]))


def _chosen(asked: list[str]) -> list[str]:
    """The slugs of the agencies meant."""
    known = list(Agency.objects.order_by("slug").values_list("slug", flat=True))
    here = f"There are: {', '.join(known) or 'none yet'}."
    if unknown := sorted(set(asked) - set(known)):
        raise CommandError(f"There is no agency {', '.join(unknown)}. {here}")
    if not asked and len(known) > 1:
        raise CommandError(f"Please say whose menus to publish, with --agency. {here}")
    return asked or known


def _publish(flow: Flow) -> str:
    """Publishes a menu if there is something new to hear, and says what was done."""
    if not flow.draft:
        return "nothing is drafted"
    heard = FlowVersion.objects.filter(flow=flow, published_at__isnull=False, retired_at=None).first()
    if heard is not None and heard.document == flow.draft:
        return f"version {heard.number} is as drafted"
    return f"published as version {publish(flow, flow.draft).number}"
