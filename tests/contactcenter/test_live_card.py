"""A card by plain HTTP."""

import pytest
from django.urls import reverse

from contactcenter.live import cards
from tests.contactcenter import pages
from tests.contactcenter.pages import probe, watcher

pytestmark = pytest.mark.django_db
URL = "/live/probe/"


@pytest.fixture(autouse=True)
def probing(monkeypatch):
    monkeypatch.setitem(cards.CARDS, "probe", pages.CARD)
    probe.__init__()


def test_says_what_the_socket_says(client):
    assert reverse("live-card", args=["probe"]) == URL
    client.force_login(watcher("sue"))
    reply = client.get(URL, headers={"accept-language": "es"})
    told = reply.json()
    assert told.pop("version") > 1_700_000_000_000_000
    assert told == {"card": "probe", "html": "<b>calm</b>", "stage": "calm:es"}
    assert "no-store" in reply.headers["Cache-Control"]


def test_only_whoever_may_have_it(client):
    assert client.get(URL).status_code == 403
    client.force_login(watcher("tom", "floor.use_desk"))
    assert client.get(URL).status_code == 403
    client.force_login(watcher("sue"))
    probe.hidden_from = {"sue"}
    assert client.get(URL).status_code == 403
    assert client.get("/live/nothing/").status_code == 404
    assert client.post(URL).status_code == 405
