"""The operators' view of the tables. Only staff come here; what machines and people said is for reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db import models
from django.http import HttpRequest

from sightings.models import (
    Alert,
    Alias,
    ApiToken,
    AuditEntry,
    Correction,
    CorrectionBatch,
    Delivery,
    Difference,
    Flag,
    Fleet,
    Member,
    Observation,
    Plate,
    ProcessingRun,
    Reprocess,
    Segment,
    Sighting,
    Track,
    Trip,
    Upload,
    User,
    Vehicle,
    Video,
    WatchedFile,
    WatchEntry,
    Watchlist,
    Webhook,
)
from sightings.services.vehicles import place_anew

if TYPE_CHECKING:  # generic in the stubs alone
    TableAdmin = admin.ModelAdmin[Any]
    Inline = admin.TabularInline[Member, Fleet]
    Accounts = UserAdmin[User]
else:
    TableAdmin, Inline, Accounts = admin.ModelAdmin, admin.TabularInline, UserAdmin


class ReadOnly(TableAdmin):
    """Rows that only the program writes; changing them by hand would break what it relies on."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class MemberInline(Inline):
    model = Member
    extra = 0
    autocomplete_fields = ["user"]


@admin.register(User)
class PersonAdmin(Accounts):
    list_display = ["username", "first_name", "last_name", "is_active", "is_staff", "last_login"]
    fieldsets = [*(UserAdmin.fieldsets or []), ("Display", {"fields": ["time_zone"]})]


