"""What somebody typing in a hurry finds."""

import pytest

from core.models import County
from knowledgebase import queries
from knowledgebase.models import Article
from knowledgebase.search import Field, Piece, asked, find, fold, pieces, slips
from tests.floor import factories as make


def titles(found):
    return [one.article.slug for one in found]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("What to bring with me?", ["bring"]),
        ("¿Qué debo llevar?", ["debo", "llevar"]),
        ("the  THE a", ["the", "a"]),
        ("niños Niños", ["ninos"]),
        ("  ", []),
        ("39204", ["39204"]),
    ],
)
def test_the_words_worth_looking_for(text, words):
    assert asked(text) == words


def test_folding_keeps_every_place():
    text = "¿Año? İstanbul ﬁn NIÑO"
    assert len(fold(text)) == len(text)
    assert fold("Niños") == "ninos"


@pytest.mark.parametrize(
    ("one", "other", "most", "alike"),
    [
        ("wheelchiar", "wheelchair", 1, True),
        ("parkng", "parking", 1, True),
        ("parrking", "parking", 1, True),
        ("parting", "parking", 1, True),
        ("ride", "rides", 1, True),
        ("prkng", "parking", 1, False),
        ("prkng", "parking", 2, True),
        ("cold", "gold", 0, False),
    ],
)
def test_slips_of_the_finger(one, other, most, alike):
    assert slips(one, other, most) is alike
    assert slips(other, one, most) is alike


def documents(*titles):
    return [[Field(title, 5.0)] for title in titles]


def test_a_word_is_found_by_its_beginning_and_a_slip_only_if_nobody_has_it():
    assert [hit.index for hit in find(["park"], documents("Parking", "Bark"))] == [0]
    assert [hit.index for hit in find(["barking"], documents("Parking", "Walking"))] == [0]
    assert [hit.index for hit in find(["barking"], documents("Parking", "Barking dogs"))] == [1]


def test_half_the_words_are_enough_but_more_are_better():
    assert [hit.index for hit in find(["free", "rides"], documents("Rides", "Free rides", "Hours"))] == [1, 0]
    assert find(["free", "rides", "boats"], documents("Rides")) == []


def test_a_title_outweighs_keywords_and_they_the_text():
    by_place = [[Field("x", 5.0), Field("x", 3.0), Field("x", 1.0)] for _ in range(3)]
    for place, fields in enumerate(by_place):
        fields[2 - place] = Field("insurance", (5.0, 3.0, 1.0)[2 - place])
    assert [hit.index for hit in find(["insurance"], by_place)] == [2, 1, 0]


def test_a_number_is_meant_as_typed():
    assert find(["39204"], documents("Seats near 39205")) == []


def test_pieces_are_the_text_again_and_mark_what_was_found():
    cut = pieces("Lleve su identificación, <b>niños</b>", ["ninos"])
    assert cut == [
        Piece("Lleve su identificación, <b>"),
        Piece("niños", found=True),
        Piece("</b>"),
    ]
    assert pieces("nothing here", []) == [Piece("nothing here")]
    assert pieces("", ["x"]) == []


@pytest.mark.django_db
class TestArticles:
    @pytest.fixture
    def agency(self):
        return make.agency()

    @pytest.fixture
    def hinds(self):
        return County.objects.create(fips="28049", name="Hinds", state="MS", latitude=32.27, longitude=-90.44)

    def article(self, agency, slug, title, body="Words.", **more):
        return Article.objects.create(agency=agency, slug=slug, title=title, body=body, **more)

    def test_in_the_callers_language_where_it_is_written_in_it(self, agency):
        self.article(agency, "bring", "What to bring", title_es="Qué llevar", body="A card.", body_es="Una tarjeta.")
        self.article(agency, "rides", "You may bring a friend", body="Rides.")
        first, second = queries.search(agency, "bring", "es")
        assert (first.title, first.body, first.language) == ("Qué llevar", "Una tarjeta.", "es")
        assert (second.title, second.body, second.language) == ("You may bring a friend", "Rides.", "en")
        assert titles(queries.search(agency, "llevar", "en")) == ["bring"]

    def test_the_callers_county_first_another_county_last(self, agency, hinds):
        rankin = County.objects.create(fips="28121", name="Rankin", state="MS", latitude=32.26, longitude=-89.95)
        self.article(agency, "a-rankin", "Parking", county=rankin)
        self.article(agency, "b-all", "Parking")
        self.article(agency, "c-hinds", "Parking", county=hinds)
        found = queries.search(agency, "parking", "en", hinds)
        assert titles(found) == ["c-hinds", "b-all", "a-rankin"]
        assert [one.nearby for one in found] == [True, False, False]

    def test_another_agencys_and_retired_articles_stay_where_they_are(self, agency):
        self.article(make.agency("other"), "x", "Parking")
        self.article(agency, "y", "Parking", active=False)
        assert queries.search(agency, "parking", "en") == []

    def test_nothing_typed_asks_the_database_nothing(self, agency, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert queries.search(agency, " ?", "en") == []

    def test_one_statement_however_many(self, agency, hinds, django_assert_num_queries):
        for n in range(20):
            self.article(agency, f"a{n}", f"Parking {n}", county=hinds)
        with django_assert_num_queries(1):
            assert len(queries.search(agency, "prking", "en", hinds)) == 6
