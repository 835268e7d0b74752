"""The admin site's own words in the reader's language: names of tables and fields, their help, their choices.

The rooms write them in English beside the field they explain; here, once all of them stand, each is made to be looked
up in the catalogue at the moment it is shown. Migrations keep the English: `Field.deconstruct` reads `_verbose_name`,
which is left alone, and `makemigrations` compares and writes without a language.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import Field, Model
from django.utils.translation import pgettext_lazy

ROOMS = ("core", "crm", "knowledgebase", "scheduling", "floor", "ivr", "reporting")
# Short words mean different things in different places, and Django's own catalogue has some of them as well.
NAME, HELP, CHOICE = "set-up name", "set-up help", "set-up choice"


def tables() -> Iterator[type[Model]]:
    """The models the admin site may speak of: ours, but for those that only carry a permission."""
    return (model for model in apps.get_models() if model._meta.app_label in ROOMS and model._meta.managed)


def fields(model: type[Model]) -> Iterator[Field]:
    """The fields somebody may see; not the key."""
    return (field for field in model._meta.get_fields() if field.concrete and not field.primary_key)


def translate_names() -> None:
    """Makes every such word a lazy one. Once, when all models are there."""
    for model in tables():
        meta = model._meta
        meta.verbose_name = pgettext_lazy(NAME, meta.verbose_name)
        meta.verbose_name_plural = pgettext_lazy(NAME, meta.verbose_name_plural)
        for field in fields(model):
            _translate(field)


def _translate(field: Field) -> None:
    field.verbose_name = pgettext_lazy(NAME, field.verbose_name)
    if field.help_text:
        field.help_text = pgettext_lazy(HELP, field.help_text)
    if field.choices:
        field.choices = [(value, pgettext_lazy(CHOICE, label) if label else label) for value, label in field.choices]
