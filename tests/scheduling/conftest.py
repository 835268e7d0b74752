import pytest

from tests.scheduling import factories as make


@pytest.fixture
def agency(db):
    return make.agency()


@pytest.fixture
def vaccine(agency):
    return make.service(agency)


@pytest.fixture
def jackson(agency):
    return make.site(agency)


@pytest.fixture
def slots(jackson, vaccine):
    """Three slots tomorrow morning, one seat each."""
    return make.clinic(jackson, vaccine, slots=3)


@pytest.fixture
def hazel(agency):
    return make.person(agency)
