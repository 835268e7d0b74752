"""The world starts once for all live tests; when one fails, its processes' last lines are shown."""

import pytest

from tests.live.database import a_database, this_process_on
from tests.live.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory, django_db_blocker):
    """Exchange, web server and worker, running. This process uses their database."""
    room = tmp_path_factory.mktemp("live")
    with a_database(room) as url, django_db_blocker.unblock(), this_process_on(url):
        world = World(room, url)
        try:
            _start(world)
            yield world
        finally:
            world.close()


def _start(world: World) -> None:
    try:
        world.start()
    except Exception as error:
        raise AssertionError(f"the world did not start: {error}\n{world.last_words}") from error


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    world = getattr(item, "funcargs", {}).get("world")
    if report.failed and world is not None:
        report.sections.append(("last lines of the processes", world.last_words))
    return report
