"""A line to all desks in a real browser: it comes without taking the focus, is said once, and goes."""

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import translation

from contactcenter.middleware import POLICY
from floor import dispatch
from floor.desk import cards
from tests.browser import a_browser, chromium
from tests.floor.desk import sitting

pytestmark = [pytest.mark.django_db, pytest.mark.skipif(not chromium(), reason="no Chromium here")]
HOUSE = "http://kindline.test"
SPOKEN = "document.getElementById('told-spoken').textContent"


@pytest.fixture
def sup(django_user_model):
    return django_user_model.objects.create_user("sup")


def test_it_comes_beside_what_is_typed_and_is_said_once(house, ada, sup, clock):
    page_of_ada = sitting.sit(ada)
    sitting.rings_in(house)
    with translation.override("en"):
        html = page_of_ada.get("/desk/").text

        def told_card() -> dict:
            clock.forward(1)
            told = cards.desk(ada.user)
            return {
                "card": "desk",
                "version": int(clock().timestamp() * 1e6),
                "html": str(told["html"]),
                "stage": told["stage"],
            }

        line = dispatch.tell_desks(house.pk, "Clinic 12 is full.", by_id=sup.pk, lasts=timedelta(hours=1))
        up, again = told_card(), told_card()
        dispatch.line_seen(ada, line.pk)
        read = told_card()
        dispatch.take_down(line)
        down = told_card()
    sockets = []

    def answer(route):
        asked = route.request.url.removeprefix(HOUSE)
        if asked == "/desk/":
            route.fulfill(content_type="text/html", body=html, headers={"Content-Security-Policy": POLICY})
        elif asked.startswith("/static/"):
            route.fulfill(path=settings.BASE_DIR / asked.lstrip("/"))
        else:
            route.abort()

    def work(page):
        def says(card, condition):
            sockets[0].send(json.dumps(card))
            page.wait_for_function(condition)

        page.route(f"{HOUSE}/**", answer)
        page.route_web_socket("**/ws/live/**", lambda wire: sockets.append(wire))
        page.goto(f"{HOUSE}/desk/")
        page.wait_for_selector("body[data-live=on]")
        page.focus("#give-text")
        page.keyboard.type("half a w")
        bar_before = page.evaluate("document.getElementById('desk-card').getBoundingClientRect().top")
        says(up, "document.querySelector('#told-slot #told-seen')")
        assert page.evaluate(SPOKEN) == "To all desks: Clinic 12 is full."
        page.evaluate("document.getElementById('told-spoken').textContent = 'was said'")
        version = "document.getElementById('desk-card').dataset.version"
        says({**again, "html": again["html"] + " "}, f"{version} === '{again['version']}'")
        assert page.evaluate("document.querySelectorAll('#told').length") == 1
        assert page.evaluate(SPOKEN) == "was said"
        page.keyboard.type("ord")
        assert page.input_value("#give-text") == "half a word"
        assert page.evaluate("document.getElementById('desk-card').getBoundingClientRect().top") == bar_before
        page.focus("#told-seen")
        says(read, "!document.querySelector('#told-seen')")
        assert page.evaluate("document.activeElement.id") == "told", "who pressed the button stays there"
        assert page.evaluate(SPOKEN) == "was said"
        says(down, "!document.getElementById('told').dataset.told")
        assert not page.is_visible("#told")
        assert page.evaluate("document.activeElement.id") == "main"

    with a_browser() as browser, browser.page() as does:
        does(work)
