"""The partner's API: whose rows, which facts, no row twice or never, and every refusal in plain JSON."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import jsonschema
import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from contactcenter.api import door, pages
from core import clock, keys
from core.models import AccessLog, ApiKey
from scheduling import services
from scheduling.models import Appointment
from tests.contactcenter import staff
from tests.scheduling import factories as make
from tests.scheduling.factories import AT, again, booked, held

pytestmark = pytest.mark.django_db
LIST = "/api/v1/appointments/"
LATER = AT + timedelta(hours=1)
CLINIC = {"from": "2026-11-11", "to": "2026-11-11"}


@pytest.fixture(autouse=True)
def an_hour_later():
    cache.clear()  # the brake counts in memory, across tests
    with clock.running_on(lambda: LATER):
        yield


@pytest.fixture
def agency(db):
    return make.agency()


@pytest.fixture
def clinic(agency):
    """Six slots tomorrow, three seats each."""
    return make.clinic(make.site(agency), make.service(agency), slots=6, seats=3)


@pytest.fixture
def key(agency):
    return keys.make(agency, name="Partner", scopes=["appointments:read"], at=AT)[1]


@pytest.fixture
def ask(key):
    """Asks as the partner does: status and JSON."""

    def get(path=LIST, key=key, **wanted):
        response = Client().get(path, wanted, headers={"Authorization": f"Api-Key {key}"} if key else {})
        assert response.headers["Content-Type"] == "application/json"
        return response.status_code, response.json()

    return get


@pytest.fixture
def tokens(ask):
    def get(**wanted):
        status, said = ask(**wanted)
        assert status == 200, said
        return [row["token"] for row in said["results"]]

    return get


def some(agency, slot, count, at=AT):
    return [booked(make.person(agency), slot, at + timedelta(seconds=n)) for n in range(count)]


def names(rows):
    return [str(row.token) for row in rows]


# ---- whose, and what --------------------------------------------------------------------------------------------


def test_a_partner_reads_the_rows_of_its_agency_and_no_others(agency, clinic, ask, tokens):
    ours = some(agency, clinic[0], 2)
    other = make.agency("other")
    (theirs,) = make.clinic(make.site(other), make.service(other), slots=1)
    (hidden,) = some(other, theirs, 1)
    assert tokens() == names(ours)
    assert ask(f"{LIST}{ours[0].token}/")[1]["token"] == str(ours[0].token)
    status, said = ask(f"{LIST}{hidden.token}/")
    assert (status, list(said)) == (404, ["detail"])


def test_what_is_told_of_an_appointment(agency, clinic, ask):
    row = booked(make.person(agency), clinic[1])
    said = ask()[1]["results"][0]
    assert said == {
        "token": str(row.token), "state": "booked", "version": row.version, "service": "vaccine", "site": "jackson",
        "county": "Hinds", "county_fips": "28049", "day": "2026-11-11", "starts_at": "2026-11-11T09:10:00-06:00",
        "ends_at": "2026-11-11T09:20:00-06:00", "time_zone": "America/Chicago", "person": row.person.reference,
        "source": "phone", "booked_at": "2026-11-10T15:00:00Z", "changed_at": "2026-11-10T15:00:00Z",
        "ended_at": None, "moved_to": None,
    }  # fmt: skip
    assert ask(f"{LIST}{row.token}/") == (200, said)


def test_nothing_personal_leaves_the_database(agency, clinic, ask, django_assert_num_queries):
    row = booked(make.person(agency), clinic[0])
    with django_assert_num_queries(4) as statements:  # the key, its use, the rows, the line in the log
        text = json.dumps(ask())
    for secret in (row.person.given_name, row.person.family_name, "1948", row.person.zip_code, row.code):
        assert secret not in text
    read = " ".join(statement["sql"] for statement in statements)
    for column in ("given_name", "family_name", "born_on", "street", "good_to_know"):
        assert column not in read


def test_one_row_or_many_cost_as_much(agency, clinic, ask, django_assert_num_queries):
    some(agency, clinic[0], 3)
    some(agency, clinic[1], 3)
    ask()
    with django_assert_num_queries(3):  # its use was noted this minute
        assert len(ask()[1]["results"]) == 6


def test_holds_are_not_told_and_a_move_says_where_to(agency, clinic, ask, tokens):
    whom = make.person(agency)
    old = booked(whom, clinic[0])
    new = held(whom, clinic[1], AT + timedelta(seconds=5), moving=old)
    services.let_go(held(make.person(agency), clinic[2]), at=AT)
    assert tokens() == names([old])
    assert ask(f"{LIST}{new.token}/")[0] == 404
    assert ask(f"{LIST}{old.token}/")[1]["moved_to"] is None
    services.book(new, user=None, at=AT + timedelta(seconds=9))
    moved = ask(state="moved")[1]["results"]
    assert [(row["token"], row["moved_to"]) for row in moved] == [(str(old.token), str(new.token))]
    assert moved[0]["version"] > old.version


def test_every_pull_leaves_a_line(agency, clinic, ask, key):
    (row,) = some(agency, clinic[0], 1)
    ask()
    ask(f"{LIST}{row.token}/")
    ask(limit=0)
    line = {"user_id": None, "action": "exported", "what": "scheduling.appointment", "where": "api"}
    expected = line | {"record": key.partition(".")[0], "agency_id": agency.pk, "at": LATER}
    assert [{name: getattr(log, name) for name in expected} for log in AccessLog.objects.all()] == [expected] * 2


# ---- filters and pages ------------------------------------------------------------------------------------------


def test_filters(agency, clinic, tokens):
    first, second = some(agency, clinic[0], 2)
    tupelo = make.site(agency, "tupelo", make.TUPELO)
    (late,) = make.clinic(tupelo, make.service(agency), starts=AT + timedelta(days=3), slots=1)
    (third,) = some(agency, late, 1, AT + timedelta(minutes=1))
    services.cancel(second, user=None, at=AT + timedelta(minutes=2))
    assert tokens() == names([first, third, second])
    assert tokens(state="cancelled") == names([second])
    assert tokens(site="tupelo") == names([third])
    assert tokens(**CLINIC) == names([first, second])
    assert tokens(**{"from": "2026-11-12"}) == names([third])
    assert tokens(to="2026-11-10") == []
    assert tokens(changed_since="2026-11-10T15:01:00Z") == names([second])
    assert tokens(changed_since="2026-11-10T09:00:00-06:00") == names([third, second])


def test_the_last_half_minute_waits_and_as_of_goes_on_from_there(agency, clinic, ask, tokens):
    (told,) = some(agency, clinic[0], 1)
    border = pages.settled(LATER)
    (last,) = some(agency, clinic[1], 1, border)
    (young,) = some(agency, clinic[2], 1, border + timedelta(microseconds=1))
    said = ask()[1]
    assert [row["token"] for row in said["results"]] == names([told, last])
    with clock.running_on(lambda: LATER + timedelta(seconds=1)):
        assert tokens(changed_since=said["as_of"]) == names([young])


def test_pages_neither_skip_nor_repeat_while_others_book_and_change(agency, clinic, ask):
    rows = some(agency, clinic[0], 3) + [booked(make.person(agency), slot, AT) for slot in clinic[1:4]]
    late, (path, wanted), met = [], (LIST, {"limit": 2, "from": "2026-11-01"}), []
    while path:
        said = ask(path, **wanted)[1]
        met += [row["token"] for row in said["results"]]
        if not late:  # between two pages: a new one, and one already told changes
            late = some(agency, clinic[5], 1, AT + timedelta(minutes=5))
            services.cancel(rows[0], user=None, at=AT + timedelta(minutes=6))
        path, wanted = (said["next"] or "").replace("http://testserver", ""), {}
        assert not path or "from=2026-11-01" in urlsplit(path).query
    same_moment = [rows[0], *rows[3:]]
    assert met == names([*same_moment, rows[1], rows[2], *late, rows[0]])
    assert again(rows[0]).state == "cancelled"


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ({"change_since": "2026-11-10T15:00:00Z"}, "There is no such parameter."),
        ({"changed_since": "2026-11-10T15:00:00"}, "Please give a moment with its offset"),
        ({"from": "soon"}, "Please give a day such as 2026-01-14."),
        ({"state": "held"}, "is not a valid choice"),
        ({"limit": "501"}, "less than or equal to 500"),
        ({"cursor": "bm90aGluZw"}, "This is not a cursor we gave out."),
        ({"cursor": "é"}, "This is not a cursor we gave out."),
    ],
)
def test_what_makes_no_sense_is_said_of_the_parameter(ask, wanted, says):
    status, said = ask(**wanted)
    assert status == 400
    (words,) = said["fields"][next(iter(wanted))]
    assert says in words


# ---- the door ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "x", "x.y", ".", "nobody.secret", "no\x00body.secret"])
def test_no_key_or_a_wrong_one_opens_nothing(ask, key, text):
    status, said = ask(key=text)
    assert (status, list(said)) == (401, ["detail"])


def test_a_wrong_secret_or_a_changed_letter_opens_nothing(ask, key):
    prefix, _, secret = key.partition(".")
    for wrong in (f"{prefix}.", f"{prefix}.{secret[:-1]}", f"{prefix}.{secret}x", f"{prefix}.{secret.swapcase()}"):
        assert ask(key=wrong)[0] == 401
    response = Client().get(LIST)
    assert response.headers["WWW-Authenticate"] == "Api-Key"


def test_the_life_of_a_key(agency, ask, key):
    row = ApiKey.objects.get()
    assert key.partition(".")[2] not in json.dumps(list(ApiKey.objects.values()), default=str)
    ask()
    assert again(row).last_used_at == LATER
    with clock.running_on(lambda: LATER + timedelta(seconds=59)):
        ask()
    assert again(row).last_used_at == LATER
    with clock.running_on(lambda: LATER + timedelta(seconds=60)):
        ask()
    assert again(row).last_used_at == LATER + timedelta(seconds=60)
    assert keys.revoke(row, at=LATER)
    assert not keys.revoke(row, at=LATER)
    assert ask()[0] == 401


def test_a_key_without_the_scope_is_told_which_one(agency, ask):
    _, other = keys.make(agency, name="Other", scopes=[], at=AT)
    status, said = ask(key=other)
    assert status == 403
    assert "appointments:read" in said["detail"]
    with pytest.raises(ValueError, match="there is no scope 'everything'"):
        keys.make(agency, name="Other", scopes=["everything"], at=AT)


def test_a_session_opens_nothing():
    user = get_user_model().objects.create_superuser("root")
    browser = Client()
    browser.force_login(user)
    assert browser.get(LIST).status_code == 401


def test_nothing_can_be_changed_and_nothing_else_is_there(ask, key):
    with_key = {"headers": {"Authorization": f"Api-Key {key}"}}
    for way in ("post", "put", "patch", "delete"):
        response = getattr(Client(enforce_csrf_checks=True), way)(LIST, **with_key)
        assert (response.status_code, list(response.json())) == (405, ["detail"])
    assert ask("/api/v1/people/")[0] == 404


def test_a_key_that_asks_too_often_is_slowed_down_and_others_are_not(agency, ask, monkeypatch):
    monkeypatch.setattr(door.ByKey, "THROTTLE_RATES", {"key": "2/min"})
    _, other = keys.make(agency, name="Other", scopes=["appointments:read"], at=AT)
    assert [ask()[0] for _ in range(3)] == [200, 200, 429]
    assert ask(key=other)[0] == 200


def test_an_admin_takes_a_key_back(client, agency, ask, key):
    _, other = keys.make(make.agency("other"), name="Other", scopes=["appointments:read"], at=AT)
    client.force_login(staff.member(agency, "admin"))
    assert key.partition(".")[0] in client.get("/admin/core/apikey/").text
    pks = list(ApiKey.objects.values_list("pk", flat=True))
    client.post("/admin/core/apikey/", {"action": "take_back", "_selected_action": pks})
    assert ask()[0] == 401
    assert ask(key=other)[0] == 200, "another agency's key"


def test_the_command_prints_a_key_that_opens_and_the_other_takes_it_back(agency, ask, capsys):
    call_command("make_api_key", agency="vax", name="Partner", scopes=["appointments:read"])
    text = capsys.readouterr().out.strip()
    assert ask(key=text)[0] == 200
    call_command("revoke_api_key", text.partition(".")[0])
    assert ask(key=text)[0] == 401
    with pytest.raises(CommandError, match="no agency"):
        call_command("make_api_key", agency="nobody", name="x", scopes=["appointments:read"])
    with pytest.raises(CommandError, match="no key"):
        call_command("revoke_api_key", "nobody")


# ---- the description --------------------------------------------------------------------------------------------


def described():
    return json.loads(json.dumps(SchemaGenerator().get_schema(public=True), default=str))


def strict(schema, parts):
    """The schema with references filled in; nothing besides what it names is allowed. OpenAPI 3.0's null as well."""
    if isinstance(schema, list):
        return [strict(one, parts) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return strict(parts[schema["$ref"].rpartition("/")[2]], parts)
    whole = {name: strict(value, parts) for name, value in schema.items()}
    if "properties" in schema:
        whole["additionalProperties"] = False
    return {"anyOf": [whole, {"type": "null"}]} if schema.get("nullable") else whole


def test_the_description_is_sound_and_complete(capfd):
    validate_schema(described())
    call_command("spectacular", "--validate", "--fail-on-warn")
    assert "Warning" not in capfd.readouterr().err


def test_answers_are_as_described(agency, clinic, ask):
    rows = some(agency, clinic[0], 3)
    services.cancel(rows[1], user=None, at=AT)
    schema = described()
    parts, paths = schema["components"]["schemas"], schema["paths"]
    assert list(paths) == [LIST, LIST + "{token}/"]
    one = LIST + "{token}/"
    cases = [
        (LIST, LIST, {"limit": 2}), (LIST, LIST, {"limit": 0}), (LIST, LIST, {"key": ""}),
        (one, f"{LIST}{rows[1].token}/", {}), (one, f"{LIST}{rows[1].token}/", {"key": ""}),
        (one, f"{LIST}{uuid.uuid4()}/", {}),
    ]  # fmt: skip
    for name, path, wanted in cases:
        status, said = ask(path, **wanted)
        answer = paths[name]["get"]["responses"][str(status)]["content"]["application/json"]["schema"]
        checks = jsonschema.FormatChecker()
        jsonschema.validate(said, strict(answer, parts), format_checker=checks)


def test_the_description_is_served_to_machines_and_to_people(client):
    assert b"/api/v1/appointments/" in client.get("/api/schema/").content
    page = client.get("/api/docs/")
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
    text = page.content.decode()
    schema = described()
    for name in schema["components"]["schemas"]["Appointment"]["properties"]:
        assert f"<code>results[].{name}</code>" in text
        assert f"<code>{name}</code>" in text
    for parameter in schema["paths"][LIST]["get"]["parameters"]:
        assert f"<code>{parameter['name']}</code>" in text


def test_the_row_is_found_by_the_index_of_changes(agency):
    rows = Appointment.objects.filter(agency=agency, changed_at__lte=datetime(2026, 1, 1, tzinfo=UTC))
    assert "appointment_by_change" in rows.order_by("changed_at", "pk").explain()
