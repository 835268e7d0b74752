"""`make demo`: the whole line at work on this machine, with robots, until Ctrl-C."""

import fcntl
import os
import secrets
import signal
import sys
from pathlib import Path

import requests
from django.conf import settings
from django.core.management.base import BaseCommand

from contactcenter.demo.house import Broken, House
from contactcenter.drill import ports, sandbox

ROOM = settings.BASE_DIR / "var" / "demo"
EXCHANGE_FROM_WEB = 1400  # PORT 8000: the exchange at 9400
PEOPLE = ["op01", "op02", "op03"]  # operators left to whoever sits at the keyboard

SHEET = """
Kindline is at work. Robots ring and answer; three operators are left to you.

  Open        {web}/
  Password    {password}   (the same for everybody here; nobody in this demo is real)

  op01        the operator's desk: log in, press Ready, and a call rings at your handset
              handset  {handset}
  sup1        the supervisor's board       clerk   the list at a clinic's door
  admin       set-up                       it, partner, op02, op03 as well

  The other handsets
{others}

  Ctrl-C stops everything. What the processes say is in {room}.
"""


class Command(BaseCommand):
    """The first process checks the port and becomes a second, whose whole world is the demo's."""

    help = "Run the whole line on this machine: web, worker, exchange and robots. Ctrl-C stops it."
    requires_system_checks = []  # the first process touches nothing of its own database; the second is checked

    def add_arguments(self, parser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--fresh", action="store_true", help="forget what earlier runs left")
        parser.add_argument("--every", default="12", help="a caller about every so many seconds")
        parser.add_argument("--operators", default="6", help="how many operators are robots")
        parser.add_argument("--pace", default="1", help="below 1 robots are faster than people")
        parser.add_argument("--room", type=Path, default=ROOM, help="where the demo keeps its database and logs")
        parser.add_argument("--inside", action="store_true", help="(set by the command itself)")

    def handle(self, *, port: int, fresh: bool, room: Path, inside: bool, **options) -> None:
        self.room = room.resolve()
        if inside:
            if not settings.SANDBOX:
                self._refuse("--inside is the command's own; it runs in a sandbox only")
            self.check(tags=["kindline"])
            self._run(port, options)
            return
        if not ports.is_free(port):
            self._refuse(f"Port {port} cannot be used here. Please try another: make demo PORT=8001")
        self._take_the_room()
        if fresh:
            self._empty_the_room()
        words = [f"--{name}={options[name]}" for name in ("every", "operators", "pace")]
        again = sandbox.command("demo", "--inside", f"--port={port}", f"--room={self.room}", *words)
        self.stdout.flush()
        os.execve(again[0], again, _environment(port, self.room))

    def _take_the_room(self) -> None:
        """One demo in a room; the lock is this process's, and of the one it becomes, until that ends."""
        self.room.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.room / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._refuse(f"A demo runs in {self.room} already. Stop it with Ctrl-C first, or give this one --room DIR.")
        os.set_inheritable(lock, True)

    def _empty_the_room(self) -> None:
        """Only what a demo left there: a slip in --room must not cost anybody their files."""
        for old in self.room.iterdir():
            if old.name.startswith(sandbox.DATABASE) or old.suffix == ".log":
                old.unlink()

    def _refuse(self, message: str) -> None:
        self.stderr.write(message)
        sys.exit(2)

    # ---- inside -------------------------------------------------------------------------------------------------

    def _run(self, port: int, options: dict) -> None:
        house = House(dict(os.environ), self.room)

        def stop(*_) -> None:
            if not house.is_started:
                sys.exit(0)  # in the middle of making the database: nothing runs yet, and the next run goes on
            house.is_closing = True

        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, stop)
        try:
            self._open(house, port, options)
            if not house.is_closing:
                self._say(self._sheet())
            house.watch()
            self._say("\nClosing ...")
        except Broken as broken:
            self.stderr.write(f"\n{broken}\n\nEverything else is being stopped. All of it is in {self.room}.")
            sys.exit(1)
        finally:
            house.close()
        self._say("Everything has stopped.")

    def _open(self, house: House, port: int, options: dict) -> None:
        from contactcenter.demo import ground

        ground.prepare(self._say)
        exchange, web = settings.PLIVO_API_BASE, settings.PUBLIC_BASE_URL
        self._say("Starting the telephone exchange, the web server, the worker and the robots ...")
        steps = (
            ("exchange", _exchange(ground.lines()), lambda _: _answers(f"{exchange}/_sim/state")),
            ("web", _web(port), lambda _: _answers(f"{web}/login/")),
            ("worker", sandbox.command("worker"), lambda child: "at work" in child.said),
            ("robots", _robots(options), lambda child: "at work" in child.said),
        )
        for name, words, answers in steps:
            if not house.is_closing:
                house.start(name, words, answers)

    def _sheet(self) -> str:
        from contactcenter.demo import ground

        phones = ground.handsets(PEOPLE)
        urls = {name: f"{settings.PLIVO_API_BASE}/handset/{device.lstrip('+')}" for name, device in phones.items()}
        first, *others = urls.items()
        return SHEET.format(
            web=settings.PUBLIC_BASE_URL,
            password=ground.PASSWORD,
            handset=first[1],
            others="\n".join(f"    {name}      {url}" for name, url in others),
            room=self.room,
        )

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _environment(port: int, room: Path) -> dict[str, str]:
    exchange = port + EXCHANGE_FROM_WEB if ports.is_free(port + EXCHANGE_FROM_WEB) else ports.any_free()
    return {
        **sandbox.environment(room, port=port),
        "PLIVO_API_BASE": f"http://127.0.0.1:{exchange}",
        "PYTHONUNBUFFERED": "1",
    }


def _exchange(lines: list[str]) -> list[str]:
    account = ["--auth-id", settings.PLIVO_AUTH_ID, "--auth-token", settings.PLIVO_AUTH_TOKEN]
    doors = f"{settings.PUBLIC_BASE_URL}/carrier/answer/,{settings.PUBLIC_BASE_URL}/carrier/hangup/"
    numbers = [word for line in lines for word in ("--number", f"{line}={doors}")]
    port = settings.PLIVO_API_BASE.rpartition(":")[2]
    # The database is kept from run to run, so what the carrier calls a call must never be called that again.
    seed = str(secrets.randbits(31))
    return [sys.executable, "-m", "exchange", "--port", port, "--seed", seed, *account, *numbers]


def _web(port: int) -> list[str]:
    where = ["-b", "127.0.0.1", "-p", str(port)]
    return [sys.executable, "-m", "daphne", *where, "--access-log", os.devnull, "contactcenter.asgi:application"]


def _robots(options: dict) -> list[str]:
    words = [f"--{name}={options[name]}" for name in ("every", "operators", "pace")]
    return sandbox.command("robots", "--keep", ",".join(PEOPLE), *words)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5, proxies={"http": ""}).ok
    except requests.RequestException:
        return False
