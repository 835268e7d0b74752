"""People and sites as files: in with a look first, out without formulas, always one agency's, always on record."""

import io
import os
from datetime import date

import openpyxl
import pytest
import tablib
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from core import clock, files, short_files
from core.models import AccessLog
from crm.models import Person, PersonNumber
from crm.resources import PersonFile
from scheduling.models import Site
from scheduling.resources import SiteFile
from tests.contactcenter import staff
from tests.contactcenter.staff import AT
from tests.scheduling import factories as book

pytestmark = pytest.mark.django_db
PEOPLE, SITES = "/admin/crm/person/", "/admin/scheduling/site/"
CSV, XLSX = "0", "1"
HEAD = "reference,given_name,family_name,born_on,zip_code,numbers\n"


@pytest.fixture(autouse=True)
def now(tmp_path, monkeypatch):
    monkeypatch.setattr(files.Waiting, "folder", tmp_path / "imports")
    with clock.running_on(lambda: AT):
        yield


@pytest.fixture
def agency():
    return book.agency()


@pytest.fixture
def me(agency, client):
    user = staff.member(agency, "admin", "leona")
    client.force_login(user)
    return user


@pytest.fixture
def olive(agency):
    person = Person.objects.create(
        agency=agency, reference="R1", given_name="Olive", family_name="Bramble", born_on=date(1948, 5, 3)
    )
    PersonNumber.objects.create(person=person, number="+16015550101")
    return person


def tried(client, text, where=PEOPLE, kind=CSV):
    data = text if isinstance(text, bytes) else text.encode()
    form = {"import_file": SimpleUploadedFile("people.csv", data), "format": kind, "resource": "0"}
    return client.post(where + "import/", form)


def confirmed(client, page, where=PEOPLE):
    return client.post(where + "process_import/", page.context["confirm_form"].initial, follow=True)


def noted(**about) -> list[tuple]:
    return list(AccessLog.objects.filter(**about).order_by("pk").values_list("action", "what", "record"))


def test_a_look_first_then_for_good(client, me, agency, olive, tmp_path):
    page = tried(client, HEAD + ",Hazel,Birch,5/3/1948,39201,+16015550102 +16015550103\n")
    assert Person.objects.count() == 1
    assert "Hazel" in page.text
    answer = confirmed(client, page)
    assert "1 new, 0 updated" in answer.text
    hazel = Person.objects.get(given_name="Hazel")
    assert (hazel.agency, hazel.born_on, hazel.created_at) == (agency, date(1948, 5, 3), AT)
    assert hazel.reference.startswith("P-")
    assert sorted(str(row.number) for row in hazel.numbers.all()) == ["+16015550102", "+16015550103"]
    assert list((tmp_path / "imports").iterdir()) == []
    assert noted() == [
        ("listed", "crm.person", ""),
        ("changed", "crm.person", str(hazel.pk)),
        ("listed", "crm.person", ""),  # the list one comes back to
    ]


def test_a_row_is_found_by_its_reference_and_numbers_replace_those_on_file(client, me, olive):
    confirmed(client, tried(client, HEAD + "R1,Olive,Thorn,1948-05-03,39201,+16015550109\n"))
    olive.refresh_from_db()
    assert (olive.family_name, [str(row.number) for row in olive.numbers.all()]) == ("Thorn", ["+16015550109"])
    assert Person.objects.count() == 1


def test_what_has_not_changed_is_left_alone(client, me, olive):
    page = tried(client, HEAD + "R1,Olive,Bramble,1948-05-03,,+16015550101\n")
    assert page.context["result"].totals["skip"] == 1
    confirmed(client, page)
    assert noted(action="changed") == []


def test_columns_that_are_not_in_the_file_keep_what_is_there(client, me, olive):
    confirmed(client, tried(client, "reference,zip_code\nR1,39202\n"))
    olive.refresh_from_db()
    assert (olive.zip_code, olive.family_name, olive.numbers.count()) == ("39202", "Bramble", 1)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("R2,Hazel,Birch,31/31/1948,39201,\n", "year, month, day. For example 1948-05-03"),
        ("R2,Hazel,Birch,1948-05-03,39201,555-0101\n", "“555-0101” is no number we can ring"),
        ("R2,Hazel,Birch,1948-05-03,39201,+1\n", "“+1” is no number we can ring"),
        ("R2,,Birch,1948-05-03,39201,\n", "given_name"),
        ("R2,Hazel,Birch,1948-05-03,392011,\n", "zip_code"),
    ],
)
def test_a_row_that_cannot_be_read_says_why_and_nothing_is_kept(client, me, row, told):
    page = tried(client, HEAD + "R9,Basil,Reed,1950-01-01,39201,\n" + row)
    assert "confirm_form" not in page.context
    assert told in page.text.replace("&quot;", '"')
    assert not Person.objects.exists()


def test_the_agency_is_the_importers_whatever_the_file_says(client, me, agency):
    other = book.agency("other")
    theirs = Person.objects.create(
        agency=other, reference="R1", given_name="Ivy", family_name="Lane", born_on=date(1950, 1, 1)
    )
    confirmed(
        client, tried(client, f"agency,{HEAD}".replace("\n", "") + f"\n{other.pk},R1,Olive,Bramble,1948-05-03,,\n")
    )
    theirs.refresh_from_db()
    assert theirs.given_name == "Ivy"
    assert Person.objects.get(agency=agency).given_name == "Olive"


def test_a_spreadsheet_is_read_as_well(client, me):
    sheet = openpyxl.Workbook()
    sheet.active.append(HEAD.strip().split(","))
    sheet.active.append([None, "Hazel", "Birch", date(1948, 5, 3), 39201.0, "+16015550102"])
    data = io.BytesIO()
    sheet.save(data)
    confirmed(client, tried(client, data.getvalue(), kind=XLSX))
    hazel = Person.objects.get()
    assert (hazel.zip_code, hazel.born_on, hazel.numbers.count()) == ("39201", date(1948, 5, 3), 1)


