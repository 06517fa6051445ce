"""The bytes of files and archive members that tasks are made of."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from cvatcore.errors import InvalidMedia
from cvatcore.media.archive.opening import MAX_MEMBER, Archive, archive_errors, load_archive, read_member
from cvatcore.media.archive.unpacked import unpacked_folder
from cvatcore.media.checksums import checksum, checksum_of_member
from cvatcore.media.identity import Place, file_identity, missing, not_fetched, unreadable
from cvatcore.media.pointers import is_pointer_text

_OPEN_ARCHIVES: Final = 4


class SourceFiles:
    """Reads whole files. Archives are kept open: reading the list of a large one takes longer than a picture.

    Safe to use from several threads. Compressed archives are unpacked below the workspace at `root`, once.
    """

    def __init__(self, root: Path | None = None) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._open: dict[Path, tuple[str, Archive]] = {}

    def read(self, place: Place) -> bytes:
        """All bytes of a file, or of a member of an archive.

        Errors: MissingMedia when it is gone or only a pointer of Git LFS; InvalidMedia when it cannot be read.
        """
        if place.member:
            with self.archive(place.path) as archive:
                return read_member(archive, place.member)
        try:
            with place.path.open("rb") as file:
                if os.fstat(file.fileno()).st_size > MAX_MEMBER:
                    raise InvalidMedia(f"{place.name} is larger than {MAX_MEMBER >> 30} GiB.")
                content = file.read()
        except (FileNotFoundError, NotADirectoryError):
            raise missing(place.name) from None
        except OSError as error:
            raise unreadable(place.name, error) from None
        if is_pointer_text(content):
            raise not_fetched(place.name)
        return content

    def checksum(self, place: Place) -> str:
        """`sha256:<hex>` of a file, or of a member of an archive. Errors: as `read`."""
        if not place.member:
            return checksum(place.path)
        with self.archive(place.path) as archive:
            return checksum_of_member(archive, place.member)

    @contextmanager
    def archive(self, path: Path) -> Iterator[Archive]:
        """An open archive, which is nobody else's in the block. Errors: as `open_archive`."""
        with self._lock, archive_errors(str(path)):
            yield self._archive(path)

    def close(self) -> None:
        """Close open archives; they are opened again when they are needed."""
        with self._lock:
            for path in list(self._open):
                self._open.pop(path)[1].close()

    def _archive(self, path: Path) -> Archive:
        identity = file_identity(path)
        known, archive = self._open.get(path, ("", None))
        if archive is not None and known == identity:
            return archive
        if archive is not None:
            self._open.pop(path)[1].close()
        if len(self._open) >= _OPEN_ARCHIVES:
            self._open.pop(next(iter(self._open)))[1].close()
        unpacked = unpacked_folder(self._root) if self._root else None
        archive = load_archive(path, name=str(path), unpacked=unpacked)
        self._open[path] = identity, archive
        return archive
