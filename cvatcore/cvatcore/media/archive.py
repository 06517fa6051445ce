"""Pictures in zip archives. Archives come from strangers: nothing is ever unpacked to disk."""

from __future__ import annotations

import io
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cvatcore.errors import InvalidMedia, MissingMedia
from cvatcore.media.headers import read_size
from cvatcore.media.kinds import check_name, is_hidden, kind_of_name

MAX_RATIO = 100
"""An archive must not unpack to more than this many times its size …"""

RATIO_FLOOR = 64 << 20
"""… above so many bytes: a few blank bitmaps shrink 1000 times, and do no harm. Photos and PNG hardly shrink."""

MAX_ENTRIES = 500_000

MAX_MEMBER = 4 << 30
"""In bytes: the largest picture file that is read into memory, a gigapixel of four bytes."""

_HEADER = 1 << 16
_PIECE = 1 << 20
_ENCRYPTED = 0x1
_DRIVE = re.compile("[A-Za-z]:")


@contextmanager
def open_archive(path: Path, *, name: str) -> Iterator[zipfile.ZipFile]:
    """An open zip archive; whatever is wrong with it in the block is InvalidMedia with `name`."""
    with archive_errors(name), zipfile.ZipFile(path) as archive:
        yield archive


def is_archive(path: Path) -> bool:
    """Whether a file is an archive by its contents. Errors: OSError."""
    return zipfile.is_zipfile(path)


@contextmanager
def archive_errors(name: str) -> Iterator[None]:
    """Whatever `zipfile` finds wrong in the block is InvalidMedia, or MissingMedia, with `name`."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError):
        raise MissingMedia(
            f"{name} is missing.", hint="Put it back where it was, or say where it is now: cvat media map FROM TO."
        ) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError) as error:
        raise InvalidMedia(
            f"{name} cannot be read as a zip archive: it is broken, cut off, or something else.",
            hint="Make or fetch it anew.",
        ) from error


def list_pictures(archive: zipfile.ZipFile, *, name: str) -> list[zipfile.ZipInfo]:
    """The pictures of an archive, sorted by name. Other files, hidden ones and archives within it are left out.

    Errors: InvalidMedia when an entry leads out of the archive, is a link or encrypted, or all of it is too much.
    """
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise InvalidMedia(f"{name} holds {len(entries)} files, more than {MAX_ENTRIES}.", hint="Split it.")
    # `zipfile` never gives more bytes of an entry than it declares, so this bounds what is really read. The compressed
    # size is that of the file on disk: what entries say of theirs can lie and overlap.
    unpacked = sum(entry.file_size for entry in entries)
    packed = os.path.getsize(archive.filename) if archive.filename else 0
    if unpacked > max(RATIO_FLOOR, MAX_RATIO * packed):
        raise InvalidMedia(
            f"{name} has {packed} bytes and would unpack to {unpacked}, more than {MAX_RATIO} times as many.",
            hint="If you trust it, unpack it yourself and give the folder.",
        )
    pictures: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        _check_entry(entry, name=name)
        if entry.is_dir() or any(is_hidden(part) for part in entry.filename.split("/")):
            continue
        if kind_of_name(entry.filename) == "picture":
            if entry.filename in pictures:
                raise InvalidMedia(f"{name} holds {entry.filename!r} twice.", hint="Make it anew.")
            pictures[entry.filename] = entry
    return [pictures[key] for key in sorted(pictures)]


def read_member_size(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, *, name: str) -> tuple[int, int]:
    """Width and height of a picture in an archive, upright; usually from its first 64 KiB."""
    full_name = f"{name}/{entry.filename}"
    if not entry.file_size:
        raise InvalidMedia(f"{full_name} is empty.", hint="Replace it or remove it, then try again.")
    with archive.open(entry) as file:
        head = file.read(_HEADER)
    try:
        return read_size(io.BytesIO(head), name=full_name)
    except InvalidMedia:
        if len(head) == entry.file_size:
            raise
    return read_size(io.BytesIO(read_member(archive, entry.filename, name=name)), name=full_name)


def read_member(archive: zipfile.ZipFile, member: str, *, name: str) -> bytes:
    """All bytes of a member.

    Errors: MissingMedia; InvalidMedia when it is too large.
    """
    return b"".join(member_pieces(archive, member, name=name))


def member_pieces(archive: zipfile.ZipFile, member: str, *, name: str) -> Iterator[bytes]:
    """The bytes of a member, piece by piece.

    Errors: MissingMedia; InvalidMedia when it is too large.
    """
    try:
        entry = archive.getinfo(member)
    except KeyError:
        raise MissingMedia(f"{name} no longer holds {member}.", hint="Put the archive back as it was.") from None
    if entry.file_size > MAX_MEMBER:
        raise InvalidMedia(f"{name}/{member} is larger than {MAX_MEMBER >> 30} GiB.")
    with archive.open(entry) as file:
        while piece := file.read(_PIECE):
            yield piece


def _check_entry(entry: zipfile.ZipInfo, *, name: str) -> None:
    path = entry.filename.replace("\\", "/")
    parts = path.split("/")
    hint = "Do not use this archive unless you know where it comes from."
    if path.startswith("/") or ".." in parts or _DRIVE.match(path):
        raise InvalidMedia(f"{name} holds {entry.filename!r}, a name that leads out of the archive.", hint=hint)
    # orig_filename: `zipfile` cuts names at a NUL.
    check_name(entry.orig_filename)
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise InvalidMedia(f"{name} holds {entry.filename!r}, a link.", hint="Make it anew with the files themselves.")
    if entry.flag_bits & _ENCRYPTED:
        raise InvalidMedia(f"{name} is encrypted.", hint="Unpack it and give the folder.")