def test_an_export_holds_no_formula_and_comes_back_as_it_was(client, me, olive):
    Person.objects.filter(pk=olive.pk).update(good_to_know='=HYPERLINK("x")', street="-1+2", family_name="@Bramble")
    answer = client.post(PEOPLE + "export/", {"format": CSV, "resource": "0"})
    sheet = tablib.Dataset().load(answer.content.decode(), format="csv")
    row = sheet.dict[0]
    assert (row["good_to_know"], row["street"], row["family_name"]) == ('\'=HYPERLINK("x")', "'-1+2", "'@Bramble")
    assert row["numbers"] == "'+16015550101"
    assert noted(action="exported") == [("exported", "crm.person", "")]
    assert "person-2026-11-10.csv" in answer["Content-Disposition"]
    assert tried(client, answer.content).context["result"].totals["skip"] == 1


def test_an_export_is_of_the_readers_agency(client, me, olive):
    staff.one_of_everything(book.agency("other"))
    answer = client.post(PEOPLE + "export/", {"format": CSV, "resource": "0"})
    assert [line.split(",")[0] for line in answer.text.splitlines()] == ["reference", "R1"]


def test_taking_people_out_needs_its_own_permission(client, me, olive):
    me.groups.clear()
    for codename in ("view_person", "add_person", "change_person"):
        me.user_permissions.add(Permission.objects.get(codename=codename))
    assert client.get(PEOPLE).status_code == 200
    assert client.get(PEOPLE + "export/").status_code == 403
    assert "export" not in client.get(PEOPLE).text.lower().split("<main")[1]
    assert client.get(PEOPLE + "import/").status_code == 200


def test_a_resource_for_nobody_holds_nothing(olive):
    assert len(PersonFile().export()) == 0
    assert len(SiteFile().export()) == 0


def test_the_name_of_a_waiting_file_leads_nowhere_else(tmp_path):
    (tmp_path / "secret").write_text("x")
    for name in ("../secret", "/etc/hostname", "", None):
        with pytest.raises(FileNotFoundError):
            files.Waiting(name=name).read()


def test_an_import_nobody_said_yes_to_is_gone_within_the_hour(client, me, tmp_path):
    tried(client, HEAD + ",Hazel,Birch,1948-05-03,,\n")
    (waiting,) = (tmp_path / "imports").iterdir()
    files.Waiting.clear_out()
    assert waiting.exists()
    os.utime(waiting, (AT.timestamp() - 3700,) * 2)
    files.Waiting.clear_out()
    assert not waiting.exists()


def test_sites_go_out_and_come_back(client, me, agency):
    book.site(agency)
    answer = client.post(SITES + "export/", {"format": CSV, "resource": "0"})
    sheet = tablib.Dataset().load(answer.content.decode(), format="csv")
    assert (sheet.dict[0]["county"], sheet.dict[0]["longitude"]) == ("28049", "-90.18")
    text = answer.content.decode().replace("Jackson", "Jackson Hall", 1).replace("100 Sample Road", "2 New Street")
    confirmed(client, tried(client, text, SITES), SITES)
    assert Site.objects.get().street == "2 New Street"
    assert tried(client, text, SITES).context["result"].totals["skip"] == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [(("28049", "99999"), "is no county we know"), (("America/Chicago", "Mars/Base"), "a time zone such as")],
)
def test_a_site_that_cannot_be_says_why(client, me, agency, change, told):
    book.site(agency)
    text = client.post(SITES + "export/", {"format": CSV, "resource": "0"}).content.decode()
    assert told in tried(client, text.replace(*change), SITES).text


def dataset(rows: int) -> tablib.Dataset:
    return tablib.Dataset(*[(f"R{n}", f"{n:05}") for n in range(rows)], headers=["reference", "zip_code"])


@pytest.mark.parametrize("where", [PEOPLE, SITES])
def test_a_file_too_long_is_refused_unread_and_says_what_to_do(client, me, olive, where):
    rows = "".join(f"R{n},39202\n" for n in range(short_files.ROWS + 1))
    page = tried(client, f"reference,zip_code\n{rows}", where)
    assert "This file has 501 rows. Please split it into files of up to 500 rows" in page.text
    assert "confirm_form" not in page.context
    assert page.context["result"].row_errors() == []


def test_a_file_just_short_enough_is_read(me, olive, monkeypatch):
    monkeypatch.setattr(short_files, "ROWS", 3)
    refused = PersonFile(user=me).import_data(dataset(4))
    assert ([str(each.error)[:20] for each in refused.base_errors], refused.rows) == (["This file has 4 rows"], [])
    taken = PersonFile(user=me).import_data(dataset(3), dry_run=True)
    assert (taken.base_errors, taken.total_rows) == ([], 3)


def test_every_import_is_a_short_one():
    assert {PersonFile, SiteFile} <= set(files.FilesOfAgency.__subclasses__())
    assert all(issubclass(each, short_files.ShortFile) for each in files.FilesOfAgency.__subclasses__())


@pytest.mark.skipif(connection.vendor != "postgresql", reason="locks of a row: PostgreSQL")
def test_an_import_does_not_stand_in_line_for_long(me, olive):
    class Asks(PersonFile):
        def after_import(self, dataset, result, **kwargs):
            with connection.cursor() as cursor:
                cursor.execute("SHOW lock_timeout")
                result.told = cursor.fetchone()[0]

    assert Asks(user=me).import_data(dataset(1), dry_run=True).told == "15s"
