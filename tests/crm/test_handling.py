"""An operator's work on a call: kept from the first letter, closed once and only whole."""

from datetime import timedelta

import pytest
from django.utils import translation

from crm import handling
from crm.models import Disposition, DispositionField, Handling
from tests.crm import people as make
from tests.crm.people import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def english():
    """A page asked for in Spanish leaves its language to the thread."""
    with translation.override("en"):
        yield


@pytest.fixture
def call():
    return make.call(make.agency())


@pytest.fixture
def booked(call):
    return Disposition.objects.create(agency=call.agency, slug="booked", name="Booked", group="booked")


@pytest.fixture
def call_back(call):
    made = Disposition.objects.create(agency=call.agency, slug="call-back", name="Call back", group="follow_up")
    fields = (("when", "When?", "text", True), ("day", "Which day?", "date", False), ("who", "Who?", "choice", True))
    for n, (slug, label, kind, required) in enumerate(fields):
        DispositionField.objects.create(
            disposition=made, slug=slug, label=label, label_es=f"¿{label}", kind=kind, required=required, order=n,
            choices="Anyone|Me" if kind == "choice" else "", choices_es="Cualquiera" if kind == "choice" else "",
        )  # fmt: skip
    return made


def close(call, disposition="booked", details=None, notes="", at=LATER):
    return handling.close(call, make.user(), at, disposition=disposition, details=details or {}, notes=notes)


def test_looking_writes_nothing(call):
    row = handling.of(call, make.user())
    assert (row.notes, row.step, row.answers) == ("", 0, {})
    assert not Handling.objects.exists()


def test_what_is_saved_is_one_row_and_comes_back(call):
    user = make.user()
    assert handling.save(call, user, NOW, notes="Earl wants a seat, too")
    assert handling.save(call, user, LATER, step=2, answers={"0": 1})
    assert handling.save(call, user, LATER, step=3, answers={"2": 4})
    row = handling.of(call, user)
    assert (row.notes, row.step, row.answers, row.saved_at) == (
        "Earl wants a seat, too", 3, {"0": 1, "2": 4}, LATER
    )  # fmt: skip
    assert Handling.objects.count() == 1


def test_each_operator_has_a_row_of_their_own(call):
    handling.save(call, make.user(), NOW, notes="mine")
    handling.save(call, make.user("ben"), NOW, notes="his")
    assert handling.of(call, make.user()).notes == "mine"


def test_notes_have_an_end(call):
    handling.save(call, make.user(), NOW, notes="x" * (handling.NOTES_MAX + 5))
    assert len(handling.of(call, make.user()).notes) == handling.NOTES_MAX


def test_closing_keeps_the_disposition_and_the_last_notes(call, booked):
    handling.save(call, make.user(), NOW, notes="first")
    assert close(call, notes="last")
    row = handling.of(call, make.user())
    assert (row.disposition, row.notes, row.closed_at) == (booked, "last", LATER)


def test_closing_works_though_nothing_was_saved_before(call, booked):
    assert close(call)


def test_closing_twice_is_once(call, booked):
    assert close(call, notes="first")
    assert not close(call, notes="second", at=LATER + timedelta(minutes=1))
    assert handling.of(call, make.user()).closed_at == LATER


def test_after_closing_nothing_is_saved(call, booked):
    close(call, notes="kept")
    assert not handling.save(call, make.user(), LATER, notes="too late", answers={"1": 1})
    assert handling.of(call, make.user()).notes == "kept"


@pytest.mark.parametrize("slug", ["", "no-such", "old", "theirs"])
def test_closing_needs_a_disposition_of_this_agency_that_is_in_use(call, booked, slug):
    Disposition.objects.create(agency=call.agency, slug="old", name="Old", active=False)
    Disposition.objects.create(agency=make.agency("other"), slug="theirs", name="Theirs")
    with pytest.raises(handling.Unfinished) as wanting:
        close(call, slug)
    assert wanting.value.errors == {"disposition": "Please say how it ended."}
    assert not Handling.objects.filter(closed_at__isnull=False).exists()


def test_required_fields_are_asked_for_at_the_field(call, call_back):
    with pytest.raises(handling.Unfinished) as wanting:
        close(call, "call-back", {"when": "  ", "day": "soon", "who": "Nobody"})
    assert wanting.value.errors == {
        "d-when": "Please fill this in: When?",
        "d-day": "Please give a day, for example 2027-01-21.",
        "d-who": "Please choose one of the list.",
    }
    assert not Handling.objects.exists()


def test_what_the_disposition_asks_for_is_kept_and_nothing_else(call, call_back):
    assert close(call, "call-back", {"when": " tomorrow ", "day": "", "who": "Me", "colour": "blue"})
    assert handling.of(call, make.user()).details == {"when": "tomorrow", "who": "Me"}


def test_a_draft_of_the_wrap_up_is_kept_unchecked(call, call_back):
    assert handling.save(call, make.user(), NOW, disposition="call-back", details={"who": "x"})
    row = handling.of(call, make.user())
    assert (row.disposition, row.details, row.closed_at) == (call_back, {"who": "x"}, None)


def test_labels_and_choices_follow_the_language_and_what_is_kept_does_not(call_back):
    field = call_back.fields.get(slug="who")
    assert handling.choices(field) == [("Anyone", "Anyone"), ("Me", "Me")]
    with translation.override("es"):
        assert handling.label(field) == "¿Who?"
        assert handling.choices(field) == [("Anyone", "Cualquiera"), ("Me", "Me")]


def test_dispositions_come_in_the_order_of_the_screen(call, booked, call_back):
    other = Disposition.objects.create(agency=call.agency, slug="unkind", name="Unkind", group="other")
    asked = Disposition.objects.create(agency=call.agency, slug="answered", name="Answered", group="informed")
    Disposition.objects.create(agency=call.agency, slug="gone", name="Gone", active=False)
    assert handling.dispositions(call.agency_id) == [booked, asked, call_back, other]


def test_where_nothing_is_set_up_to_choose_from_nobody_is_held_in_the_wrap_up(call):
    assert close(call, disposition="")
    assert Handling.objects.get(call=call).disposition.name == "Other"
    assert handling.dispositions(call.agency_id) == []
