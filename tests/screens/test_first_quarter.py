"""The first quarter of an hour of a newcomer at the desk, in a real browser against the real processes.

Log in, ready, ring, answer, identify, script, article, book, wrap up; then board and daily report tell the same.
"""

import re

from django.contrib.auth.models import User

from core.models import AccessLog
from crm.models import Handling, Person
from floor.models import Operator
from scheduling.models import Appointment, Slot

WISH = "Good morning. I would like to book the vaccine, please."


def test_the_first_quarter_of_an_hour(town):
    caller = Person.objects.get(given_name="Odessa", family_name="Sweetgum")
    number = str(caller.numbers.first().number)
    operator = Operator.objects.get(user__username="op01")
    handset_page = town.handset_page(operator.device)
    with town.signed_in("op01") as desk, town.browser.page() as handset, town.signed_in("sup1") as board:
        _becomes_ready(desk)
        handset(lambda page: page.goto(handset_page))
        before = _offered_and_answered(town, board)
        board(lambda page: page.goto(f"{town.web_base}/floor/"))
        board(lambda page: page.wait_for_selector("body[data-live='on']"))
        town.call(number, ["1", "1", caller.zip_code], says=[WISH])
        _rings_and_is_answered(desk, handset, board, caller)
        _hears(handset, WISH)
        _identifies(desk, caller)
        _follows_the_script(desk)
        _looks_something_up(desk)
        code = _books(desk, caller)
        _survives_a_reload(desk, caller, code)
        _hangs_up_and_wraps_up(desk)
        _board_and_report_agree(town, board, before)
        desk(lambda page: page.click("#away-off"))
        desk(lambda page: page.wait_for_selector("body.is-offline"))
    _is_written_down(caller, code)


def _becomes_ready(desk) -> None:
    desk(lambda page: page.wait_for_selector("body[data-live='on']"))
    desk(lambda page: page.click("#be-ready"))
    desk(lambda page: page.wait_for_selector("body.is-ready #state:has-text('Ready')"))


def _rings_and_is_answered(desk, handset, board, caller: Person) -> None:
    """The desk says "talking" only once the carrier does: picking up the phone is not enough."""
    desk(lambda page: page.wait_for_selector("body.is-ringing .ring"))
    assert caller.family_name not in desk(lambda page: page.content())
    board(lambda page: page.wait_for_selector("tr:has-text('Marisol'):has-text('Ringing')"))
    handset(lambda page: page.click("#answer:not([disabled])"))
    handset(lambda page: page.wait_for_selector("#lines:has-text('Press 1')"))
    assert "is-ringing" in desk(lambda page: page.get_attribute("body", "class"))
    handset(lambda page: page.click("#keypad button:has-text('1')"))
    desk(lambda page: page.wait_for_selector("body.is-talking #script"))
    board(lambda page: page.wait_for_selector("tr:has-text('Marisol'):has-text('Talking')"))


def _hears(handset, words: str) -> None:
    handset(lambda page: page.wait_for_selector(f"#lines:has-text('{words}')"))


def _identifies(desk, caller: Person) -> None:
    """A couple shares the number; a wrong birth date opens nothing, the right one opens one of the two."""
    assert desk(lambda page: page.locator("article.person").count()) == 2
    born, place = f"#born-{caller.pk}", f"#place-{caller.pk}"
    desk(lambda page: page.fill(born, "1 2 1950"))
    desk(lambda page: page.fill(place, caller.zip_code))
    desk(lambda page: page.click(f"#check-{caller.pk}"))
    desk(lambda page: page.wait_for_selector("#left [role=alert]:has-text('These two do not match')"))
    assert caller.family_name not in desk(lambda page: page.content())
    desk(lambda page: page.fill(born, f"{caller.born_on.month} {caller.born_on.day} {caller.born_on.year}"))
    desk(lambda page: page.click(f"#check-{caller.pk}"))
    desk(lambda page: page.wait_for_selector(f"#person-{caller.pk}:has-text('{caller.full_name}')"))


