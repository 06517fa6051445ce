"""Checksums of media."""

from __future__ import annotations

import hashlib
from pathlib import Path

from cvatcore.media.archive.opening import Archive, member_pieces, open_archive
from cvatcore.media.identity import missing, unreadable


def checksum(path: Path, *, member: str = "", unpacked: Path | None = None) -> str:
    """`sha256:<hex>` of a file, or of a member of the archive at `path`, read in pieces.

    `unpacked` as for `open_archive`.

    Errors: NotFound when it does not exist, InvalidMedia when it cannot be read.
    """
    if member:
        with open_archive(path, name=str(path), unpacked=unpacked) as archive:
            return checksum_of_member(archive, member)
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
    except (FileNotFoundError, NotADirectoryError):
        raise missing(str(path)) from None
    except OSError as error:
        raise unreadable(str(path), error) from None
    return f"sha256:{digest.hexdigest()}"


def checksum_of_member(archive: Archive, member: str) -> str:
    """`sha256:<hex>` of a member of an open archive, read in pieces.

    Errors: MissingMedia, InvalidMedia.
    """
    digest = hashlib.sha256()
    for piece in member_pieces(archive, member):
        digest.update(piece)
    return f"sha256:{digest.hexdigest()}"
