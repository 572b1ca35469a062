"""What can go wrong, each with a code for programs, an HTTP status, and whether the same call may succeed later.

The message is for people: what happened, and what to do next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class PlatelogError(Exception):
    """Base of all errors that a person or program may see."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400
    retryable: ClassVar[bool] = False
    message: ClassVar[StrOrPromise] = _("Something went wrong.")

    def __init__(self, detail: str | None = None) -> None:
        self.detail = detail or str(self.message)
        super().__init__(self.detail)


class NotAllowed(PlatelogError):
    code = "not_allowed"
    status = 403
    message = _("Your role in this fleet does not allow this. A manager of the fleet can change it.")


class NoFleet(PlatelogError):
    code = "no_fleet"
    status = 403
    message = _("You are not a member of any fleet yet. A manager can add you.")


class VersionClash(PlatelogError):
    code = "version_clash"
    status = 409
    message = _("Someone else changed this sighting meanwhile. Look at it again, then repeat your change.")


class PreconditionFailed(PlatelogError):
    """`If-Match` names another state than the one that there is."""

    code = "precondition_failed"
    status = 412
    message = _("This was changed since you read it. Read it again, then repeat your change.")


class PlateUnusable(PlatelogError):
    code = "plate_unusable"
    message = _("A plate needs one to sixteen letters or digits.")


class AlreadyUndone(PlatelogError):
    code = "already_undone"
    status = 409
    message = _("This was undone before.")


class AlreadyResolved(PlatelogError):
    code = "already_resolved"
    status = 409
    message = _("This flag was resolved before.")


class NothingToCorrect(PlatelogError):
    code = "nothing_to_correct"
    status = 409
    message = _("None of these sightings can be corrected: a person has said what they are, or they read so already.")


class TooMany(PlatelogError):
    code = "too_many"
    message = _("That is more than can be done at once.")


class NamedTwice(PlatelogError):
    code = "named_twice"
    message = _("A sighting is named twice.")


class AliasUnusable(PlatelogError):
    code = "alias_unusable"
    message = _("An alias needs two different plates, and a misread in which every character was read.")


class AliasExists(PlatelogError):
    code = "alias_exists"
    status = 409
    message = _("There is an alias for this misread already. Remove it first.")


class NotRetryable(PlatelogError):
    code = "not_retryable"
    status = 409
    message = _("There is nothing here to try again.")


class NotStoppable(PlatelogError):
    code = "not_stoppable"
    status = 409
    message = _("Nothing of this trip is being read: there is nothing to stop.")


class NotInQueue(PlatelogError):
    code = "not_in_queue"
    status = 409
    message = _("Nothing of this trip waits to be read.")


class NotPaused(PlatelogError):
    code = "not_paused"
    status = 409
    message = _("This trip is not paused: there is nothing to resume.")


class UndoLaterFirst(PlatelogError):
    code = "undo_later_first"
    status = 409
    message = _("Something was done to this trip after that. Undo the latest first.")


class TripGone(PlatelogError):
    code = "trip_gone"
    status = 409
    message = _("This trip was merged into another meanwhile. Look at the list of trips again.")


class ClockUnusable(PlatelogError):
    code = "clock_unusable"
    message = _("This is no time that a trip's clock can be moved to.")


class TrackElsewhere(PlatelogError):
    code = "track_elsewhere"
    status = 409
    message = _(
        "At that time the trip's track is elsewhere: no position would be left. Keep the positions as they are, "
        "or replace the track."
    )


class ModelUnknown(PlatelogError):
    code = "model_unknown"
    message = _("There is no such model here. Choose one of those that are offered.")


class NothingToReread(PlatelogError):
    code = "nothing_to_reread"
    status = 409
    message = _(
        "None of these trips can be read again with this model: they are still being read, wait for a decision "
        "already, or were read by it before."
    )


class NotDecidable(PlatelogError):
    code = "not_decidable"
    status = 409
    message = _("This cannot be decided now: it is still being read, or someone decided meanwhile. Look at it again.")


class NotMergeable(PlatelogError):
    code = "not_mergeable"
    status = 409
    message = _("These two trips cannot be merged.")


class NotSplittable(PlatelogError):
    code = "not_splittable"
    status = 409
    message = _("This trip cannot be split there: both parts need at least one video.")


class BadCamera(PlatelogError):
    code = "bad_camera"
    message = _("A camera is front, rear or other.")


class ViewImpossible(PlatelogError):
    code = "view_impossible"
    message = _("No lens shows so much.")


class UnknownScope(PlatelogError):
    code = "unknown_scope"
    message = _("There is no such scope.")


class BeyondGiver(PlatelogError):
    code = "scope_missing"
    status = 403
    message = _("A token cannot give what it lacks.")


