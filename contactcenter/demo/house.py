"""A house of processes: started in order, watched, and all of them gone in the end, whatever happens to the parent."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

LAST_LINES = 15
LOOK_S = 0.1
GRACE_S = 8.0  # from SIGTERM to SIGKILL
START_S = 60.0  # for one process to answer, on a machine that is busy
_PARENT_DEATH = 1  # PR_SET_PDEATHSIG of Linux's prctl


class Broken(Exception):
    """A process ended that should not have, or never answered; the message has its name and last lines."""


class Child:
    """A running command in a process group of its own; what it says goes to a file."""

    def __init__(self, name: str, words: list[str], environment: dict[str, str], room: Path) -> None:
        self.name, self._log = name, room / f"{name}.log"
        parent = os.getpid()
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                words,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is the parent's, who stops them in order
                preexec_fn=lambda: _die_with(parent),
            )

    @property
    def said(self) -> str:
        return self._log.read_text(errors="replace")

    @property
    def last_words(self) -> str:
        lines = self.said.splitlines()[-LAST_LINES:]
        return "\n".join(f"    {line}" for line in lines) or "    (it said nothing)"

    def is_over(self) -> bool:
        return self.process.poll() is not None


class House:
    """Children in the order in which they were started; `close` ends them in the other order."""

    def __init__(self, environment: dict[str, str], room: Path) -> None:
        self._environment, self._room = environment, room
        self._children: list[Child] = []
        self.is_closing = False

    @property
    def is_started(self) -> bool:
        return bool(self._children)

    @property
    def pids(self) -> list[int]:
        """Of its processes, in the order in which they were started."""
        return [child.process.pid for child in self._children]

    def start(self, name: str, words: list[str], answers: Callable[[Child], bool]) -> None:
        """Starts a process and waits until `answers(child)`. Raises Broken."""
        child = Child(name, words, self._environment, self._room)
        self._children.append(child)
        deadline = time.monotonic() + START_S
        while not answers(child):
            self.check()
            if self.is_closing:
                return
            if time.monotonic() > deadline:
                raise Broken(
                    f"The {name} did not answer within {START_S:.0f} seconds. Its last lines:\n{child.last_words}"
                )
            time.sleep(LOOK_S)

    def check(self) -> None:
        """Raises Broken if a process has ended."""
        for child in self._children:
            if child.is_over() and not self.is_closing:
                status = child.process.returncode
                raise Broken(f"The {child.name} ended (exit status {status}). Its last lines:\n{child.last_words}")

    def watch(self) -> None:
        """Returns when the house is closing. Raises Broken."""
        while not self.is_closing:
            self.check()
            time.sleep(LOOK_S)

    def close(self) -> None:
        """Nobody is left after this."""
        self.is_closing = True
        for child in reversed(self._children):
            if not child.is_over():
                child.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_S
        for child in reversed(self._children):
            try:
                child.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()


def _die_with(parent: int) -> None:
    """In the child, before it becomes the command: whoever kills the parent for good takes it along (Linux)."""
    try:
        ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGTERM)
    except (AttributeError, OSError):
        return  # another system: there a kill -9 leaves children behind
    if os.getppid() != parent:
        os._exit(1)