def _follows_the_script(desk) -> None:
    desk(lambda page: page.click("#step-next"))
    desk(lambda page: page.wait_for_selector("#script:has-text('step 2 of')"))
    desk(lambda page: page.locator("label.choice").first.click())
    desk(lambda page: page.fill("#notes", "Her daughter drives her, any morning."))
    desk(lambda page: page.wait_for_selector("#saved:has-text('saved')"))


def _looks_something_up(desk) -> None:
    desk(lambda page: page.fill("#give-text", "bring"))
    desk(lambda page: page.wait_for_selector("#give-found article:has-text('bring')"))


def _books(desk, caller: Person) -> str:
    """The nearest seat, held and booked; the code is on the screen in letters large enough to read out."""
    desk(lambda page: page.click("[id^=hold-] >> nth=0"))
    desk(lambda page: page.wait_for_selector(f".holdbar:has-text('Held for {caller.full_name}')"))
    desk(lambda page: page.click(".holdbar [id^=book-]"))
    shown = desk(lambda page: page.inner_text("#give-seats .code [aria-hidden]"))
    return re.sub(r"\W", "", shown)


def _survives_a_reload(desk, caller: Person, code: str) -> None:
    desk(lambda page: page.reload())
    desk(lambda page: page.wait_for_selector(f"#person-{caller.pk}:has-text('{caller.full_name}')"))
    desk(lambda page: page.wait_for_selector("#script:has-text('step 2 of')"))
    assert desk(lambda page: page.input_value("#notes")) == "Her daughter drives her, any morning."
    assert code in re.sub(r"\W", "", desk(lambda page: page.inner_text("#give-seats")))


def _hangs_up_and_wraps_up(desk) -> None:
    """The carrier ends the call, then a disposition is asked for; that a seat was booked is known already."""
    desk(lambda page: page.click("#hang-up"))
    desk(lambda page: page.wait_for_selector("body.is-wrap #wrap"))
    assert desk(lambda page: page.is_checked("#ending-booked"))
    desk(lambda page: page.click("#finish"))
    desk(lambda page: page.wait_for_selector("body.is-ready #state:has-text('Ready')"))


def _board_and_report_agree(town, board, before: tuple[int, int]) -> None:
    """One call more than `before`, in both."""
    offered, answered = before[0] + 1, before[1] + 1
    shown = "#queues tbody tr:has(th:text-is('Book a vaccine')) td >> nth=3"
    board(lambda page: page.wait_for_selector("tr:has-text('Marisol'):has-text('Ready')"))
    board(lambda page: page.reload())
    assert board(lambda page: page.inner_text(shown)) == str(offered)
    assert _offered_and_answered(town, board) == (offered, answered)


def _offered_and_answered(town, board) -> tuple[int, int]:
    """The day's numbers in the report; calls of other tests may be among them."""
    board(lambda page: page.goto(f"{town.web_base}/reports/daily/"))
    sheet = board(lambda page: page.inner_text("main"))
    offered, answered = (re.search(rf"{word}\s+(\d+)\b", sheet) for word in ("Offered", "Answered"))
    return int(offered[1]) if offered else 0, int(answered[1]) if answered else 0


def _is_written_down(caller: Person, code: str) -> None:
    appointment = Appointment.objects.get(code=code)
    assert (appointment.person, appointment.state) == (caller, Appointment.State.BOOKED)
    assert Slot.objects.get(pk=appointment.slot_id).booked == 1
    handling = Handling.objects.get(call=appointment.call)
    assert handling.disposition.slug == "booked"
    assert handling.notes == "Her daughter drives her, any morning."
    me = User.objects.get(username="op01")
    looks = AccessLog.objects.filter(user=me, what="crm.person", record=str(caller.pk))
    assert {"tried", "saw"} <= set(looks.values_list("action", flat=True))
