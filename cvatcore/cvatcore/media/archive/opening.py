"""Pictures in archives: one way to read zip and tar. They come from strangers: no member is ever unpacked to disk."""

from __future__ import annotations

import os
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, Protocol

from cvatcore.errors import InvalidMedia, MissingMedia
from cvatcore.media.archive.decompressing import Compression, compression_of, faults, unpack_stream
from cvatcore.media.archive.tar import TarArchive
from cvatcore.media.archive.tar_headers import BLOCK, is_tar_header
from cvatcore.media.archive.unpacked import existing_copy, unpacked_copy
from cvatcore.media.archive.zip import ZipArchive
from cvatcore.media.kinds import Kind, is_hidden, kind_of_name

ArchiveKind = Literal["zip", "tar"] | Compression
"""What an archive is by its contents; those that are compressed hold a tar archive."""

MAX_MEMBER = 4 << 30
"""In bytes: the largest picture file that is read into memory, a gigapixel of four bytes."""

_IN_ARCHIVES: frozenset[Kind] = frozenset(["picture", "cloud"])


class Archive(Protocol):
    """An open archive. Not safe to use from several threads at once."""

    name: str
    """How messages call it."""
    members: Mapping[str, int]
    """The length in bytes of each file in it, by its name with forward slashes, in the archive's order."""

    def head(self, member: str, length: int) -> bytes:
        """The first bytes of a member. Errors: MissingMedia, or what `archive_errors` translates."""

    def pieces(self, member: str) -> Iterator[bytes]:
        """The bytes of a member, piece by piece. Errors: as `head`."""

    def close(self) -> None:
        """Let go of the file."""


@contextmanager
def open_archive(
    path: Path, *, name: str, unpacked: Path | None = None, tick: Callable[[], None] | None = None
) -> Iterator[Archive]:
    """An open archive; whatever is wrong with it in the block is InvalidMedia with `name`.

    Args:
        path: a zip or tar archive, or a compressed tar archive.
        name: how messages call it.
        unpacked: the folder in which a compressed one is unpacked (`unpacked_folder`); without it that is done in the
            system's temporary folder, each time.
        tick: called now and then while it is unpacked; what it raises ends the work.

    Errors: MissingMedia; InvalidMedia also when a member leads out of the archive, is a link or encrypted, or all of it
    is too much; StorageFailed when it cannot be unpacked.
    """
    with archive_errors(name):
        archive = load_archive(path, name=name, unpacked=unpacked, tick=tick)
        try:
            yield archive
        finally:
            archive.close()


def load_archive(
    path: Path, *, name: str, unpacked: Path | None = None, tick: Callable[[], None] | None = None
) -> Archive:
    """An open archive, which the caller closes; as `open_archive`, but to be used within `archive_errors`."""
    kind = archive_kind(path)
    if kind == "tar":
        return TarArchive(path, name=name)
    if kind is None or kind == "zip":
        return ZipArchive(path, name=name)
    if unpacked:
        return TarArchive(unpacked_copy(path, folder=unpacked, name=name, tick=tick), name=name)
    # A copy is made where nothing is yet; then it gets a place of its own, which goes when the archive is closed.
    with tempfile.TemporaryDirectory(prefix="cvat-", ignore_cleanup_errors=True) as folder:
        copy = Path(folder) / "unpacked.tar"
        unpack_stream(path, copy, name=name, tick=tick)
        handle, place = tempfile.mkstemp(prefix="cvat-", suffix=".tar")
        os.close(handle)
        os.replace(copy, place)
    return TarArchive(Path(place), name=name, unlink=True)


def known_members(path: Path, *, unpacked: Path | None) -> Mapping[str, int] | None:
    """What an archive holds, as `Archive.members`; None where it would have to be unpacked for that.

    Errors: as `open_archive`.
    """
    with archive_errors(str(path)):
        if archive_kind(path) in ("zip", "tar", None):
            with open_archive(path, name=str(path)) as archive:
                return archive.members
        if unpacked and (copy := existing_copy(path, folder=unpacked)):
            with open_archive(copy, name=str(path)) as archive:
                return archive.members
    return None


def archive_kind(path: Path) -> ArchiveKind | None:
    """What an archive is by its contents; None for anything else. Errors: OSError."""
    with path.open("rb") as file:
        head = file.read(BLOCK)
    if compression := compression_of(head):
        return compression
    if is_tar_header(head):
        return "tar"
    return "zip" if zipfile.is_zipfile(path) else None


@contextmanager
def archive_errors(name: str) -> Iterator[None]:
    """Whatever the readers of archives find wrong in the block is InvalidMedia, or MissingMedia, with `name`."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError):
        raise MissingMedia(
            f"{name} is missing.", hint="Put it back where it was, or say where it is now: cvat media map FROM TO."
        ) from None
    except faults(zipfile.BadZipFile, RuntimeError, ValueError, LookupError, OverflowError, struct.error) as error:
        kind = "tar" if is_tar_name(name) else "zip"
        raise InvalidMedia(
            f"{name} cannot be read as a {kind} archive: it is broken, cut off, or something else.",
            hint="Make or fetch it anew.",
        ) from error


def is_tar_name(name: str) -> bool:
    """Whether a name says tar rather than zip."""
    base = name.lower().rpartition("/")[2]
    return ".tar" in base or base.endswith((".tgz", ".tbz", ".tbz2", ".txz", ".tzst"))


def list_frames(archive: Archive) -> list[str]:
    """The pictures and point clouds of an archive, sorted by name.

    Other files, hidden ones and archives within it are left out.
    """
    return sorted(
        name
        for name in archive.members
        if kind_of_name(name) in _IN_ARCHIVES and not any(is_hidden(part) for part in name.split("/"))
    )


def read_member(archive: Archive, member: str) -> bytes:
    """All bytes of a member.

    Errors: MissingMedia; InvalidMedia when it is too large.
    """
    return b"".join(member_pieces(archive, member))


def member_pieces(archive: Archive, member: str) -> Iterator[bytes]:
    """The bytes of a member, piece by piece.

    Errors: MissingMedia; InvalidMedia when it is too large.
    """
    if archive.members.get(member, 0) > MAX_MEMBER:
        raise InvalidMedia(f"{archive.name}/{member} is larger than {MAX_MEMBER >> 30} GiB.", hint="Leave it out.")
    return archive.pieces(member)
