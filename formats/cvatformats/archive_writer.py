"""Zip archives that are written piece by piece, whole or not at all, and always with the same bytes."""

from __future__ import annotations

import contextlib
import os
import zipfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from cvatcore.errors import InvalidDocument, InvalidInput
from cvatcore.store.files import storage_failed

_TIME = (1980, 1, 1, 0, 0, 0)
"""What every entry is dated, so that the same task gives the same bytes; the oldest time that zip can tell."""

_LEVEL = 1
"""Annotations shrink to an eighth even at zlib's fastest, in a third of the time of its default."""

_RIGHTS = 0o644 << 16


class Pieces(Protocol):
    """A member of an archive under construction."""

    def write(self, data: bytes, /) -> None:
        """Add a piece; large ones are better than small ones."""


class ArchiveWriter:
    """An archive under construction."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    @contextmanager
    def text(self, name: str) -> Iterator[Pieces]:
        """A compressed member to write to."""
        with (
            self._archive.open(self._entry(name, zipfile.ZIP_DEFLATED), "w", force_zip64=True) as member,
            ThreadPoolExecutor(max_workers=1, thread_name_prefix="compress") as worker,
        ):
            pieces = _Pieces(member, worker)
            yield pieces
            pieces.finish()

    def picture(self, name: str, data: bytes) -> None:
        """A member that is stored as it is, since pictures are compressed already."""
        self._archive.writestr(self._entry(name, zipfile.ZIP_STORED), data)

    def _entry(self, name: str, method: int) -> zipfile.ZipInfo:
        if name.startswith("/") or ".." in name.split("/"):
            # Whoever unpacks this must not be led out of the folder.
            raise InvalidDocument(f"The frame name {name!r} leads out of its folder.", path="manifest.jsonl")
        entry = zipfile.ZipInfo(name, date_time=_TIME)
        entry.compress_type = method
        entry.external_attr = _RIGHTS
        entry.create_system = 3  # The same on Windows, where it would be 0.
        return entry


class _Pieces:
    """Compresses one piece in a thread while the next is made: zlib takes as long as all the rest."""

    def __init__(self, member: IO[bytes], worker: ThreadPoolExecutor) -> None:
        self._member = member
        self._worker = worker
        self._pending: Future[int] | None = None

    def write(self, data: bytes, /) -> None:
        self.finish()
        self._pending = self._worker.submit(self._member.write, data)

    def finish(self) -> None:
        if self._pending is not None:
            self._pending.result()
            self._pending = None


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
            with zipfile.ZipFile(temporary, "w", compresslevel=_LEVEL) as archive:
                yield ArchiveWriter(archive)
            os.replace(temporary, out)
        except OSError as error:
            raise storage_failed(error, out) from None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
