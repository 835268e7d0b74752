"""Sites as a file. One line a site, found by its slug."""

from typing import Any

from django.utils.translation import gettext as _
from import_export import fields, widgets

from core.files import FilesOfAgency, Words, Zone
from core.models import County
from core.short_files import ShortFile
from scheduling.models import Site

COLUMNS = (
    "slug",
    "name",
    "county",
    "street",
    "city",
    "zip_code",
    "latitude",
    "longitude",
    "time_zone",
    "phone",
    "directions",
    "directions_es",
    "drive_through",
    "wheelchair",
    "active",
)
_TEXT = ("slug", "name", "street", "city", "zip_code", "phone", "directions", "directions_es")


class ByFips(widgets.Widget):
    """A county by the Census Bureau's code, as in the table of counties."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> County:
        code = str(int(value) if isinstance(value, float) else value or "").zfill(5)
        county = County.objects.filter(fips=code).first()
        if county is None:
            raise ValueError(
                _("“%(code)s” is no county we know. Give its five digits, for example 28049.") % {"code": code}
            )
        return county

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value.fips if value else ""


class SiteFile(ShortFile, FilesOfAgency):
    """Every column is the field of that name; `county` is its FIPS code."""

    county = fields.Field("county", "county", widget=ByFips())
    time_zone = fields.Field("time_zone", "time_zone", widget=Zone())

    class Meta:
        model = Site
        fields = COLUMNS
        import_order = export_order = COLUMNS
        import_id_fields = ("slug",)
        skip_unchanged = report_skipped = clean_model_instances = use_transactions = True

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("county")


for _name in _TEXT:
    SiteFile.fields[_name].widget = Words()
