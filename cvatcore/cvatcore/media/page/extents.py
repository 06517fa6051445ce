"""Which frames a file gives, and their sizes, from its header."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Literal, TypeAlias

from cvatcore.errors import InvalidMedia
from cvatcore.media.archive.opening import Archive, read_member
from cvatcore.media.cloud.reading import read_cloud_size
from cvatcore.media.cut_off import check_whole
from cvatcore.media.headers import open_picture, upright_size
from cvatcore.media.identity import unreadable
from cvatcore.media.kinds import kind_of_name
from cvatcore.media.page.pages import Page, pages_of
from cvatcore.media.quick_sizes import quick_size

HEAD = 1 << 12
"""In bytes: what is read of a file first. It holds the header of most pictures."""

LONG_HEAD = 1 << 16
"""In bytes: headers with a preview picture or a colour profile in them."""

MOST_DECODED = 100_000_000
"""In pixels: larger pictures are not decoded to find out whether they are whole."""

Looked: TypeAlias = Literal["header", "end", "pixels"]
"""How far a picture is looked at: its header; its last bytes too, where they say that it is whole; or as far as it
takes to know that, which for most kinds is to decode it."""

_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


def file_extents(path: str, *, looked: Looked = "header") -> tuple[int, list[Page]]:
    """A file's length in bytes, and its frames as `read_extents` gives them.

    Of more than the header a picture that is cut off after it is refused, too. Point clouds have to be as long as their
    header says in any case.

    Errors: InvalidMedia.
    """
    # One system call each to open, measure, read and close it.
    try:
        handle = os.open(path, _FLAGS)
        try:
            length = os.fstat(handle).st_size
            head = os.read(handle, HEAD)
            kind = kind_of_name(path)
            if kind == "document":
                return length, document_pages(Path(path), name=path)
            # A picture that is called a cloud is none, whatever its first bytes say.
            if kind != "cloud" and (size := quick_size(head, length=length)):
                pages = [Page(0, *size)]
            else:
                with open(path, "rb") as file:
                    pages = read_extents(file, name=path, length=length)
            if looked != "header" and kind != "cloud":
                decodes = looked == "pixels" and pages[0].width * pages[0].height <= MOST_DECODED
                check_whole(handle, head, name=path, length=length, decodes=decodes)
        finally:
            os.close(handle)
    except OSError as error:
        raise unreadable(path, error) from None
    return length, pages


def read_extents(file: IO[bytes], *, name: str, length: int) -> list[Page]:
    """The frames of a picture, point cloud or document: one with number 0, or its pages, numbered from 1.

    Args:
        file: at its beginning, and seekable.
        name: what messages call it; its extension tells clouds and documents from pictures.
        length: its length in bytes.

    Errors: InvalidMedia when it is none, broken, too large or empty.
    """
    if not length:
        raise InvalidMedia(f"{name} is empty.", hint="Replace it or remove it, then try again.")
    kind = kind_of_name(name)
    if kind == "cloud":
        return [Page(0, read_cloud_size(file, name=name, size=length), 1)]
    if kind == "document":
        return document_pages(file.read(), name=name)
    head = file.read(HEAD)
    size = quick_size(head, length=length)
    if size is None and length > HEAD:
        head += file.read(LONG_HEAD - HEAD)
        size = quick_size(head, length=length)
    if size is not None:
        return [Page(0, *size)]
    file.seek(0)
    with open_picture(file, name=name) as image:
        # Before the pages: they lead away from the first.
        width, height = upright_size(image)
        return pages_of(image, file, name=name, length=length) or [Page(0, width, height)]


def member_extents(archive: Archive, member: str) -> list[Page]:
    """As `read_extents`, of a file in an archive; its beginning is enough for most.

    Errors: as there, and what `archive_errors` translates.
    """
    name = f"{archive.name}/{member}"
    length = archive.members[member]
    if not length:
        raise InvalidMedia(f"{name} is empty.", hint="Replace it or remove it, then try again.")
    if kind_of_name(member) == "cloud":
        head = archive.head(member, LONG_HEAD)
        return [Page(0, read_cloud_size(io.BytesIO(head), name=name, size=length), 1)]
    if size := quick_size(archive.head(member, HEAD), length=length):
        return [Page(0, *size)]
    head = archive.head(member, LONG_HEAD)
    if size := quick_size(head, length=length):
        return [Page(0, *size)]
    if len(head) < length and head[:3] != b"\xff\xd8\xff":
        # Pages are anywhere in a file; a JPEG has one.
        head = read_member(archive, member)
    try:
        return read_extents(io.BytesIO(head), name=name, length=len(head))
    except InvalidMedia:
        if len(head) == length:
            raise
    return read_extents(io.BytesIO(read_member(archive, member)), name=name, length=length)


def document_pages(source: Path | bytes, *, name: str) -> list[Page]:
    """The pages of a PDF document. Errors: InvalidMedia."""
    from cvatcore.media.page.documents import Document

    document = Document(source, name=name)
    try:
        return document.pages()
    finally:
        document.close()


def expanded_names(name: str, pages: list[Page]) -> Iterator[tuple[str, str, Page]]:
    """What the frames of a file are called: name, extension, page; see `ImageFrame`."""
    for page in pages:
        if page.number:
            yield f"{name}/{page.number:04}", ".png", page
        else:
            stem, dot, extension = name.rpartition(".")
            # As os.path.splitext does: a name that only begins with a dot has no extension.
            if dot and "/" not in extension and stem.rpartition("/")[2].strip("."):
                yield stem, dot + extension, page
            else:
                yield name, "", page
