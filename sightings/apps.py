"""The one Django app."""

from django.apps import AppConfig


class SightingsConfig(AppConfig):
    name = "sightings"
    verbose_name = "Plate log"
    default_auto_field = "django.db.models.BigAutoField"
