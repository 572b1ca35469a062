"""Sentences that workers write down, and that people read in their own languages.

Stored is the English sentence and the values in its places, as JSON: `["%(name)s is empty.", {"name": "a.mp4"}]`. Rows
of earlier versions hold the plain sentence; they stay as they are.
"""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext

from recognition.errors import RecognitionError


def store(text: str, **values: object) -> str:
    """A marked sentence (`gettext_noop`) as it is stored. A value may be a stored sentence itself."""
    return json.dumps([text, values], ensure_ascii=False, default=str)


def store_error(error: RecognitionError, ours: str, theirs: str) -> str:
    """An error's words, with the file's name as people know it in place of that in the storage."""
    values = {place: str(value).replace(ours, theirs) for place, value in error.values.items()}
    return store(error.text.replace(ours, theirs), **values)


def say(stored: str) -> str:
    """In the language of whoever is reading."""
    text, values = _parted(stored)
    if text is None:
        return gettext(stored) if stored else ""
    told = {place: say_all(value) for place, value in values.items()}
    return gettext(text) % told if told else gettext(text)


def say_all(value: Any) -> Any:
    """The same for every stored sentence in what goes to a page; all else stays as it is."""
    if isinstance(value, dict):
        return {name: say_all(one) for name, one in value.items()}
    if isinstance(value, list):
        return [say_all(one) for one in value]
    return say(value) if isinstance(value, str) and _parted(value)[0] is not None else value


def _parted(stored: str) -> tuple[str | None, dict[str, Any]]:
    if not stored.startswith('["'):
        return None, {}
    try:
        text, values = json.loads(stored)
    except ValueError:
        return None, {}
    return (text, values) if isinstance(text, str) and isinstance(values, dict) else (None, {})
