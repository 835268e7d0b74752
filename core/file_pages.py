"""Import and Export on pages of the admin site. What cannot be taken in says why in a sentence (`core.file_faults`)."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from import_export.admin import ImportExportMixin
from import_export.formats.base_formats import CSV, XLSX
from unfold.contrib.import_export.forms import ExportForm, ImportForm

from core import clock, file_faults
from core.files import Waiting


class NoRows(ValueError):
    """A file with a row of names at most."""


class _WithRows:
    """A format whose file has something in it."""

    def create_dataset(self, in_stream: Any, **kwargs: Any) -> Any:
        dataset = super().create_dataset(in_stream, **kwargs)
        if not dataset:
            raise NoRows
        return dataset


class CsvFile(_WithRows, CSV):
    pass


class XlsxFile(_WithRows, XLSX):
    pass


class WithFiles(ImportExportMixin):
    """Import and Export on a page. Importing needs what adding and changing by hand need."""

    import_form_class = ImportForm
    export_form_class = ExportForm
    tmp_storage_class = Waiting
    import_error_display = ("message",)
    formats = export_formats = import_formats = (CsvFile, XlsxFile)

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) and self.has_change_permission(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_import_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict:
        return {"user": request.user}

    get_export_resource_kwargs = get_import_resource_kwargs

    def add_data_read_fail_error_to_form(self, form: Form, e: Exception) -> None:
        """In place of the library's, which names the exception."""
        if isinstance(e, NoRows):
            told = file_faults.no_rows()
        else:
            chosen = self.get_import_formats()[int(form.cleaned_data["format"])]
            told = file_faults.unread(form.cleaned_data["import_file"], spreadsheet=issubclass(chosen, XLSX))
        form.add_error("import_file", told)

    def process_import(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The yes. A second press, or one after `KEPT_S`, finds no file any more."""
        try:
            return super().process_import(request, *args, **kwargs)
        except FileNotFoundError:
            return self._not_imported(request, _("This file is not kept any more. Please look whether it is in."))

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        """Says that a file is in only if it is: between look and yes, rows may have changed under it."""
        if result.has_errors() or result.has_validation_errors():
            told = _("Nothing was imported: something has changed since you looked. Please choose the file again.")
            return self._not_imported(request, told)
        return super().process_result(result, request)

    def get_import_data_kwargs(self, **kwargs: Any) -> dict:
        return {**super().get_import_data_kwargs(**kwargs), "rollback_on_validation_errors": True}

    def _not_imported(self, request: HttpRequest, told: str) -> HttpResponse:
        messages.error(request, told)
        return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))

    def get_export_filename(self, request: HttpRequest, queryset: Any, file_format: Any) -> str:
        return f"{self.opts.model_name}-{clock.now().date()}.{file_format.get_extension()}"
