"""The search box: articles to read out and clinics to send somebody to."""

import pytest

from knowledgebase.models import Article
from tests.floor import factories as make
from tests.floor.desk import giving
from tests.floor.desk.giving import Desk, text
from tests.scheduling import factories as book

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(house, clock):
    giving.places()
    for n, (slug, fips, east) in enumerate((("hinds", "28049", -90.19), ("rankin", "28121", -90.05))):
        giving.clinic(house, slug, fips, east, book.service(house), clock() + giving.FIRST, slots=n + 1)
    body = "Any card with the name on it.\n\nNo insurance <is> needed. A sleeve that rolls up."
    Article.objects.create(agency=house, slug="bring", title="What to bring", body=body, body_es="Una tarjeta.")
    Article.objects.create(agency=house, slug="rides", title="Free rides", body="Bring the letter.")
    return Desk(house).talks()


def test_the_best_is_whole_the_others_open_in_place(desk):
    found = desk.posts("/desk/articles/", text="bring with me")
    assert "<h3>What to <mark>bring</mark></h3>" in found
    assert "<p>Any card with the name on it.</p><p>No insurance &lt;is&gt; needed." in found.replace("\n", "").replace(
        "  ", ""
    )
    assert "<details" in found
    assert "2 answers" in text(found)


def test_what_is_typed_comes_back_nowhere(desk):
    found = desk.posts("/desk/articles/", text="<script>alert(1)</script> zzz")
    assert "script" not in found
    assert "Nothing has these words" in found


def test_nothing_typed_is_nothing_said(desk):
    assert text(desk.posts("/desk/articles/", text=" ")) == ""


def test_in_the_language_of_the_call(desk):
    desk.entry.language = "es"
    desk.entry.save()
    found = desk.posts("/desk/articles/", text="bring")
    assert "Una tarjeta." in found
    assert 'lang="es"' in found


@pytest.mark.parametrize("typed", ["hinds", "hnds clinic", "Hinds"])
def test_a_clinic_by_its_name_with_the_way_there_and_its_pin(desk, typed):
    found = desk.posts("/desk/articles/", text=typed)
    shown = text(found)
    assert "100 Sample Road, Jackson 39204" in shown
    assert "Enter by the side door." in shown
    assert "Rankin Clinic" not in shown
    assert found.count('<circle class="pin"') == 1
    assert "Seats near here" in shown


def test_between_calls_too(house, desk):
    desk.hangs_up()
    make.dispatch.wrapped_up(giving.operator_of(desk), then_away=True)
    found = desk.posts("/desk/articles/", text="hinds")
    assert "100 Sample Road" in found
    assert "Seats near here" not in found


def test_another_agencys_clinics_and_articles_stay_theirs(desk, clock):
    other = make.agency("other")
    giving.clinic(other, "meridian", "28121", -90.0, book.service(other), clock() + giving.FIRST)
    Article.objects.create(agency=other, slug="x", title="Meridian", body="x")
    assert "Nothing has these words" in desk.posts("/desk/articles/", text="meridian")


def test_few_statements(desk, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):  # one of them looks for seats to renew
        desk.posts("/desk/articles/", text="bring")
