"""Every address of the project by its name, and which of them are pages to look at.

What is no page stands in `NOT_PAGES` with its reason; a name in neither list fails the test, so that no page is
forgotten.
"""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

# prefix of names -> why nobody looks at these in a browser
NOT_PAGES = {
    "desk-": "parts of the desk and what is done there: looked at as part of the desk, in each of its states",
    "hand-": "send on",
    "live-card": "JSON",
    "clinic-came": "sends on",
    "clinic-undo": "sends on",
    "logout": "sends on",
    "admin:login": "sends on to our own",
    "admin:crm_person_process_import": "where a form is sent",
    "admin:scheduling_site_process_import": "where a form is sent",
    "admin:logout": "sends on",
    "admin:search": "a part of a page",
    "set_language": "sends on",
    "home": "sends on",
    "daily-report-csv": "a file",
    "api-schema": "a file",
    "api-appointment": "JSON",
    "admin:jsi18n": "a script",
    "admin:autocomplete": "JSON",
    "admin:view_on_site": "sends on",
}
_CARRIER = "carrier/"  # the carrier's own doors: XML, signed


def names() -> Iterator[tuple[str, str]]:
    """(name with its namespace, its pattern) of every address a person's browser may open."""
    yield from _walk(get_resolver().url_patterns, "", "")


def _walk(patterns, before: str, space: str) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if path.startswith(_CARRIER):
            continue
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, path, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield space + pattern.name, path
