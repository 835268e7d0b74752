"""Rows in and out as files (CSV, XLSX): always of the reader's own agency. `core.file_pages` has the pages.

A file is read twice: first as a try that shows every change and every row that cannot be read, then, if the reader
says so, for good. In between it lies in a folder of ours and not among everybody's temporary files.
"""

import re
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from import_export import resources, widgets
from import_export.tmp_storages import BaseStorage

from core import clock, file_faults
from core.access import agency_of, scoped
from core.models import Agency

KEPT_S = 3600  # an import nobody said yes to
_FORMULA = re.compile(r"[=+@\t\r]|-(?!\d+(\.\d+)?$)")


class Waiting(BaseStorage):
    """A file between try and yes: in a folder only we may read; the worker clears out what is older than `KEPT_S`."""

    folder = Path(settings.BASE_DIR) / "var" / "imports"

    def save(self, data: bytes) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.name = uuid4().hex
        self._path().write_bytes(data)

    def read(self) -> bytes | str:
        raw = self._path().read_bytes()
        return raw if "b" in self.read_mode else raw.decode(self.encoding or "utf-8-sig")

    def remove(self) -> None:
        self._path().unlink(missing_ok=True)

    @classmethod
    def clear_out(cls) -> None:
        """Removes what nobody said yes to. Safe to run twice and in parallel."""
        for old in cls.folder.glob("*") if cls.folder.is_dir() else ():
            with suppress(FileNotFoundError):
                if old.stat().st_mtime < clock.now().timestamp() - KEPT_S:
                    old.unlink()

    def _path(self) -> Path:
        if not re.fullmatch(r"[0-9a-f]{32}", self.name or ""):
            raise FileNotFoundError(self.name)
        return self.folder / self.name


class FilesOfAgency(resources.ModelResource):
    """Rows of one agency, found by a natural key; a new row is that agency's, whatever the file says."""

    def __init__(self, user: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.user = user
        self.agency: Agency | None = agency_of(user) if user is not None else None

    def get_queryset(self) -> Any:
        return self.filter_export(super().get_queryset())

    def filter_export(self, queryset: Any, **kwargs: Any) -> Any:
        return scoped(queryset, self.user) if self.user is not None else queryset.none()

    def init_instance(self, row: Any = None) -> Any:
        if self.agency is None:
            raise ValueError(_("Your log-in belongs to no agency yet. Please ask whoever set it up."))
        return self._meta.model(agency=self.agency)

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        """Refuses a file without a needed column before its first row: rows would only say that a cell is empty."""
        dataset.headers = [str(name or "").strip().lower() for name in dataset.headers or ()]
        if told := self._lacking(dataset):
            del dataset[:]  # the rest of the import goes on, over what the file has left
            raise ValueError(told)
        super().before_import(dataset, **kwargs)

    def _lacking(self, dataset: Any) -> str:
        """What to say about a needed column that is not there; "" if all are."""
        keys = self.get_import_id_fields()
        if missing := [name for name in keys if name not in dataset.headers]:
            return file_faults.lacking(missing)
        if missing := [name for name in self._asked_of_a_new_row() if name not in dataset.headers]:
            on_file = {str(key) for key in self.get_queryset().values_list(keys[0], flat=True)}
            for number, key in enumerate(dataset[keys[0]], start=1):
                if re.sub(r"\.0$", "", str(key or "").strip()) not in on_file:
                    return file_faults.lacking(missing, new_row=number)
        return ""

    def _asked_of_a_new_row(self) -> list[str]:
        """The columns a new row cannot do without: what its table neither makes up nor leaves empty."""
        table = {field.name: field for field in self._meta.model._meta.fields}
        ours = [table[name] for name in self._meta.fields if name in table]
        return [
            field.name
            for field in ours
            if not (field.blank or field.has_default() or field.name in self.get_import_id_fields())
        ]

    def before_import_row(self, row: dict, **kwargs: Any) -> None:
        """Spreadsheets leave spaces around what people type, and we a ' before what looks like a formula."""
        for name, value in row.items():
            if isinstance(value, str):
                row[name] = re.sub(r"^'(?=[=+@-])", "", value.strip())

    def export_field(self, field: Any, instance: Any, **kwargs: Any) -> Any:
        """A cell; what a spreadsheet would take for a formula is made plain text."""
        cell = super().export_field(field, instance, **kwargs)
        return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


class Words(widgets.CharWidget):
    """Text; an empty cell is "", and 39201.0 of a spreadsheet is 39201."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return super().clean(value, row, **kwargs)


class Zone(widgets.CharWidget):
    """The name of a time zone that exists."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        name = str(value or "")
        if not known_zone(name):
            raise ValueError(_("Please give a time zone such as America/Chicago."))
        return name


def known_zone(name: str) -> bool:
    """Whether there is such a time zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return bool(name)
