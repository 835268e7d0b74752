"""static/js/live.js in a real browser, against a server that the test plays, on a clock that the test moves."""

import json
import time

import pytest
from django.conf import settings

from contactcenter.middleware import POLICY
from tests.browser import a_browser, chromium

pytestmark = pytest.mark.skipif(not chromium(), reason="no Chromium here")

HOUSE = "http://kindline.test"
PATIENCE_S = 10
NOW_MS = 1_790_000_000_000
AHEAD_MS = 600_000  # how far the server's clock is ahead of the browser's, in one test
SCRIPT = settings.BASE_DIR / "static" / "js" / "live.js"
PAGE = """<!doctype html><html lang="es"><head><title>t</title><script src="/listens.js" defer></script>
<script src="/live.js" defer></script></head><body data-now="{now}">
<div data-card="desk" data-snapshot="/live/desk/" data-version="1000" data-stage="ready">
<button id="go">Go</button></div></body></html>"""
LISTENS = "window.heard = []; document.addEventListener('kindline:card', e => heard.push(e.detail));"
OFF = "document.body.dataset.live === 'off'"
ON = "document.body.dataset.live === 'on'"


def card(version, html="<p>card</p>", stage="ready", name="desk"):
    return {"card": name, "version": version, "html": html, "stage": stage}


class Server:
    """What the page meets: its snapshot, and its sockets in the order they were opened."""

    def __init__(self, page, *, ahead_ms=0):
        self.page, self.sockets, self.snapshots = page, [], 0
        self.snapshot = (200, card(1))
        page.clock.install(time=NOW_MS / 1000)
        page.route(f"{HOUSE}/**", self._serve)
        page.route_web_socket("**/ws/live/**", self._connected)
        self._page = PAGE.format(now=NOW_MS + ahead_ms)
        page.goto(f"{HOUSE}/")
        self.until(ON)

    def _connected(self, wire):
        self.sockets.append(wire)

    def _serve(self, route):
        path = route.request.url.removeprefix(HOUSE)
        if path == "/live/desk/":
            self.snapshots += 1
            status, told = self.snapshot
            if status == 0:
                route.abort()
            else:
                route.fulfill(status=status, content_type="application/json", body=json.dumps(told))
            return
        body = {"/": self._page, "/live.js": SCRIPT.read_text(), "/listens.js": LISTENS}.get(path, "")
        kind = "text/javascript" if path.endswith(".js") else "text/html"
        route.fulfill(content_type=kind, body=body, headers={"Content-Security-Policy": POLICY})

    def says(self, told):
        self.sockets[-1].send(json.dumps(told))

    def says_card(self, *told, **more):
        """Returns once it is on the page."""
        self.says(card(*told, **more))
        self.until(f"document.querySelector('[data-card]').dataset.version === '{told[0]}'")

    def until(self, condition):
        deadline = time.monotonic() + PATIENCE_S
        while not self.sees(condition):
            assert time.monotonic() < deadline, f"not on the page: {condition}"
            self.page.wait_for_timeout(10)  # which also lets what the browser says reach us

    def passes(self, seconds):
        self.page.clock.run_for(int(seconds * 1000))

    def sees(self, expression):
        return self.page.evaluate(expression)


@pytest.fixture(scope="module")
def browser():
    with a_browser() as browser:
        yield browser


@pytest.fixture
def talk(browser):
    """Runs `work(server)` on a fresh page."""
    with browser.page() as does:
        yield lambda work, **more: does(lambda page: work(Server(page, **more)))


def test_asks_for_its_cards_in_its_language(talk):
    def work(server):
        assert [wire.url for wire in server.sockets] == ["ws://kindline.test/ws/live/?cards=desk&lang=es"]

    talk(work)


def test_a_newer_card_replaces_and_is_announced_to_other_scripts(talk):
    def work(server):
        server.says_card(2000, "<p>ring</p>", "ringing:1")
        assert server.sees("document.querySelector('[data-card]').innerHTML") == "<p>ring</p>"
        assert server.sees("document.querySelector('[data-card]').dataset.stage") == "ringing:1"
        server.says_card(3000, "<p>rings</p>", "ringing:1")
        assert server.sees("heard") == [
            {"card": "desk", "stage": "ringing:1", "changed": True},
            {"card": "desk", "stage": "ringing:1", "changed": False},
        ]

    talk(work)


