from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ContactcenterConfig(AppConfig):
    name = "contactcenter"

    def ready(self) -> None:
        from contactcenter import (
            checks,  # noqa: F401 - registers itself
            roles,
            words,
        )

        post_migrate.connect(roles.after_migrate, dispatch_uid="kindline.roles")
        words.translate_names()
