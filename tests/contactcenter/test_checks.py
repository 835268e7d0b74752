"""It refuses to start unsafe, and says which variable to set."""

import os
import subprocess
import sys

import pytest
from django.conf import settings as project
from django.core.checks import run_checks

SAFE = {
    "DEBUG": False,
    "SANDBOX": False,
    "SECRET_KEY": "x" * 40,
    "PUBLIC_BASE_URL": "https://line.example.org",
    "PLIVO_AUTH_ID": "MAXXXXXXXXXXXXXXXXXX",
    "PLIVO_AUTH_TOKEN": "token",
    "PLIVO_API_BASE": "https://api.plivo.com",
    "ALLOWED_HOSTS": ["line.example.org"],
}


def refusals(settings, **changes):
    for name, value in {**SAFE, **changes}.items():
        setattr(settings, name, value)
    return [problem.id for problem in run_checks(tags=["kindline"])]


def test_a_safe_house_starts(settings):
    assert refusals(settings) == []


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"SECRET_KEY": project.DEV_SECRET_KEY}, "E001"),
        ({"SECRET_KEY": "short"}, "E001"),
        ({"PUBLIC_BASE_URL": "http://line.example.org"}, "E002"),
        ({"PLIVO_AUTH_TOKEN": ""}, "E003"),
        ({"PLIVO_API_BASE": "http://127.0.0.1:9400"}, "E004"),
        ({"ALLOWED_HOSTS": ["*"]}, "E005"),
        ({"SANDBOX": True, "PUBLIC_BASE_URL": "http://127.0.0.1", "ALLOWED_HOSTS": ["localhost"]}, "E006"),
        ({"SANDBOX": True, "PLIVO_API_BASE": "http://127.0.0.1:9400", "ALLOWED_HOSTS": ["localhost"]}, "E007"),
        ({"SANDBOX": True, "PLIVO_API_BASE": "http://x", "PUBLIC_BASE_URL": "http://localhost"}, "E008"),
    ],
)
def test_each_unsafe_setting_is_refused(settings, changes, refusal):
    assert refusals(settings, **changes) == [f"kindline.{refusal}"]


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("DEBUG", "maybe", "DEBUG should be 1 or 0"),
        ("DATABASE_URL", "mysql://x/y", "DATABASE_URL should begin with"),
        ("DATABASE_URL", "foo", "DATABASE_URL should begin with"),
        ("PLIVO_TIMEOUT_S", "abc", "PLIVO_TIMEOUT_S should be a number"),
    ],
)
def test_a_variable_that_makes_no_sense_is_named(variable, value, says):
    assert says in _start("contactcenter.settings", {variable: value, "KINDLINE_SANDBOX": "1"})


def test_a_wsgi_server_does_not_start_unsafe_either():
    assert "SECRET_KEY is not set" in _start("contactcenter.wsgi", {"KINDLINE_SANDBOX": "0", "DEBUG": "0"})


def _start(module: str, variables: dict[str, str]) -> str:
    """What a fresh process says that imports `module` with these variables; it must not succeed."""
    clean = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    done = subprocess.run(
        [sys.executable, "-c", f"import {module}"],
        env={**clean, **variables},
        cwd=project.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    return done.stderr
