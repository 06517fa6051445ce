"""Runs of frames in one answer, as CVAT's clients take them: zips of pictures, or short films.

They are made when they are asked for, and kept in the cache. Pictures are packed over two threads, whoever asks: the
rest of the machine is for people who edit.
"""

from __future__ import annotations

import io
import zipfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import IO, TYPE_CHECKING, Literal, Protocol

import msgspec

from cvatcore.errors import MissingMedia
from cvatcore.media.frames import FrameCache, FrameReader, Quality
from cvatcore.media.picture import Picture
from cvatcore.media.single_flight import SingleFlight
from cvatcore.media.tags import picture_tag
from cvatcore.schema import Manifest

if TYPE_CHECKING:
    from cvatcore.schema import DataSpec

ChunkKind = Literal["imageset", "video"]

PACKERS = 2
"""Threads that pack pictures, of all chunks together."""

AHEAD = 4
"""Pictures of a chunk that are under way at once."""

IN_MEMORY = 64 << 20
"""In bytes: larger zips are for a file."""

ZIP_TYPE = "application/zip"

_PIXELS = 36 * 1920 * 1080
"""Of a chunk of pictures, by CVAT's rule."""

_FEWEST, _MOST = 2, 72
_OF_A_VIDEO = 36

_SUFFIXES = {
    "image/jpeg": ".jpeg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/bmp": ".bmp",
    "image/tiff": ".tiff",
    "image/gif": ".gif",
    "image/avif": ".avif",
    "image/jp2": ".jp2",
    "image/x-portable-anymap": ".ppm",
    "application/octet-stream": ".pcd",
}


class HasFrames(Protocol):
    """The part of FrameReader that a zip is made of."""

    def frame(
        self, number: int, *, quality: Quality = "compressed", placeholder: bool = False, keep: bool = True
    ) -> Picture:
        """As FrameReader.frame."""


class Chunk(msgspec.Struct, frozen=True):
    """An encoded run of frames."""

    data: bytes
    media_type: str
    missing: tuple[int, ...] = ()
    """The numbers of frames that are placeholders."""


class ChunkPlan(msgspec.Struct, frozen=True):
    """What a chunk is to hold."""

    numbers: range | tuple[int, ...]
    """Of the frames; not a run only where a job has frames here and there."""
    kind: ChunkKind
    quality: Quality
    image_quality: int
    """Percent, of what is packed for people to look at."""
    blank: frozenset[int] = frozenset()
    """Frames that are not for the asker: a black pixel stands in their place, so that the others are counted right."""


