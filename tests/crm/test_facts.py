"""The ledger: append-only, one fate to a contact, one line to an event of the carrier's."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from core.models import Agency
from crm import services as facts
from crm.ledger import FATES, NOT_OFFERED_FATES, OFFERED_FATES, Kind
from crm.models import Call, CallEvent

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 10, 15, tzinfo=UTC)


@pytest.fixture
def call():
    of = Agency.objects.create(slug="vax", name="Vaccine line")
    told = {"carrier_uuid": "c1", "from_number": "+16015559001", "to_number": "+16015550100"}
    return facts.open_call(agency_id=of.pk, at=NOW, **told)


def refused(call, *args, **kwargs):
    with pytest.raises(IntegrityError), transaction.atomic():
        facts.record(call.pk, *args, at=NOW, **kwargs)


def test_a_call_is_opened_once(call):
    assert (call.started_at, call.ended_at, call.drill) == (NOW, None, True)
    again = {"carrier_uuid": "c1", "from_number": "", "to_number": ""}
    with pytest.raises(IntegrityError), transaction.atomic():
        facts.open_call(agency_id=call.agency_id, at=NOW, **again)
    assert Call.objects.count() == 1


def test_a_call_outside_the_sandbox_is_no_drill(call, settings):
    settings.SANDBOX = False
    told = {"carrier_uuid": "c2", "from_number": "", "to_number": ""}
    assert not facts.open_call(agency_id=call.agency_id, at=NOW, **told).drill


def test_a_call_ends_once(call):
    assert facts.end_call(call, hangup_code="4000-and-more", at=NOW)
    assert not facts.end_call(call, hangup_code="3000", at=NOW)
    call.refresh_from_db()
    assert (call.ended_at, call.hangup_code) == (NOW, "4000-and")


@pytest.mark.parametrize("first", FATES)
def test_a_contact_has_one_fate(call, first):
    facts.record(call.pk, first, at=NOW)
    for second in FATES:
        refused(call, second)
    assert CallEvent.objects.count() == 1


def test_what_is_no_fate_may_be_written_often(call):
    for _ in range(2):
        facts.record(call.pk, Kind.RING_ENDED, at=NOW, seconds=5)
    assert CallEvent.objects.count() == 2


def test_an_event_of_the_carriers_is_written_once(call):
    facts.record(call.pk, Kind.CONNECTED, at=NOW, key="room:1")
    refused(call, Kind.CONNECTED, key="room:1")
    facts.record(call.pk, Kind.CONNECTED, at=NOW, key="room:2")


@pytest.mark.parametrize("key", [None, ""])
def test_lines_without_a_carriers_event_do_not_hinder_one_another(call, key):
    for _ in range(2):
        facts.record(call.pk, Kind.RING_ENDED, at=NOW, key=key)
    assert CallEvent.objects.filter(key=None).count() == 2


def test_two_contacts_have_a_fate_each(call):
    told = {"carrier_uuid": "c2", "from_number": "", "to_number": ""}
    other = facts.open_call(agency_id=call.agency_id, at=NOW, **told)
    for each in (call, other):
        facts.record(each.pk, Kind.ABANDONED, at=NOW)
    assert CallEvent.objects.count() == 2


def test_the_fates_are_of_two_kinds_and_the_database_knows_each():
    assert set(NOT_OFFERED_FATES).isdisjoint(OFFERED_FATES)
    (rule,) = [rule for rule in CallEvent._meta.constraints if rule.name == "one_fate_per_contact"]
    assert set(dict(rule.condition.children)["kind__in"]) == {str(fate) for fate in FATES}


def test_every_word_of_the_ledger_fits_its_column():
    column = CallEvent._meta.get_field("kind")
    assert max(len(kind) for kind in Kind.values) <= column.max_length
