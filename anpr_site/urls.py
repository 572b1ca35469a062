"""The addresses of the site: health, admin, and all that the app serves."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from sightings.views import health

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("admin/", admin.site.urls),
    path("", include("sightings.urls")),
]
