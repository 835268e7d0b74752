"""`manage.py demo` as a newcomer meets it: start, log-in page, handset, a call at the desk, Ctrl-C."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
import requests
from django.db import connection

from contactcenter.drill import ports, sandbox
from core import clock
from floor import dispatch
from floor.models import Offer, Operator, Stint
from tests.live.database import this_process_on

PATIENCE_S = 90
QUICK = ("--every=2", "--operators=2", "--pace=0.1")


class Demo:
    """A demo in a process of its own; its words go to a file."""

    def __init__(self, room: Path, port: int, *more: str) -> None:
        self.room, self._said = room, room.with_suffix(".said")
        words = sandbox.command("demo", f"--port={port}", f"--room={room}", *QUICK, *more)
        with self._said.open("wb") as out:
            self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=out, stderr=out)

    @property
    def said(self) -> str:
        return self._said.read_text(errors="replace")

    def until(self, condition, what: str):
        """What `condition` gives, as soon as it is true."""
        deadline = time.monotonic() + PATIENCE_S
        while not (found := condition()):
            assert self.process.poll() is None, f"the demo ended\n{self.said}"
            assert time.monotonic() < deadline, f"not within {PATIENCE_S} s: {what}\n{self.said}\n{self.logs}"
            time.sleep(0.1)
        return found

    @property
    def logs(self) -> str:
        return "\n".join(f"---- {log.name}\n{log.read_text()[-2000:]}" for log in sorted(self.room.glob("*.log")))

    def children(self) -> list[int]:
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.fixture
def demos(tmp_path):
    """Starts a demo; all of them in one room."""
    if connection.vendor != "sqlite":
        pytest.skip("a demo brings its own database; it is run once, with the suite on SQLite")
    started: list[Demo] = []

    def start() -> Demo:
        started.append(Demo(tmp_path / "demo", ports.any_free()))
        return started[-1]

    yield start
    for demo in started:
        demo.process.kill()
        demo.process.wait()


def test_a_newcomer_takes_a_call_leaves_and_comes_again(demos, django_db_blocker):
    demo = demos()
    sheet = demo.until(lambda: "Ctrl-C stops everything" in demo.said and demo.said, "the sheet")
    web = re.search(r"Open\s+(http\S+)", sheet)[1]
    handset = re.search(r"handset\s+(http\S+)", sheet)[1]
    assert "Password    kindline" in sheet
    children = demo.children()
    assert len(children) == 4
    for address in (f"{web}login/", handset):
        assert requests.get(address, timeout=10).status_code == 200, address
    assert _logs_in(web, "op01", "kindline")
    with this_process_on(f"sqlite:///{demo.room / sandbox.DATABASE}"), django_db_blocker.unblock():
        _takes_a_call(demo, handset)
    second = demos()
    assert second.process.wait(30) == 2
    assert "A demo runs in" in second.said
    _stops(demo, children)
    again = demos()
    again.until(lambda: "Ctrl-C stops everything" in again.said, "the sheet, once more")
    with this_process_on(f"sqlite:///{demo.room / sandbox.DATABASE}"), django_db_blocker.unblock():
        before = Offer.objects.exclude(connected_at=None).count()
        again.until(lambda: Offer.objects.exclude(connected_at=None).count() >= before + 2, "calls of the second run")
    _stops(again, again.children())


def _stops(demo: Demo, children: list[int]) -> None:
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(30) == 0, demo.said
    assert "Everything has stopped." in demo.said
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
    assert "Traceback" not in demo.logs


def _takes_a_call(demo: Demo, handset: str) -> None:
    operator = Operator.objects.get(user__username="op01")
    assert dispatch.ready(operator, at=clock.now())
    phone = handset.replace("/handset/", "/_sim/handset/")

    def shown() -> dict:
        return requests.get(phone, timeout=10).json()

    def press(verb: str, **more: str) -> None:
        assert requests.post(f"{phone}/{verb}", json=more, timeout=10).status_code == 202

    def presence() -> str:
        return Stint.objects.get(operator=operator, until=None).state

    demo.until(lambda: shown()["state"] == "ringing", "a call rings at the handset")
    assert presence() == "offered"
    press("answer")
    demo.until(lambda: shown()["key"] == "1", "the line asks for the key")
    assert any("Press 1 to take the call." in line["text"] for line in shown()["lines"])
    assert presence() == "offered"
    press("press", digits="1")
    demo.until(lambda: presence() == "talking", "the conversation")
    demo.until(lambda: any(line["who"] == "caller" for line in shown()["lines"]), "the caller's words")
    press("hang_up")
    demo.until(lambda: presence() == "wrapping", "the wrap-up")


def _logs_in(web: str, name: str, password: str) -> bool:
    browser = requests.Session()
    page = browser.get(f"{web}login/", timeout=10)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
    form = {"username": name, "password": password, "csrfmiddlewaretoken": token}
    reply = browser.post(
        f"{web}login/", data=form, headers={"Referer": f"{web}login/"}, timeout=10, allow_redirects=False
    )
    return reply.status_code == 302


def test_a_port_in_use_is_said_kindly_before_anything_is_made(tmp_path):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        words = sandbox.command("demo", f"--port={port}", f"--room={tmp_path / 'demo'}")
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False, env=dict(os.environ))
    assert done.returncode == 2
    assert done.stderr.strip() == f"Port {port} cannot be used here. Please try another: make demo PORT=8001"
    assert not (tmp_path / "demo").exists()
