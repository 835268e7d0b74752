import io
from datetime import date, time, timedelta

import pytest
from django.core.management import CommandError, call_command

from core import clock
from knowledgebase.models import Holiday
from scheduling.models import ClinicSession, Slot
from scheduling.sessions import Made, make_sessions
from tests.scheduling import factories as make

MONDAY = date(2026, 11, 16)


@pytest.fixture
def weekly(jackson, vaccine):
    """Mondays nine to twelve in half hours: six slots of four seats."""
    return make.template(jackson, vaccine)


def test_a_clinic_a_week_with_its_slots(agency, weekly):
    assert make_sessions(agency, weeks=4, start=MONDAY) == Made(4, 24)
    first = ClinicSession.objects.earliest("starts_at")
    assert (first.service_date, first.template) == (MONDAY, weekly)
    assert first.starts_at.astimezone(first.site.zone).time() == time(9)
    assert first.ends_at - first.starts_at == timedelta(hours=3)
    assert {(slot.capacity, slot.booked) for slot in first.slots.all()} == {(4, 0)}


def test_again_adds_only_what_is_missing_and_touches_nothing(agency, weekly):
    make_sessions(agency, weeks=2, start=MONDAY)
    ClinicSession.objects.update(active=False)
    Slot.objects.update(capacity=9, booked=2)
    before = list(Slot.objects.order_by("pk").values())
    assert make_sessions(agency, weeks=3, start=MONDAY) == Made(1, 6)
    assert list(Slot.objects.order_by("pk").values())[: len(before)] == before
    assert ClinicSession.objects.filter(active=False).count() == 2


def test_a_template_with_new_hours_gives_no_second_clinic_on_a_day_that_has_one(agency, weekly):
    make_sessions(agency, weeks=1, start=MONDAY)
    weekly.opens = time(10)
    weekly.save()
    assert make_sessions(agency, weeks=2, start=MONDAY) == Made(1, 4)


def test_a_clinic_made_by_hand_is_not_made_twice(agency, jackson, vaccine, weekly):
    make_sessions(agency, weeks=1, start=MONDAY)
    ClinicSession.objects.update(template=None)
    assert make_sessions(agency, weeks=1, start=MONDAY) == Made(0, 0)


def test_holidays_of_the_main_hours_are_kept_and_no_others(agency, weekly):
    Holiday.objects.create(agency=agency, date=MONDAY, name="A day off")
    Holiday.objects.create(agency=agency, slug="nurses", date=MONDAY + timedelta(weeks=1), name="Nurses off")
    Holiday.objects.create(agency=make.agency("other"), date=MONDAY + timedelta(weeks=1), name="Their day off")
    assert make_sessions(agency, weeks=2, start=MONDAY) == Made(1, 6)
    assert ClinicSession.objects.get().service_date == MONDAY + timedelta(weeks=1)


@pytest.mark.parametrize("off", ["template", "site", "service"])
def test_what_is_not_active_is_not_held(agency, weekly, off):
    row = weekly if off == "template" else getattr(weekly, off)
    row.active = False
    row.save()
    assert make_sessions(agency, weeks=1, start=MONDAY) == Made(0, 0)


def test_a_clinic_past_midnight_belongs_to_the_day_it_began(agency, jackson, vaccine):
    make.template(jackson, vaccine, weekday=5, opens=time(22), closes=time(6), slot_minutes=15)
    assert make_sessions(agency, weeks=1, start=date(2026, 10, 31)) == Made(1, 36)
    assert ClinicSession.objects.get().service_date == date(2026, 10, 31)


def test_two_templates_whose_times_fall_together_when_the_clocks_change_make_one_clinic(agency, jackson, vaccine):
    for opens in (time(2, 30), time(3, 30)):
        make.template(jackson, vaccine, weekday=6, opens=opens, closes=time(5))
    assert make_sessions(agency, weeks=1, start=date(2027, 3, 14)).sessions == 1


def test_statements_do_not_grow_with_sites(agency, vaccine, django_assert_max_num_queries):
    for n in range(12):
        make.template(make.site(agency, f"s{n}"), vaccine)
    with django_assert_max_num_queries(10):
        assert make_sessions(agency, weeks=1, start=MONDAY) == Made(12, 72)


def test_the_command_serves_every_agency_from_its_own_today(agency, weekly):
    make.template(make.site(make.agency("other")), make.service(make.agency("other")))
    said, progress = io.StringIO(), io.StringIO()
    with clock.running_on(lambda: make.AT.replace(day=17, hour=3)):  # still Monday the 16th in Jackson
        call_command("make_sessions", weeks=2, stdout=said, stderr=progress)
    assert said.getvalue() == "other: 2 new sessions, 12 new slots.\nvax: 2 new sessions, 12 new slots.\n" or (
        said.getvalue() == "vax: 2 new sessions, 12 new slots.\nother: 2 new sessions, 12 new slots.\n"
    )
    assert ClinicSession.objects.earliest("service_date").service_date == MONDAY
    assert "until 2026-11-29: 2 sessions, 12 slots" in progress.getvalue()


def test_the_command_starts_where_it_is_told(agency, weekly):
    call_command("make_sessions", "--weeks", "1", "--from", "2027-01-04", stdout=io.StringIO(), stderr=io.StringIO())
    assert ClinicSession.objects.get().service_date == date(2027, 1, 4)


@pytest.mark.parametrize(
    ("arguments", "says"), [(["--from", "tomorrow"], "such as 2026-11-23"), (["--weeks", "0"], "1 or more")]
)
def test_the_command_says_what_it_needs(db, arguments, says):
    with pytest.raises(CommandError, match=says):
        call_command("make_sessions", *arguments)
