"""Fields of the admin site's forms in the size and the words people fill them in with."""

from typing import Any

from django import forms
from django.db.models import Field, TextField, TimeField
from django.http import HttpRequest
from django.utils.dates import WEEKDAYS
from unfold.widgets import UnfoldAdminExpandableTextareaWidget, UnfoldAdminSelectWidget

WEEKDAY = "weekday"  # every field of this name counts from 0, Monday


class PlainFields:
    """For pages and inlines: a weekday by its name, times to the minute."""

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == WEEKDAY:
            return _weekday(db_field)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(db_field, TimeField) and field is not None:
            field.widget.format = "%H:%M"
        return field


class ShortFields(PlainFields):
    """For inlines: texts begin with two lines and grow; choices have no doors to other pages beside them."""

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, TextField):
            kwargs["widget"] = UnfoldAdminExpandableTextareaWidget()
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        for door in ("add", "change", "delete", "view"):
            if hasattr(getattr(field, "widget", None), f"can_{door}_related"):
                setattr(field.widget, f"can_{door}_related", False)
        return field


def weekday_name(number: int) -> str:
    """Monday for 0, in the reader's language."""
    return str(WEEKDAYS[number]).capitalize()


def _weekday(db_field: Field) -> forms.Field:
    names = [(number, weekday_name(number)) for number in WEEKDAYS]
    return forms.TypedChoiceField(
        choices=[("", "---------"), *names], coerce=int, label=db_field.verbose_name, widget=UnfoldAdminSelectWidget
    )