def test_an_older_card_and_the_same_card_change_nothing(talk):
    def work(server):
        server.says_card(2000, "<p>new</p>")
        server.says(card(1500, "<p>old</p>", "away"))
        server.says(card(1000, "<p>older</p>", "away"))
        server.says(card(9000, "<p>of another page</p>", name="wall"))
        server.says_card(3000, "<p>new</p>")
        assert server.sees("document.body.innerText.trim()") == "new"
        assert len(server.sees("heard")) == 1

    talk(work)


def test_the_focus_and_what_is_scrolled_or_open_are_kept(talk):
    html = (
        '<button id="go">Go</button><details id="more"><summary>m</summary>x</details>'
        '<ul id="list"><li>a<li>b<li>c<li>d<li>e<li>f</ul>'
    )

    def work(server):
        server.says_card(2000, html)
        server.sees("""() => {
            const sheet = new CSSStyleSheet();
            sheet.insertRule("#list { height: 20px; overflow: auto }");
            document.adoptedStyleSheets = [sheet];
            document.getElementById("list").scrollTop = 31;
            document.getElementById("more").open = true;
            document.getElementById("go").focus();
        }""")
        server.says_card(3000, html + "<p>more</p>")
        kept = "['list', 'more'].map(id => document.getElementById(id)).map(one => one.scrollTop || one.open)"
        assert server.sees("document.activeElement.id") == "go"
        assert server.sees(kept) == [31, True]

    talk(work)


def test_a_timer_counts_by_the_servers_clock(talk):
    def work(server):
        theirs = NOW_MS + AHEAD_MS
        timers = [f'<i data-since="{theirs - seconds * 1000}"></i>' for seconds in (65, 7265)]
        server.says_card(theirs * 1000, "".join(timers))
        read = "[...document.querySelectorAll('[data-since]')].map(one => one.textContent)"
        short, long = server.sees(read)
        assert "1:05" <= short <= "1:15"
        assert "2:01:05" <= long <= "2:01:15"
        server.passes(30)
        assert "1:35" <= server.sees(read)[0] <= "1:45"

    talk(work, ahead_ms=AHEAD_MS)


def test_comes_back_by_way_of_the_snapshot(talk):
    def work(server):
        server.snapshot = (200, card(5000, "<p>meanwhile</p>", "away"))
        server.sockets[-1].close(code=1011)
        server.until(OFF)
        assert server.snapshots == 0
        server.passes(1)
        server.until(ON)
        assert (server.snapshots, len(server.sockets)) == (1, 2)
        assert server.sees("document.querySelector('[data-card]').innerText") == "meanwhile"
        assert server.sees("heard") == [{"card": "desk", "stage": "away", "changed": True}]

    talk(work)


def test_tries_less_and_less_often_while_the_server_is_away(talk):
    def work(server):
        server.snapshot = (0, None)
        server.sockets[-1].close(code=1011)
        server.until(OFF)
        for _ in range(120):
            server.passes(1)
        tries = server.snapshots
        assert 7 <= tries <= 18  # 0.5, 1, 2, 4, 8 and then every 10 to 15 seconds
        assert len(server.sockets) == 1
        server.snapshot = (200, card(5000, "<p>back</p>"))
        for _ in range(16):
            server.passes(1)
        server.until(ON)

    talk(work)


def test_whoever_is_refused_stops_knocking_for_a_minute(talk):
    def work(server):
        server.snapshot = (403, {})
        server.sockets[-1].close(code=4403)
        server.until(OFF)
        for _ in range(50):
            server.passes(1)
        assert (server.snapshots, len(server.sockets)) == (1, 1)
        server.snapshot = (200, card(5000))
        for _ in range(15):
            server.passes(1)
        server.until(ON)

    talk(work)


def test_a_renewal_is_nobodys_business(talk):
    def work(server):
        server.sees("window.states = []; new MutationObserver(() => states.push(document.body.dataset.live))"
                    ".observe(document.body, {attributes: true})")  # fmt: skip
        server.sockets[-1].close(code=4001)
        while len(server.sockets) < 2:
            server.passes(0.1)
        server.says_card(6000)
        assert "off" not in server.sees("states")

    talk(work)


def test_a_line_that_died_in_silence_is_found_out(talk):
    def work(server):
        for _ in range(3):
            server.passes(20)
            server.says({"beat": NOW_MS * 1000})
            server.page.wait_for_timeout(50)  # it is under way to the page
        assert server.sees("document.body.dataset.live") == "on"
        server.passes(47)
        while len(server.sockets) < 2:
            server.passes(0.5)
        server.until(ON)

    talk(work)
