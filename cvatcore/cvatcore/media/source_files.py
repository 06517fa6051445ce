"""The bytes of files and archive members that tasks are made of."""

from __future__ import annotations

import os
import threading
import zipfile
from pathlib import Path
from typing import Final

from cvatcore.errors import InvalidMedia
from cvatcore.media.archive import MAX_MEMBER, archive_errors, read_member
from cvatcore.media.identity import Place, file_identity, missing, not_fetched, unreadable
from cvatcore.media.pointers import is_pointer_text

_OPEN_ARCHIVES: Final = 4


class SourceFiles:
    """Reads whole files. Archives are kept open: reading the list of a large one takes longer than a picture.

    Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[Path, tuple[str, zipfile.ZipFile]] = {}

    def read(self, place: Place) -> bytes:
        """All bytes of a file, or of a member of an archive.

        Errors: MissingMedia when it is gone or only a pointer of Git LFS; InvalidMedia when it cannot be read.
        """
        if place.member:
            with self._lock, archive_errors(str(place.path)):
                return read_member(self._archive(place.path), place.member, name=str(place.path))
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

    def close(self) -> None:
        """Close open archives; they are opened again when they are needed."""
        with self._lock:
            for path in list(self._open):
                self._open.pop(path)[1].close()

    def _archive(self, path: Path) -> zipfile.ZipFile:
        identity = file_identity(path)
        known, archive = self._open.get(path, ("", None))
        if archive is not None and known == identity:
            return archive
        if archive is not None:
            self._open.pop(path)[1].close()
        if len(self._open) >= _OPEN_ARCHIVES:
            self._open.pop(next(iter(self._open)))[1].close()
        archive = zipfile.ZipFile(path)
        self._open[path] = identity, archive
        return archive
