"""A quiet desk stays true, and every desk has room for what it says, in both languages and in the widest face."""

import pytest

from crm.models import Person
from floor.models import Operator
from tests.screens.town import Town

SIZE = {"width": 1366, "height": 768}
WIDEST = "DejaVu Sans"
# Of each select the widest of what may be chosen, and how much room there is for it, in px.
_TIGHT = """() => [...document.querySelectorAll(".seats-ask select")].flatMap((select) => {
  const style = getComputedStyle(select), pen = document.createElement("canvas").getContext("2d");
  pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  const room = select.clientWidth - parseFloat(style.paddingLeft) - 20;
  return [...select.options].filter((one) => pen.measureText(one.text).width > room).map((one) => one.text);
})"""
_UNDER_THE_BAR = """() => {
  const bar = document.querySelector(".holdbar").getBoundingClientRect();
  const last = [...document.querySelectorAll(".seats ol > li")].at(-1).getBoundingClientRect();
  return last.bottom > bar.top || bar.bottom > innerHeight;
}"""
_BEYOND_THE_MAP = """() => [...document.querySelectorAll("#give-seats .map text.name")].filter((name) => {
  const box = name.getBBox();
  return box.x < 0 || box.x + box.width > 200 || box.y < 0 || box.y + box.height > 220;
}).map((name) => name.textContent)"""


@pytest.fixture
def caller(town):
    return Person.objects.get(given_name="Eula", family_name="Sassafras")


def test_who_is_away_sees_the_line_as_it_is_and_hears_nothing_of_a_call(town: Town, caller):
    with town.signed_in("op05") as desk:
        desk(lambda page: page.wait_for_selector("body[data-live='on'] #in-line:has-text('nobody')"))
        call = town.call(str(caller.numbers.first().number), ["1", "1", caller.zip_code], says=[])
        desk(lambda page: page.wait_for_selector("#in-line:has-text('1 caller')"))
        town.hang_up(call)
        desk(lambda page: page.wait_for_selector("#in-line:has-text('nobody')"))
        desk(lambda page: page.context.set_offline(True))
        desk(lambda page: page.wait_for_selector("#offline:has-text('Your phone works on')"))
        assert "Keep talking" not in desk(lambda page: page.inner_text("body"))
        desk(lambda page: page.context.set_offline(False))
        desk(lambda page: page.wait_for_selector("#offline", state="hidden"))


@pytest.mark.parametrize("face", ["", WIDEST])
@pytest.mark.parametrize("locale", ["en-US", "es-US"])
def test_a_call_has_room_on_a_laptop(town: Town, caller, locale, face):
    operator = Operator.objects.get(user__username="op06")
    town.phone(operator.device, answers_after_s=0.2, think_s=0.1)
    with town.signed_in("op06", locale=locale, viewport=SIZE, bypass_csp=True) as desk:
        if face:
            desk(lambda page: page.add_style_tag(content=f":root {{ --font: '{face}' }}"))
        call = _talks(town, desk, caller)
        assert desk(lambda page: page.evaluate(_TIGHT)) == []
        assert desk(lambda page: page.evaluate(_BEYOND_THE_MAP)) == []
        desk(lambda page: page.fill("#give-text", "bring"))
        desk(lambda page: page.wait_for_selector("#give-found article"))
        desk(lambda page: page.click("[id^=hold-]:not([disabled]) >> nth=0"))
        desk(lambda page: page.wait_for_selector(".holdbar"))
        assert desk(lambda page: page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
        assert not desk(lambda page: page.evaluate(_UNDER_THE_BAR))
        _the_timer_follows_the_work(desk)
        _offline_while_talking(desk, locale)
        _books_in_the_wrap_up(town, desk, call)


def _talks(town: Town, desk, caller: Person) -> str:
    desk(lambda page: page.click("#be-ready"))
    call = town.call(str(caller.numbers.first().number), ["1", "1", caller.zip_code], says=[])
    desk(lambda page: page.wait_for_selector("body.is-talking #script"))
    desk(lambda page: page.fill(f"#born-{caller.pk}", f"{caller.born_on:%m/%d/%Y}"))
    desk(lambda page: page.fill(f"#place-{caller.pk}", caller.zip_code))
    desk(lambda page: page.click(f"#check-{caller.pk}"))
    desk(lambda page: page.wait_for_selector(f"#person-{caller.pk}"))
    return call


def _the_timer_follows_the_work(desk) -> None:
    """A step of the script renews the hold, and the time left says so."""
    timer = ".holdbar .timer"
    desk(lambda page: page.evaluate(f"document.querySelector('{timer}').dataset.left = '99'"))
    desk(lambda page: page.wait_for_function(f"document.querySelector('{timer}').textContent.startsWith('1:')"))
    desk(lambda page: page.click("#step-next"))
    desk(lambda page: page.wait_for_function(f"/^(10:00|9:5)/.test(document.querySelector('{timer}').textContent)"))


def _offline_while_talking(desk, locale: str) -> None:
    desk(lambda page: page.context.set_offline(True))
    words = "Keep talking" if locale == "en-US" else "Siga hablando"
    desk(lambda page: page.wait_for_selector(f"#offline:has-text('{words}')"))
    desk(lambda page: page.context.set_offline(False))
    desk(lambda page: page.wait_for_selector("#offline", state="hidden"))


def _books_in_the_wrap_up(town: Town, desk, call: str) -> None:
    """Nothing is chosen while the seat is only held; booked, that is chosen; cancelled again, that."""
    town.hang_up(call)
    desk(lambda page: page.wait_for_selector("#wrap"))
    assert desk(lambda page: page.locator("#ending input:checked").count()) == 0
    desk(lambda page: page.click(".holdbar [id^=book-]"))
    desk(lambda page: page.wait_for_selector("#ending-booked:checked"))
    desk(lambda page: page.click("[id^=cancel-]"))
    desk(lambda page: page.click("#give-seats button[name=sure]"))
    desk(lambda page: page.wait_for_selector("#ending-cancelled:checked"))
    desk(lambda page: page.click("#finish-rest"))
    desk(lambda page: page.wait_for_selector("body.is-away"))
    desk(lambda page: page.click("#away-off"))
    desk(lambda page: page.wait_for_selector("body.is-offline"))
