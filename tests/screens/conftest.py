"""One town for all tests of screens."""

import pytest

from tests.browser import a_browser, chromium
from tests.live.database import a_database, this_process_on
from tests.screens.town import Town


@pytest.fixture(scope="package")
def town(tmp_path_factory, django_db_blocker):
    """Everything running on a database of its own, which this process uses as well; a browser is open."""
    if not chromium():
        pytest.skip("no Chromium here")  # tests.run_all says so in its last lines
    room = tmp_path_factory.mktemp("town")
    with a_database(room) as url, django_db_blocker.unblock(), this_process_on(url), a_browser() as browser:
        town = Town(room, url)
        town.browser = browser
        try:
            _start(town)
            yield town
        finally:
            town.close()


def _start(town: Town) -> None:
    try:
        town.start()
    except Exception as error:
        raise AssertionError(f"the town did not start: {error}\n{town.last_words}") from error


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    town = getattr(item, "funcargs", {}).get("town")
    if report.failed and town is not None:
        report.sections.append(("last lines of the processes", town.last_words))
    return report
