"""Every language is complete: nothing that is shown stays untranslated, and what is compiled is what is written."""

from __future__ import annotations

import shutil
from gettext import GNUTranslations
from pathlib import Path
from typing import Any

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management import call_command

LOCALE = Path(settings.LOCALE_PATHS[0])
OTHERS = [code for code, _ in settings.LANGUAGES if code != "en"]
# "locale", or else makemessages would write there.
IGNORED = [".venv", "build", "data", "docs", "tests", "vendor", "locale"]

pytestmark = [pytest.mark.parametrize("language", OTHERS), pytest.mark.parametrize("domain", ["django", "djangojs"])]


def written(folder: Path, language: str, domain: str) -> Catalog:
    return read_po((folder / language / "LC_MESSAGES" / f"{domain}.po").open("rb"), locale=language)


def messages(catalog: Catalog) -> set[tuple[object, object]]:
    return {(message.context, message.id) for message in catalog if message.id}


def test_every_message_is_translated(language: str, domain: str) -> None:
    for message in written(LOCALE, language, domain):
        forms = message.string if isinstance(message.string, tuple | list) else [message.string]
        assert all(forms), message.id
        assert not (message.id and message.fuzzy), message.id
        assert not list(message.check()), message.id  # places for values are the same


def test_what_is_compiled_is_what_is_written(language: str, domain: str) -> None:
    """`python manage.py compilemessages` brings it there."""
    with (LOCALE / language / "LC_MESSAGES" / f"{domain}.mo").open("rb") as file:
        compiled = GNUTranslations(file)
    for message in written(LOCALE, language, domain):
        if message.context:
            assert compiled.pgettext(message.context, str(message.id)) == message.string
        elif isinstance(message.id, tuple):
            one, many = message.id
            assert [compiled.ngettext(one, many, n) for n in (1, 2)] == list(message.string or ())
        elif message.id:
            assert compiled.gettext(str(message.id)) == message.string


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="GNU gettext is not installed")
def test_every_marked_message_is_in_the_catalog(
    language: str, domain: str, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(LOCALE, tmp_path / "locale")
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    monkeypatch.chdir(settings.BASE_DIR)
    call_command("makemessages", locale=[language], domain=domain, ignore_patterns=IGNORED, verbosity=0)
    assert messages(written(tmp_path / "locale", language, domain)) == messages(written(LOCALE, language, domain))
