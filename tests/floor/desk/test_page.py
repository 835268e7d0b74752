"""The page in each state, who may open it, and its buttons."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import translation

from floor import dispatch
from floor.desk import cards, current
from floor.models import Command, Offer, Stint
from tests.floor import factories as make
from tests.floor.desk import sitting
from tests.floor.desk.sitting import press, rings_in

pytestmark = pytest.mark.django_db
# Of these 4 for who is asking, 3 for the desk; the rest is what is shown. PostgreSQL counts no more.
PAGE_TALKING = 24  # two of them ask who else is in the conversation


@pytest.fixture(autouse=True)
def english():
    """A page asked for in Spanish leaves its language to the thread."""
    with translation.override("en"):
        yield


@pytest.fixture
def page(ada):
    return sitting.sit(ada)


def test_the_door_asks_for_a_log_in(house):
    answer = Client().get("/desk/")
    assert (answer.status_code, answer.url) == (302, "/login/?next=/desk/")


def test_a_part_of_the_page_sends_the_whole_page_to_the_log_in(house):
    answer = Client().post("/desk/ready/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/login/?next=/desk/")
    assert Client().get("/desk/card/", headers={"HX-Request": "true"}).status_code == 401


@pytest.mark.parametrize("path", ["ready", "finish", "people/search", "seats"])
def test_from_the_log_in_one_comes_to_the_page_and_not_to_a_button(house, path):
    answer = Client().post(f"/desk/{path}/")
    assert (answer.status_code, answer.url) == (302, "/login/?next=/desk/")


def test_a_script_of_the_page_is_loaded_once(house, page):
    text = page.get("/desk/").text
    assert [text.count(f"js/{name}.js") for name in ("desk", "give", "live")] == [1, 1, 1]


@pytest.mark.parametrize("path", ["/desk/", "/desk/columns/", "/desk/card/"])
def test_an_operator_without_the_permission_hears_it_kindly(house, ada, path):
    client = Client()
    client.force_login(ada.user)
    answer = client.get(path)
    assert answer.status_code == 403
    assert "no desk for you yet" in answer.text


def test_the_permission_without_an_operator_opens_nothing(house, django_user_model):
    eve = django_user_model.objects.create_user("eve")
    eve.user_permissions.add(Permission.objects.get(codename="use_desk"))
    client = Client()
    client.force_login(eve)
    assert client.get("/desk/").status_code == 403
    assert client.post("/desk/ready/").status_code == 403
    assert cards.desk(eve) is None


@pytest.mark.parametrize("name", ["ready", "away", "not-now", "hang-up", "after", "step", "save", "finish"])
def test_whatever_changes_something_is_a_post_with_a_token(house, ada, name):
    client = sitting.sit(ada, csrf=True)
    assert client.get(f"/desk/{name}/").status_code == 405
    assert client.post(f"/desk/{name}/").status_code == 403


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_holds_under_the_strict_policy_in_every_state(house, ada, page, language):
    def look(look_of_body):
        answer = page.get("/desk/", headers={"accept-language": language})
        assert answer.status_code == 200
        assert "'unsafe" not in answer["Content-Security-Policy"]
        assert "no-store" in answer["Cache-Control"]
        assert f'<body class="desk {look_of_body}"' in answer.text
        for inline in ("<style", " style=", " onclick=", "hx-on", "javascript:", "http://", "https://"):
            assert inline not in answer.text

    sitting.script(house)
    sitting.endings(house)
    look("is-ready")
    dispatch.away(ada, reason="training")
    look("is-training")
    dispatch.ready(ada)
    entry = rings_in(house)
    look("is-ringing")
    make.talks(entry)
    look("is-talking")
    dispatch.talk_over(make.offer_of(entry))
    look("is-wrap")
    dispatch.wrapped_up(ada, then_away=True, reason="break")
    look("is-away")
    dispatch.away(ada, offline=True)
    look("is-offline")


def test_the_title_tells_the_state_and_nothing_of_the_caller(house, page):
    rings_in(house)
    assert "<title>Ringing · Kindline</title>" in page.get("/desk/").text


def test_the_ring_tells_what_to_do_and_what_the_menu_learned(house):
    phone = make.operator(house, "ben", device="+16015550201")
    client = sitting.sit(phone)
    dispatch.ready(phone)
    rings_in(house)
    text = client.get("/desk/").text
    assert "Your phone (601) 555-0201 is ringing. Pick it up and press 1." in text
    assert "(601) 555-0142" in text
    assert "39204" in text
    assert "sip:" not in text


def test_a_phone_without_a_mailbox_needs_no_key(house, page):
    rings_in(house)
    assert "Your phone is ringing. Pick it up." in page.get("/desk/").text


def test_the_card_is_the_same_text_for_the_same_moment(house, ada, page, clock):
    rings_in(house)
    first = cards.desk(ada.user)
    clock.forward(5)
    assert cards.desk(ada.user) is None or cards.desk(ada.user) == first


def test_the_card_is_the_stage_the_state_and_the_bar(house, ada, page):
    entry = rings_in(house)
    ada = type(ada).objects.get(pk=ada.pk)  # with the permission of `page`, not a user who was asked before it
    card = cards.desk(ada.user)
    assert card["stage"] == f"ringing:{make.offer_of(entry).pk}"
    assert 'data-kind="ringing"' in card["html"]
    assert "Hang up" in card["html"]
    assert "csrfmiddlewaretoken" not in card["html"]
    told = page.get("/desk/card/").json()
    assert (told["card"], told["stage"]) == ("desk", card["stage"])
    assert told["version"] > 1_700_000_000_000_000


def test_ready_away_and_the_end_of_the_shift(house, ada, page):
    for path, form, state, reason in (
        ("away", {"why": "lunch"}, "away", "lunch"),
        ("away", {"why": "<x>"}, "away", ""),
        ("away", {"why": "training"}, "training", "training"),
        ("ready", {}, "ready", ""),
        ("away", {"why": "off"}, "offline", ""),
    ):
        answer = press(page, f"/desk/{path}/", **form)
        assert answer.status_code == 200
        assert answer["HX-Retarget"] == "#desk-card"
        assert int(answer["Kindline-Version"]) > 0
        stint = Stint.objects.get(operator=ada, until=None)
        assert (stint.state, stint.reason) == (state, reason)
        assert f'data-kind="{state}"' in answer.text


def test_a_button_without_the_pages_script_leads_back_to_the_page(house, page):
    answer = page.post("/desk/away/", {"why": "lunch"})
    assert (answer.status_code, answer.url) == (302, "/desk/")


def test_nobody_goes_away_with_a_call(house, ada, page):
    rings_in(house)
    answer = press(page, "/desk/away/", why="lunch")
    assert 'data-kind="ringing"' in answer.text
    assert make.presence(ada) == "offered"


def test_not_just_now_passes_the_call_on_and_says_so(house, ada, page, clock):
    entry = rings_in(house)
    shown = sitting.desk(ada)
    press(page, "/desk/not-now/", shown)
    assert (make.presence(ada), make.again(entry).state) == ("ready", "waiting")
    rings_in(house)  # somebody else
    shown = sitting.desk(ada)
    press(page, "/desk/not-now/", shown)
    assert make.presence(ada) == "away"
    assert "Not just now" in page.get("/desk/").text
    clock.forward(1)
    press(page, "/desk/ready/")
    press(page, "/desk/not-now/", shown)  # the old page's button, late
    assert make.presence(ada) == "offered"


def test_not_just_now_is_too_late_once_the_phone_was_picked_up(house, ada, page):
    entry = rings_in(house)
    make.picks_up(entry)
    press(page, "/desk/not-now/", sitting.desk(ada))
    assert sitting.desk(ada).word == "joining"


@pytest.mark.parametrize("path", ["", "card/"])
def test_what_is_shown_is_stamped_before_it_is_read(house, page, clock, monkeypatch, path):
    """A change between the stamp and the read is shown again; one between the read and the stamp never would be."""
    stamp = int(clock().timestamp() * 1_000_000)
    read = current._offer

    def slowly(*rows):
        clock.forward(1)
        return read(*rows)

    monkeypatch.setattr(current, "_offer", slowly)
    assert f"{stamp}" in page.get(f"/desk/{path}").text
    assert int(press(page, "/desk/ready/")["Kindline-Version"]) < int(clock().timestamp() * 1_000_000)


def test_hanging_up_is_asked_of_the_carrier_and_believed_when_it_says_so(house, ada, page):
    entry = rings_in(house)
    make.talks(entry)
    answer = press(page, "/desk/hang-up/", sitting.desk(ada))
    assert "Hanging up" in answer.text
    assert make.presence(ada) == "talking"
    assert Offer.objects.get().todo == Command.DROP


def test_a_late_press_hangs_up_nobody_else(house, ada, page):
    make.talks(rings_in(house))
    page.post("/desk/hang-up/", {"offer": "999999"})
    page.post("/desk/hang-up/", {})
    assert Offer.objects.get().todo == ""


def test_what_follows_this_call_survives_a_reload_and_ends_with_it(house, ada, page):
    sitting.endings(house)
    make.talks(rings_in(house))
    assert press(page, "/desk/after/", sitting.desk(ada), after="lunch").status_code == 204
    assert '<option value="lunch" data-finish="Finish, then lunch" selected>' in page.get("/desk/").text
    dispatch.talk_over(make.offer_of(Offer.objects.get().entry))
    press(page, "/desk/finish/", sitting.desk(ada), disposition="booked")
    stint = Stint.objects.get(operator=ada, until=None)
    assert (stint.state, stint.reason) == ("away", "lunch")
    assert '<option value="ready" data-finish="Finish and be ready" selected>' in page.get("/desk/").text


def test_a_choice_that_arrives_after_its_call_is_not_the_next_calls(house, ada, page):
    sitting.endings(house)
    make.talks(rings_in(house))
    shown = sitting.desk(ada)
    dispatch.talk_over(shown.offer)
    press(page, "/desk/finish/", shown, disposition="booked", after="ready")
    press(page, "/desk/after/", shown, after="lunch")
    make.talks(rings_in(house))
    press(page, "/desk/after/", shown, after="lunch")
    assert '<option value="ready" data-finish="Finish and be ready" selected>' in page.get("/desk/").text


@pytest.mark.parametrize("people", [1, 6])
def test_the_page_asks_the_same_however_many_share_a_number(house, ada, page, people, django_assert_max_num_queries):
    sitting.script(house)
    for n in range(people):
        sitting.person(house, f"Odessa{n}")
    for _ in range(people):
        make.call(house, sitting.NUMBER)
    make.talks(rings_in(house))
    page.get("/desk/")  # the candidates are noted once
    with django_assert_max_num_queries(PAGE_TALKING):
        page.get("/desk/")
