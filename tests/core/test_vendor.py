"""Files of others are what their makers released: the README of each folder says which, and this checks it."""

import hashlib
import re

import pytest
from django.conf import settings

_ROW = re.compile(r"^\| (\S+\.js) \| .* \| ([0-9a-f]{64}) \|$", re.MULTILINE)


@pytest.mark.parametrize("folder", ["static/vendor", "tests/vendor"])
def test_vendored_files_are_unmodified_and_listed(folder):
    folder = settings.BASE_DIR / folder
    listed = dict(_ROW.findall((folder / "README.md").read_text()))
    here = {str(path.relative_to(folder)) for path in folder.rglob("*.js")}
    assert set(listed) == here
    for name, digest in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name
        assert (folder / name).parent.joinpath("LICENSE").is_file(), f"{name} has no licence beside it"
