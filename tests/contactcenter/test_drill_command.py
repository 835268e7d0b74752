"""The command as a person runs it: in a process of its own, with its exit code, its words and what it leaves behind."""

import json
import subprocess
import sys

import pytest
from django.conf import settings

from bench.sample import first
from crm.ledger import NOT_OFFERED_FATES, OFFERED_FATES
from tests.days import invent

LIVE = ("waiting", "talking", "callback_pending")
KEYS = {
    "inbound", "offered", "abandon_rate", "lost_rate", "short_abandons", "asa_s", "sl_20", "sl_60", "sl_120",
    "occupancy", "longest_wait_s", "by_type", "identity", "requests", "wall_seconds", "speed_factor",
    "peak_memory_mb", "fairness", "promises", "callbacks",
    *(str(fate) for fate in (*NOT_OFFERED_FATES, *OFFERED_FATES)), *LIVE,
}  # fmt: skip


def drill(*words):
    """The finished process."""
    line = [sys.executable, str(settings.BASE_DIR / "manage.py"), "drill", *map(str, words)]
    return subprocess.run(line, capture_output=True, text=True, timeout=120, check=False)


def test_a_small_day_from_file_to_report(tmp_path):
    out = tmp_path / "out"
    done = drill(first(12, tmp_path / "day.csv"), "--operators", 2, "--out", out)
    assert done.returncode == 0, done.stderr
    assert "12 of 12 calls over" in done.stdout
    assert {path.name for path in out.iterdir()} == {"report.json", "daily.html", "daily.csv", "drill.sqlite3"}
    figures = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert set(figures) >= KEYS
    assert figures["inbound"] == 12
    assert "appointments" not in figures
    assert "Inbound" in (out / "daily.html").read_text(encoding="utf-8")
    assert (out / "daily.csv").read_text(encoding="utf-8").startswith("\ufeff")


def test_a_day_that_books(tmp_path):
    done = drill(first(12, tmp_path / "day.csv"), "--operators", 4, "--book", "1", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    figures = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert figures["appointments"] == figures["seats_taken"] == figures["answered"] > 5


def test_a_day_on_which_somebody_is_overtaken_is_written_and_fails(tmp_path):
    path = invent(tmp_path / "day.csv", calls=60, seed=3, hours=0.2)
    options = ("--shuffle", "3", "--self-service", "0.1", "--skills", "--redial", "--ring", "1")
    done = drill(path, "--operators", 3, *options, "--out", tmp_path / "out")
    assert done.returncode == 3, done.stderr
    assert "overtaken without a reason" in done.stderr
    figures = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert figures["fairness"]["unexplained_overtakes"] > 0
    assert (figures["drill"]["shuffle"], figures["drill"]["skills"], figures["drill"]["ring"]) == (3, True, 1)
    assert "Overtaken in line" in (tmp_path / "out" / "daily.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "row 1: the file is empty"),
        (b"call_no,arrive_s\n1,2\n", "row 1, column src_date: missing"),
        (b"\xff\xfe\x00", "row 1, column 1: a letter that is not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_replayed_is_refused_in_one_sentence_and_nothing_is_written(tmp_path, content, says):
    path, out = tmp_path / "day.csv", tmp_path / "out"
    path.write_bytes(content)
    done = drill(path, "--operators", 2, "--out", out)
    assert done.returncode == 2
    assert done.stderr.strip().startswith(f"{path}: {says}")
    assert len(done.stderr.strip().splitlines()) == 1
    assert not out.exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--operators", "0"), "whole number from 1 to 5000"),
        (("--operators", "2", "--accept", "1.5"), "share from 0 to 1"),
        (("--operators", "2", "--book", "-1"), "share from 0 to 1"),
        (("--operators", "2", "--callback", "maybe"), "invalid choice"),
        (("--operators", "2", "--decline", "0.9"), "share from 0 to 0.5"),
        (("--operators", "2", "--ring", "20"), "whole seconds from 0 to 15"),
    ],
)
def test_an_option_that_makes_no_sense_ends_with_2(tmp_path, words, says):
    done = drill(first(2, tmp_path / "day.csv"), *words, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert says in done.stderr


def test_the_childs_part_is_refused_outside_a_sandbox(tmp_path, monkeypatch):
    monkeypatch.setenv("KINDLINE_SANDBOX", "0")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "contactcenter.settings")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'real.sqlite3'}")
    done = drill(first(2, tmp_path / "day.csv"), "--operators", "2", "--out", tmp_path, "--child")
    assert done.returncode == 2
    assert not (tmp_path / "real.sqlite3").exists()
