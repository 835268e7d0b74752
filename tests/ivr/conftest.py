"""The menus' tests use the floor's house, hands of the clock and carrier."""

from tests.floor.conftest import carrier, clock, house  # noqa: F401 - fixtures
