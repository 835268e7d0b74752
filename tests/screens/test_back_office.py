"""The admin's longest forms on a laptop: what is wrong is in view, and a row of a table stays a row."""

from ivr.models import Flow
from knowledgebase.models import Script
from scheduling.models import Site

BROKEN = '{"start": "nowhere", "nodes": {}}'
FOLD = 700  # below it stand the buttons
ROW, STEP = 70, 560  # a step is seen whole between the page's top bar and its buttons


def test_what_is_wrong_with_a_draft_is_in_view_at_the_top_and_at_the_field(town):
    flow = Flow.objects.get()
    with town.signed_in("admin") as admin:
        admin(lambda page: page.goto(f"{town.web_base}/admin/ivr/flow/{flow.pk}/change/"))
        admin(lambda page: page.fill("#id_draft", BROKEN))
        admin(lambda page: page.click("[name=_continue]"))
        admin(lambda page: page.wait_for_selector("[role=alert]:has-text('The menu needs a first step that exists.')"))
        assert admin(lambda page: _box(page, "[role=alert]"))["y"] < 150
        field = admin(lambda page: _box(page, ".field-draft .errorlist"))
        assert field["y"] + field["height"] < admin(lambda page: _box(page, "#id_draft"))["y"] < FOLD
        admin(lambda page: page.click("[role=alert] a"))
        assert admin(lambda page: page.evaluate("location.hash")) == "#id_draft"


def test_clinic_rows_and_script_steps_fit_a_laptop(town):
    site = Site.objects.filter(templates__isnull=False).first()
    script = Script.objects.get(slug="book")
    with town.signed_in("admin") as admin:
        admin(lambda page: page.goto(f"{town.web_base}/admin/scheduling/site/{site.pk}/change/"))
        rows = admin(lambda page: _sizes(page, "#templates-group tr.form-row:visible"))
        assert rows
        assert all(high <= ROW and right <= 1366 for high, right in rows)
        assert admin(lambda page: page.locator("#id_templates-0-weekday option:checked").inner_text()) in _WEEK
        assert admin(lambda page: page.input_value("#id_templates-0-opens")).count(":") == 1
        admin(lambda page: page.goto(f"{town.web_base}/admin/knowledgebase/script/{script.pk}/change/"))
        steps = admin(lambda page: _sizes(page, "#steps-group .form-group.original"))
        assert len(steps) == script.steps.count()
        assert all(high <= STEP and right <= 1366 for high, right in steps)


_WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _box(page, selector: str) -> dict:
    return page.locator(selector).first.bounding_box()


def _sizes(page, selector: str) -> list[tuple[float, float]]:
    """Of each: its height, and where its right edge is."""
    boxes = (each.bounding_box() for each in page.locator(selector).all())
    return [(box["height"], box["x"] + box["width"]) for box in boxes]
