"""What the supervisor's board says of a floor, to whom, in which language, and at what cost."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from core import clock
from crm.ledger import Kind
from crm.models import CallEvent
from floor.models import Entry, Stint
from reporting import board, board_words, daily, floor_now, today
from tests.floor.factories import breaks
from tests.reporting import factories as make
from tests.reporting import floors, generated
from tests.reporting.factories import DAY, at

pytestmark = [pytest.mark.django_db]
NOW = at(10, 42)


@pytest.fixture(autouse=True)
def now():
    today.forget()
    with clock.running_on(lambda: NOW), translation.override("en"):  # a page leaves its language behind
        yield
    today.forget()


@pytest.fixture
def agency():
    return make.agency()


def ago(minutes: float):
    return NOW - timedelta(minutes=minutes)


def shown(agency) -> dict:
    return board_words.board(floor_now.floor(agency, at=NOW))


def tiles(agency) -> dict[str, tuple[str, str]]:
    """Label to (figure, what stands under it)."""
    return {
        tile["label"]: (
            (tile.get("running") or {}).get("text") or tile["value"],
            " ".join(filter(None, (tile["note"], (tile.get("since") or {}).get("text")))),
        )
        for tile in shown(agency)["tiles"]
    }


def operators(agency) -> list[tuple[str, str, str]]:
    """(Name, word, note) from the top of the first half to the bottom of the second."""
    return [(one["name"], str(one["word"]), str(one["note"])) for half in shown(agency)["operators"] for one in half]


def test_an_empty_floor_is_calm(agency):
    make.queue(agency)
    assert tiles(agency)["Waiting now"] == ("0", "nobody is waiting")
    assert tiles(agency)["Longest wait"] == ("–", "nobody is waiting")
    assert tiles(agency)["In 20 seconds"] == ("–", "target 80\N{NO-BREAK SPACE}%")
    assert (shown(agency)["word"], shown(agency)["why"]) == ("Calm", "nobody is waiting")
    assert [tile["label"] for tile in shown(agency)["tiles"] if tile.get("alert")] == []
    assert shown(agency)["hands"] == []


def test_who_waits_and_who_is_owed(agency):
    make.queue(agency, "change", "Change or cancel")
    floors.entry(agency, ago(4))
    floors.entry(agency, ago(2), queue="change")
    floors.rings(agency, "Carla", ago(0.1))  # still waiting, as far as the caller can tell
    floors.owed(agency, ago(30))
    floors.owed(agency, ago(50), rests_until=ago(-2), queue="change")
    floors.rings(agency, "Ulises", ago(0.1), reserved=True)
    floors.talks(agency, "Fern", ago(3))
    found = tiles(agency)
    assert found["Waiting now"] == ("3", "queues: 2")
    assert found["Longest wait"] == ("4:00", "Book a vaccine")
    assert found["Call-backs owed"] == ("3", "oldest 50:00")
    assert [(row["n"], row["since"] and row["since"]["text"]) for row in shown(agency)["owed"]] == [
        ("1", "30:00"),
        ("1", "50:00"),
        ("1", "0:08"),
    ]
    rows = [(row["name"], row["waiting"], row["longest"]["text"], row["owed"]) for row in shown(agency)["queues"]]
    assert rows == [("Book a vaccine", "2", "4:00", "2"), ("Change or cancel", "1", "2:00", "1")]


def test_a_wait_over_five_minutes_makes_the_floor_busy(agency):
    floors.entry(agency, NOW - timedelta(seconds=board_words.LONGEST_S))
    assert (shown(agency)["word"], shown(agency)["why"]) == ("Calm", "every wait under 5 min")
    floors.entry(agency, ago(6))
    assert (shown(agency)["word"], shown(agency)["why"]) == ("Busy", "longest wait over 5 min")
    assert [tile["label"] for tile in shown(agency)["tiles"] if tile.get("alert")] == ["Longest wait"]
    assert [row["over"] for row in shown(agency)["queues"]] == [True]
    assert [(line["text"], line["since"]["text"]) for line in shown(agency)["hands"]] == [
        ("Book a vaccine: 1 over 5:00", "6:00")
    ]


def test_a_call_back_that_waits_long_does_not_make_it_busy(agency):
    floors.owed(agency, ago(90))
    assert shown(agency)["word"] == "Calm"


@pytest.mark.parametrize(
    ("language", "lunch", "over"), [("en", "Lunch", "longer than planned"), ("es", "Almuerzo", "más de lo previsto")]
)
def test_a_break_beyond_its_time_is_said_in_plain_words_and_needs_no_hand(agency, language, lunch, over):
    breaks(agency)
    for first, minutes in (("Gideon", 50), ("Hattie", 40)):
        one = floors.at_work(agency, first, Stint.State.AWAY, ago(minutes), reason="lunch")
        Stint.objects.filter(operator=one, until=None).update(due_at=ago(minutes - 45))
    with translation.override(language):
        assert operators(agency) == [("Gideon X.", lunch, over), ("Hattie X.", lunch, "")]
        assert shown(agency)["hands"] == []


def test_on_hold_and_in_training_are_states_of_their_own(agency):
    floors.at_work(agency, "Gideon", Stint.State.TRAINING, ago(50), reason="training")
    floors.talks(agency, "Fern", ago(9))
    Stint.objects.filter(operator__user__first_name="Fern", until=None).update(state=Stint.State.HOLD)
    assert operators(agency) == [("Fern X.", "On hold", "Book a vaccine"), ("Gideon X.", "Training", "")]
    assert tiles(agency)["Operators"] == ("2", "1 with callers")
    with translation.override("es"):
        assert [word for _name, word, _note in operators(agency)] == ["En espera", "Capacitación"]


def test_a_desk_that_fell_asleep_needs_a_hand(agency):
    floors.at_work(agency, "Otis", Stint.State.AWAY, ago(3), reason="desk asleep")
    assert operators(agency) == [("Otis X.", "Desk asleep", "no sign of life from their desk")]
    assert [line["text"] for line in shown(agency)["hands"]] == ["Otis X.: desk asleep"]


def test_who_needs_a_supervisor_comes_first(agency):
    breaks(agency)
    floors.operator(agency, "Yolanda")
    floors.at_work(agency, "Verna", Stint.State.OFFLINE, ago(60))
    floors.at_work(agency, "Gideon", Stint.State.AWAY, ago(12), reason="lunch")
    floors.at_work(agency, "Iris", Stint.State.AWAY, ago(1), reason="something new")
    floors.at_work(agency, "Quincy", Stint.State.READY, ago(2))
    floors.wraps_up(agency, "Emmett", ago(1.2))
    floors.talks(agency, "Fern", ago(9))
    floors.talks(agency, "Boone", ago(1))
    floors.rings(agency, "Carla", ago(0.1))
    floors.rings(agency, "Ulises", ago(0.1), reserved=True)
    floors.at_work(agency, "Otis", Stint.State.AWAY, ago(3), reason="no answer")
    assert operators(agency) == [
        ("Otis X.", "Missed a ring", "phone not picked up"),
        ("Carla X.", "Ringing", "Book a vaccine"),
        ("Ulises X.", "Calling back", "Book a vaccine"),
        ("Boone X.", "Talking", "Book a vaccine"),  # by name, not by how long they talk
        ("Fern X.", "Talking", "Book a vaccine"),
        ("Emmett X.", "Wrap-up", "Book a vaccine"),
        ("Quincy X.", "Ready", ""),
        ("Gideon X.", "Lunch", ""),
        ("Iris X.", "something new", ""),
        ("Verna X.", "Offline", ""),
        ("Yolanda X.", "Offline", ""),
    ]
    assert tiles(agency)["Operators"] == ("9", "2 with callers")
    assert [(line["text"], line["note"]) for line in shown(agency)["hands"]] == [
        ("Otis X.: missed a ring", "phone not picked up; away for")
    ]


def test_a_running_time_is_a_moment_for_the_browsers_clock(agency):
    floors.entry(agency, ago(4))
    moment = str(int(ago(4).timestamp() * 1000))
    assert f'<span class="timer" data-since="{moment}">4:00</span>' in board.board(agency)["html"]


# ---- today ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("contacts", "seed"), [(60, 1), (250, 2), (700, 3)])
def test_the_board_agrees_with_the_daily_report(agency, contacts, seed):
    generated.day(agency, contacts=contacts, seed=seed, drill=True)
    floors.busy(agency, NOW)
    report = daily.build(agency, DAY, drill=True, at=NOW)
    found = floor_now.floor(agency, at=NOW)
    names = ("offered", "served", "sl_20", "abandon_rate", "lost_rate")
    assert found.today.total == {name: report.total[name] for name in names}
    assert found.today.by_queue == {row.slug: {name: row.figures[name] for name in names} for row in report.queues}
    assert len(found.waiting) == report.total["waiting"]
    assert len(found.owed) == report.total["callback_pending"]


def test_a_call_answered_in_time_counts_as_soon_as_it_is_connected(agency):
    """And the report of the day, once it is over, says what it always said."""
    talking = make.offered(agency, at(9), drill=True)
    Entry.objects.create(
        agency=agency,
        call=talking,
        queue=make.queue(agency),
        entered_at=at(9),
        virtual_start=at(9),
        rank_at=at(9),
        not_before=at(9),
        seen_at=at(9),
        state="talking",
    )
    make.event(talking, Kind.CONNECTED, after=8, seconds=8)
    make.answered(agency, at(9), wait=50, drill=True)
    total = today.read(agency, drill=True, at=NOW).total
    assert (total["sl_20"], total["served"]) == (0.5, 1)
    make.event(talking, Kind.ANSWERED, after=300, seconds=292)
    Entry.objects.update(state="done", ended_at=at(9, 5))
    assert today.read(agency, drill=True, at=NOW).total["sl_20"] == 0.5
    assert daily.build(agency, DAY, drill=True, at=NOW).total["sl_20"] == 0.5


def test_rates_over_target_raise_an_alarm_only_from_enough_calls(agency):
    for _ in range(board_words.ENOUGH - 1):
        make.left(agency, at(9), drill=True)
    assert [tile["label"] for tile in shown(agency)["tiles"] if tile.get("alert")] == []
    make.answered(agency, at(9), drill=True)
    assert [tile["label"] for tile in shown(agency)["tiles"] if tile.get("alert")] == [
        "In 20 seconds",
        "Abandoned",
        "Lost",
    ]


def test_who_is_owed_a_call(agency):
    make.debt(agency, "+16015550001", at(8, 1))
    make.debt(agency, "+16015550002", at(8))
    type(make.debt(agency, "+16015550003", at(10, 31))).objects.filter(number="+16015550002").update(
        closed_at=at(9), closed_reason="got_through"
    )
    make.debt(agency, "+16015550005", at(9))
    floors.owed(agency, ago(20), number="+16015550005")  # will be called back
    make.debt(agency, "+16015550006", at(9))
    floors.entry(agency, ago(1), number="+16015550006")  # is back in line
    assert tiles(agency)["Missed, not reached"] == ("2", "oldest 2:41:00")
    assert [row["n"] for row in shown(agency)["missed"]] == ["1", "0", "1", "0"]
    assert floor_now.floor(agency, at=NOW).debts == (2, at(8, 1))


def test_a_day_that_does_not_add_up_has_no_numbers_and_says_so(agency, caplog):
    make.answered(agency, at(9), drill=True)
    CallEvent.objects.get(kind=Kind.ANSWERED).delete()
    floors.entry(agency, ago(1))
    assert tiles(agency)["Offered today"][0] == "–"
    assert tiles(agency)["Waiting now"][0] == "1"
    assert shown(agency)["hands"][0]["text"] == "Today does not add up"
    assert "2 entered a queue, but 1" in caplog.text


def test_a_large_day_is_read_every_five_seconds_and_now_is_always_now(agency, monkeypatch):
    monkeypatch.setattr(today, "KEPT_FROM", 1)
    make.left(agency, at(9), drill=True)
    moments = [NOW + timedelta(seconds=after) for after in (0, 4.9, 5)]
    counts = []
    for moment in moments:
        found = floor_now.floor(agency, at=moment)
        counts.append((found.today.total["offered"], len(found.waiting)))
        floors.entry(agency, ago(1))
    assert counts == [(1, 0), (1, 1), (3, 2)]


def test_yesterdays_callers_are_not_todays(agency):
    make.left(agency, at(9) - timedelta(days=1), drill=True)
    assert tiles(agency)["Offered today"][0] == "0"
    assert tiles(agency)["Missed, not reached"][0] == "0"


# ---- who may see it ---------------------------------------------------------------------------------------------


def test_only_the_own_agencys_floor(agency):
    other = make.agency("other", name="Other line")
    floors.busy(other, NOW)
    assert tiles(agency)["Waiting now"][0] == "0"
    assert shown(agency)["operators"] == [[], []]
    html = board.card(floors.watcher(agency))["html"]
    assert "Otis" not in html
    assert "Otis" in board.card(floors.watcher(other, "sup2"))["html"]


def test_replayed_and_real_callers_never_mix(agency, settings):
    floors.entry(agency, ago(3))
    make.left(agency, at(9), drill=True)
    settings.SANDBOX = False
    assert tiles(agency)["Waiting now"][0] == "0"
    assert tiles(agency)["Offered today"][0] == "0"


@pytest.mark.parametrize("page", ["/floor/", "/floor/wall/", "/floor/call-backs/", "/floor/missed/"])
def test_the_door(client, agency, page):
    assert client.get(page).url == f"/login/?next={page}"
    client.force_login(floors.watcher(agency, "reader", permission="view_daily_report"))
    assert client.get(page).status_code == 403
    watcher = floors.watcher(agency)
    client.force_login(watcher)
    assert client.get(page).status_code == 200
    assert client.post(page).status_code == 405
    watcher.membership.delete()
    assert client.get(page).status_code == 403


def test_a_card_for_nobody_else(agency):
    watcher = floors.watcher(agency)
    assert set(board.card(watcher)) == {"html", "stage"}
    assert board.card(floors.watcher(agency, "reader", permission="view_daily_report")) is None
    watcher.membership.delete()
    assert board.card(type(watcher).objects.get(pk=watcher.pk)) is None


# ---- the page ---------------------------------------------------------------------------------------------------


def test_the_page_carries_the_card_and_the_state(client, agency):
    floors.busy(agency, NOW)
    client.force_login(floors.watcher(agency))
    page = client.get("/floor/")
    version = int(NOW.timestamp() * 1_000_000)
    assert f'data-card="board" data-snapshot="/live/board/" data-version="{version}" data-stage="busy"' in page.text
    assert re.search(r'<body class="board-page is-alert" data-now="\d{13}">', page.text)
    state = re.search(r'id="floor-state" role="status".*?</div>', page.text)[0]
    assert "<strong>Busy</strong> <small>longest wait over 5 min</small>" in state
    assert "timer" not in state  # a live region must not tick


def test_the_page_holds_under_the_strict_policy(client, agency):
    floors.busy(agency, NOW)
    client.force_login(floors.watcher(agency))
    for path in ("/floor/", "/floor/wall/", "/floor/call-backs/", "/floor/missed/"):
        page = client.get(path)
        assert "'unsafe" not in page["Content-Security-Policy"]
        for inline in ("<style", " style=", "<script>", " onclick=", " hx-on", "javascript:", "http://", "https://"):
            assert inline not in page.text
        assert "+1601" not in page.text


def test_in_spanish_with_the_queues_spanish_names(client, agency):
    floors.busy(agency, NOW)
    client.force_login(floors.watcher(agency))
    page = client.get("/floor/", headers={"accept-language": "es"}).text
    assert "Reservar una vacuna" in page
    assert "Book a vaccine" not in page
    assert "Devoluciones pendientes" in page


def test_a_queue_without_a_spanish_name_keeps_its_own(client, agency):
    make.queue(agency)
    client.force_login(floors.watcher(agency))
    assert "Book a vaccine" in client.get("/floor/", headers={"accept-language": "es"}).text


def test_the_lists_behind_the_numbers(client, agency):
    floors.owed(agency, ago(30), number="+16015550142")
    floors.owed(agency, ago(60 * 15), number="+447700900142")
    make.debt(agency, "+16015550177", at(9, 1))
    client.force_login(floors.watcher(agency))
    owed = client.get("/floor/call-backs/").text
    assert "Call-backs owed: 2" in owed
    assert "(601) •••-••42" in owed
    assert "Nov 9, 7:42\N{NO-BREAK SPACE}PM" in owed
    missed = client.get("/floor/missed/").text
    assert "9:01\N{NO-BREAK SPACE}AM" in missed
    assert "(601) •••-••77" in missed
    assert "555" not in re.sub(r"<head>.*</head>", "", owed + missed, flags=re.S)


# ---- at what cost -----------------------------------------------------------------------------------------------


def _statements(agency) -> int:
    today.forget()
    with CaptureQueriesContext(connection) as asked:
        board.board(agency)
    return len(asked)


def test_statements_do_not_grow_with_the_floor(agency):
    def one_of_each(n: int) -> None:
        floors.entry(agency, ago(1))
        floors.owed(agency, ago(20))
        floors.talks(agency, f"T{n}", ago(2))
        floors.rings(agency, f"R{n}", ago(0.1))
        floors.wraps_up(agency, f"W{n}", ago(1))

    one_of_each(0)
    few = _statements(agency)
    for n in range(1, 30):
        one_of_each(n)
    assert Entry.objects.filter(ended_at=None).count() > 100
    assert _statements(agency) == few == 10  # and away reasons, alerts, the line to all, the missed
