"""Natural keys: what fixtures call a row, so that they load into any database and load again without a second row."""

from typing import Any

from django.db import models


class ByNaturalKey(models.Manager):
    """Finds a row by the values of the fields the model names in `NATURAL` (relations spelled `agency__slug`)."""

    def get_by_natural_key(self, *values: Any) -> models.Model:
        return self.get(**dict(zip(self.model.NATURAL, values, strict=True)))


class Natural(models.Model):
    """A model that fixtures name by the fields in `NATURAL`."""

    NATURAL: tuple[str, ...] = ()

    objects = ByNaturalKey()

    class Meta:
        abstract = True

    def natural_key(self) -> tuple:
        return tuple(_follow(self, path) for path in self.NATURAL)


def _follow(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name)
    return row
