"""`manifest.jsonl`: the frames of a task, in CVAT's dataset-manifest format with a few fields of our own.

The first line is the version, the second the type and which frames of the media were taken; then one line a picture or
point cloud, or for a video its properties. Frame numbers are line order. Names are full paths relative to their source,
with forward slashes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, TypeVar

import msgspec

from cvatcore.errors import InvalidDocument, UnsupportedVersion

MANIFEST_VERSION = "1.1"

CLOUD_SUFFIXES = frozenset({".pcd", ".bin", ".ply"})
"""Extensions of point clouds: a task of such frames is one in three dimensions."""

Document = TypeVar("Document")


class ImageFrame(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One picture, one page of a file of several, or one point cloud.

    `width` and `height` are those of the upright picture, in pixels; of a cloud, points and 1.
    """

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
    page: int = 0
    """Of a file with several pages (a PDF, a TIFF, an animation): which of them, from 1. Then the last part of `name`
    stands for the page, and what is before it is the file's path: `plans.pdf/0003`. 0 for a file of one picture."""
    meta: dict[str, object] = {}
    """CVAT's: `related_images` lists the context images."""

    @property
    def path(self) -> str:
        """What the frame is called: the path of its file, or of its page within it."""
        return self.name + self.extension

    @property
    def file(self) -> str:
        """The path of the file that it is in, within its source (with the source's prefix)."""
        return self.name.rpartition("/")[0] if self.page else self.path

    @property
    def related(self) -> tuple[str, ...]:
        """The paths of its context images, which lie in the same source; in the order in which they are shown."""
        listed = self.meta.get("related_images", ())
        return tuple(name for name in listed if isinstance(name, str)) if isinstance(listed, list | tuple) else ()

    @property
    def is_cloud(self) -> bool:
        """Whether it is a point cloud."""
        return self.extension.lower() in CLOUD_SUFFIXES


class VideoProperties(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The one video of a task. `length` counts all its frames in display order, also those that were not taken."""

    name: str
    resolution: tuple[int, int]
    """Width and height of the upright picture, in pixels."""
    length: int
    bytes: int = 0
    checksum: str = ""


class Manifest(msgspec.Struct, frozen=True):
    """The frames of a task: either pictures, or point clouds, or one video.

    Frame `n` of the task is frame `start + n * step` of the media: of a video, or of all pictures that were found in
    their order. `images` lists only those that were taken.
    """

    images: tuple[ImageFrame, ...] = ()
    video: VideoProperties | None = None
    start: int = 0
    step: int = 1
    stop: int = -1
    """Of a video, the last of its frames that may be taken; -1: to its end."""

    @property
    def size(self) -> int:
        """The number of frames."""
        return len(self._taken(self.video)) if self.video else len(self.images)

    def source_frame(self, number: int) -> int:
        """The number that a frame has in the media."""
        return self.start + number * self.step

    def task_frame(self, source: int) -> int | None:
        """The number in the task of a frame of the media, or None where it was not taken."""
        number, rest = divmod(source - self.start, self.step)
        return None if rest or not 0 <= number < self.size else number

    def _taken(self, video: VideoProperties) -> range:
        end = video.length if self.stop < 0 else min(self.stop + 1, video.length)
        return range(self.start, end, self.step)

    @property
    def dimension(self) -> Literal["2d", "3d"]:
        """Whether frames are point clouds."""
        return "3d" if self.images and self.images[0].is_cloud else "2d"

    @property
    def kind(self) -> Literal["images", "video"]:
        """What the frames come from."""
        return "video" if self.video else "images"

    def frame_name(self, number: int) -> str:
        """The name of a frame as CVAT shows it: a path, or `frame_000042` for frame 42 of a video."""
        return f"frame_{self.source_frame(number):06d}" if self.video else self.images[number].path

    def frame_size(self, number: int) -> tuple[int, int]:
        """Width and height of a frame, in pixels."""
        if self.video:
            return self.video.resolution
        image = self.images[number]
        return image.width, image.height


class _Version(msgspec.Struct, forbid_unknown_fields=True):
    version: str


class _Type(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    type: Literal["images", "video"]
    start: Annotated[int, msgspec.Meta(ge=0)] = 0
    step: Annotated[int, msgspec.Meta(ge=1)] = 1
    stop: Annotated[int, msgspec.Meta(ge=-1)] = -1


class _Video(msgspec.Struct, forbid_unknown_fields=True):
    properties: VideoProperties


_encoder = msgspec.json.Encoder(order="deterministic")
_images = msgspec.json.Decoder(ImageFrame)
_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def encode_manifest(manifest: Manifest) -> bytes:
    """The canonical text of a manifest."""
    lines: list[object] = [
        _Version(MANIFEST_VERSION),
        _Type(manifest.kind, start=manifest.start, step=manifest.step, stop=manifest.stop),
    ]
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
    head = _line(lines, _Type, path=path, expected="the type")
    if head.type == "video":
        video = _line(lines, _Video, path=path, expected="the video's properties").properties
        return Manifest(video=video, start=head.start, step=head.step, stop=head.stop)
    images: list[ImageFrame] = []
    for number, line in lines:
        try:
            images.append(_images.decode(line))
        except _BROKEN as error:
            raise InvalidDocument(f"{error}.", path=path, line=number) from None
    return Manifest(images=tuple(images), start=head.start, step=head.step, stop=head.stop)


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
