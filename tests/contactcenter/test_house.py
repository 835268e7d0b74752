"""The demo's house of processes: all start, one that ends is named, and nobody is left behind."""

import os
import signal
import subprocess
import sys
import time

import pytest

from contactcenter.demo import house as houses
from contactcenter.demo.house import Broken, House

SLEEPS = [sys.executable, "-c", "import time; print('here', flush=True); time.sleep(60)"]
STUBBORN = [
    sys.executable, "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('here', flush=True); time.sleep(60)",
]  # fmt: skip
BREAKS = [sys.executable, "-c", "print('a line'); raise SystemExit('the last line')"]
PARENT = """
import os, sys
from pathlib import Path
from contactcenter.demo.house import House
house = House(dict(os.environ), Path(sys.argv[1]))
for name in ("one", "two"):
    house.start(name, [sys.executable, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(60)"],
                lambda child: child.said.endswith("\\n"))
print("started", flush=True)
house.watch()
"""


def is_here(child):
    return "here" in child.said


def pids(house):
    return [child.process.pid for child in house._children]


def is_running(pid):
    """Not gone, and not only waiting for its parent to look."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def house(tmp_path):
    house = House(dict(os.environ), tmp_path)
    yield house
    house.close()


def test_all_are_started_watched_and_stopped(house):
    house.start("one", SLEEPS, is_here)
    house.start("two", SLEEPS, is_here)
    house.check()
    running = pids(house)
    assert all(is_running(pid) for pid in running)
    house.close()
    assert not any(is_running(pid) for pid in running)


def test_one_that_does_not_stop_is_stopped_for_good(house, monkeypatch):
    monkeypatch.setattr(houses, "GRACE_S", 0.2)
    house.start("stubborn", STUBBORN, is_here)
    house.close()
    assert house._children[0].process.returncode == -signal.SIGKILL


def test_one_that_ends_is_named_with_its_last_lines(house):
    house.start("one", SLEEPS, is_here)
    with pytest.raises(Broken, match=r"(?s)The second ended \(exit status 1\).*a line.*the last line"):
        house.start("second", BREAKS, lambda child: False)


def test_one_that_ends_later_is_noticed(house):
    house.start("one", SLEEPS, is_here)
    house._children[0].process.kill()
    with pytest.raises(Broken, match="The one ended"):
        house.watch()


def test_one_that_never_answers_is_named(house, monkeypatch):
    monkeypatch.setattr(houses, "START_S", 0.2)
    with pytest.raises(Broken, match="The one did not answer"):
        house.start("one", SLEEPS, lambda child: False)


def test_ctrl_c_is_not_the_childrens(house):
    """It reaches every process of a terminal's group; they are to be stopped in order, by their parent."""
    house.start("one", SLEEPS, is_here)
    assert os.getpgid(pids(house)[0]) != os.getpgrp()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems cannot tell a child that its parent was killed")
def test_nobody_is_left_when_the_parent_is_killed(tmp_path):
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert parent.stdout.readline() == "started\n"
        children = [int((tmp_path / f"{name}.log").read_text()) for name in ("one", "two")]
        assert all(is_running(pid) for pid in children)
    finally:
        parent.kill()
        parent.communicate()
    deadline = time.monotonic() + 10
    while any(is_running(pid) for pid in children):
        assert time.monotonic() < deadline, "orphans"
        time.sleep(0.02)
