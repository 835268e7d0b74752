"""The one clock, and that no table keeps another."""

from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import NOT_PROVIDED

from core import clock
from tests.core.rooms import OURS

HAND = datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_the_time_is_told_in_utc():
    assert clock.now().utcoffset() == timedelta(0)
    assert settings.USE_TZ


def test_a_clock_swapped_in_runs_until_its_block_ends():
    before = clock.now()
    with clock.running_on(lambda: HAND):
        assert clock.now() == HAND
        with clock.running_on(lambda: HAND + timedelta(hours=1)):
            assert clock.now() == HAND + timedelta(hours=1)
        assert clock.now() == HAND
    assert clock.now() >= before


def test_the_real_clock_returns_after_an_error():
    with pytest.raises(LookupError), clock.running_on(lambda: HAND):
        raise LookupError
    assert clock.now() > HAND


def test_no_table_of_ours_has_a_clock_of_its_own():
    columns = [
        field for model in apps.get_models() if model._meta.app_label in OURS for field in model._meta.local_fields
    ]
    assert len(columns) > 50, "the check found no tables"
    for field in columns:
        where = f"{field.model.__name__}.{field.name}"
        assert not getattr(field, "auto_now", False), where
        assert not getattr(field, "auto_now_add", False), where
        assert field.db_default is NOT_PROVIDED, where
        assert "now" not in getattr(field.default, "__name__", ""), where
