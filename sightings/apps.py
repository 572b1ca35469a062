"""The one Django app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SightingsConfig(AppConfig):
    name = "sightings"
    verbose_name = "Plate log"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from sightings.sqlite_plans import write_statistics

        post_migrate.connect(write_statistics, sender=self)
