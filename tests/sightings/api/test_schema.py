"""The OpenAPI document is whole, valid, and shown without any help from outside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.test import Client
from jsonschema import Draft202012Validator

from sightings.api.examples import ANSWERED, ASKED


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> str:
    file: Path = tmp_path_factory.mktemp("schema") / "schema.yml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(file))
    return file.read_text("utf8")


def test_the_schema_is_made_without_a_warning(document: str) -> None:
    assert document.startswith("openapi: 3.1.0")
    for path in ("/sightings/{id}/corrections/", "/uploads/{upload_id}/", "/plates/search/", "/trips/{id}/retry/"):
        assert f"{path}:" in document
    assert "min_confidence" in document


def examples(whole: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """(operation, schema, example) of all that the document has."""
    for methods in whole["paths"].values():
        for operation in methods.values():
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for body in bodies:
                for kind in body.get("content", {}).values():
                    for example in kind.get("examples", {}).values():
                        yield operation["operationId"], kind["schema"], example["value"]


def test_every_example_is_what_the_document_says(document: str) -> None:
    whole = yaml.safe_load(document)
    found = set()
    for operation, schema, value in examples(whole):
        found.add(operation)
        errors = list(Draft202012Validator({**schema, "components": whole["components"]}).iter_errors(value))
        assert not errors, f"{operation}: {errors[0].json_path} {errors[0].message}"
    assert found == set(ASKED) | set(ANSWERED)


@pytest.mark.django_db
def test_the_docs_page_loads_nothing_from_elsewhere(client: Client) -> None:
    page = client.get("/api/v1/docs/").content.decode()
    assert "/static/drf_spectacular_sidecar/swagger-ui-dist/" in page
    assert "https://" not in page
    assert client.get("/api/v1/schema/").status_code == 200
