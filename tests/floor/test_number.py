"""Where a caller is to be called back: confirmed, changed, typed; and nobody leaves the line before it is settled."""

import pytest

from core.phone import callable_number
from floor import dispatch
from floor.models import Callback, Entry, Queue
from tests.floor import factories as make
from tests.floor.factories import again, arrives, fates, offer_of
from tests.floor.knocking import heard, knock, leads_to

pytestmark = pytest.mark.django_db
OTHER, OTHER_E164 = "6015550147", "+16015550147"


def press_one(entry):
    return knock(f"/carrier/wait/{entry.pk}/", CallUUID="x", Digits="1")


def ok(entry, digits, step=0):
    return knock(f"/carrier/number/{entry.pk}/{step}/ok/", CallUUID="x", Digits=digits)


def typed(entry, digits, step=0):
    return knock(f"/carrier/number/{entry.pk}/{step}/typed/", CallUUID="x", Digits=digits)


def number_of(entry):
    return Callback.objects.get(entry=entry, ended_at=None).number


@pytest.mark.parametrize("digits", ["1", ""], ids=["right", "silence"])
def test_the_number_they_ring_from(house, digits):
    entry = arrives(house, "+16015559001")
    assert "6, 0, 1. 5, 5, 5. 9, 0, 0, 1" in heard(press_one(entry))
    assert "Your place is kept" in heard(ok(entry, digits))
    assert again(entry).state == Entry.State.CALLBACK
    assert number_of(entry) == "+16015559001"


def test_another_number_is_typed_read_back_and_confirmed(house):
    entry = arrives(house, "+16015559001")
    press_one(entry)
    asked = ok(entry, "2")
    assert "ten digits" in heard(asked)
    assert 'log="false"' in asked.content.decode(), "what is typed stays out of the carrier's logs"
    back = typed(entry, OTHER)
    assert "6, 0, 1. 5, 5, 5. 0, 1, 4, 7" in heard(back)
    assert leads_to(back) == [f"/carrier/number/{entry.pk}/1/ok/"] * 2
    assert again(entry).state == Entry.State.WAITING, "not before it is confirmed"
    ok(entry, "1", step=1)
    assert number_of(entry) == OTHER_E164


def test_a_number_typed_and_not_confirmed_is_not_called(house):
    """It may be a stranger's."""
    entry = arrives(house, "+16015559001")
    typed(entry, OTHER)
    ok(entry, "", step=1)
    assert number_of(entry) == "+16015559001"


def test_silence_instead_of_digits_means_the_number_they_ring_from(house):
    entry = arrives(house, "+16015559001")
    press_one(entry)
    ok(entry, "2")
    typed(entry, "")
    assert number_of(entry) == "+16015559001"


@pytest.mark.parametrize("digits", ["5", "601555014", "0000000000", "9005550147", "9116015551", "16015550147000"])
def test_what_cannot_be_called_is_asked_for_again(house, digits):
    entry = arrives(house)
    again_asked = typed(entry, digits)
    assert "cannot call that number" in heard(again_asked)
    assert leads_to(again_asked) == [f"/carrier/number/{entry.pk}/0/typed/"] * 2
    assert not Callback.objects.exists()


def test_a_withheld_number_types_one_and_stays_in_line_if_it_does_not(house):
    entry = arrives(house, "")
    assert "ten digits" in heard(press_one(entry))
    assert "You stay in line" in heard(typed(entry, ""))
    assert again(entry).state == Entry.State.WAITING
    typed(entry, OTHER)
    assert "You stay in line" in heard(ok(entry, "", step=1)), "typed, and never confirmed"
    ok(entry, "1", step=1)
    assert number_of(entry) == OTHER_E164


def test_an_operator_who_becomes_free_meanwhile_wins(house, ada):
    dispatch.away(ada)
    entry = arrives(house)
    press_one(entry)
    ok(entry, "2")
    dispatch.ready(ada)
    assert "connecting you" in heard(typed(entry, OTHER))
    assert "connecting you" in heard(ok(entry, "1"))
    assert offer_of(entry).operator == ada
    assert not Callback.objects.exists()


def test_a_late_repeat_of_an_earlier_number_changes_nothing(house):
    entry = arrives(house)
    typed(entry, "6015550111")
    typed(entry, OTHER, step=1)
    assert "0, 1, 4, 7" in heard(typed(entry, "6015550111")), "asked about the present number"
    assert "0, 1, 4, 7" in heard(ok(entry, "1", step=1)), "an answer to an earlier question is not one to this"
    assert not Callback.objects.exists()
    ok(entry, "1", step=2)
    assert number_of(entry) == OTHER_E164


def test_told_twice_it_is_promised_once(house):
    entry = arrives(house)
    press_one(entry)
    first = heard(ok(entry, "1"))
    before = make.everything()
    assert heard(ok(entry, "1")) == first
    assert heard(ok(entry, "2")) == first
    assert heard(typed(entry, OTHER)) == first
    assert make.everything() == before


def test_a_number_that_is_owed_a_call_already_is_said_so(house):
    one, two = arrives(house, "+16015559001"), arrives(house, "+16015559002")
    typed(one, OTHER)
    ok(one, "1", step=1)
    typed(two, OTHER)
    assert "already" in heard(ok(two, "1", step=1))
    assert (fates(one), fates(two)) == ([], ["callback_cancelled"])


def test_spanish_is_spoken_to_who_speaks_it(house):
    entry = dispatch.arrive(make.call(house), queue="book", language="es")
    assert "Le llamaremos al" in heard(press_one(entry))
    assert "diez dígitos" in heard(ok(entry, "2"))


def test_where_call_backs_are_off_nobody_is_asked(house):
    Queue.objects.update(callback_mode="off")
    entry = arrives(house)
    assert "press 1" not in heard(press_one(entry))
    ok(entry, "1")
    assert again(entry).state == Entry.State.WAITING


def test_an_address_that_names_nothing(house):
    assert heard(knock("/carrier/number/77/0/ok/", CallUUID="x", Digits="1"))
    assert heard(knock("/carrier/number/77/0/typed/", CallUUID="x", Digits=OTHER))


@pytest.mark.parametrize(
    ("digits", "number"),
    [
        ("6015550147", "+16015550147"),
        ("16015550147", "+16015550147"),
        ("9005550147", ""),
        ("1234567890", ""),
        ("911", ""),
        ("", ""),
        ("٦٠١٥٥٥٠١٤٧", ""),
    ],
)
def test_which_digits_are_a_number_we_may_call(digits, number):
    assert callable_number(digits) == number
