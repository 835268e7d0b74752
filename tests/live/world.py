"""The carrier, the web server and the worker, each a process of its own, and the people who telephone."""

import itertools
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
from django.conf import settings

from contactcenter.drill import ports, sandbox
from contactcenter.drill.program import LINE

PATIENCE_S = 15  # for anything that is to happen; on a good day all of it takes a fraction
LOOK_S = 0.05
LAST_LINES = 30
_ANSWERED = re.compile(r'"POST (/carrier/\S+)" (\d{3}) ')


class Process:
    """A running command; what it says goes to a file."""

    def __init__(self, name: str, words: list[str], environment: dict[str, str], room: Path) -> None:
        self.name, self._log = name, room / f"{name}.log"
        with self._log.open("wb") as log:
            self.popen = subprocess.Popen(
                words, cwd=settings.BASE_DIR, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    @property
    def said(self) -> str:
        return self._log.read_text(errors="replace")

    @property
    def last_words(self) -> str:
        lines = "\n".join(self.said.splitlines()[-LAST_LINES:])
        return f"---- {self.name} (exit status {self.popen.poll()}) ----\n{lines}"

    def finish(self) -> int:
        """Waits for its own end; making tables takes a while on a busy machine."""
        return self.popen.wait(PATIENCE_S * 8)

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        self.popen.terminate()
        return self.popen.wait(PATIENCE_S)

    def kill(self) -> None:
        """SIGKILL, which nobody can prepare for."""
        self.popen.kill()
        self.popen.wait()


class World:
    """Everything on 127.0.0.1 and on one database. `close()` leaves no process behind, whatever happened."""

    def __init__(self, room: Path, database: str, **environment: str) -> None:
        self._room = room
        self.processes: list[Process] = []
        self._killed: list[Process] = []
        self._webs = self._workers = 0
        self._callers = itertools.count(123)
        port = ports.any_free()
        self.environment = {
            **sandbox.environment(room, port=port),
            "DATABASE_URL": database,
            "DJANGO_SETTINGS_MODULE": "contactcenter.settings",  # and not what pytest runs on
            "PYTHONUNBUFFERED": "1",
            **environment,
        }
        self.web_base = self.environment["PUBLIC_BASE_URL"]

    def start(self) -> None:
        """Returns when all three can be used."""
        self.exchange = self._run("exchange", [sys.executable, "-m", "exchange", *self._of_the_exchange()])
        self.prepare()
        listens = self.until(lambda: re.search(r"listens on (http://\S+)", self.exchange.said), "the exchange listens")
        self.exchange_base = self.environment["PLIVO_API_BASE"] = listens[1]
        self.start_web()
        self.start_worker()

    def prepare(self) -> None:
        """The database: tables, a line, operators."""
        for name, words in (
            ("migrate", sandbox.command("migrate", "--verbosity", "0")),
            ("set_up", [sys.executable, "-m", "tests.live.set_up"]),
        ):
            assert self._run(name, words).finish() == 0, f"{name} failed"

    def start_web(self) -> None:
        """Returns when it answers."""
        where = self.web_base.removeprefix("http://").split(":")
        serve = ("-b", where[0], "-p", where[1], "--access-log", "-", "contactcenter.asgi:application")
        self._webs += 1
        self.web = self._run(f"web-{self._webs}", [sys.executable, "-m", "daphne", *serve])
        self.until(self._web_answers, "the web server answers")

    def kill_web(self) -> None:
        self._killed.append(self.web)
        self.web.kill()

    def close(self) -> None:
        for process in self.processes:
            process.kill()

    @property
    def last_words(self) -> str:
        return "\n".join(process.last_words for process in self.processes)

    def until(self, condition: Callable[[], Any], what: str, *, patience_s: float = PATIENCE_S) -> Any:
        """What `condition` gives, as soon as it is true."""
        deadline = time.monotonic() + patience_s
        while not (found := condition()):
            for process in self.processes:
                status = process.popen.poll()
                assert not status or process in self._killed, f"{process.name} ended with status {status}"
            assert time.monotonic() < deadline, f"not within {patience_s} s: {what}"
            time.sleep(LOOK_S)
        return found

    # ---- the worker ---------------------------------------------------------------------------------------------

    def start_worker(self) -> None:
        self._workers += 1
        self.worker = self._run(f"worker-{self._workers}", sandbox.command("worker"))
        self.until(lambda: "at work" in self.worker.said, "the worker is at work")

    def kill_worker(self) -> None:
        self._killed.append(self.worker)
        self.worker.kill()

    # ---- who telephones -----------------------------------------------------------------------------------------

    def phone(self, address: str, **behaviour) -> None:
        """Puts a handset there: see `exchange.behaviour.Handset`."""
        self._sim("POST", "phone", {"address": address, "behaviour": behaviour})

    def ring(self, from_: str = "", **behaviour) -> str:
        """Somebody rings our line (`exchange.behaviour.Caller`), from a number of their own; the id of the call."""
        from_ = from_ or f"+1202555{next(self._callers):04}"  # who rang before would go to the same operator again
        asked = {"from": from_, "to": LINE, "behaviour": {"think_s": 0.1, **behaviour}}
        return self._sim("POST", "ring", asked)["uuid"]

    def state(self) -> dict:
        return self._sim("GET", "state")

    def legs_to(self, address: str) -> list[dict]:
        """Live legs to a phone."""
        return [leg for leg in self.state()["legs"] if leg["to"] == address]

    def sent(self) -> int:
        """How many webhooks the exchange has sent, repeats included."""
        return sum(self.state()["webhooks"].values())

    def answers(self) -> list[tuple[str, int]]:
        """Address and status of every webhook the web server has answered."""
        return [(path, int(status)) for path, status in _ANSWERED.findall(self.web.said)]

    # ---- inside -------------------------------------------------------------------------------------------------

    def _run(self, name: str, words: list[str]) -> Process:
        process = Process(name, words, self.environment, self._room)
        self.processes.append(process)
        return process

    def _of_the_exchange(self) -> list[str]:
        account = ["--auth-id", self.environment["PLIVO_AUTH_ID"], "--auth-token", self.environment["PLIVO_AUTH_TOKEN"]]
        doors = f"{LINE}={self.web_base}/carrier/answer/,{self.web_base}/carrier/hangup/"
        return ["--port", "0", *account, "--number", doors]

    def _web_answers(self) -> bool:
        try:
            return requests.get(f"{self.web_base}/login/", timeout=PATIENCE_S).ok
        except requests.ConnectionError:
            return False

    def _sim(self, method: str, path: str, body: dict | None = None) -> dict:
        reply = requests.request(method, f"{self.exchange_base}/_sim/{path}", json=body, timeout=PATIENCE_S)
        reply.raise_for_status()
        return reply.json()
