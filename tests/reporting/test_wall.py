"""The wall: the same figures as the board, large, and nobody's name or number."""

from datetime import timedelta

import pytest
from django.utils import translation

from core import clock
from floor.models import Operator
from reporting import board, board_words, floor_now, today
from tests.reporting import factories as make
from tests.reporting import floors, generated
from tests.reporting.factories import at

pytestmark = [pytest.mark.django_db]
NOW = at(10, 42)
GAP = "\N{NO-BREAK SPACE}"


@pytest.fixture(autouse=True)
def now():
    today.forget()
    with clock.running_on(lambda: NOW), translation.override("en"):  # a page leaves its language behind
        yield
    today.forget()


@pytest.fixture
def agency():
    return make.agency(name="Vaccine line")


def shown(agency) -> dict:
    return board_words.wall(floor_now.floor(agency, at=NOW))


def figures(agency) -> dict[str, tuple[str, bool]]:
    """Label to (figure, alarm)."""
    return {
        one["label"]: (one["running"]["text"] if one.get("running") else one["value"], bool(one.get("alert")))
        for one in shown(agency)["figures"]
    }


def test_five_figures(agency):
    floors.entry(agency, NOW - timedelta(minutes=6, seconds=40))
    floors.entry(agency, NOW - timedelta(minutes=1))
    floors.owed(agency, NOW - timedelta(minutes=30))
    assert figures(agency) == {
        "Waiting": ("2", False),
        "Longest wait": ("6:40", True),
        "Call-backs owed": ("1", False),
        "In 20 seconds": (f"0{GAP}%", False),
        "Lost today": (f"33.3{GAP}%", False),
    }


def test_an_empty_floor(agency):
    assert [value for value, _alarm in figures(agency).values()] == ["0", "–", "0", "–", "–"]
    assert [state["text"] for state in shown(agency)["states"]] == [
        "0 ready",
        "0 ringing",
        "0 talking",
        "0 in wrap-up",
        "0 away",
    ]


def test_it_agrees_with_the_board(agency):
    generated.day(agency, contacts=120, drill=True)
    floors.busy(agency, NOW)
    floor = floor_now.floor(agency, at=NOW)
    on_board = {tile["label"]: tile["value"] for tile in board_words.board(floor)["tiles"]}
    on_wall = {one["label"]: one["value"] for one in board_words.wall(floor)["figures"]}
    assert on_wall["Waiting"] == on_board["Waiting now"] != "0"
    assert on_wall["Call-backs owed"] == on_board["Call-backs owed"] != "0"
    assert on_wall["In 20 seconds"] == on_board["In 20 seconds"]
    assert on_wall["Lost today"] == on_board["Lost"]


def test_how_many_do_what(agency):
    floors.busy(agency, NOW)
    assert [state["text"] for state in shown(agency)["states"]] == [
        "2 ready",
        "2 ringing",
        "9 talking",
        "2 in wrap-up",
        "3 away",
    ]


@pytest.mark.parametrize("language", ["en", "es"])
def test_it_names_nobody(client, agency, language):
    floors.busy(agency, NOW)
    make.left(agency, at(9), number="+16015550142", drill=True)
    user = floors.watcher(agency)
    client.force_login(user)
    page = client.get("/floor/wall/", headers={"accept-language": language}).text
    names = {one.user.first_name for one in Operator.objects.select_related("user")} | {user.first_name, user.last_name}
    assert len(names) > 15
    assert [name for name in names if name in page] == []
    assert "+1" not in page
    assert "0142" not in page


def test_nothing_to_press_but_the_way_back(client, agency):
    client.force_login(floors.watcher(agency))
    page = client.get("/floor/wall/").text
    assert "<button" not in page
    assert "<form" not in page
    assert 'href="/floor/"' in page
    assert 'data-card="wall"' in page


def test_only_the_own_agencys_floor(agency):
    other = make.agency("other", name="Other line")
    floors.busy(other, NOW)
    card = board.wall_card(floors.watcher(agency))
    assert card["stage"] == "calm"
    assert "Other line" not in card["html"]
    assert board.wall_card(floors.watcher(other, "sup2"))["stage"] == "busy"
    assert board.wall_card(floors.watcher(agency, "reader", permission="view_daily_report")) is None
