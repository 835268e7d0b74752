"""How many are in line: a card of its own, alike for every operator of an agency, that follows the floor."""

import pytest

from contactcenter.live import cards
from core import live
from floor import dispatch
from tests.floor import factories as make
from tests.floor.desk import sitting

pytestmark = pytest.mark.django_db


def test_it_says_who_waits_on_this_agencys_line_and_nobody_else(house, ada):
    page = sitting.sit(ada)
    dispatch.away(ada)
    assert page.get("/live/line/").json()["html"] == "nobody"
    make.arrives(house)
    assert page.get("/live/line/").json()["html"] == "1 caller"
    make.arrives(house)
    elsewhere = make.agency("other")
    make.queue(elsewhere)
    make.arrives(elsewhere)
    assert page.get("/live/line/").json()["html"] == "2 callers"
    assert page.get("/live/line/", headers={"accept-language": "es"}).json()["html"] == "2 personas"
    text = page.get("/desk/").text
    assert text.count("2 callers") == 2  # the card, and the place where it is shown


def test_it_is_read_once_for_all_operators_whenever_their_floor_changes(house, ada):
    bob = make.operator(house, "bob")
    for one in (ada, bob):
        sitting.sit(one)
    mine, his = (cards.whose(cards.CARDS["line"], one.user) for one in (ada, bob))
    assert mine == his
    assert mine.topics == {live.floor(house.pk)}
    assert cards.whose(cards.CARDS["line"], make.operator(house, "eve").user) is None
