"""What was seen: plates, and their passages before a camera."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sightings.models.checks import chosen, unit
from sightings.models.fleets import Fleet
from sightings.models.runs import ProcessingRun
from sightings.models.trips import TimeSource, Trip, Video
from sightings.querysets import DOUBTFUL, FleetQuerySet, PlateQuerySet, SightingQuerySet


class Plate(models.Model):
    """A normalized text, per fleet, with what people know about it. A character nobody could read stands as `?`."""

    fleet = models.ForeignKey(Fleet, on_delete=models.CASCADE, related_name="plates")
    text = models.CharField(max_length=16)
    region = models.CharField(max_length=10, blank=True)
    notes = models.TextField(blank=True)
    tags = models.JSONField(default=list, blank=True)
    first_seen = models.DateTimeField(null=True, blank=True)
    last_seen = models.DateTimeField(null=True, blank=True)

    objects = PlateQuerySet.as_manager()

    class Meta:
        ordering = ["text"]
        indexes = [
            # Prefix and wildcard search on PostgreSQL, whose LIKE needs this operator class.
            models.Index(fields=["fleet", "text"], name="plate_prefix", opclasses=["int8_ops", "varchar_pattern_ops"]),
        ]
        constraints = [
            # Also serves exact search, and prefix search on SQLite as a range.
            models.UniqueConstraint(fields=["fleet", "text"], name="plate_text_once_per_fleet"),
            models.CheckConstraint(condition=~Q(text=""), name="plate_text_not_empty"),
        ]

    def __str__(self) -> str:
        return self.text


class PlateKey(models.Model):
    """The text and each text with one character left out: two plates one wrong character apart share a key."""

    plate = models.ForeignKey(Plate, on_delete=models.CASCADE, related_name="keys")
    fleet = models.ForeignKey(Fleet, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=16)

    objects = FleetQuerySet.as_manager()

    class Meta:
        indexes = [
            # Search with one wrong character.
            models.Index(fields=["fleet", "key", "plate"], name="platekey_lookup"),
        ]
        constraints = [models.UniqueConstraint(fields=["plate", "key"], name="platekey_once_per_plate")]

    def __str__(self) -> str:
        return self.key


class ReviewState(models.TextChoices):
    UNREVIEWED = "unreviewed", _("Not reviewed")
    CONFIRMED = "confirmed", _("Confirmed")
    CORRECTED = "corrected", _("Corrected")
    REJECTED = "rejected", _("Not a plate")


class PlateSource(models.TextChoices):
    MACHINE = "machine", _("Read by the machine")
    ALIAS = "alias", _("Corrected by an alias")
    PERSON = "person", _("Said by a person")


# Where the seen car was: all of them, or none.
CAR_FIELDS = (
    "car_lat", "car_lon", "car_range_m", "car_bearing_deg", "car_major_m", "car_minor_m", "car_angle_deg",
)  # fmt: skip


class Sighting(models.Model):
    """One plate seen during one uninterrupted pass. `plate_raw` is the machine's word and is never changed."""

    fleet = models.ForeignKey(Fleet, on_delete=models.CASCADE, related_name="sightings")
    trip = models.ForeignKey(Trip, on_delete=models.CASCADE, related_name="sightings")
    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="sightings")
    run = models.ForeignKey(ProcessingRun, on_delete=models.CASCADE, related_name="sightings")
    key = models.CharField(max_length=40, help_text="Same input, same key: segment and track")
    plate = models.ForeignKey(Plate, on_delete=models.SET_NULL, null=True, blank=True, related_name="sightings")
    plate_raw = models.CharField(max_length=16, blank=True)
    plate_corrected = models.CharField(max_length=16, blank=True)
    confidence = models.FloatField()
    dscore = models.FloatField()
    first_seen_s = models.FloatField()
    last_seen_s = models.FloatField()
    best_s = models.FloatField()
    seen_at = models.DateTimeField(null=True, blank=True)
    time_source = models.CharField(max_length=10, choices=TimeSource.choices, blank=True)
    time_uncertainty_s = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    heading = models.FloatField(null=True, blank=True)
    speed = models.FloatField(null=True, blank=True)
    accuracy_m = models.FloatField(null=True, blank=True)
    gps_source = models.CharField(max_length=40, blank=True)
    h3_r7 = models.BigIntegerField(null=True, blank=True)
    h3_r9 = models.BigIntegerField(null=True, blank=True)
    # Where the seen car was, from the camera's position, and the ellipse that holds it in 95 of 100 cases.
    car_lat = models.FloatField(null=True, blank=True)
    car_lon = models.FloatField(null=True, blank=True)
    car_range_m = models.FloatField(null=True, blank=True)
    car_bearing_deg = models.FloatField(null=True, blank=True)
    car_major_m = models.FloatField(null=True, blank=True)  # semi-axes
    car_minor_m = models.FloatField(null=True, blank=True)
    car_angle_deg = models.FloatField(null=True, blank=True)  # of the major axis, clockwise from north, 0–180
    box = models.JSONField(default=list, blank=True)  # [x1, y1, x2, y2] at best_s
    corners = models.JSONField(default=list, blank=True)  # [[x, y] × 4] at best_s
    characters = models.JSONField(default=list, blank=True)  # [{text, confidence}]
    candidates = models.JSONField(default=list, blank=True)  # [{plate, score}], best first
    region = models.CharField(max_length=10, blank=True)
    region_score = models.FloatField(null=True, blank=True)
    reads_count = models.PositiveIntegerField(default=0)
    review_state = models.CharField(max_length=10, choices=ReviewState.choices, default=ReviewState.UNREVIEWED)
    flagged = models.BooleanField(default=False)
    # Whether its run is its video's current one, so that the log is read without asking the runs. Written with the row,
    # and by `services.current.make_current` alone.
    current = models.BooleanField(default=True)
    # What a person should look at; the database works it out at every write.
    doubtful = models.GeneratedField(
        expression=DOUBTFUL,  # type: ignore[arg-type]  # the stubs do not know that a Q is an expression
        output_field=models.BooleanField(),
        db_persist=True,
    )
    crop = models.CharField(max_length=300, blank=True)
    context = models.CharField(max_length=300, blank=True)
    model_version = models.CharField(max_length=120, blank=True)
    version = models.PositiveIntegerField(default=1)  # counts people's words, so that two of them cannot clash unseen
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SightingQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            # The history of a plate, newest first.
            models.Index(fields=["plate", "-seen_at"], name="sighting_of_plate"),
            # The log between two times, counted by day, or narrowed to a region or an area before any row is looked up.
            models.Index(
                fields=["fleet", "-seen_at", "-id", "region", "lat", "lon"],
                condition=Q(current=True),
                name="sighting_by_time",
            ),
            # The cursor of the API: the fleet's log in the order it was written.
            models.Index(fields=["fleet", "-id"], condition=Q(current=True), name="sighting_cursor"),
            # The time line and list of a trip.
            models.Index(fields=["trip", "video", "first_seen_s"], name="sighting_of_trip"),
            # The review queue and its length: flags first, then the lowest confidence.
            models.Index(
                fields=["fleet", "-flagged", "confidence", "id"],
                condition=Q(current=True, doubtful=True),
                name="sighting_review_queue",
            ),
            # What people said.
            models.Index(fields=["fleet", "review_state", "-id"], condition=Q(current=True), name="sighting_by_state"),
            # The open flags; few rows, hence partial.
            models.Index(fields=["fleet", "-id"], condition=Q(flagged=True), name="sighting_flagged"),
            # An area and a span of time on the map.
            models.Index(fields=["fleet", "h3_r7", "seen_at"], name="sighting_by_cell"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["run", "key"], name="sighting_key_once_per_run"),
            unit("confidence", "sighting"),
            unit("dscore", "sighting"),
            unit("region_score", "sighting"),
            chosen("review_state", ReviewState, "sighting"),
            models.CheckConstraint(
                condition=Q(first_seen_s__gte=0.0, last_seen_s__gte=F("first_seen_s"))
                & Q(best_s__gte=F("first_seen_s"), best_s__lte=F("last_seen_s")),
                name="sighting_times_in_order",
            ),
            models.CheckConstraint(
                condition=Q(lat__isnull=True, lon__isnull=True)
                | Q(lat__isnull=False, lon__isnull=False, lat__gte=-90.0, lat__lte=90.0)
                & Q(lon__gte=-180.0, lon__lte=180.0),
                name="sighting_position_possible",
            ),
            models.CheckConstraint(
                condition=Q(**{f"{name}__isnull": True for name in CAR_FIELDS})
                | Q(**{f"{name}__isnull": False for name in CAR_FIELDS})
                & Q(car_lat__gte=-90.0, car_lat__lte=90.0, car_lon__gte=-180.0, car_lon__lte=180.0)
                & Q(car_bearing_deg__gte=0.0, car_bearing_deg__lt=360.0, car_range_m__gte=0.0)
                & Q(car_angle_deg__gte=0.0, car_angle_deg__lt=180.0)
                & Q(car_minor_m__gte=0.0, car_major_m__gte=F("car_minor_m")),
                name="sighting_car_placed_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"sighting {self.pk}"

    @property
    def text(self) -> str:
        """The plate as it stands: a person's word, else an alias's, else the machine's."""
        return self.plate_corrected or self.plate_raw

    @property
    def plate_source(self) -> PlateSource:
        """Whose word the plate is; what no person has looked at but reads otherwise than the machine is an alias's."""
        if self.review_state != ReviewState.UNREVIEWED:
            return PlateSource.PERSON
        return PlateSource.ALIAS if self.plate_corrected else PlateSource.MACHINE

    @property
    def car(self) -> dict[str, Any] | None:
        """Where the seen car was, as the API and the maps say it; None where that is not known."""
        if self.car_lat is None:
            return None
        ellipse = {"major_m": self.car_major_m, "minor_m": self.car_minor_m, "angle_deg": self.car_angle_deg}
        place = {"lat": self.car_lat, "lon": self.car_lon, "range_m": self.car_range_m}
        return place | {"bearing_deg": self.car_bearing_deg, "ellipse": ellipse}


class Observation(models.Model):
    """One frame's reading: what voted for the sighting's text."""

    fleet_path = "sighting__fleet"

    sighting = models.ForeignKey(Sighting, on_delete=models.CASCADE, related_name="observations")
    seconds = models.FloatField()
    box = models.JSONField(default=list)
    corners = models.JSONField(default=list)
    dscore = models.FloatField()
    text = models.CharField(max_length=16, blank=True)
    confidence = models.FloatField()
    characters = models.JSONField(default=list)
    candidates = models.JSONField(default=list)
    weight = models.FloatField(default=0.0)
    crop = models.CharField(max_length=300, blank=True)

    objects = FleetQuerySet.as_manager()

    class Meta:
        ordering = ["seconds", "pk"]
        indexes = [
            # The strip of frames of a sighting, and the boxes over the player, in order of time.
            models.Index(fields=["sighting", "seconds"], name="observation_of_sighting"),
        ]
        constraints = [unit("dscore", "observation"), unit("confidence", "observation")]

    def __str__(self) -> str:
        return f"observation {self.pk} of sighting {self.sighting_id}"
