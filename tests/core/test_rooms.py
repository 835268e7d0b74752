"""A foreign key is an import too, also where it names its target by a string."""

from pathlib import Path

from django.apps import apps
from django.conf import settings

from tests.core.rooms import OURS, levels


def relations():
    """Every foreign key of ours to a table of ours: its name, from which room, to which."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label not in OURS:
            continue
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
            target = field.related_model
            if target is not None and target._meta.app_label in OURS:
                yield f"{model.__name__}.{field.name}", model._meta.app_label, target._meta.app_label


def test_no_foreign_key_points_at_a_higher_room_or_one_beside():
    level, found = levels(), list(relations())
    assert len(found) >= 20, "the check found no foreign keys"
    for name, room, target in found:
        assert room == target or level[target] < level[room], f"{name} points up, from {room} to {target}"


def test_every_app_of_ours_is_a_room_of_the_contract():
    here = {config.label for config in apps.get_app_configs() if Path(config.path).parent == settings.BASE_DIR}
    assert here <= OURS, f"not in the layers of pyproject.toml: {here - OURS}"


def test_the_telephone_has_no_tables():
    assert not any(model._meta.app_label == "telephony" for model in apps.get_models())