@admin.register(Fleet)
class FleetAdmin(TableAdmin):
    list_display = ["name", "slug", "time_zone", "retention_days", "created_at"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [MemberInline]


@admin.register(Vehicle)
class VehicleAdmin(TableAdmin):
    list_display = ["name", "fleet", "camera_model", "clock_offset_s", "time_zone"]
    list_filter = ["fleet"]
    search_fields = ["name", "camera_model"]

    def save_model(self, request: HttpRequest, obj: Vehicle, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        place_anew(obj)


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnly):
    list_display = ["name", "user", "prefix", "created_at", "last_used_at", "expires_at", "revoked_at"]
    list_filter = ["revoked_at"]
    search_fields = ["name", "user__username", "prefix"]
    list_select_related = ["user"]
    exclude = ["digest"]


@admin.register(Trip)
class TripAdmin(TableAdmin):
    list_display = ["name", "fleet", "vehicle", "state", "started_at", "time_source", "created_at"]
    list_filter = ["fleet", "state", "time_source"]
    search_fields = ["name"]
    list_select_related = ["fleet", "vehicle"]
    readonly_fields = ["state", "created_by"]
    date_hierarchy = "created_at"


@admin.register(Upload)
class UploadAdmin(ReadOnly):
    list_display = ["filename", "fleet", "user", "state", "offset", "size", "error_code", "created_at"]
    list_filter = ["fleet", "state", "kind"]
    search_fields = ["filename", "sha256", "id"]
    list_select_related = ["fleet", "user"]


@admin.register(WatchedFile)
class WatchedFileAdmin(ReadOnly):
    list_display = ["path", "fleet", "size", "upload", "taken_at"]
    list_filter = ["fleet"]
    search_fields = ["path"]
    list_select_related = ["fleet", "upload"]


@admin.register(Video)
class VideoAdmin(ReadOnly):
    list_display = ["original_name", "fleet", "trip", "duration_s", "codec", "state", "error_code"]
    list_filter = ["fleet", "state", "codec", "camera"]
    search_fields = ["original_name", "sha256"]
    list_select_related = ["fleet", "trip"]


@admin.register(Track)
class TrackAdmin(ReadOnly):
    list_display = ["source_name", "source", "video", "distance_m"]
    list_filter = ["source"]
    search_fields = ["source_name"]
    list_select_related = ["video"]


@admin.register(ProcessingRun)
class RunAdmin(ReadOnly):
    list_display = ["id", "video", "model_version", "state", "progress", "is_current", "error_code", "created_at"]
    list_filter = ["state", "is_current", "model_version"]
    search_fields = ["video__original_name", "error"]
    list_select_related = ["video"]


@admin.register(Segment)
class SegmentAdmin(ReadOnly):
    list_display = ["id", "run", "index", "state", "attempts", "progress", "lease_owner", "heartbeat_at", "error_code"]
    list_filter = ["state"]
    search_fields = ["run__video__original_name", "error"]
    list_select_related = ["run"]
    exclude = ["tracks"]  # megabytes


@admin.register(Reprocess)
class ReprocessAdmin(ReadOnly):
    list_display = ["id", "fleet", "networks", "state", "progress", "user", "created_at", "decided_at"]
    list_filter = ["fleet", "state", "networks"]
    list_select_related = ["fleet", "user"]
    exclude = ["before"]  # megabytes


@admin.register(Difference)
class DifferenceAdmin(ReadOnly):
    list_display = ["id", "reprocess", "run", "old", "new", "taken"]
    list_select_related = ["reprocess", "run", "old", "new"]


@admin.register(Plate)
class PlateAdmin(TableAdmin):
    list_display = ["text", "fleet", "region", "first_seen", "last_seen"]
    list_filter = ["fleet", "region"]
    search_fields = ["text", "notes"]
    list_select_related = ["fleet"]
    readonly_fields = ["fleet", "text", "region", "first_seen", "last_seen"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Sighting)
class SightingAdmin(ReadOnly):
    list_display = ["id", "text", "fleet", "trip", "confidence", "review_state", "flagged", "seen_at"]
    list_filter = ["fleet", "review_state", "flagged", "region"]
    search_fields = ["plate_raw", "plate_corrected"]
    list_select_related = ["fleet", "trip"]
    date_hierarchy = "seen_at"


@admin.register(Observation)
class ObservationAdmin(ReadOnly):
    list_display = ["id", "sighting", "seconds", "text", "confidence", "weight"]
    list_select_related = ["sighting"]
    show_full_result_count = False  # the largest table: counting it all takes long


@admin.register(Correction)
class CorrectionAdmin(ReadOnly):
    list_display = ["id", "action", "text_before", "text_after", "user", "created_at", "undone_at"]
    list_filter = ["fleet", "action"]
    search_fields = ["text_before", "text_after", "note", "user__username"]
    list_select_related = ["user"]


@admin.register(CorrectionBatch)
class CorrectionBatchAdmin(ReadOnly):
    list_display = ["id", "action", "text", "count", "fleet", "user", "created_at", "undone_at"]
    list_filter = ["fleet"]
    search_fields = ["text", "note", "user__username"]
    list_select_related = ["fleet", "user"]


@admin.register(Alias)
class AliasAdmin(ReadOnly):
    list_display = ["misread", "text", "fleet", "user", "created_at", "removed_at"]
    list_filter = ["fleet"]
    search_fields = ["misread", "text", "user__username"]
    list_select_related = ["fleet", "user"]


@admin.register(Flag)
class FlagAdmin(ReadOnly):
    list_display = ["id", "reason", "user", "created_at", "resolved_at"]
    list_filter = ["fleet", "reason"]
    search_fields = ["note", "user__username"]
    list_select_related = ["user"]


@admin.register(Watchlist)
class WatchlistAdmin(ReadOnly):
    list_display = ["name", "fleet", "active", "user", "created_at", "deleted_at"]
    list_filter = ["fleet", "active"]
    search_fields = ["name", "notes"]
    list_select_related = ["fleet", "user"]


@admin.register(WatchEntry)
class WatchEntryAdmin(ReadOnly):
    list_display = ["pattern", "watchlist", "alike", "near", "expires_on", "created_at", "removed_at"]
    list_filter = ["watchlist__fleet"]
    search_fields = ["pattern", "reason"]
    list_select_related = ["watchlist"]


@admin.register(Alert)
class AlertAdmin(ReadOnly):
    list_display = ["id", "text", "fleet", "watchlist", "state", "mail_state", "seen_at", "created_at"]
    list_filter = ["fleet", "state", "mail_state"]
    search_fields = ["text", "note"]
    list_select_related = ["fleet", "watchlist"]
    date_hierarchy = "created_at"


@admin.register(Webhook)
class WebhookAdmin(ReadOnly):
    list_display = ["name", "fleet", "shape", "active", "failures", "open_until", "created_at", "deleted_at"]
    list_filter = ["fleet", "active", "shape"]
    search_fields = ["name"]
    list_select_related = ["fleet"]
    exclude = ["salt", "old_salt"]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly):
    list_display = ["id", "webhook", "event", "state", "attempts", "failure", "status", "seconds", "created_at"]
    list_filter = ["state", "event", "failure"]
    search_fields = ["event_id"]
    list_select_related = ["webhook"]
    show_full_result_count = False


@admin.register(AuditEntry)
class AuditAdmin(ReadOnly):
    list_display = ["at", "action", "user", "fleet", "target_type", "target_id"]
    list_filter = ["action", "fleet"]
    search_fields = ["action", "user__username", "target_id"]
    list_select_related = ["user", "fleet"]
    date_hierarchy = "at"

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False
