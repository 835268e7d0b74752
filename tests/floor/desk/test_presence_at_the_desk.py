"""Breaks, more time, calls to finish and a desk that slept: as an operator meets them on the page."""

import pytest

from crm.models import Handling
from floor import dispatch, presence
from floor.models import AwayReason, Queue, Stint, WrapExtension
from tests.floor import factories as make
from tests.floor.desk import sitting
from tests.floor.desk.sitting import press, rings_in

pytestmark = pytest.mark.django_db

LIMIT = 90


@pytest.fixture
def page(ada):
    return sitting.sit(ada)


@pytest.fixture
def wrapping(house, ada, page):
    """A wrap-up with a limit; returns the desk as it is shown."""
    Queue.objects.update(wrap_s=LIMIT)
    sitting.endings(house)
    dispatch.talk_over(make.talks(rings_in(house)))
    return sitting.desk(ada)


# ---- breaks -----------------------------------------------------------------------------------------------------


def test_the_breaks_are_those_the_admin_defined_in_the_operators_language(house, page):
    AwayReason.objects.create(agency=house, slug="prayer", name="Prayer", name_es="Oración", order=9)
    AwayReason.objects.filter(slug="lunch").update(active=False)
    text = page.get("/desk/").text
    assert 'value="prayer"' in text
    assert 'value="lunch"' not in text
    assert ">Oración" in page.get("/desk/", headers={"accept-language": "es"}).text
    press(page, "/desk/away/", why="lunch")  # an old page's button
    assert Stint.objects.get(until=None).reason == ""


def test_without_reasons_one_can_still_be_away(house, ada, page):
    AwayReason.objects.all().delete()
    assert 'id="away-plain"' in page.get("/desk/").text
    press(page, "/desk/away/", why="")
    assert make.presence(ada) == "away"


def test_a_limit_that_has_passed_is_said_gently(house, ada, page, clock):
    press(page, "/desk/away/", why="break")
    assert "Short break, until 9:15" in page.get("/desk/").text
    clock.forward(16 * 60)
    text = page.get("/desk/").text
    assert "Short break, planned until 9:15" in text
    assert "longer than planned" in text
    assert "is-alert" not in text
    assert make.presence(ada) == "away"


# ---- the wrap-up's time -----------------------------------------------------------------------------------------


def test_the_desk_says_what_happens_at_the_deadline(house, ada, page, wrapping):
    assert "Yours until 9:01\N{NO-BREAK SPACE}AM, and while you type; then you are ready." in page.get("/desk/").text
    press(page, "/desk/after/", wrapping, after="lunch")
    assert "and while you type; then: Lunch." in page.get("/desk/").text


def test_more_time_is_one_key(house, ada, page, wrapping, clock):
    assert 'id="more-notes" name="why" value="notes" data-key="m"' in page.get("/desk/").text
    answer = press(page, "/desk/more-time/", wrapping, why="breather")
    assert "Yours until 9:03" in answer.text
    press(page, "/desk/more-time/", wrapping, why="<x>")
    press(page, "/desk/more-time/", why="notes")  # of no call
    assert list(WrapExtension.objects.order_by("pk").values_list("reason", flat=True)) == ["breather", "notes"]


def test_without_a_limit_nobody_asks_for_more(house, page):
    dispatch.talk_over(make.talks(rings_in(house)))
    text = page.get("/desk/").text
    assert "Yours until" not in text
    assert "more-notes" not in text


# ---- calls to finish --------------------------------------------------------------------------------------------


@pytest.fixture
def draft(ada, page, wrapping, clock):
    press(page, "/desk/save/", wrapping, disposition="call-back", notes="wants a ride")
    clock.forward(LIMIT)
    dispatch.tick()
    assert make.presence(ada) == "ready"
    return Handling.objects.get()


def test_what_was_not_finished_is_asked_for_between_calls(page, draft):
    assert "Calls to finish" in page.get("/desk/").text
    whole = page.get(f"/desk/drafts/{draft.pk}/")
    part = page.get(f"/desk/drafts/{draft.pk}/", headers={"HX-Request": "true"})
    for text in (whole.text, part.text):
        assert "wants a ride</textarea>" in text
        assert 'value="call-back" data-key="2" checked' in text
    assert "<html" not in part.text


