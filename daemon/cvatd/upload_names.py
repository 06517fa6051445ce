"""The names that uploaded files get on this machine."""

from __future__ import annotations

import re

from cvatcore.errors import InvalidInput

MAX_PART_BYTES = 240
"""Of one name between slashes: file systems take 255, and some is added while a file comes in."""

MAX_PARTS = 32

_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$|cvat\.toml)(\..*)?", re.IGNORECASE)
"""What Windows takes for devices, with any extension, and what would make a workspace of a folder of media."""


def upload_name(given: str, *, keep_folders: bool) -> str:
    """The path of a file below the folder of its upload, with forward slashes.

    CVAT's clients give whole paths of their machines, of which only the last name counts. With `keep_folders` the path
    is meant to be relative, and is kept.
    Errors: InvalidInput for a name that would lie elsewhere, or that not every system can have.
    """
    plain = given if keep_folders else re.split(r"[/\\]", given)[-1]
    parts = plain.split("/")
    if len(parts) > MAX_PARTS or not all(map(_is_allowed, parts)):
        raise InvalidInput(f"File name {given[:300]!r} is not allowed")
    return plain


def _is_allowed(part: str) -> bool:
    if not part or part.startswith(".") or part.endswith((" ", ".")) or part != part.strip():
        return False  # Hidden files are no media, and `.git` or `.gitattributes` would mean something.
    if re.search(r'[\\:*?"<>|\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]', part):
        return False
    return not _RESERVED.fullmatch(part) and len(part.encode()) <= MAX_PART_BYTES
