"""What holds for every test: nobody reaches the real carrier, however deep the code that tries."""

import pytest
import requests

from floor import outlook


class ReachedOut(BaseException):
    """Not an Exception, so that no `except Exception` on the way can swallow it."""


@pytest.fixture(autouse=True)
def nobody_outside(monkeypatch):
    """Every HTTP request to anything but this machine fails the test."""
    real = requests.adapters.HTTPAdapter.send

    def send(self, request, **kwargs):
        if not request.url.startswith(("http://127.0.0.1", "http://localhost")):
            raise ReachedOut(request.url)
        return real(self, request, **kwargs)

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", send)


@pytest.fixture(autouse=True)
def nothing_remembered():
    """What the wait loop keeps in the process belongs to the test that read it."""
    outlook.forget()
    yield
    outlook.forget()
