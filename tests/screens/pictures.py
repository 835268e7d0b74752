"""`make pictures`: takes docs/pictures from a demo at work, each screen at 1366x768 in both languages.

The demo runs in a folder and on a port of its own. The pictures differ from one time to the next, as the days of a
line do; they are looked at by people, and compared by nobody.
"""

import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser import chromium

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "docs" / "pictures"
PORT = 8890
BUSY_S = 150  # until a board is worth a picture
LANGUAGES = ("en", "es")
LAPTOP, WALL = {"width": 1366, "height": 768}, {"width": 1920, "height": 1080}


def main() -> None:
    """Starts the demo, waits until it is busy, walks through it, stops it."""
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder) / "demo"
        words = ["manage.py", "demo", f"--port={PORT}", f"--room={room}", "--every=5", "--operators=14", "--pace=0.6"]
        demo = subprocess.Popen([sys.executable, *words], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            sheet = _sheet(demo)
            print(f"the demo is at work; {BUSY_S} s until its floor is busy", flush=True)
            time.sleep(BUSY_S)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
                Walk(browser, sheet, room).all()
                browser.close()
        finally:
            demo.terminate()
            demo.wait(60)


def _sheet(demo: subprocess.Popen) -> str:
    said = ""
    while "Ctrl-C stops everything" not in said:
        line = demo.stdout.readline()
        assert line, f"the demo ended:\n{said}"
        said += line
    return said


class Walk:
    """A visit to every screen."""

    def __init__(self, browser, sheet: str, room: Path) -> None:
        self._browser, self._room = browser, room
        self._base = f"http://127.0.0.1:{PORT}"
        self._password = re.search(r"Password\s+(\S+)", sheet)[1]
        self._handset = re.search(r"handset\s+(http\S+)", sheet)[1]

    def all(self) -> None:
        """Every picture of docs/pictures."""
        self.desk()
        self.plain("sup1", "/floor/", "board")
        self.plain("sup1", "/floor/wall/", "wall", WALL)
        self.plain("sup1", "/reports/daily/", "report")
        self.plain("clerk", "/clinic/", "clinic")
        self.plain("admin", "/admin/", "admin")
        self.plain("admin", "/admin/scheduling/site/", "admin-sites")

    def plain(self, user: str, path: str, name: str, size: dict = LAPTOP) -> None:
        """One page of one user."""
        page = self._signed_in(user, size)
        page.goto(self._base + path)
        while page.locator("main:has-text('Nobody is expected')").count():
            page.click("#next-held")
            page.wait_for_load_state("load")
        self._both(page, name)
        page.context.close()

    def desk(self) -> None:
        """One call from ready to wrap-up."""
        page = self._signed_in("op01", LAPTOP)
        self._both(page, "desk-away")
        page.click("#be-ready")
        page.wait_for_selector("body.is-ready")
        self._both(page, "desk-ready")
        handset = self._browser.new_page(viewport={"width": 480, "height": 768})
        handset.goto(self._handset)
        self._until_somebody_known_rings(page)
        self._both(page, "desk-ringing")
        handset.click("#answer:not([disabled])")
        handset.wait_for_selector("#lines:has-text('Press 1')")
        handset.click("#keypad button:has-text('1')")
        page.wait_for_selector("body.is-talking #script")
        self._identify(page)
        page.fill("#give-text", "bring")
        page.wait_for_selector("#give-found article")
        page.click("[id^=hold-]:not([disabled]) >> nth=0")
        page.wait_for_selector(".holdbar")
        self._both(page, "desk-talking", again=lambda: self._look_up(page))
        handset.screenshot(path=OUT / "handset-en.png")
        handset.click("#language")
        handset.screenshot(path=OUT / "handset-es.png")
        page.click(".holdbar [id^=book-]")
        page.wait_for_selector("#give-seats .code")
        page.click("#hang-up")
        page.wait_for_selector("body.is-wrap #wrap")
        page.locator("label:has(#ending-booked)").click()
        self._both(page, "desk-wrapup")
        page.click("#finish")
        page.wait_for_selector("body:not(.is-wrap)")
        if not page.locator("body.is-ready").count():  # the next caller was waiting already
            page.click("#not-now")
            page.wait_for_selector("body.is-away #be-ready")
        page.context.close()

    def _until_somebody_known_rings(self, page: Page) -> None:
        """Everybody else goes to the next operator."""
        page.wait_for_selector("body.is-ringing .ring", timeout=240_000)
        while (
            not page.locator("article.person").count() or not page.locator(".ring:has-text('Book a vaccine')").count()
        ):
            page.click("#not-now")
            page.wait_for_selector("body.is-away #be-ready")
            page.click("#be-ready")
            page.wait_for_selector("body.is-ringing .ring", timeout=240_000)

    def _look_up(self, page: Page) -> None:
        page.fill("#give-text", "bring")
        page.wait_for_selector("#give-found article")

    def _identify(self, page: Page) -> None:
        """The caller's own facts, read in the demo's database, as the caller would say them."""
        field = page.locator("[id^=born-]").first
        person = int(field.get_attribute("id").removeprefix("born-"))
        with sqlite3.connect(self._room / "drill.sqlite3") as rows:
            born, place = rows.execute("SELECT born_on, zip_code FROM crm_person WHERE id = ?", [person]).fetchone()
        year, month, day = born.split("-")
        field.fill(f"{int(month)} {int(day)} {year}")
        page.fill(f"#place-{person}", place)
        page.click(f"#check-{person}")
        page.wait_for_selector(f"#person-{person}")
        for _ in range(2):
            page.click("#step-next")
            page.wait_for_timeout(500)

    def _signed_in(self, user: str, size: dict) -> Page:
        page = self._browser.new_context(viewport=size, locale="en-US").new_page()
        page.goto(f"{self._base}/login/")
        page.fill("#id_username", user)
        page.fill("#id_password", self._password)
        page.click("main button.main")
        page.wait_for_load_state("networkidle")
        return page

    def _both(self, page: Page, name: str, again=lambda: None) -> None:
        """The page as it is, and the same in Spanish; then back to English."""
        here = page.url
        for language in LANGUAGES:
            self._speak(page, language, here)
            again()
            page.wait_for_timeout(700)
            page.screenshot(path=OUT / f"{name}-{language}.png")
            print(f"{name}-{language}.png", flush=True)
        self._speak(page, "en", here)

    def _speak(self, page: Page, language: str, here: str) -> None:
        cookie = {"name": "django_language", "value": language, "url": self._base}
        if page.get_attribute("html", "lang")[:2] != language:
            page.context.add_cookies([cookie])
            page.goto(here)
            page.wait_for_load_state("load")


if __name__ == "__main__":
    main()
