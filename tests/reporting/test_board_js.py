"""The board in a real browser: a card that comes by the socket moves the page, and the state in the top bar with it."""

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.utils import translation

from contactcenter.middleware import POLICY
from core import clock
from floor import dispatch
from floor.models import Entry
from reporting import alerts, board, today
from reporting.models import Threshold
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


def test_the_wall_is_read_from_four_metres(browser, client):
    """On a 55 inch screen of 1920 x 1080: text from 32 px, the figures 120 px, all of it in view, nothing moves."""
    agency = make.agency()
    floors.busy(agency, NOW)
    for metric in ("waiting", "longest_wait_s", "no_operator", "callbacks_owed"):
        Threshold.objects.create(agency=agency, slug=metric.replace("_", "-"), metric=metric, value=0)
    alerts.look(NOW)
    client.force_login(floors.watcher(agency))
    html = client.get("/floor/wall/", headers={"accept-language": "es"}).text
    sizes = """[...document.querySelectorAll('.wall-card *:not(.vh)')]
        .filter(one => [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
        .map(one => [parseFloat(getComputedStyle(one).fontSize), one.textContent.trim()])"""

    def work(page):
        page.set_viewport_size({"width": 1920, "height": 1080})
        served(page, html, "/floor/wall/")
        found = page.evaluate(sizes)
        assert len(found) > 30
        assert [text for size, text in found if size < 32] == []
        figures = "[...document.querySelectorAll('.big b')].map(one => parseFloat(getComputedStyle(one).fontSize))"
        assert page.evaluate(figures) == [120] * 5
        fits = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        assert page.evaluate(fits) == [1920, 1080]
        assert page.evaluate("document.getAnimations().filter(one => one.playState === 'running').length") <= 3

    with browser.page() as does:
        does(work)


def test_an_alert_is_said_once_when_it_comes(browser, client):
    agency = make.agency()
    floors.busy(agency, NOW)
    for metric in ("waiting", "longest_wait_s"):
        Threshold.objects.create(agency=agency, slug=metric.replace("_", "-"), metric=metric, value=0)
    Threshold.objects.filter(metric="longest_wait_s").update(active=False)
    alerts.look(NOW)
    user = floors.watcher(agency)
    client.force_login(user)
    html = client.get("/floor/").text
    Threshold.objects.update(active=True)
    alerts.look(NOW + timedelta(seconds=5))
    version = int(NOW.timestamp() * 1_000_000)
    spoken = "document.getElementById('alerts-spoken').textContent"

    def work(page):
        sockets = served(page, html)
        page.evaluate("""window.said = []; new MutationObserver(() => said.push(
            document.getElementById('alerts-spoken').textContent)
        ).observe(document.getElementById('alerts-spoken'), {childList: true})""")
        for n in (1, 2, 3):
            told = {"card": "board", "version": version + n, **with_alerts, "stage": f"busy{n}"}
            sockets[0].send(json.dumps({**told, "html": str(told["html"])}))
            page.wait_for_selector(f"[data-card=board][data-stage=busy{n}]")
        assert page.evaluate("said") == ["All queues: longest wait over 0:00"]
        assert page.evaluate(spoken) == "All queues: longest wait over 0:00"

    with_alerts = board.card(user)
    with browser.page() as does:
        does(work)


def test_a_line_to_all_desks_comes_and_goes_on_the_board_and_what_is_typed_stays(browser, client):
    agency = make.agency()
    floors.busy(agency, NOW)
    user = floors.watcher(agency)
    user.user_permissions.add(Permission.objects.get(codename="tell_desks"))
    client.force_login(user)
    html = client.get("/floor/").text
    line = dispatch.tell_desks(agency.pk, "Clinic 12 is full.", by_id=user.pk, lasts=timedelta(hours=1), at=NOW)
    up = board.card(user)
    dispatch.take_down(line, at=NOW)
    down = board.card(user)
    version = int(NOW.timestamp() * 1_000_000)

    def work(page):
        sockets = served(page, html)
        page.fill("#tell-text", "half a sent")
        for n, told in ((1, up), (2, down)):
            sockets[0].send(
                json.dumps({"card": "board", "version": version + n, "stage": f"n{n}", "html": str(told["html"])})
            )
            page.wait_for_selector(f"[data-card=board][data-stage=n{n}]")
            assert page.is_visible("#told-down") == (n == 1)
            assert ("Clinic 12 is full." in page.inner_text("#tell")) == (n == 1)
            if n == 1:
                assert page.input_value("#told-line input") == str(line.pk)
            assert page.input_value("#tell-text") == "half a sent"
            assert page.evaluate("document.activeElement.id") == "tell-text"

    with browser.page() as does:
        does(work)
