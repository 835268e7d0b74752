from datetime import date, timedelta

import pytest
from django.utils import translation

from scheduling import queries, services
from scheduling.models import ClinicSession
from tests.scheduling import factories as make
from tests.scheduling.factories import AT, BILOXI, JACKSON, TUPELO, booked, held

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(agency, vaccine):
    """Three clinics: near Jackson the day after tomorrow, in Tupelo tomorrow, in Biloxi in three days."""
    for slug, point, days in (("jackson", JACKSON, 2), ("tupelo", TUPELO, 1), ("biloxi", BILOXI, 3)):
        make.clinic(make.site(agency, slug, point), vaccine, starts=AT + timedelta(days=days), slots=3, seats=2)
    make.zip_code("39201", (32.29, -90.19))
    make.zip_code("38801", (34.25, -88.71))
    return agency


def slugs(seats) -> list[str]:
    return [seat.site.slug for seat in seats]


@pytest.mark.parametrize(
    ("code", "order"),
    [
        ("39201", ["jackson", "biloxi", "tupelo"]),
        ("38801-1234", ["tupelo", "jackson", "biloxi"]),
        ("", ["tupelo", "jackson", "biloxi"]),  # the soonest
        ("00000", ["tupelo", "jackson", "biloxi"]),
        ("392", ["tupelo", "jackson", "biloxi"]),
    ],
)
def test_nearest_first_and_the_soonest_where_home_is_not_known(town, vaccine, code, order):
    seats = queries.nearest_seats(town.pk, service_id=vaccine.pk, zip_code=code, at=AT)
    assert slugs(seats) == order
    known = code.startswith(("39201", "38801"))
    assert [seat.miles is not None for seat in seats] == [known] * 3


def test_a_seat_says_all_there_is_to_say(town, vaccine):
    (seat,) = queries.nearest_seats(town.pk, service_id=vaccine.pk, zip_code="39201", at=AT, limit=1)
    assert (seat.free, seat.starts_at, seat.service_id) == (2, AT + timedelta(days=2), vaccine.pk)
    assert seat.miles == pytest.approx(0.9, abs=0.05)
    assert seat.local.strftime("%a %H:%M") == "Thu 09:00"


def test_several_of_one_site_are_the_first_seats_of_its_next_clinics(town, vaccine):
    jackson = make.Site.objects.get(slug="jackson")
    make.clinic(jackson, vaccine, starts=AT + timedelta(days=9))
    seats = queries.nearest_seats(town.pk, service_id=vaccine.pk, zip_code="39201", at=AT, per_site=2, limit=3)
    assert slugs(seats) == ["jackson", "jackson", "biloxi"]
    assert [seat.starts_at - AT for seat in seats] == [timedelta(days=days) for days in (2, 9, 3)]


def test_a_clinic_under_way_has_seats_until_its_last_slot_begins(town, vaccine):
    """Also one that began yesterday."""
    make.clinic(make.site(town, "night"), vaccine, starts=AT - timedelta(hours=20), slots=6 * 24, seats=1)
    (seat, *_) = queries.nearest_seats(town.pk, service_id=vaccine.pk, at=AT)
    assert (seat.site.slug, seat.starts_at) == ("night", AT + timedelta(minutes=10))


@pytest.mark.parametrize("not_before", [date(2026, 11, 12), AT + timedelta(days=2)])
def test_not_before_a_day_or_a_moment(town, vaccine, not_before):
    seats = queries.nearest_seats(town.pk, service_id=vaccine.pk, at=AT, not_before=not_before)
    assert slugs(seats) == ["jackson", "biloxi"]


def test_what_is_full_over_closed_or_anothers_is_not_listed(town, vaccine, agency):
    other = make.agency("other")
    make.clinic(make.site(other), make.service(other))
    make.clinic(make.site(agency, "flu"), make.service(agency, "flu"))
    soon = AT + timedelta(days=1, minutes=5)
    first = queries.nearest_seats(town.pk, service_id=vaccine.pk, at=soon)[0]
    assert (first.site.slug, first.starts_at) == ("tupelo", AT + timedelta(days=1, minutes=10))
    for _ in range(2):
        held(make.person(agency), make.Slot.objects.get(pk=first.slot_id), soon)
    assert queries.nearest_seats(town.pk, service_id=vaccine.pk, at=soon)[0].starts_at > first.starts_at
    ClinicSession.objects.filter(site__slug="tupelo").update(active=False)
    assert slugs(queries.nearest_seats(town.pk, service_id=vaccine.pk, at=soon)) == ["jackson", "biloxi"]


