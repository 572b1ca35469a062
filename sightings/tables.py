"""Texts in tables that spreadsheets open: none of them may be worked out as a formula.

A program that takes a cell for a formula looks at how it begins, also with letters of full width. A file with commas is
split at semicolons or tabs too, depending on the language of who opens it: so a text in a cell is looked at after each
of them. The mark is the apostrophe, which spreadsheets know as "what follows is text" (OWASP, CSV injection).
"""

from __future__ import annotations

import re

_BEGINS = "=+\\-@\t\r\n＝＋－＠"
_PARTS = ",;|\t\r\n"
_RISKY = re.compile(rf"(^|[{_PARTS}])(\s*\"?)(?=[{_BEGINS}'])")
_MARKED = re.compile(rf"(^|[{_PARTS}])(\s*\"?)'")


def harmless(text: str) -> str:
    """With an apostrophe before whatever a spreadsheet would work out; `as_meant` takes them out again."""
    return _RISKY.sub(r"\1\2'", text)


def as_meant(text: str) -> str:
    """What `harmless` was given."""
    return _MARKED.sub(r"\1\2", text)
