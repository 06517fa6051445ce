"""Tar archives: an index of where each member's data lie, which are then read in place."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from cvatcore.errors import InvalidMedia
from cvatcore.media.archive.index import ArchiveIndex, absent
from cvatcore.media.archive.tar_headers import TarFault, read_members

_PIECE = 1 << 20


class TarArchive:
    """See `Archive`.

    Args:
        path: the archive, not compressed.
        name: how messages call it.
        unlink: whether the file is a copy that goes when it is closed.
    """

    def __init__(self, path: Path, *, name: str, unlink: bool = False) -> None:
        self.name = name
        self._path = path
        self._unlink = unlink
        self._offsets: dict[str, int] = {}
        self._file = path.open("rb", buffering=0)
        try:
            self.members: Mapping[str, int] = self._read_index()
        except BaseException:
            self.close()
            raise

    def head(self, member: str, length: int) -> bytes:
        """The first bytes of a member."""
        return self._read(*self._place(member), length=length)

    def pieces(self, member: str) -> Iterator[bytes]:
        """The bytes of a member, piece by piece."""
        offset, size = self._place(member)
        while size:
            piece = self._read(offset, size, length=_PIECE)
            if not piece:
                raise EOFError(member)
            yield piece
            offset += len(piece)
            size -= len(piece)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
        if self._unlink:
            self._path.unlink(missing_ok=True)

    def _read_index(self) -> Mapping[str, int]:
        index = ArchiveIndex(self.name)
        try:
            for member in read_members(self._file, length=os.fstat(self._file.fileno()).st_size):
                if member.odd:
                    raise InvalidMedia(
                        f"{self.name} holds {member.name!r}, {member.odd}.",
                        hint="Make it anew with the files themselves.",
                    )
                known = index.add(member.name, member.size, own_name=_plain(member.name))
                self._offsets[known] = member.offset
        except TarFault as error:
            raise InvalidMedia(
                f"{self.name} cannot be read as a tar archive: {error}.", hint="Make or fetch it anew."
            ) from None
        return index.sizes

    def _place(self, member: str) -> tuple[int, int]:
        if member not in self._offsets:
            raise absent(self.name, member)
        return self._offsets[member], self.members[member]

    def _read(self, offset: int, size: int, *, length: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(min(size, length))


def _plain(name: str) -> str:
    """A name without `./`, which tar writes before those of a folder."""
    return "/".join(part for part in name.split("/") if part not in ("", ".")) if "/" in name else name
