"""A manifest in CVAT's format that comes with media: which frames there are, in which order, and how large they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from cvatcore.errors import InvalidDocument, UnsupportedVersion
from cvatcore.media.identity import unreadable
from cvatcore.schema.manifest import MANIFEST_VERSION

MAX_BYTES = 1 << 30
"""Of a manifest; a million frames take about 200 MB."""

Document = TypeVar("Document")

_HINT = "Write it anew: cvat manifest create SOURCE; or leave it out."


class GivenFrame(msgspec.Struct, frozen=True):
    """A frame that a manifest lists."""

    path: str
    line: int
    width: int = 0
    """In pixels; 0 where it is not said."""
    height: int = 0
    related: tuple[str, ...] = ()
    """Context images, as its line names them."""


class GivenVideo(msgspec.Struct, frozen=True):
    """The video that a manifest describes."""

    name: str
    resolution: tuple[int, int]
    length: int
    line: int = 0


class GivenManifest(msgspec.Struct, frozen=True):
    """What a manifest says: frames, or a video."""

    place: str
    """The file, as messages call it."""
    frames: tuple[GivenFrame, ...] = ()
    video: GivenVideo | None = None

    def wrong(self, message: str, *, line: int = 0) -> InvalidDocument:
        """The error that a line of it is not so."""
        return InvalidDocument(message, path=self.place, line=line, hint=_HINT)


class _Version(msgspec.Struct):
    version: str


class _Type(msgspec.Struct):
    type: Literal["images", "video"]


class _Frame(msgspec.Struct):
    name: str
    extension: str = ""
    width: int = 0
    height: int = 0
    meta: dict[str, Any] | None = None


class _Video(msgspec.Struct):
    properties: GivenVideo


def read_given(path: Path) -> GivenManifest:
    """Read a manifest of version 1.x; fields that are not ours do no harm.

    Errors: InvalidDocument with the line at fault, UnsupportedVersion, InvalidMedia where it cannot be read.
    """
    empty = GivenManifest(place=str(path))
    try:
        if path.stat().st_size > MAX_BYTES:
            raise empty.wrong(f"It is larger than {MAX_BYTES >> 30} GiB.")
        with path.open("rb") as file:
            lines = ((number, line) for number, line in enumerate(file, start=1) if line.strip())
            return _parse(empty, lines)
    except OSError as error:
        raise unreadable(str(path), error) from None


def _parse(empty: GivenManifest, lines: Iterator[tuple[int, bytes]]) -> GivenManifest:
    _, version = _next(empty, lines, _Version, "the version")
    if not version.version.startswith("1."):
        raise UnsupportedVersion(
            f"{empty.place} is a manifest of version {version.version}; {MANIFEST_VERSION} is read.", hint=_HINT
        )
    _, head = _next(empty, lines, _Type, "the type")
    if head.type == "video":
        number, described = _next(empty, lines, _Video, "the video's properties")
        return msgspec.structs.replace(empty, video=msgspec.structs.replace(described.properties, line=number))
    decoder = msgspec.json.Decoder(_Frame)
    frames: dict[str, GivenFrame] = {}
    for number, line in lines:
        try:
            frame = decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise empty.wrong(f"This is no frame: {error}.", line=number) from None
        path = (frame.name + frame.extension).replace("\\", "/")
        if path in frames:
            raise empty.wrong(f"{path!r} is on line {frames[path].line} already.", line=number)
        related = (frame.meta or {}).get("related_images")
        frames[path] = GivenFrame(
            path=path,
            line=number,
            width=frame.width,
            height=frame.height,
            related=tuple(name for name in related if isinstance(name, str)) if isinstance(related, list) else (),
        )
    if not frames:
        raise empty.wrong("It lists no frames.")
    return msgspec.structs.replace(empty, frames=tuple(frames.values()))


def _next(
    empty: GivenManifest, lines: Iterator[tuple[int, bytes]], kind: type[Document], expected: str
) -> tuple[int, Document]:
    number, line = next(lines, (1, b""))
    try:
        return number, msgspec.json.decode(line, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise empty.wrong(f"This should be {expected}: {error}.", line=number) from None