class ExpiryPast(PlatelogError):
    code = "expiry_past"
    message = _("This moment is past.")


class BadQuery(PlatelogError):
    code = "bad_query"
    message = _("This filter cannot be understood.")


class BodyTooLarge(PlatelogError):
    code = "body_too_large"
    status = 413
    message = _("This is more than one call may carry (8 MiB). Send it in parts.")


class NameMissing(PlatelogError):
    code = "name_missing"
    message = _("Give it a name.")


class NameTaken(PlatelogError):
    code = "name_taken"
    status = 409
    message = _("There is one of this name already. Choose another name.")


class TooManySearches(PlatelogError):
    code = "too_many_searches"
    status = 409
    message = _("You have saved 50 searches. Delete one that you no longer need.")


class EntryExists(PlatelogError):
    code = "entry_exists"
    status = 409
    message = _("This plate is on the watchlist already. Change that entry instead.")


class AlreadyAcknowledged(PlatelogError):
    code = "already_acknowledged"
    status = 409
    message = _("Someone acknowledged this alert meanwhile.")


class BadWebhook(PlatelogError):
    code = "bad_webhook"
    message = _("This webhook cannot work as it is.")


class NotReplayable(PlatelogError):
    code = "not_replayable"
    status = 409
    message = _("This delivery is still on its way: there is nothing to replay.")


class EvidenceSpan(PlatelogError):
    code = "evidence_span"
    message = _("The clip may begin 1 to 20 seconds before the clearest moment, and end 1 to 20 seconds after it.")


class EvidenceNotMade(PlatelogError):
    code = "evidence_not_made"
    status = 409
    message = _("This evidence pack is not there yet, or could not be made.")


class BadUpload(PlatelogError):
    code = "bad_upload"
    message = _("The upload's headers cannot be understood.")


class UploadEmpty(PlatelogError):
    code = "upload_empty"
    message = _("This file is empty (0 bytes). Check the memory card, or copy the file again.")


class UploadTooLarge(PlatelogError):
    code = "upload_too_large"
    status = 413
    message = _("This file is larger than the site accepts.")


class UploadTooLong(PlatelogError):
    code = "upload_too_long"
    status = 413
    message = _("More bytes were sent than the upload announced.")


class UploadBusy(PlatelogError):
    """Another request is writing to the same upload; tus clients wait and ask again."""

    code = "upload_busy"
    status = 423
    retryable = True
    message = _("Another connection is still sending this file. Wait a moment and resume.")


class UploadGone(PlatelogError):
    code = "upload_gone"
    status = 410
    message = _("This upload was cancelled or its bytes are gone. Send the file again.")


class UploadExpired(PlatelogError):
    """Written on the upload by the sweep."""

    code = "upload_expired"
    status = 410
    message = _("Nothing more of this file came for too long, and what had come was dropped. Send it again.")


class OffsetMismatch(PlatelogError):
    code = "offset_mismatch"
    status = 409
    retryable = True
    message = _("The upload stands at another position. Ask for it, and resume from there.")


class UploadInterrupted(PlatelogError):
    """The client went away in mid-body; what had arrived is kept."""

    code = "upload_interrupted"
    status = 400
    retryable = True
    message = _("The connection broke. What arrived is kept: resume from there.")


class UploadNotCancellable(PlatelogError):
    code = "upload_not_cancellable"
    status = 409
    message = _("This file has arrived and is part of a trip already.")


class WrongContentType(PlatelogError):
    code = "wrong_content_type"
    status = 415
    message = _("Chunks must be sent as application/offset+octet-stream.")


class WrongProtocolVersion(PlatelogError):
    code = "wrong_protocol_version"
    status = 412
    message = _("This server speaks tus 1.0.0.")


class StorageFull(PlatelogError):
    code = "storage_full"
    status = 507
    retryable = True
    message = _("The server's disk is full. What arrived is kept; resume once space has been made.")


class NotAPicture(PlatelogError):
    code = "not_a_picture"
    message = _("Send a picture as `upload`: a file in a form (multipart/form-data), or its bytes in base64.")


class PictureTooLarge(PlatelogError):
    code = "picture_too_large"
    status = 413
    message = _("This picture is larger than the site accepts. Send a smaller one.")


class ReaderBusy(PlatelogError):
    code = "reader_busy"
    status = 503
    retryable = True
    message = _("More pictures wait than can be read soon. Send this one again in a moment.")


class ReaderSlow(PlatelogError):
    code = "reader_slow"
    status = 503
    retryable = True
    message = _("This picture was not read in time. Send it again in a moment.")


class ReaderAway(PlatelogError):
    code = "reader_away"
    status = 503
    retryable = True
    message = _("No reader answers at the moment. Send the picture again in a moment.")