def chunk_size(data: DataSpec, manifest: Manifest) -> int:
    """Frames of a chunk: as the task says, else as CVAT would choose."""
    if data.chunk_size > 0:
        return data.chunk_size
    if manifest.video:
        return _OF_A_VIDEO
    if not manifest.images:
        return _FEWEST
    pixels = max(1, manifest.images[0].width * manifest.images[0].height)
    return max(_FEWEST, min(_MOST, _PIXELS // pixels))


def chunk_kind(data: DataSpec, manifest: Manifest, quality: Quality) -> ChunkKind:
    """What the chunks of a task are: films of a video, unless it is to be shown as pictures, else zips."""
    return "video" if manifest.video and (quality == "original" or not data.zip_chunks) else "imageset"


def is_for_a_file(plan: ChunkPlan, manifest: Manifest) -> bool:
    """Whether a zip will be too large for memory: `write_pictures` takes it."""
    if plan.kind == "video":
        return False
    sizes = (_expected_bytes(manifest, number, plan.quality) for number in plan.numbers)
    return sum(sizes) > IN_MEMORY


class Chunks:
    """Makes chunks, each once however many ask for it at the same time. Safe to use from several threads."""

    def __init__(self) -> None:
        self._flights: SingleFlight[Chunk] = SingleFlight()

    def get(self, reader: FrameReader, manifest: Manifest, plan: ChunkPlan, *, kept: FrameCache) -> Chunk:
        """A chunk, out of the cache `kept` where it is there. Placeholders stand for what is missing if `compressed`.

        Errors: MissingMedia in quality `original`; InvalidMedia.
        """
        try:
            tag = picture_tag(reader, manifest, plan.numbers, manner=f"chunk\0{plan!r}")
        except MissingMedia:
            return _make(reader, manifest, plan)  # Never kept: it may be there the next time.
        key = b"chunk 1\0" + tag.encode()

        def find_or_make() -> Chunk:
            stored = kept.get(key)
            if stored is not None:
                return msgspec.msgpack.decode(stored, type=Chunk)
            made = _make(reader, manifest, plan)
            if not made.missing and not _is_copied(made, manifest, plan):
                kept.put(key, msgspec.msgpack.encode(made))
            return made

        return self._flights.get(tag, find_or_make)


def write_pictures(
    target: IO[bytes], reader: HasFrames, manifest: Manifest, plan: ChunkPlan, *, keep: bool = True
) -> tuple[int, ...]:
    """Write the zip of a chunk, one picture after the other; returns the frames that are placeholders.

    Nothing is compressed in it. Members are counted from 0, and have the extension of what they are; in quality
    `original` that of their file. Without `keep` pictures that had to be made do not go into the cache.
    Errors: as `Chunks.get`.
    """
    missing: list[int] = []
    shown = [number for number in plan.numbers if number not in plan.blank]
    placeholder = plan.quality == "compressed"
    pictures = _in_order(
        lambda number: reader.frame(number, quality=plan.quality, placeholder=placeholder, keep=keep), shown
    )
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for place, number in enumerate(plan.numbers):
            if number in plan.blank:
                archive.writestr(zipfile.ZipInfo(f"{place:06d}.jpeg"), blank_picture())
                continue
            picture = next(pictures)
            if picture.missing:
                missing.append(number)
            extension = _extension(picture, manifest, number, quality=plan.quality)
            archive.writestr(zipfile.ZipInfo(f"{place:06d}{extension}"), picture.data)
    return tuple(missing)


@cache
def blank_picture() -> bytes:
    """One black pixel as JPEG."""
    from PIL import Image

    from cvatcore.media.encoding import to_jpeg

    return to_jpeg(Image.new("RGB", (1, 1)), quality=100).data


def _make(reader: FrameReader, manifest: Manifest, plan: ChunkPlan) -> Chunk:
    if plan.kind == "video":
        clip = reader.clip(plan.numbers, quality=plan.quality, placeholder=plan.quality == "compressed")
        return Chunk(clip.data, clip.media_type, tuple(plan.numbers) if clip.missing else ())
    written = io.BytesIO()
    # A chunk is kept whole: what people look at is not kept once more.
    missing = write_pictures(written, reader, manifest, plan, keep=plan.quality == "original")
    return Chunk(written.getvalue(), ZIP_TYPE, missing)


def _in_order(make: Callable[[int], Picture], numbers: Sequence[int]) -> Iterator[Picture]:
    """What is made of numbers, in their order, a few ahead of who takes them."""
    waiting: deque[Future[Picture]] = deque()
    try:
        for number in numbers:
            waiting.append(_packers().submit(make, number))
            if len(waiting) >= AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


@cache
def _packers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(PACKERS, thread_name_prefix="chunk")


def _extension(picture: Picture, manifest: Manifest, number: int, *, quality: Quality) -> str:
    by_type = _SUFFIXES.get(picture.media_type, "")
    if quality == "compressed" or manifest.video:
        return by_type
    image = manifest.images[number]
    is_converted = by_type == ".pcd" or (by_type == ".png" and len(picture.data) != image.bytes)
    return by_type if is_converted or not image.extension else image.extension


def _is_copied(made: Chunk, manifest: Manifest, plan: ChunkPlan) -> bool:
    """Whether a zip holds files as they are: to read them again costs no more than to read them out of the cache."""
    if manifest.video or plan.blank:
        return False
    with zipfile.ZipFile(io.BytesIO(made.data)) as archive:
        sizes = [member.file_size for member in archive.infolist()]
    return sizes == [manifest.images[number].bytes for number in plan.numbers]


def _expected_bytes(manifest: Manifest, number: int, quality: Quality) -> float:
    width, height = manifest.frame_size(number)
    known = 0 if manifest.video else manifest.images[number].bytes
    if quality == "original" or manifest.dimension == "3d":
        return known or width * height * 3
    return width * height * 0.5
