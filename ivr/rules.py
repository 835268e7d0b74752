"""What a menu must fulfil before callers may hear it. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

_NEEDS = {
    "say": ("text", "next"),
    "menu": ("text", "keys", "otherwise"),
    "collect": ("text", "name", "digits", "next", "otherwise"),
    "hours": ("schedule", "open", "closed"),
    "queue": ("queue",),
    "hangup": ("text", "fate"),
}
# Where a node leads if nothing is pressed; a question's own `next` needs an answer.
_SILENT = {
    "say": ("next",),
    "hours": ("open", "closed"),
    "menu": ("otherwise",),
    "collect": ("otherwise",),
    "queue": (),
    "hangup": (),
}
_FATES = ("ivr_contained", "closed")
_CLASSES = (0, 1, 2)


def problems(document: Mapping[str, Any]) -> list[str]:
    """Everything that keeps a document from being published, in words an admin can act on; empty when it is sound."""
    nodes = document.get("nodes")
    if not isinstance(nodes, dict) or document.get("start") not in nodes:
        return ["The menu needs a first step that exists."]
    found = [problem for name, node in nodes.items() for problem in _of_node(name, node, nodes)]
    return found or _circles(document)


def _of_node(name: str, node: Mapping[str, Any], nodes: Mapping[str, Any]) -> Iterator[str]:
    kind = node.get("kind")
    if kind not in _NEEDS:
        yield f"Step “{name}” is of a kind we do not know: {kind}."
        return
    missing = [part for part in _NEEDS[kind] if part not in node]
    if missing:
        yield f"Step “{name}” needs: {', '.join(missing)}."
        return
    if "text" in node and not node["text"].get("en"):
        yield f"Step “{name}” has nothing to say in English."
    if kind == "collect" and not 1 <= node["digits"] <= 32:
        yield f"Step “{name}” can collect 1 to 32 digits."
    if kind == "hangup" and node["fate"] not in _FATES:
        yield f"Step “{name}” ends the call as something we do not know: {node['fate']}."
    if kind == "menu":
        yield from _of_keys(name, node["keys"])
    if "priority" in node:
        yield from _of_priority(name, node["priority"], nodes)
    for target in _targets(node):
        if target not in nodes:
            yield f"Step “{name}” leads to “{target}”, which does not exist."


def _of_keys(name: str, keys: Mapping[str, Any]) -> Iterator[str]:
    if not keys:
        yield f"Step “{name}” has no keys to press."
    for key in keys:
        if not key.isdecimal() or len(key) > 3:
            yield f"Step “{name}”: a key is one to three digits, not “{key}”."
    if len({len(key) for key in keys}) > 1:
        yield f"Step “{name}” mixes keys of different lengths; the phone could not tell them apart."


def _of_priority(name: str, priority: Any, nodes: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(priority, dict):
        kept = {node.get("name") for node in nodes.values() if node.get("kind") in ("menu", "collect")} - {None}
        if priority.get("answer") not in kept:
            yield f"Step “{name}” goes by an answer that no question keeps: {priority.get('answer')}."
    elif isinstance(priority, bool) or priority not in _CLASSES:
        yield f"Step “{name}” has a class of urgency that is not 0, 1 or 2: {priority}."


def _targets(node: Mapping[str, Any]) -> list[str]:
    ways = [node[way] for way in ("next", "otherwise", "open", "closed") if way in node]
    return ways + [choice["next"] for choice in node.get("keys", {}).values()]


def _circles(document: Mapping[str, Any]) -> list[str]:
    """Ways on which a caller who presses nothing would go around for ever, whatever hours are open."""
    nodes = document["nodes"]
    silent = {name: [node[way] for way in _SILENT[node["kind"]]] for name, node in nodes.items()}
    for name in nodes:
        seen: set[str] = set()
        ahead = list(silent[name])
        while ahead:
            step = ahead.pop()
            if step == name:
                return [f"The menu goes in a circle at step “{name}” for somebody who presses nothing."]
            if step not in seen:
                seen.add(step)
                ahead += silent[step]
    return []
