"""Whether what a menu names is there: its queues and its sets of opening hours."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from floor.models import Queue
from knowledgebase.models import OpeningHours


def missing(agency_id: int, document: Mapping[str, Any]) -> list[str]:
    """What a sound document (`ivr.rules`) names and this agency has not, in words an admin can act on."""
    queues = set(Queue.objects.filter(agency_id=agency_id).values_list("slug", flat=True))
    hours = set(OpeningHours.objects.filter(agency_id=agency_id).values_list("slug", flat=True))
    found = [
        _("There is no queue “%(slug)s”. Please add it first, or name another.") % {"slug": slug}
        for slug in sorted(set(_queues(document["nodes"])) - queues)
    ]
    schedules = {node["schedule"] for node in document["nodes"].values() if node["kind"] == "hours"}
    return found + [
        _("There are no opening hours “%(slug)s”. Please add them first, or name others.") % {"slug": slug}
        for slug in sorted(schedules - hours)
    ]


def _queues(nodes: Mapping[str, Any]) -> Iterator[str]:
    for node in nodes.values():
        if node["kind"] == "queue":
            named = node["queue"]
            yield from [named] if isinstance(named, str) else _kept_as(named["answer"], nodes)


def _kept_as(name: str, nodes: Mapping[str, Any]) -> Iterator[str]:
    """What callers' keys may have left under `name`."""
    for node in nodes.values():
        if node["kind"] == "menu" and node.get("name") == name:
            yield from (choice["answer"] for choice in node["keys"].values() if "answer" in choice)
