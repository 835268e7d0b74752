"""Judges a page for accessibility with axe-core: every rule, none switched off."""

from django.conf import settings
from playwright.sync_api import Page

_AXE = (settings.BASE_DIR / "tests" / "vendor" / "axe-core-4.14.1" / "axe.min.js").read_text(encoding="utf-8")


def complaints(page: Page) -> list[str]:
    """What axe finds wrong, a line a place. The page's own policy must be bypassed (`bypass_csp`) to let axe in."""
    page.wait_for_load_state("load")
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_AXE)
    found = page.evaluate("() => axe.run(document)")
    assert found["passes"], f"axe looked at nothing of {page.url}"
    return [
        f"{fault['id']}: {fault['help']}: {node['target']} {node['html'][:160]}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]
