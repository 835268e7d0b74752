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
from core.models import AccessLog, County
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


def test_a_file_without_the_column_it_is_found_by_says_which(client, me, olive):
    for where, column in ((PEOPLE, "reference"), (SITES, "slug")):
        page = tried(client, "given_name,name\nHazel,Jackson\n", where)
        assert f"Nothing was imported: the column “{column}” is missing in this file. Please add" in page.text
        assert "Traceback" not in page.text
        assert "site-packages" not in page.text
        assert "confirm_form" not in page.context
    assert (Person.objects.count(), Site.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("where", "text", "told"),
    [
        (PEOPLE, "reference,born_on\nR1,1948-05-03\n,1950-01-01\n", "row 2 is new, and for a new one the columns"),
        (PEOPLE, "reference,given_name,family_name\nR2,Hazel,Birch\n", "the column “born_on” is missing in this file"),
        (SITES, "slug,name\nnew,New\n", "the columns “county”, “street”, “city”"),
    ],
)
def test_a_new_row_needs_columns_that_a_known_one_does_not(client, me, olive, where, text, told):
    page = tried(client, text, where)
    assert told in page.text
    assert "Traceback" not in page.text
    assert "confirm_form" not in page.context
    assert (Person.objects.count(), Site.objects.count()) == (1, 0)


def test_the_names_of_columns_may_have_capitals_and_spaces(client, me, olive):
    confirmed(client, tried(client, "Reference, ZIP_Code\nR1,39202\n"))
    olive.refresh_from_db()
    assert olive.zip_code == "39202"


def a_spreadsheet(*rows) -> bytes:
    sheet = openpyxl.Workbook()
    for row in rows:
        sheet.active.append(row)
    data = io.BytesIO()
    sheet.save(data)
    return data.getvalue()


LATIN = (HEAD + ",Ramón,Núñez,1948-05-03,39201,\n").encode("cp1252")


@pytest.mark.parametrize(
    ("data", "kind", "told"),
    [
        (b"", CSV, "The submitted file is empty"),
        (b"\n", CSV, "there are no rows in this file"),
        (HEAD.encode(), CSV, "there are no rows in this file"),
        (a_spreadsheet(HEAD.strip().split(",")), XLSX, "there are no rows in this file"),
        (a_spreadsheet(), XLSX, "Nothing was imported: th"),
        (LATIN, CSV, "Please save it as “CSV UTF-8”, or as XLSX"),
        (HEAD.encode("utf-16"), CSV, "Please save it as “CSV UTF-8”, or as XLSX"),
        (a_spreadsheet(["reference"], ["R1"]), CSV, "Please choose XLSX as its format"),
        (HEAD.encode(), XLSX, "If it is a CSV file, please choose CSV"),
        (b"PK\x03\x04 and no more", XLSX, "this spreadsheet cannot be read"),
        (b"%PDF-1.7 of something else\nand a line\n", CSV, "the column “reference” is missing"),
        (b"\x89PNG\r\n\x1a\n\x00\xff", CSV, "Please save it as “CSV UTF-8”, or as XLSX"),
        (b"reference;zip_code\nR1;39202\n", CSV, "with commas between them"),
        (b"reference\nR1,39202\n", CSV, "a row has more cells than there are columns"),
    ],
)
def test_what_is_no_file_of_rows_says_what_to_do(client, me, olive, data, kind, told):
    page = tried(client, data, kind=kind)
    assert told in page.text
    for word in ("Traceback", "Error", "site-packages", "codec"):
        assert word not in page.text.split("<main")[1], word
    assert "confirm_form" not in page.context
    assert Person.objects.count() == 1


def test_a_yes_is_said_once(client, me):
    page = tried(client, HEAD + ",Hazel,Birch,1948-05-03,,\n")
    assert "1 new, 0 updated" in confirmed(client, page).text
    assert "This file is not kept any more" in confirmed(client, page).text
    assert Person.objects.count() == 1


def test_what_changed_between_look_and_yes_is_not_told_as_done(client, me, agency):
    """The county of a new site is gone by the time it is to be written."""
    book.site(agency)
    text = client.post(SITES + "export/", {"format": CSV, "resource": "0"}).content.decode()
    first, second = text.splitlines()[:2]
    slug = Site.objects.get().slug
    page = tried(client, f"{first}\n{second.replace(slug, 'other', 1)}\n{second.replace('39201', '39202')}\n", SITES)
    assert "confirm_form" in page.context
    Site.objects.all().delete()
    County.objects.all().delete()
    answer = confirmed(client, page, SITES)
    assert "something has changed since you looked" in answer.text
    assert "Import finished" not in answer.text
    assert not Site.objects.exists()


def dataset(rows: int) -> tablib.Dataset:
    each = ("Hazel", "Birch", "1948-05-03", "39201", "")
    return tablib.Dataset(*[(f"R{n}", *each) for n in range(rows)], headers=HEAD.strip().split(","))


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
