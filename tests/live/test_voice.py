"""One voice, end to end: what another process commits is seen in a browser, on every wire.

The web server is a process of its own, the browser another; the change is committed by the test's process.
"""

from contextlib import contextmanager

import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import Permission
from django.db import connection

from core import clock
from floor import dispatch
from floor.models import Operator
from tests.browser import a_browser, chromium
from tests.core.wires import REDIS_URL, redis_problem
from tests.live.database import a_database, this_process_on
from tests.live.world import World

PASSWORD = "a password of this test"
SOON_MS = 500
PATIENCE_MS = 15_000
SEEN = """() => {
    window.seen = [];
    document.addEventListener("kindline:card", (event) => seen.push([event.detail.stage, Date.now()]));
}"""

# `make test` says what is left out: tests.run_all names a Redis, a PostgreSQL or a Chromium that cannot be reached.
pytestmark = pytest.mark.skipif(not chromium(), reason="no Chromium here")
WIRES = ["database"]
if connection.vendor == "postgresql" and not redis_problem():
    WIRES.append("redis")


@pytest.fixture(scope="module", params=WIRES)
def world(request, tmp_path_factory, django_db_blocker):
    """A web server on a database; this process uses the same database and the same wire."""
    room = tmp_path_factory.mktemp("voice")
    wire = {"REDIS_URL": REDIS_URL if request.param == "redis" else ""}
    with a_database(room) as url, django_db_blocker.unblock(), this_process_on(url), _set(**wire):
        world = World(room, url, **wire)
        try:
            world.prepare()
            world.start_web()
            yield world
        finally:
            world.close()


@contextmanager
def _set(**values):
    before = {name: getattr(settings, name) for name in values}
    for name, value in values.items():
        setattr(settings, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(settings, name, value)


@pytest.fixture(scope="module")
def browser():
    with a_browser() as browser:
        yield browser


@pytest.fixture
def ada(world):
    """An operator who may use the desk, and is away."""
    operator = Operator.objects.select_related("user").order_by("pk").first()
    user = operator.user
    user.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1000)  # the server's hashers, not ours
    user.save()
    user.user_permissions.add(Permission.objects.get(codename="use_desk"))
    dispatch.ready(operator)
    assert dispatch.away(operator)
    return operator


@pytest.fixture
def desk(world, browser, ada):
    """`does(work)` on the operator's own page, which follows the floor."""
    with browser.page() as does:
        does(lambda page: _log_in(page, world.web_base, ada.user.get_username()))
        does(lambda page: page.evaluate(SEEN))
        yield does


def _log_in(page, base, name):
    page.goto(f"{base}/login/?next=/desk/")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_selector("body[data-live=on] [data-card=desk][data-stage=away]", timeout=PATIENCE_MS)


def follows(stage):
    """Work: wait until the desk shows this stage; when it first did, in ms of the machine's clock."""

    def work(page):
        page.wait_for_selector(f"[data-card=desk][data-stage='{stage}']", state="attached", timeout=PATIENCE_MS)
        return page.evaluate("(stage) => (seen.find((one) => one[0] === stage) ?? [0, 0])[1]", stage)

    return work


def now_ms():
    return clock.now().timestamp() * 1000


def test_a_change_of_another_process_is_seen_at_once(desk, ada):
    took = []
    for change, stage in ((dispatch.ready, "ready"), (dispatch.away, "away"), (dispatch.ready, "ready")):
        desk(lambda page: page.evaluate("seen.length = 0"))
        assert change(ada)
        committed = now_ms()
        took.append(desk(follows(stage)) - committed)
    assert sorted(took)[1] < SOON_MS, took  # of three, so that one hiccup of a busy machine is forgiven


def test_nobody_elses_desk_is_told(desk, ada):
    other = Operator.objects.exclude(pk=ada.pk).first()
    desk(lambda page: page.evaluate("seen.length = 0"))
    dispatch.ready(other)
    assert dispatch.away(other)
    assert dispatch.ready(ada)
    desk(follows("ready"))
    *before, last = desk(lambda page: page.evaluate("seen.map((one) => one[0])"))
    assert last == "ready"
    # The two cards of the snapshot (hers, and the line, which has no stage) may still come; each once, and no other.
    assert sorted(before) in ([], [""], ["away"], ["", "away"])


def test_what_happened_while_the_server_was_away_is_made_good(world, desk, ada):
    world.kill_web()
    desk(lambda page: page.wait_for_selector("body[data-live=off]", timeout=PATIENCE_MS))
    assert dispatch.ready(ada)
    world.start_web()
    desk(follows("ready"))
    desk(lambda page: page.wait_for_selector("body[data-live=on]", timeout=PATIENCE_MS))
    assert dispatch.away(ada)
    desk(follows("away"))
