"""The OpenAPI document is whole, valid, and shown without any help from outside."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client


def test_the_schema_is_made_without_a_warning(tmp_path: Path) -> None:
    file = tmp_path / "schema.yml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(file))
    schema = file.read_text()
    for path in ("/sightings/{id}/corrections/", "/uploads/{upload_id}/", "/plates/search/", "/trips/{id}/retry/"):
        assert f"{path}:" in schema
    assert "min_confidence" in schema


@pytest.mark.django_db
def test_the_docs_page_loads_nothing_from_elsewhere(client: Client) -> None:
    page = client.get("/api/v1/docs/").content.decode()
    assert "/static/drf_spectacular_sidecar/swagger-ui-dist/" in page
    assert "https://" not in page
    assert client.get("/api/v1/schema/").status_code == 200
