"""Where somebody lands who opens the bare address."""

import pytest
from django.test import Client

from core.models import Agency
from tests.contactcenter import staff

pytestmark = pytest.mark.django_db


def test_whoever_is_not_signed_in_signs_in_and_comes_back_here(client: Client):
    answer = client.get("/")
    assert (answer.status_code, answer.url) == (302, "/login/?next=/")


@pytest.mark.parametrize(
    ("role", "page"),
    [("operator", "/desk/"), ("supervisor", "/floor/"), ("site_clerk", "/clinic/"), ("admin", "/floor/")],
)
def test_everybody_lands_on_their_own_page(client: Client, role, page):
    agency = Agency.objects.create(slug="ms", name="Vaccine line")
    client.force_login(staff.member(agency, role))
    assert client.get("/").url == page
