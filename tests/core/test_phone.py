"""One spelling of a telephone number, whatever the carrier writes."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.phone import e164
from crm.models import Call


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("+16015550100", "+16015550100"),
        ("16015550100", "+16015550100"),
        ("6015550100", "+16015550100"),
        ("(601) 555-0100", "+16015550100"),
        (" +1 601.555.0100 ", "+16015550100"),
        ("+442079460018", "+442079460018"),
        ("442079460018", "+442079460018"),
        ("+525555550100", "+525555550100"),
        ("+919879879876", "+919879879876"),
        ("911", ""),
        ("", ""),
        ("   ", ""),
        ("+", ""),
        ("0", ""),
        ("anonymous", ""),
        ("Restricted", ""),
        ("UNAVAILABLE", ""),
        ("sip:+16015550100@phone.plivo.com", ""),
        ("sip:ada@phone.plivo.com", ""),
        ("1-800-FLOWERS", ""),
        ("\u0000", ""),
        ("1" * 40, ""),
    ],
)
def test_by_table(raw, expected):
    assert e164(raw) == expected


MOST = Call._meta.get_field("from_number").max_length
anything = st.one_of(
    st.text(max_size=80),
    st.text(alphabet="+0123456789 ()-.", max_size=30),
    st.builds(
        lambda country, rest: f"+{country}{rest}",
        st.sampled_from((1, 7, 39, 43, 49, 52, 91)),
        st.from_regex(r"\A[0-9]{4,16}\Z"),
    ),
)


@given(anything)
@example("+49" + "1" * 15)
def test_anything_becomes_a_number_that_fits_or_nothing(raw):
    number = e164(raw)
    assert number == "" or re.fullmatch(r"\+[0-9]+", number)
    assert len(number) <= MOST


@given(st.from_regex(r"\A[2-9][0-9]{9}\Z"))
def test_a_number_of_this_country_is_one_however_it_is_spelled(number):
    expected = f"+1{number}"
    spellings = (expected, f"1{number}", number, f"({number[:3]}) {number[3:6]}-{number[6:]}", f" +1 {number} ")
    assert {e164(spelling) for spelling in spellings} == {expected}
