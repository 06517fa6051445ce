"""The file to import: a plain one, or a zip archive of which nothing is unpacked to disk. It comes from a stranger."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cvatcore.errors import InvalidInput, InvalidMedia, NotFound

MAX_RATIO = 100
"""An archive's annotations must not unpack to more than this many times its size …"""

RATIO_FLOOR = 64 << 20
"""… above so many bytes."""

MAX_BYTES = 4 << 30
"""The largest annotation file that is read."""

MAX_MEMBERS = 2_000_000

_HEAD = 1 << 16
_ENCRYPTED = 0x1
_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
"""What `zipfile` raises on broken and unknown archives."""


class Source:
    """The files in what is imported, by their names within it."""

    def __init__(self, path: Path, archive: zipfile.ZipFile | None) -> None:
        self.path = path
        self._archive = archive
        self._names: tuple[str, ...] | None = None

    @property
    def name(self) -> str:
        """What messages call it."""
        return str(self.path)

    @property
    def is_archive(self) -> bool:
        """Whether it is a zip archive."""
        return self._archive is not None

    def files(self, suffix: str) -> list[str]:
        """The files with that suffix in any case, sorted; of a plain file its own name."""
        if self._archive is None:
            return [self.path.name] if self.path.name.lower().endswith(suffix) else []
        if self._names is None:
            self._names = _checked_names(self._archive, self.name)
        return [name for name in self._names if name.lower().endswith(suffix)]

    def place(self, file: str) -> str:
        """What messages call a file of it."""
        return f"{self.name}/{file}" if self.is_archive else self.name

    def head(self, file: str) -> bytes:
        """The first 64 KiB of a file."""
        with self.open(file) as stream:
            return stream.read(_HEAD)

    def ends(self, file: str) -> bytes:
        """The first 64 KiB of a file, and of a plain one the last too."""
        with self.open(file) as stream:
            head = stream.read(_HEAD)
            if stream.seekable() and not self.is_archive and len(head) == _HEAD:
                stream.seek(max(_HEAD, self.path.stat().st_size - _HEAD))
                head += stream.read(_HEAD)
        return head

    def read(self, file: str) -> bytes:
        """All of a file.

        Errors: InvalidMedia when it is too large or the archive is broken.
        """
        with self.open(file) as stream:
            return stream.read()

    @contextmanager
    def open(self, file: str) -> Iterator[IO[bytes]]:
        """A file as a stream.

        Errors: InvalidMedia when it is too large or the archive is broken; also in the block.
        """
        try:
            if self._archive is None:
                size = self.path.stat().st_size
                if size > MAX_BYTES:
                    raise InvalidMedia(f"{self.name} is larger than {MAX_BYTES >> 30} GiB.", hint="Split it.")
                with self.path.open("rb") as stream:
                    yield stream
                return
            entry = self._archive.getinfo(file)
            self._check_size(entry)
            with self._archive.open(entry) as stream:
                yield stream
        except _BROKEN as error:
            raise InvalidMedia(
                f"{self.place(file)} cannot be unpacked: the archive is broken.", hint="Make or fetch it anew."
            ) from error
        except OSError as error:
            raise NotFound(f"{self.place(file)} cannot be read: {error.strerror or error}.") from None

    def _check_size(self, entry: zipfile.ZipInfo) -> None:
        # `zipfile` never gives more bytes of a member than it declares, so this bounds what is really read; the size
        # of the archive on disk, since what a member says of its compressed size can lie.
        if entry.flag_bits & _ENCRYPTED:
            raise InvalidMedia(f"{self.name} is encrypted.", hint="Unpack it, and pack it without a password.")
        limit = min(MAX_BYTES, max(RATIO_FLOOR, MAX_RATIO * self.path.stat().st_size))
        if entry.file_size > limit:
            raise InvalidMedia(
                f"{self.place(entry.filename)} would unpack to {entry.file_size >> 20} MiB, more than {limit >> 20}.",
                hint="Do not use this archive unless you know where it comes from.",
            )


@contextmanager
def open_source(path: Path) -> Iterator[Source]:
    """Open a file to import.

    Errors: NotFound, InvalidMedia for a broken archive.
    """
    try:
        if path.is_dir():
            raise InvalidInput(f"{path} is a folder.", hint="Give a file, or pack the folder into a zip archive.")
        with path.open("rb") as stream:
            magic = stream.read(4)
    except OSError as error:
        raise NotFound(f"{path} cannot be read: {error.strerror or error}.", hint="Check the path.") from None
    if magic not in _ZIP_MAGIC and path.suffix.lower() != ".zip":
        yield Source(path, None)
        return
    try:
        archive = zipfile.ZipFile(path)
    except (*_BROKEN, OSError, ValueError) as error:
        raise InvalidMedia(
            f"{path} is not a readable zip archive: it is broken or cut off.", hint="Make or fetch it anew."
        ) from error
    with archive:
        yield Source(path, archive)


def _checked_names(archive: zipfile.ZipFile, name: str) -> tuple[str, ...]:
    entries = archive.infolist()
    if len(entries) > MAX_MEMBERS:
        raise InvalidMedia(f"{name} holds {len(entries)} files, more than {MAX_MEMBERS}.", hint="Split it.")
    names: set[str] = set()
    for entry in entries:
        parts = entry.filename.replace("\\", "/").split("/")
        if not parts[0] or ".." in parts or ":" in parts[0]:
            raise InvalidMedia(
                f"{name} holds {entry.filename!r}, a name that leads out of the archive.",
                hint="Do not use this archive unless you know where it comes from.",
            )
        if entry.filename in names:
            raise InvalidMedia(f"{name} holds {entry.filename!r} twice.", hint="Make it anew.")
        names.add(entry.filename)
    return tuple(sorted(n for n in names if not n.endswith("/") and not _is_hidden(n)))


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))
