"""People as a file. One line a person, found by reference; a line without one is somebody new."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from import_export import fields, widgets

from core import access, clock
from core.files import FilesOfAgency, Words
from core.models import AccessLog
from core.phone import e164
from core.short_files import ShortFile
from crm import people
from crm.dates import birth_date
from crm.models import Person, PersonNumber

COLUMNS = (
    "reference",
    "given_name",
    "family_name",
    "born_on",
    "zip_code",
    "street",
    "language",
    "good_to_know",
    "texts",
    "numbers",
)
_TEXT = ("given_name", "family_name", "zip_code", "street", "good_to_know")


class Birthday(widgets.Widget):
    """A birth date as people write it (crm.dates); 1948-05-03 on the way out."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> date:
        if isinstance(value, datetime):
            return value.date()
        found = value if isinstance(value, date) else birth_date(str(value or ""), today=clock.now().date())
        if found is None:
            raise ValueError(_("Please write the birth date as year, month, day. For example 1948-05-03."))
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value.isoformat() if value else ""


class Numbers(fields.Field):
    """All numbers of a person in one cell. What was read waits on the instance until that has been saved."""

    def get_value(self, instance: Person) -> str:
        waiting = getattr(instance, "new_numbers", None)
        if waiting is None:
            waiting = sorted(str(row.number) for row in instance.numbers.all()) if instance.pk else []
        return " ".join(waiting)

    def save(self, instance: Person, row: dict, is_m2m: bool = False, **kwargs: Any) -> None:
        instance.new_numbers = _numbers(row[self.column_name])


class PersonFile(ShortFile, FilesOfAgency):
    """`numbers`: with spaces between them, each with its country code: +16015550100. They replace those on file."""

    born_on = fields.Field("born_on", "born_on", widget=Birthday())
    numbers = Numbers("numbers", "numbers", widget=Words())

    class Meta:
        model = Person
        fields = COLUMNS
        import_order = export_order = COLUMNS
        import_id_fields = ("reference",)
        skip_unchanged = report_skipped = clean_model_instances = use_transactions = True

    def get_queryset(self) -> Any:
        return super().get_queryset().prefetch_related("numbers")

    def before_import_row(self, row: dict, **kwargs: Any) -> None:
        super().before_import_row(row, **kwargs)
        if not row.get("reference"):
            row["reference"] = people.new_reference()
        for name in ("language", "texts"):
            if name in row and not row[name]:
                del row[name]

    def before_save_instance(self, instance: Person, row: dict, **kwargs: Any) -> None:
        if instance.pk is None:
            instance.created_at = clock.now()

    def after_save_instance(self, instance: Person, row: dict, **kwargs: Any) -> None:
        """Brings the numbers in line with the file and notes the change."""
        wanted = getattr(instance, "new_numbers", None)
        if wanted is not None:
            rows = PersonNumber.objects.filter(person=instance)
            rows.exclude(number__in=wanted).delete()
            held = {str(row.number) for row in rows}
            new = [PersonNumber(person=instance, number=number) for number in wanted if number not in held]
            PersonNumber.objects.bulk_create(new)
        if not self._is_dry_run(kwargs):
            self._note(AccessLog.Action.CHANGED, instance.pk)

    def after_export(self, queryset: Any, dataset: Any, **kwargs: Any) -> None:
        self._note(AccessLog.Action.EXPORTED, "")

    def _note(self, action: str, record: object) -> None:
        if self.agency is not None:
            access.looked(self.user, self.agency.pk, action, "crm.person", record, where="admin", at=clock.now())


for _name in _TEXT:
    PersonFile.fields[_name].widget = Words()


def _numbers(text: object) -> list[str]:
    """The numbers in a cell, sorted, each once. Raises ValueError for what is no telephone number."""
    found = set()
    for word in str(text or "").split():
        number = e164(word) if word.startswith("+") else ""
        if not number:
            raise ValueError(_("“%(number)s” is no number we can ring. Write it like +16015550100.") % {"number": word})
        found.add(number)
    return sorted(found)
