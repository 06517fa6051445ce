"""`manifest.jsonl`: the frames of a task, in CVAT's dataset-manifest format with three fields of our own.

The first line is the version, the second the type; then one line a picture, or for a video its properties. Frame
numbers are line order. Names are full paths relative to their source, with forward slashes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeVar

import msgspec

from cvatcore.errors import InvalidDocument, UnsupportedVersion

MANIFEST_VERSION = "1.1"

Document = TypeVar("Document")


class ImageFrame(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One picture. `width` and `height` are those of the upright picture, in pixels."""

    name: str
    """The path without its extension."""
    extension: str
    """With the dot, as the file has it; may be empty."""
    width: int
    height: int
    bytes: int = 0
    """The file's length; 0 when unknown."""
    checksum: str = ""
    """`sha256:<hex>` of the file; empty until it was computed."""
    source: int = 0
    """Which of the task's sources holds it."""
    meta: dict[str, object] = {}

    @property
    def path(self) -> str:
        """The file's path within its source."""
        return self.name + self.extension


class VideoProperties(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The one video of a task. `length` counts frames in display order."""

    name: str
    resolution: tuple[int, int]
    """Width and height of the upright picture, in pixels."""
    length: int
    bytes: int = 0
    checksum: str = ""


class Manifest(msgspec.Struct, frozen=True):
    """The frames of a task: either pictures, or one video."""

    images: tuple[ImageFrame, ...] = ()
    video: VideoProperties | None = None

    @property
    def size(self) -> int:
        """The number of frames."""
        return self.video.length if self.video else len(self.images)

    @property
    def kind(self) -> Literal["images", "video"]:
        """What the frames come from."""
        return "video" if self.video else "images"

    def frame_name(self, number: int) -> str:
        """The name of a frame as CVAT shows it: a path, or `frame_000042` of a video."""
        return f"frame_{number:06d}" if self.video else self.images[number].path

    def frame_size(self, number: int) -> tuple[int, int]:
        """Width and height of a frame, in pixels."""
        if self.video:
            return self.video.resolution
        image = self.images[number]
        return image.width, image.height


class _Version(msgspec.Struct, forbid_unknown_fields=True):
    version: str


class _Type(msgspec.Struct, forbid_unknown_fields=True):
    type: Literal["images", "video"]


class _Video(msgspec.Struct, forbid_unknown_fields=True):
    properties: VideoProperties


_encoder = msgspec.json.Encoder(order="deterministic")
_images = msgspec.json.Decoder(ImageFrame)
_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def encode_manifest(manifest: Manifest) -> bytes:
    """The canonical text of a manifest."""
    lines: list[object] = [_Version(MANIFEST_VERSION), _Type(manifest.kind)]
    lines += [_Video(manifest.video)] if manifest.video else manifest.images
    return _encoder.encode_lines(lines)


def decode_manifest(data: bytes, *, path: str = "manifest.jsonl") -> Manifest:
    """Read a manifest.

    Errors: InvalidDocument with the line at fault; UnsupportedVersion for a newer one.
    """
    lines = _numbered(data)
    version = _line(lines, _Version, path=path, expected="the version").version
    if version.split(".")[0] != MANIFEST_VERSION.split(".")[0]:
        raise UnsupportedVersion(
            f"{path} is a manifest of version {version}, newer than {MANIFEST_VERSION}.",
            hint="Update cvatd.",
        )
    kind = _line(lines, _Type, path=path, expected="the type").type
    if kind == "video":
        return Manifest(video=_line(lines, _Video, path=path, expected="the video's properties").properties)
    images: list[ImageFrame] = []
    for number, line in lines:
        try:
            images.append(_images.decode(line))
        except _BROKEN as error:
            raise InvalidDocument(f"{error}.", path=path, line=number) from None
    return Manifest(images=tuple(images))


def _numbered(data: bytes) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.strip():
            yield number, line


def _line(lines: Iterator[tuple[int, bytes]], kind: type[Document], *, path: str, expected: str) -> Document:
    number, line = next(lines, (0, b""))
    if not number:
        raise InvalidDocument(f"The file ends where {expected} should stand.", path=path, line=1)
    try:
        return msgspec.json.decode(line, type=kind)
    except _BROKEN as error:
        raise InvalidDocument(f"This should be {expected}: {error}.", path=path, line=number) from None
