"""The board in a real browser: a card that comes by the socket moves the page, and the state in the top bar with it."""

import json

import pytest
from django.conf import settings
from django.utils import translation

from contactcenter.middleware import POLICY
from core import clock
from floor.models import Entry
from reporting import board, today
from tests.browser import a_browser, chromium
from tests.reporting import factories as make
from tests.reporting import floors
from tests.reporting.factories import at

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not chromium(), reason="no Chromium here"),
]
HOUSE = "http://kindline.test"
NOW = at(10, 42)
AXE = settings.BASE_DIR / "tests" / "vendor" / "axe-core-4.14.1" / "axe.min.js"
STATE = "document.getElementById('floor-state')"


@pytest.fixture(autouse=True)
def now():
    today.forget()
    with clock.running_on(lambda: NOW), translation.override("en"):  # a page leaves its language behind
        yield


@pytest.fixture(scope="module")
def browser():
    with a_browser() as browser:
        yield browser


def served(page, html: str, path: str = "/floor/") -> list:
    """Opens `html` with our own scripts and styles; the sockets it opens."""
    sockets = []

    def answer(route):
        asked = route.request.url.removeprefix(HOUSE)
        if asked == path:
            route.fulfill(content_type="text/html", body=html, headers={"Content-Security-Policy": POLICY})
        else:
            route.fulfill(path=settings.BASE_DIR / asked.lstrip("/"))

    page.route(f"{HOUSE}/**", answer)
    page.route_web_socket("**/ws/live/**", lambda wire: sockets.append(wire))
    page.goto(HOUSE + path)
    page.wait_for_selector("body[data-live=on]")
    return sockets


def test_a_calmer_floor_calms_the_page(browser, client):
    agency = make.agency()
    floors.busy(agency, NOW)
    user = floors.watcher(agency)
    client.force_login(user)
    html = client.get("/floor/").text
    Entry.objects.filter(state=Entry.State.WAITING).delete()
    told = {"card": "board", "version": int(NOW.timestamp() * 1_000_000) + 1, **board.card(user)}

    def work(page):
        sockets = served(page, html)
        assert page.evaluate(f"{STATE}.innerText.trim().startsWith('Busy')")
        assert "is-alert" in page.evaluate("document.body.className")
        sockets[0].send(json.dumps({**told, "html": str(told["html"])}))
        page.wait_for_selector("[data-card=board][data-stage=calm]")
        assert page.evaluate(f"{STATE}.innerText.trim().startsWith('Calm')")
        assert page.evaluate(f"{STATE}.className") == "state is-ready"
        assert "is-alert" not in page.evaluate("document.body.className")

    with browser.page() as does:
        does(work)


@pytest.mark.parametrize("path", ["/floor/", "/floor/wall/"])
@pytest.mark.parametrize("width", [1366, 683])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(browser, client, path, width):
    agency = make.agency()
    floors.busy(agency, NOW)
    client.force_login(floors.watcher(agency))
    html = client.get(path, headers={"accept-language": "es"}).text

    def work(page):
        page.set_viewport_size({"width": width, "height": 768})
        served(page, html, path)
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run()")
        assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]] == []
        assert len(found["passes"]) > 10
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    with browser.page() as does:
        does(work)
