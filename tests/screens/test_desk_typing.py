"""Typing at the desk while the floor moves on: nothing typed is lost, and none of it becomes a command.

The keys go to a real browser; the caller hangs up at the carrier's.
"""

import pytest

from crm.models import Handling, Person
from floor.models import Operator, Stint
from scheduling.models import Appointment
from tests.screens.town import PASSWORD

KEY_MS = 40  # between two keys, as somebody types who does not look up
COMMANDS = "bnwex"  # every letter is a single key of the desk
QUIET_MS = 1500  # longer than the desk waits before it takes single keys again


@pytest.fixture
def caller(town):
    return Person.objects.get(given_name="Mozelle", family_name="Hackberry")


@pytest.fixture
def operator(town):
    return Operator.objects.get(user__username="op04")


@pytest.fixture
def desk(town, operator):
    """op04, ready; gone again afterwards, so that other tests find nobody."""
    with town.signed_in("op04") as does:
        does(lambda page: page.wait_for_selector("body[data-live='on']"))
        does(lambda page: page.click("#be-ready"))
        does(lambda page: page.wait_for_selector("body.is-ready #state:has-text('Ready')"))
        yield does
        does(_goes_home)


def test_notes_go_on_where_the_caret_is_and_what_follows_is_of_this_call_only(town, desk, caller, operator):
    call = _talks(town, desk, caller, operator)
    desk(lambda page: page.select_option("#after", "lunch"))
    desk(lambda page: page.fill("#notes", "Her daughter drives."))
    desk(lambda page: page.evaluate("notes.setSelectionRange(4, 4)"))
    town.hang_up(call)
    more = desk(lambda page: _types_until(page, "#wrap"))
    assert desk(lambda page: page.input_value("#notes")) == f"Her {more}daughter drives."
    assert desk(lambda page: page.evaluate("notes.selectionStart")) == 4 + len(more)
    assert desk(lambda page: page.inner_text("#finish-text")) == "Finish, then lunch"

    held = []  # the choice is still on its way as the wrap-up is finished
    desk(lambda page: page.route("**/desk/after/", lambda route: held.append(route)))
    desk(lambda page: page.select_option("#after", "training"))
    assert desk(lambda page: page.inner_text("#finish-text")) == "Finish, then training"
    desk(lambda page: page.locator("label:has(#ending-booked)").click())
    desk(lambda page: page.click("#finish"))
    desk(lambda page: page.wait_for_selector("body.is-training"))
    desk(lambda page: _lets_go(page, held))
    assert _presence(operator) == ("training", "training")
    assert Handling.objects.filter(user=operator.user).latest("pk").notes == f"Her {more}daughter drives."

    desk(lambda page: page.click("#be-ready"))
    call = _talks(town, desk, caller, operator)
    assert desk(lambda page: page.input_value("#after")) == "ready"
    town.hang_up(call)
    desk(lambda page: page.wait_for_selector("#wrap"))
    assert desk(lambda page: page.inner_text("#finish-text")) == "Finish and be ready"
    desk(lambda page: page.locator("label:has(#ending-booked)").click())
    desk(lambda page: page.click("#finish"))
    desk(lambda page: page.wait_for_selector("body.is-ready"))
    assert _presence(operator) == ("ready", "")


def test_a_person_half_entered_is_there_after_the_hang_up_and_nothing_is_booked(town, desk, caller, operator):
    call = _talks(town, desk, caller, operator)
    _identified(desk, caller)
    desk(lambda page: page.click("[id^=hold-]:not([disabled]) >> nth=0"))
    desk(lambda page: page.wait_for_selector(".holdbar [id^=book-]"))
    desk(lambda page: page.click("#search-open"))
    desk(lambda page: page.click("#new-open"))
    desk(lambda page: page.fill("#new-family", "Hackberry"))
    desk(lambda page: page.select_option("#new-language", "es"))
    desk(lambda page: page.fill("#new-given", "Rose"))
    desk(lambda page: page.evaluate("document.getElementById('new-given').setSelectionRange(2, 2)"))
    town.hang_up(call)
    more = desk(lambda page: _types_until(page, "#wrap"))
    assert desk(lambda page: page.input_value("#new-given")) == f"Ro{more}se"
    assert desk(lambda page: page.input_value("#new-family")) == "Hackberry"
    assert desk(lambda page: page.input_value("#new-language")) == "es"
    assert desk(lambda page: page.is_visible("#search-born"))
    assert [one.state for one in Appointment.objects.filter(person=caller)] == [Appointment.State.HELD]

    desk(lambda page: page.click(".holdbar button:has-text('Let go')"))
    desk(lambda page: page.wait_for_selector(".holdbar", state="detached"))
    desk(_rests)
    assert not Appointment.objects.filter(person=caller, state=Appointment.State.BOOKED).exists()


def test_where_the_field_is_gone_what_is_typed_on_commands_nothing(town, desk, caller, operator):
    """The caller gives up while it rings, and with the call goes the form somebody types into."""
    town.phone(operator.device, answers_after_s=60)
    call = town.call(str(caller.numbers.first().number), ["1", "1", caller.zip_code], says=[])
    desk(lambda page: page.wait_for_selector("body.is-ringing #seats-zip"))
    desk(lambda page: page.focus("#seats-zip"))
    town.hang_up(call)
    desk(lambda page: _types_until(page, "#middle .calm"))
    assert desk(lambda page: page.evaluate("document.activeElement.tagName")) == "H2"
    assert _presence(operator) == ("ready", "")
    desk(lambda page: page.wait_for_timeout(QUIET_MS))
    desk(lambda page: page.keyboard.press("w"))
    desk(lambda page: page.wait_for_selector("body.is-away"))


