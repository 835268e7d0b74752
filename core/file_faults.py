"""Why a file of rows cannot be taken in, said so that whoever made it can mend it. None of its rows is repeated."""

from collections.abc import Iterable
from typing import Any

from django.core.files import File
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

_SPREADSHEET = b"PK\x03\x04"  # the first bytes of every XLSX file


def unread(file: File, *, spreadsheet: bool) -> str:
    """What to do about a file that could not be read as what it was said to be: XLSX, or else CSV."""
    file.seek(0)
    begins = file.read(len(_SPREADSHEET))
    if begins == _SPREADSHEET:
        if spreadsheet:
            return _("Nothing was imported: this spreadsheet cannot be read. Please save it as XLSX once more.")
        return _("Nothing was imported: this looks like a spreadsheet. Please choose XLSX as its format.")
    if spreadsheet:
        return _("Nothing was imported: this is no XLSX file. If it is a CSV file, please choose CSV as its format.")
    try:
        (begins + file.read()).decode("utf-8-sig")
    except UnicodeDecodeError:
        return _(
            "Nothing was imported: the letters of this file cannot be read. Please save it as “CSV UTF-8”, or as XLSX, "
            "and choose it again."
        )
    return _(
        "Nothing was imported: this file cannot be read as CSV. Perhaps a row has more cells than there are columns, "
        "or a quotation mark is left open."
    )


def no_rows() -> str:
    """For a file that has a row of names at most."""
    return _(
        "Nothing was imported: there are no rows in this file. The first row names the columns, and each row after it "
        "is one entry. An export shows how."
    )


def lacking(columns: Iterable[str], *, new_row: int | None = None) -> str:
    """For a file without these columns. They are needed by every row, or by `new_row`, which is not on file yet."""
    named: Any = {"columns": ", ".join(f"“{name}”" for name in columns), "row": new_row}
    many = len(list(columns))
    if new_row is None:
        first = ngettext(
            "Nothing was imported: the column %(columns)s is missing in this file.",
            "Nothing was imported: the columns %(columns)s are missing in this file.",
            many,
        )
    else:
        first = ngettext(
            "Nothing was imported: row %(row)s is new, and for a new one the column %(columns)s is missing in this "
            "file.",
            "Nothing was imported: row %(row)s is new, and for a new one the columns %(columns)s are missing in this "
            "file.",
            many,
        )
    then = _(
        "Please add what is missing and choose the file again. The first row names the columns, in a CSV file with "
        "commas between them. An export shows how."
    )
    return f"{first % named} {then}"
