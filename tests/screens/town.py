"""The whole program running: the sample line in a database of its own, every process, and a browser to look at it."""

from collections.abc import Iterator
from contextlib import contextmanager

import requests
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import User

from contactcenter.drill import sandbox
from tests.browser import Browser
from tests.live.world import LINE, PATIENCE_S, World

PASSWORD = "not-a-secret-in-a-test"
_hasher = PBKDF2PasswordHasher()  # the web server's own, and not the quick one of the tests
PASSWORD_HASH = _hasher.encode(PASSWORD, _hasher.salt(), iterations=1000)
MS = 1000


class Town(World):
    """A world whose database holds the sample program."""

    browser: Browser

    def prepare(self) -> None:
        for name, words in (
            ("migrate", sandbox.command("migrate", "--verbosity", "0")),
            ("load_program", sandbox.command("load_program", "--weeks", "2")),
        ):
            assert self._run(name, words).finish() == 0, f"{name} failed"
        User.objects.update(password=PASSWORD_HASH)

    def call(self, number: str, digits: list[str], *, says: list[str]) -> str:
        """Somebody rings from `number`, answers the menu with `digits`, and says this once there is an operator."""
        behaviour = {"digits": digits, "think_s": 0.1, "says": says, "talk_s": None}
        return self._sim("POST", "ring", {"from": number, "to": LINE, "behaviour": behaviour})["uuid"]

    def hang_up(self, call: str) -> None:
        """The caller's own phone ends the call."""
        self._sim("POST", f"legs/{call}/hang_up")

    def handset_page(self, device: str) -> str:
        """The address of a phone that somebody at the keyboard answers."""
        self.phone(device, by_hand=True)
        return f"{self.exchange_base}/handset/{device.lstrip('+')}"

    @contextmanager
    def signed_in(self, name: str, **context) -> Iterator:
        """A page of a browser of this user's own; `does(work)` runs `work(page)` in it."""
        context = {"viewport": {"width": 1366, "height": 768}, "locale": "en-US", **context}
        with self.browser.page(**context) as does:
            does(lambda page: self._sign_in(page, name))
            yield does

    def _sign_in(self, page, name: str) -> None:
        page.set_default_timeout(PATIENCE_S * MS)
        page.goto(f"{self.web_base}/login/")
        page.fill("#id_username", name)
        page.fill("#id_password", PASSWORD)
        page.click("main button.main")
        page.wait_for_url(lambda url: "/login/" not in url)

    def reachable(self, url: str) -> int:
        """The status of a page nobody is signed in to."""
        return requests.get(url, timeout=PATIENCE_S).status_code