def test_a_day_typed_digit_by_digit_is_looked_for_once_it_is_left(town, desk, caller, operator):
    call = _talks(town, desk, caller, operator)
    asked = []
    desk(lambda page: page.on("request", lambda one: asked.append(one.url) if "/desk/seats/" in one.url else None))
    desk(lambda page: page.focus("#seats-day"))
    desk(lambda page: page.keyboard.type("12312099", delay=KEY_MS))
    assert desk(lambda page: page.input_value("#seats-day")) == "2099-12-31"
    assert asked == []
    desk(lambda page: page.keyboard.press("Enter"))
    desk(lambda page: page.wait_for_selector("#give-seats:has-text('No seat is free from that day on')"))
    assert len(asked) == 1
    desk(lambda page: page.fill("#seats-day", "2001-01-01"))  # long ago: any day
    desk(lambda page: page.keyboard.press("Enter"))
    desk(lambda page: page.wait_for_selector("[id^=hold-]"))
    assert desk(lambda page: page.input_value("#seats-day")) == ""
    town.hang_up(call)
    desk(_rests)


def test_what_is_not_saved_is_said_and_kept_and_a_log_in_elsewhere_costs_nothing(town, desk, caller, operator):
    call = _talks(town, desk, caller, operator)
    desk(lambda page: page.route("**/desk/save/", lambda route: route.fulfill(status=500, body="")))
    desk(lambda page: page.fill("#notes", "She moves in May."))
    desk(lambda page: page.wait_for_selector("#refused:has-text('That was not saved')"))
    town.hang_up(call)
    desk(lambda page: page.wait_for_selector("body.is-wrap"))
    assert desk(lambda page: page.locator("#script").count()) == 1, "the columns wait for what is typed in them"
    desk(lambda page: page.unroute("**/desk/save/"))
    desk(lambda page: page.wait_for_selector("#wrap"))
    assert desk(lambda page: page.is_hidden("#refused"))
    assert desk(lambda page: page.input_value("#notes")) == "She moves in May."
    assert Handling.objects.filter(user=operator.user).latest("pk").notes == "She moves in May."

    desk(lambda page: _signs_in_again(page, town))  # every form here has the old token now
    desk(_rests)
    assert desk(lambda page: page.is_hidden("#refused"))


def test_where_the_session_is_over_the_page_gives_way_to_the_log_in(town, desk):
    desk(lambda page: page.click("#away-off"))
    desk(lambda page: page.wait_for_selector("body.is-offline"))
    desk(_signs_out_elsewhere)
    desk(lambda page: page.evaluate("dispatchEvent(new Event('offline'))"))  # the socket goes, and asks anew
    desk(lambda page: page.wait_for_url("**/login/?next=/desk/"))


# ---- how --------------------------------------------------------------------------------------------------------


def _talks(town, desk, caller: Person, operator: Operator) -> str:
    town.phone(operator.device, answers_after_s=0.2, think_s=0.1)
    call = town.call(str(caller.numbers.first().number), ["1", "1", caller.zip_code], says=[])
    desk(lambda page: page.wait_for_selector("body.is-talking #script"))
    return call


def _identified(desk, caller: Person) -> None:
    desk(lambda page: page.fill(f"#born-{caller.pk}", f"{caller.born_on:%m/%d/%Y}"))
    desk(lambda page: page.fill(f"#place-{caller.pk}", caller.zip_code))
    desk(lambda page: page.click(f"#check-{caller.pk}"))
    desk(lambda page: page.wait_for_selector(f"#person-{caller.pk}"))


def _types_until(page, selector: str) -> str:
    """Letter by letter until this is on the page, and a few more; what was typed."""
    typed = ""
    while not page.locator(selector).count():
        typed += _types(page, COMMANDS)
        assert len(typed) < 200, f"{selector} does not come"
    return typed + _types(page, COMMANDS * 2)


def _types(page, letters: str) -> str:
    page.keyboard.type(letters, delay=KEY_MS)
    return letters


def _rests(page) -> None:
    page.wait_for_selector("#wrap")
    page.locator("label:has(#ending-booked)").click()
    page.click("#finish-rest")
    page.wait_for_selector("body.is-away")


def _goes_home(page) -> None:
    if page.locator("body.is-offline, body:not(.desk)").count():
        return
    if page.locator("body.is-wrap").count():  # a test that ended early
        _rests(page)
    page.click("#away-off")
    page.wait_for_selector("body.is-offline")


def _lets_go(page, held: list) -> None:
    """The request that was held reaches the server only now."""
    assert len(held) == 1
    with page.expect_response("**/desk/after/"):
        held[0].continue_()
    page.unroute("**/desk/after/")


def _signs_in_again(page, town) -> None:
    """The same operator, in another tab of the same browser."""
    tab = page.context.new_page()
    tab.goto(f"{town.web_base}/login/")
    tab.fill("#id_username", "op04")
    tab.fill("#id_password", PASSWORD)
    tab.click("main button.main")
    tab.wait_for_url(lambda url: "/login/" not in url)
    tab.close()


def _signs_out_elsewhere(page) -> None:
    tab = page.context.new_page()
    tab.goto(page.url)
    tab.click("form[action*=logout] button")
    tab.wait_for_url(lambda url: "/desk/" not in url)
    tab.close()


def _presence(operator: Operator) -> tuple[str, str]:
    stint = Stint.objects.get(operator=operator, until=None)
    return stint.state, stint.reason