def test_it_is_kept_as_it_is_typed_and_closed_once(page, draft):
    at = f"/desk/drafts/{draft.pk}/"
    assert "saved" in press(page, f"{at}save/", disposition="booked", notes="has a ride").text
    for _ in range(2):
        assert press(page, f"{at}finish/", disposition="booked", notes="has a ride")["HX-Refresh"] == "true"
    row = Handling.objects.get()
    assert (row.disposition.slug, row.notes, bool(row.closed_at)) == ("booked", "has a ride", True)
    assert "Calls to finish" not in page.get("/desk/").text
    assert press(page, f"{at}save/", notes="late").status_code == 404


def test_what_is_wanting_is_said_and_nothing_typed_is_lost(page, draft):
    answer = press(page, f"/desk/drafts/{draft.pk}/finish/", notes="typed")
    assert "Please say how it ended." in answer.text
    assert "typed</textarea>" in answer.text
    assert page.post(f"/desk/drafts/{draft.pk}/finish/", {"notes": "typed"}).status_code == 422


def test_a_call_that_comes_in_goes_first_and_the_draft_is_kept(house, page, draft):
    rings_in(house)
    assert "Calls to finish" not in page.get("/desk/").text
    assert page.get(f"/desk/drafts/{draft.pk}/").status_code == 302
    assert press(page, f"/desk/drafts/{draft.pk}/save/", notes="in the nick of time").status_code == 200
    assert Handling.objects.get().notes == "in the nick of time"


def test_a_draft_is_its_operators_own(house, draft):
    other = sitting.sit(make.operator(house, "ben"))
    for path in ("", "save/", "finish/"):
        send = other.post if path else other.get
        assert send(f"/desk/drafts/{draft.pk}/{path}").status_code in (302, 404)
    assert Handling.objects.get().closed_at is None


# ---- signs of life, rings not taken -----------------------------------------------------------------------------


def test_the_polled_card_is_a_beat_and_writes_no_oftener(house, clock, django_assert_num_queries):
    bea = make.operator(house, "bea", by_phone_alone=False)
    page = sitting.sit(bea)
    for _ in range(30):
        clock.forward(5)
        page.get("/desk/card/")
        seen = make.again(bea)
        assert (clock() - seen.seen_at).total_seconds() < 10
    with django_assert_num_queries(0):
        presence.seen(seen, at=clock())


def test_who_comes_back_to_a_desk_that_slept_reads_why(house, clock):
    bea = make.operator(house, "bea", by_phone_alone=False)
    page = sitting.sit(bea)
    press(page, "/desk/ready/")
    clock.forward(50)
    dispatch.tick()
    text = page.get("/desk/").text
    assert "This page was asleep" in text
    assert "This page showed no sign of life" in text
    assert "no dio señales" in page.get("/desk/", headers={"accept-language": "es"}).text


def test_two_rings_not_taken_set_away_and_the_desk_says_so(house, ada, page, clock):
    for _ in range(2):
        rings_in(house)
        make.offer_of(sitting.desk(ada).entry)
        dispatch.refused(sitting.desk(ada).offer, why="no answer")
        clock.forward(61)
    text = page.get("/desk/").text
    assert "Your phone was not picked up" in text
    assert "A call came, and your phone did not bring you together." in text


def test_on_hold_is_shown_as_such_and_the_columns_stay(house, ada, page, clock):
    make.talks(rings_in(house))
    stage = sitting.desk(ada).stage
    presence.happens(presence.Event.HOLD, ada, at=clock())
    text = page.get("/desk/").text
    assert '<body class="desk is-hold"' in text
    assert "<strong>On hold</strong>" in text
    assert sitting.desk(ada).stage == stage
    assert sitting.desk(ada).working
    assert "<strong>En espera</strong>" in page.get("/desk/", headers={"accept-language": "es"}).text