def test_whatever_is_listed_can_be_held(town, vaccine, agency):
    for _ in range(18):
        (seat, *_) = queries.nearest_seats(town.pk, service_id=vaccine.pk, zip_code="39201", at=AT)
        services.hold(slot_id=seat.slot_id, person=make.person(agency), user=None, at=AT)
    assert queries.nearest_seats(town.pk, service_id=vaccine.pk, zip_code="39201", at=AT) == []


@pytest.mark.parametrize("per_site", [1, 3])
def test_the_search_asks_four_things_however_many_clinics(agency, vaccine, per_site, django_assert_num_queries):
    make.zip_code("39201", JACKSON)
    for n in range(60):
        make.clinic(make.site(agency, f"s{n}", (32.3 + n / 50, -90.2)), vaccine, slots=4)
    with django_assert_num_queries(4):  # the ZIP, the sites, the next clinics, their seats
        seats = queries.nearest_seats(agency.pk, service_id=vaccine.pk, zip_code="39201", at=AT, per_site=per_site)
        assert len(seats) == 5
        assert [seat.site.name for seat in seats]
    with django_assert_num_queries(3):
        queries.nearest_seats(agency.pk, service_id=vaccine.pk, at=AT)


def test_it_looks_further_when_the_nearest_are_full(agency, vaccine, django_assert_num_queries):
    make.zip_code("39201", JACKSON)
    for n in range(60):
        make.site(agency, f"s{n}", (32.3 + n / 50, -90.2))
    far = make.site(agency, "far", TUPELO)
    make.clinic(far, vaccine)
    with django_assert_num_queries(6):
        seats = queries.nearest_seats(agency.pk, service_id=vaccine.pk, zip_code="39201", at=AT)
    assert slugs(seats) == ["far"]


def test_services_that_can_be_booked(agency, vaccine):
    make.service(agency, "old").__class__.objects.filter(slug="old").update(active=False)
    make.service(make.agency("other"))
    assert queries.services(agency.pk) == [vaccine]


def test_eligible_says_why_in_the_language_of_the_page(vaccine):
    senior = make.rule(vaccine, min_age=65, name="aged 65 and over", name_es="de 65 años o más")
    make.rule(vaccine, "closed", active=False)
    day = date(2026, 11, 12)
    yes = queries.eligible(vaccine, born_on=date(1961, 11, 12), day=day)
    assert (bool(yes), yes.rules, yes.reasons) == (True, (senior,), ("aged 65 and over",))
    with translation.override("es"):
        no = queries.eligible(vaccine, born_on=date(1961, 11, 13), day=day)
    assert (bool(no), no.reasons) == (False, ("de 65 años o más",))


def test_categories_are_asked_for_only_where_a_rule_names_one(agency, vaccine):
    make.rule(vaccine, min_age=65)
    worker = make.rule(vaccine, "workers", category="health")
    assert queries.categories(vaccine) == [worker]
    assert queries.categories(make.service(agency, "flu")) == []


def test_appointments_of_a_person_newest_first_without_what_was_let_go(agency, hazel, slots, django_assert_num_queries):
    old = booked(hazel, slots[0])
    services.cancel(old, user=None, at=AT)
    services.let_go(held(hazel, slots[1], AT + timedelta(minutes=1)), at=AT)
    new = booked(hazel, slots[2], AT + timedelta(minutes=2))
    booked(make.person(agency), slots[0])
    with django_assert_num_queries(1):
        found = queries.appointments_of(hazel)
        assert [row.slot.session.site.slug + row.service.slug for row in found]
    assert found == [new, old]


def test_what_is_held_in_a_call_is_found_again(agency, hazel, slots):
    from crm.models import Call

    call, other = (Call.objects.create(agency=agency, carrier_uuid=name, started_at=AT) for name in ("one", "two"))
    mine = held(hazel, slots[0], call=call)
    held(make.person(agency), slots[1], call=other)
    booked(make.person(agency), slots[2], call=call)
    assert queries.held_in(call.pk) == [mine]
