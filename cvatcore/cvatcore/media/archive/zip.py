"""Zip archives, read in place."""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from cvatcore.errors import InvalidMedia
from cvatcore.media.archive.index import ArchiveIndex, absent, check_count
from cvatcore.media.ratio import check_ratio

_PIECE = 1 << 20
_ENCRYPTED = 0x1


class ZipArchive:
    """See `Archive`; `name` is how messages call it."""

    def __init__(self, path: Path, *, name: str) -> None:
        self.name = name
        self._zip = zipfile.ZipFile(path)
        try:
            self._entries = self._checked(os.path.getsize(path))
        except BaseException:
            self._zip.close()
            raise
        self.members: Mapping[str, int] = {member: entry.file_size for member, entry in self._entries.items()}

    def head(self, member: str, length: int) -> bytes:
        """The first bytes of a member."""
        with self._zip.open(self._entry(member)) as file:
            return file.read(length)

    def pieces(self, member: str) -> Iterator[bytes]:
        """The bytes of a member, piece by piece."""
        entry = self._entry(member)
        left = entry.file_size
        with self._zip.open(entry) as file:
            while piece := file.read(_PIECE):
                yield piece
                left -= len(piece)
        if left:
            raise EOFError(member)  # `zipfile` does not mind where there is less than was said.

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()

    def _entry(self, member: str) -> zipfile.ZipInfo:
        entry = self._entries.get(member) or self._entries.get(member.replace("\\", "/"))
        if entry is None:
            raise absent(self.name, member)
        return entry

    def _checked(self, packed: int) -> dict[str, zipfile.ZipInfo]:
        entries = self._zip.infolist()
        check_count(self.name, len(entries))
        # `zipfile` never gives more bytes of an entry than it declares, so this bounds what is really read. The
        # compressed size is that of the file on disk: what entries say of theirs can lie and overlap.
        check_ratio(self.name, packed=packed, unpacked=sum(entry.file_size for entry in entries))
        index = ArchiveIndex(self.name)
        found: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            # orig_filename: `zipfile` cuts names at a NUL.
            given = entry.filename if len(entry.filename) == len(entry.orig_filename) else entry.orig_filename
            if entry.filename.endswith("/"):
                ArchiveIndex(self.name).add(given, 0)
                continue
            name = index.add(given, entry.file_size)
            if stat.S_ISLNK(entry.external_attr >> 16):
                raise InvalidMedia(
                    f"{self.name} holds {given!r}, a link.", hint="Make it anew with the files themselves."
                )
            if entry.flag_bits & _ENCRYPTED:
                raise InvalidMedia(f"{self.name} is encrypted.", hint="Unpack it and give the folder.")
            found[name] = entry
        return found
