"""What can go wrong with what a person hands us. Each message says what happened and what to do next."""

from __future__ import annotations

from typing import ClassVar


def gettext_noop(text: str) -> str:
    """Marks a sentence for the catalogs of a site that speaks other languages; GNU gettext looks for this name."""
    return text


class RecognitionError(Exception):
    """Base of all. `code` is stable and for programs; `retryable` tells whether the same call may succeed later.

    `text` may have places for `values`, `%(name)s`, so that it can be said in other languages.
    """

    code: ClassVar[str] = "recognition_error"
    retryable: ClassVar[bool] = False

    def __init__(self, text: str = "", **values: object) -> None:
        self.text, self.values = text, values
        super().__init__(text % values if values else text)


class NotAVideo(RecognitionError):
    code = "not_a_video"


class VideoDamaged(RecognitionError):
    """The container opens, but not one frame can be decoded."""

    code = "video_damaged"


class NotAnImage(RecognitionError):
    code = "not_an_image"


class CannotWrite(RecognitionError):
    """What was asked for cannot be written where it was asked for."""

    code = "cannot_write"


class TelemetryUnreadable(RecognitionError):
    code = "telemetry_unreadable"


class NoPositions(TelemetryUnreadable):
    """The file is well formed but holds not a single usable position."""

    code = "no_positions"


class NotNeeded(NoPositions):
    """The file is what it should be, but nothing in it says where anything was."""

    code = "not_needed"


class WeightsRefused(RecognitionError):
    """A weights file is absent, or is not the one that the manifest names."""

    code = "weights_refused"


class UnknownSetting(RecognitionError):
    code = "unknown_setting"
