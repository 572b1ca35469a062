"""What pages may load; that they load nothing else is seen in a browser (tests/browser/test_accessibility.py)."""

from __future__ import annotations

import pytest
from django.test import Client

from anpr_site.csp import origin, policy


@pytest.mark.django_db
def test_pages_carry_a_policy_that_lets_no_other_script_in(client: Client) -> None:
    said = client.get("/login/").headers["Content-Security-Policy"]
    assert "default-src 'self';" in said
    assert "script-src" not in said  # nothing wider than the default
    assert "Content-Security-Policy" not in client.get("/api/v1/me/").headers


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("https://{s}.tiles.example/{z}/{x}/{y}.png", "https://*.tiles.example"),
        ("http://tiles.example:8080/{z}/{x}/{y}.png?key=1", "http://tiles.example:8080"),
        ("/tiles/{z}/{x}/{y}.png", ""),
        ("", ""),
    ],
)
def test_tiles_are_named_by_where_they_come_from(address: str, named: str) -> None:
    assert origin(address) == named


def test_pictures_of_a_bucket_may_come_from_it() -> None:
    assert "media-src 'self' blob:;" in policy("", "", "")
    assert "media-src 'self' blob: https://s3.example:9000;" in policy("", "clips", "https://s3.example:9000")
    assert "media-src 'self' blob: https://*.amazonaws.com;" in policy("", "clips", "")
