"""A screen whose socket is cut: what was committed meanwhile is on the first card it gets, and no older one follows."""

import asyncio
from datetime import timedelta

import pytest
from channels.db import database_sync_to_async
from django.test import Client

from contactcenter.live import cards, hub
from core import clock, live, live_ears
from tests.contactcenter.pages import Page, on_a_loop, session_of
from tests.reporting import factories as make
from tests.reporting import floors

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def wire(monkeypatch):
    """The test itself says what has changed; the connection is the test's own."""
    monkeypatch.setattr("channels.db.close_old_connections", lambda: None)

    async def nothing():
        await asyncio.Event().wait()
        yield

    monkeypatch.setattr(live_ears, "listen", nothing)


@pytest.fixture
def agency():
    of = make.agency()
    make.queue(of)
    return of


@pytest.fixture
def sup(agency):
    return floors.watcher(agency)


class Screen:
    """What a browser keeps (static/js/live.js): the newest card by its version, whichever way it came."""

    def __init__(self) -> None:
        self.version, self.html, self.shown = 0, "", []

    def told(self, card: dict) -> None:
        if card["version"] > self.version:
            self.version, self.html = card["version"], card["html"]
            self.shown.append(waiting(card["html"]))


def waiting(html: str) -> int:
    """Callers on the board's first tile."""
    return int(html.split("<dd><b>", 1)[1].split("<", 1)[0])


@database_sync_to_async
def somebody_rings_in(agency) -> None:
    floors.entry(agency, clock.now() - timedelta(seconds=5))


def test_a_cut_is_made_good_by_the_first_card(agency, sup):
    session, screen = session_of(sup), Screen()

    async def talk():
        page = await Page(session, "cards=board").opened()
        screen.told(await page.card())
        assert screen.shown == [0]
        await page.close()
        for _ in range(3):
            await somebody_rings_in(agency)
        hub.here().changed(live.floor(agency.pk))  # nobody is there to hear it
        page = await Page(session, "cards=board").opened()
        screen.told(await page.card())
        assert screen.shown == [0, 3]
        await somebody_rings_in(agency)
        hub.here().changed(live.floor(agency.pk))
        screen.told(await page.card())
        assert screen.shown == [0, 3, 4]
        await page.close()

    on_a_loop(talk)


def test_the_snapshot_in_between_and_the_socket_never_go_back(agency, sup):
    """As live.js does it: the snapshot first, then the socket. A card read before, arriving late, changes nothing."""
    session, screen, client = session_of(sup), Screen(), Client()
    client.force_login(sup)

    async def talk():
        page = await Page(session, "cards=board").opened()
        early = await page.card()
        await page.close()
        await somebody_rings_in(agency)
        screen.told(await database_sync_to_async(lambda: client.get("/live/board/").json())())
        assert screen.shown == [1]
        await somebody_rings_in(agency)
        page = await Page(session, "cards=board").opened()
        screen.told(await page.card())
        screen.told(early)
        assert screen.shown == [1, 2]
        await page.close()

    on_a_loop(talk)


def test_a_change_in_the_middle_of_a_reading_is_read_once_more(agency, sup, monkeypatch):
    """The reading has begun, the change commits, the reading ends with the old figure: a newer card follows."""
    monkeypatch.setattr(hub, "EVERY_S", 0.01)
    session, real, screen = session_of(sup), cards.build, Screen()
    holes = [True]

    def slow(card, users, language):
        made = real(card, users, language)
        if holes:
            holes.clear()
            floors.entry(agency, clock.now() - timedelta(seconds=5))
            loop.call_soon_threadsafe(hub_here.changed, live.floor(agency.pk))
        return made

    async def talk():
        nonlocal loop, hub_here
        loop, hub_here = asyncio.get_running_loop(), hub.here()
        page = await Page(session, "cards=board").opened()
        while screen.shown != [0, 1]:
            screen.told(await page.card())
        await page.close()

    loop = hub_here = None
    monkeypatch.setattr(cards, "build", slow)
    on_a_loop(talk)


def test_versions_grow_on_a_socket_even_if_the_clock_is_set_back(agency, sup, monkeypatch):
    monkeypatch.setattr(hub, "EVERY_S", 0.01)
    session, start = session_of(sup), clock.now()
    hands = iter(start - timedelta(minutes=n) for n in range(10_000))

    async def talk():
        page = await Page(session, "cards=board").opened()
        versions = [(await page.card())["version"]]
        for _ in range(3):
            await somebody_rings_in(agency)
            hub.here().changed(live.floor(agency.pk))
            versions.append((await page.card())["version"])
        assert versions == sorted(set(versions))
        await page.close()

    with clock.running_on(lambda: next(hands)):
        on_a_loop(talk)
