"""Manifests in CVAT's format, made of media that lie on this machine: for tasks here and on other servers."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cvatcore.errors import InvalidMedia
from cvatcore.media.frames import FrameReader, open_frames
from cvatcore.media.headers import open_picture
from cvatcore.media.scanning import Progress, Scan, scan
from cvatcore.media.video.index import VideoIndex, index_video
from cvatcore.schema import DataSpec, ImageFrame
from cvatcore.schema.manifest import MANIFEST_VERSION

if TYPE_CHECKING:
    from cvatcore.media.frames import FrameCache

MOST_BETWEEN_KEYFRAMES = 109
"""Frames a keyframe, on average, up to which CVAT cuts chunks of a video by its manifest (three chunks of 36, and one).
With fewer keyframes it decodes the whole video when the task is made."""

_WORKERS = 4
"""Pictures decoded at once."""


class Made(msgspec.Struct, frozen=True):
    """A manifest that was made."""

    kind: str
    """`images`, `clouds` or `video`."""
    frames: int
    lines: Iterator[bytes]
    """The lines with their line feeds; reading them does the work."""


class _ImageLine(msgspec.Struct, omit_defaults=True):
    name: str
    extension: str
    width: int
    height: int
    meta: dict[str, object] = {}
    checksum: str = ""


class _KeyframeLine(msgspec.Struct):
    number: int
    pts: int
    checksum: str


def make_manifest(
    inputs: Sequence[Path], *, force: bool = False, cache: FrameCache, progress: Progress | None = None
) -> Made:
    """Describe pictures, point clouds, documents, archives or one video, in the order in which a task would have them.

    Checksums are MD5 of the decoded pixels, as in CVAT; of a video those of its keyframes. Point clouds have none.

    Args:
        inputs: as those of `scan`.
        force: whether a video with few keyframes is described all the same.
        cache: for indexes and frames.
        progress: called with the frames done and their number.

    Errors: InvalidMedia naming the file; also while the lines are read.
    """
    root = Path("/")
    found = scan(inputs, root=root)
    reader = open_frames(DataSpec(sources=found.sources), found.manifest, root=root, cache=cache)
    report = progress or (lambda done, total: None)
    if found.manifest.video:
        path = reader.source_file(0)
        index = index_video(path, name=str(path))
        _check_keyframes(index, force=force, name=str(path))
        return Made("video", index.length, _closing(reader, _video_lines(found, index, reader, report)))
    kind = "clouds" if found.manifest.dimension == "3d" else "images"
    return Made(kind, found.manifest.size, _closing(reader, _image_lines(found.manifest.images, reader, report)))


def _closing(reader: FrameReader, lines: Iterator[bytes]) -> Iterator[bytes]:
    with closing(reader):
        yield from lines


def _check_keyframes(index: VideoIndex, *, force: bool, name: str) -> None:
    if not index.keyframes or not index.pts:
        raise InvalidMedia(
            f"{name} has no times by which its frames could be found.", hint="Make the task without a manifest."
        )
    counted = f"{len(index.keyframes)} keyframe{'' if len(index.keyframes) == 1 else 's'}"
    if not force and index.length > MOST_BETWEEN_KEYFRAMES * len(index.keyframes):
        raise InvalidMedia(
            f"{name} has only {counted} in {index.length} frames, too few for CVAT to use.",
            hint="Describe it all the same with --force; here no task needs a manifest.",
        )


def _head(kind: str) -> Iterator[bytes]:
    yield _line({"version": MANIFEST_VERSION})
    yield _line({"type": kind})


def _video_lines(found: Scan, index: VideoIndex, reader: FrameReader, report: Progress) -> Iterator[bytes]:
    import numpy as np

    video = found.manifest.video
    assert video is not None
    yield from _head("video")
    yield _line({"properties": {"name": video.name, "resolution": video.resolution, "length": video.length}})
    numbers = dict.fromkeys(keyframe.number for keyframe in index.keyframes if keyframe.number < index.length)
    for done, number in enumerate(numbers):
        report(done, len(numbers))
        # As it is coded: others do not turn it upright for this.
        pixels = np.rot90(reader.array(number), -index.quarter_turns)
        yield _line(_KeyframeLine(number, index.pts[number], hashlib.md5(pixels.tobytes()).hexdigest()))
    report(len(numbers), len(numbers))


def _image_lines(images: Sequence[ImageFrame], reader: FrameReader, report: Progress) -> Iterator[bytes]:
    yield from _head("images")

    def checksum(number: int) -> str:
        if images[number].is_cloud:
            return ""
        picture = reader.frame(number, quality="original")
        with open_picture(io.BytesIO(picture.data), name=images[number].path) as image:
            return hashlib.md5(image.tobytes()).hexdigest()

    with ThreadPoolExecutor(_WORKERS) as pool:
        # A window, so that neither checksums nor errors of the whole run ahead of what is taken.
        for begin in range(0, len(images), _WORKERS * 8):
            report(begin, len(images))
            run = range(begin, min(begin + _WORKERS * 8, len(images)))
            for number, sum_ in zip(run, pool.map(checksum, run), strict=True):
                image = images[number]
                meta: dict[str, object] = {"related_images": list(image.related)}
                yield _line(
                    _ImageLine(image.name, image.extension, image.width, image.height, meta=meta, checksum=sum_)
                )
    report(len(images), len(images))


def _line(value: object) -> bytes:
    return msgspec.json.encode(value) + b"\n"
