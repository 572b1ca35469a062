"""What webhooks write without a request is what the API answers."""

from __future__ import annotations

import pytest

from sightings import shapes
from sightings.api.serializers.sightings import SightingSerializer
from sightings.models import Sighting

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("reveal", [True, False])
@pytest.mark.parametrize("bare", [True, False])
def test_the_native_shape_is_the_apis(sighting: Sighting, reveal: bool, bare: bool) -> None:
    if bare:
        sighting.lat = sighting.lon = sighting.seen_at = None
        sighting.box, sighting.trip.vehicle = [], None
    else:
        sighting.crop, sighting.plate_corrected = "crops/1/ä.jpg", "B98BNX"
    assert shapes.native(sighting, reveal) == SightingSerializer(sighting, context={"reveal": reveal}).data


def test_links_lead_to_the_site(sighting: Sighting) -> None:
    assert shapes.native(sighting, True, "https://log.example")["source_url"].startswith("https://log.example/files/")
