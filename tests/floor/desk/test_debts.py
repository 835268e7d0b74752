"""People to call back, at the desk: masked until taken on, called with a key, their message heard by whoever may."""

import re

import pytest
from django.contrib.auth.models import Permission

from core.models import AccessLog, Membership
from crm import recordings
from crm.models import Recording
from floor import dispatch, outbox, tapes
from floor.models import Debt
from telephony.carrier import CarrierError
from tests.floor import factories as make
from tests.floor.desk.sitting import press, sit

pytestmark = pytest.mark.django_db
NUMBER = "+16015559001"


@pytest.fixture
def owed(house, clock):
    entry = make.missed(house, clock, NUMBER)
    make.missed(house, clock, NUMBER)
    return entry


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.RECORDINGS_DIR = str(tmp_path / "voices")


def part(client) -> str:
    return client.get("/desk/missed/", headers={"HX-Request": "true"}).text


def debt() -> Debt:
    return Debt.objects.get()


def says(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_list_is_masked_and_says_what_and_how_often(owed, ada):
    page = says(sit(ada).get("/desk/").text)
    assert "(601) •••-••01 Hung up while waiting rang 2 times, today, 9:02" in page
    assert "555-9001" not in page


def test_taken_on_the_number_shows_and_the_look_is_logged(owed, ada, house):
    client, other = sit(ada), sit(make.operator(house, "bob"))
    dispatch.ready(make.Operator.objects.get(user__username="vax-bob"))
    page = says(press(client, f"/desk/missed/{debt().pk}/take/").text)
    assert "(601) 555-9001" in page
    assert "0 of 3" in page
    assert AccessLog.objects.get(what="floor.debt").user == ada.user
    assert "Nobody is waiting for a call" in says(part(other))
    late = press(other, f"/desk/missed/{debt().pk}/take/")
    assert "Somebody else has just taken them on" in late.text
    assert "555-9001" not in late.text


def test_given_back(owed, ada):
    client = sit(ada)
    press(client, f"/desk/missed/{debt().pk}/take/")
    assert "Take on" in press(client, "/desk/missed/give-back/").text
    assert debt().lease_by is None


def test_call_now_leads_to_the_call(owed, ada, carrier):
    client = sit(ada)
    press(client, f"/desk/missed/{debt().pk}/take/")
    answer = press(client, "/desk/missed/call/")
    assert answer["HX-Retarget"] == "#desk-card"
    assert "Calling back" in answer.text
    outbox.run()
    assert carrier.only("dial")["to"] == NUMBER
    assert client.get("/desk/missed/", headers={"HX-Request": "true"}).status_code == 204


def test_without_the_pages_script_it_works_as_well(owed, ada):
    client = sit(ada)
    assert client.post(f"/desk/missed/{debt().pk}/take/").status_code == 302
    assert debt().lease_by == ada


def test_at_night_nobody_can_be_called(owed, ada, clock):
    clock.forward(12 * 3600)
    page = says(part(sit(ada)))
    assert "Nobody may be called at this hour" in page
    assert "1 person, longest first" in page


def test_nobody_elses_agency(owed, clock):
    other = make.operator(make.agency("other"), "eve")
    dispatch.ready(other)
    client = sit(other)
    press(client, f"/desk/missed/{debt().pk}/take/")
    assert debt().lease_by is None


# ---- messages


@pytest.fixture
def tape(owed, clock):
    row = recordings.ask(owed.call, queue="book", language="en", at=clock())
    assert recordings.left(row, url="https://media.plivo.com/x.mp3", carrier_id="r1", seconds=32, at=clock())
    return row


def test_the_worker_fetches_the_sound_once(tape, carrier, clock):
    carrier.errors["recording"] = [CarrierError("not ready yet", retryable=True)]
    tapes.fetch()
    assert not make.again(tape).file
    tapes.fetch()
    assert carrier.names() == ["recording"], "a minute between two tries"
    clock.forward(61)
    tapes.fetch()
    tapes.fetch()
    assert carrier.names() == ["recording", "recording"]
    with make.again(tape).file.open("rb") as file:
        assert file.read() == b"ID3 a voice"


def test_whoever_took_them_on_hears_it_from_us_and_it_is_logged(tape, ada, carrier, clock):
    tapes.fetch()
    client = sit(ada)
    where = f"/desk/messages/{tape.pk}/"
    assert "with a message" in part(client)
    held = press(client, f"/desk/missed/{debt().pk}/take/").text
    assert "may not hear messages" in held
    assert client.get(where).status_code == 404
    ada.user.user_permissions.add(Permission.objects.get(codename="hear_recording"))
    Membership.objects.create(user=ada.user, agency=ada.agency)
    client = sit(ada)
    held = part(client)
    assert f'src="{where}"' in held
    assert "plivo" not in held
    answer = client.get(where)
    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, b"ID3 a voice")
    assert AccessLog.objects.get(what="crm.recording").record == str(tape.pk)
    assert Recording.objects.get().heard_by == ada.user
    dispatch.give_back_missed(ada)
    assert client.get(where).status_code == 404
