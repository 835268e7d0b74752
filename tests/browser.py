"""A real browser for tests, in a thread of its own: Playwright's loop and Django's database do not share one."""

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from playwright.sync_api import Page, sync_playwright

PATIENCE_S = 60
T = TypeVar("T")


def chromium() -> str:
    """Where it is; "" if nowhere."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or ""


class Browser:
    """Runs what is asked of a page in the browser's own thread."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="browser")

    def _in_thread(self, work: Callable[[], T]) -> T:
        return self._thread.submit(work).result(PATIENCE_S)

    def open(self) -> None:
        def start() -> None:
            self._playwright = sync_playwright().start()
            arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic"]
            self._browser = self._playwright.chromium.launch(executable_path=chromium(), args=arguments)

        self._in_thread(start)

    def close(self) -> None:
        def stop() -> None:
            self._browser.close()
            self._playwright.stop()

        try:
            self._in_thread(stop)
        finally:
            self._thread.shutdown()

    @contextmanager
    def page(self, **context) -> Iterator[Callable[[Callable[[Page], T]], T]]:
        """`does(work)` runs `work(page)` on a page with cookies of its own, and gives what it gives."""
        room = self._in_thread(lambda: self._browser.new_context(**context))
        page = self._in_thread(room.new_page)
        try:
            yield lambda work: self._in_thread(lambda: work(page))
        finally:
            self._in_thread(room.close)


@contextmanager
def a_browser() -> Iterator[Browser]:
    """One for a module of tests."""
    browser = Browser()
    browser.open()
    try:
        yield browser
    finally:
        browser.close()
