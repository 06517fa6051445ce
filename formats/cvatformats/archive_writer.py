"""Zip archives that are written piece by piece, whole or not at all, and always with the same bytes."""

from __future__ import annotations

import contextlib
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cvatcore.errors import InvalidDocument, InvalidInput
from cvatcore.store.files import storage_failed

_TIME = (1980, 1, 1, 0, 0, 0)
"""What every entry is dated, so that the same task gives the same bytes: the oldest time, and `zipfile`'s default."""

_LEVEL = 1
"""Annotations shrink to an eighth even at zlib's fastest, in a third of the time of its default."""

_RIGHTS = 0o644 << 16
_UNIX = 3


class ArchiveWriter:
    """An archive under construction."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    @contextmanager
    def text(self, name: str) -> Iterator[IO[bytes]]:
        """A compressed member to write to; large pieces are better than small ones."""
        # By name: a ZipInfo of ours would not get the archive's level of compression.
        with self._archive.open(_checked(name), "w", force_zip64=True) as member:
            yield member
        _settle(self._archive.getinfo(name))

    def picture(self, name: str, data: bytes) -> None:
        """A member that is stored as it is, since pictures are compressed already."""
        entry = zipfile.ZipInfo(_checked(name), date_time=_TIME)
        _settle(entry)
        self._archive.writestr(entry, data, compress_type=zipfile.ZIP_STORED)


def _checked(name: str) -> str:
    """A name that leads whoever unpacks it to no other place."""
    if name.startswith("/") or ".." in name.split("/"):
        raise InvalidDocument(f"The frame name {name!r} leads out of its folder.", path="manifest.jsonl")
    return name


def _settle(entry: zipfile.ZipInfo) -> None:
    """Make what depends on the system the same everywhere."""
    entry.external_attr = _RIGHTS
    entry.create_system = _UNIX


@contextmanager
def write_archive(out: Path) -> Iterator[ArchiveWriter]:
    """Write an archive beside its place and move it there when the block ends well; else nothing has changed.

    Errors: InvalidInput for a place that cannot be; StorageFailed.
    """
    if out.is_dir():
        raise InvalidInput(f"{out} is a folder.", hint="Name a file, say export.zip.")
    if not out.parent.is_dir():
        raise InvalidInput(f"There is no folder {out.parent}.", hint="Make it first.")
    temporary = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    try:
        try:
            with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
                yield ArchiveWriter(archive)
            os.replace(temporary, out)
        except OSError as error:
            raise storage_failed(error, out) from None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
