import pytest

from telephony.plivo_adapter import PlivoCarrier
from tests.telephony.wire import AUTH_ID


@pytest.fixture
def carrier():
    return PlivoCarrier(AUTH_ID, "token", timeout_s=5)
