"""Birth dates as they are typed while somebody says them."""

from datetime import date

import pytest

from crm.dates import birth_date

TODAY = date(2026, 11, 10)


@pytest.mark.parametrize(
    "text",
    [
        "5 3 1948",
        "05/03/1948",
        "5-3-1948",
        "5.3.1948",
        "05031948",
        "1948-05-03",
        "May 3 1948",
        "may 3, 1948",
        "May 3rd, 1948",
        "3 May 1948",
        "the 3rd of May 1948",
        "3 de mayo de 1948",
        "mayo 3, 1948",
        "  5  3  1948 ",
    ],
)
def test_one_day_in_many_spellings(text):
    assert birth_date(text, today=TODAY) == date(1948, 5, 3)


@pytest.mark.parametrize(
    "text",
    ["", "x", "1948", "5 1948", "5 3 48", "13 3 1948", "2 30 1948", "0 3 1948", "5 3 1948 7", "ma 3 1948", "5 3 1700",
     "1 1 2027", "11 11 2026", "٥ ٣ ١٩٤٨", "5 3 -1948x", "mayonnaise 3 1948", "9" * 100],
)  # fmt: skip
def test_what_is_no_birth_date_is_asked_again(text):
    assert birth_date(text, today=TODAY) is None


def test_somebody_born_today_has_a_birth_date():
    assert birth_date("11 10 2026", today=TODAY) == TODAY


@pytest.mark.parametrize(("word", "month"), [("ene", 1), ("Sept", 9), ("setiembre", 9), ("dic", 12), ("Aug", 8)])
def test_months_by_their_first_letters_in_both_languages(word, month):
    assert birth_date(f"{word} 3 1948", today=TODAY) == date(1948, month, 3)
