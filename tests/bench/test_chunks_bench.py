"""Chunks against Pillow doing the same from the same decoded frames. Prints ratios; run with `nox -s bench`."""

import io
import time
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import av
import pytest
from av.video.reformatter import VideoReformatter
from PIL import Image

from cvatcore.cache import NullCache, open_cache
from cvatcore.media import Picture, Quality, open_frames, scan
from cvatcore.media.chunks import ChunkKind, ChunkPlan, Chunks, write_pictures
from cvatcore.media.video.jpeg import frame_to_jpeg
from cvatcore.schema import DataSpec, Manifest
from cvatcore.schema.manifest import VideoProperties
from kit import samples

pytestmark = pytest.mark.bench

COUNT = 36
SIZE = (1920, 1080)
QUALITY = 70
BT709, BT601 = 1, 5
LIMITED, FULL = 1, 2


def best(*actions: Callable[[], object], rounds: int = 9) -> list[tuple[float, float]]:
    """The shortest of some runs of each: seconds, and seconds of work of all threads.

    They run in turn, so that what else the machine does meets all.
    """
    times: list[list[tuple[float, float]]] = [[] for _ in actions]
    for _ in range(rounds):
        for action, taken in zip(actions, times, strict=True):
            began, worked = time.perf_counter(), time.process_time()
            action()
            taken.append((time.perf_counter() - began, time.process_time() - worked))
    return [(min(took for took, _ in taken), min(work for _, work in taken)) for taken in times]


def decoded(*, matrix: int, levels: int) -> list[av.VideoFrame]:
    """Frames of a real video in full HD, as a decoder gives them."""
    made = []
    with av.open(str(samples.video("bigbuckbunny.mp4")), "r") as container:
        for frame in container.decode(video=0):
            shown = VideoReformatter().reformat(
                frame, width=SIZE[0], height=SIZE[1], format="yuv420p", dst_colorspace=matrix, dst_color_range=levels
            )
            made.append(shown)
            if len(made) == COUNT:
                break
    return made


class Decoded:
    """A reader of frames that are decoded already, so that only packing counts."""

    def __init__(self, frames: list[av.VideoFrame]) -> None:
        self._frames = frames

    def frame(
        self, number: int, *, quality: Quality = "compressed", placeholder: bool = False, keep: bool = True
    ) -> Picture:
        return frame_to_jpeg(self._frames[number], size=SIZE, quarter_turns=0, quality=QUALITY)


@pytest.mark.parametrize(
    ("name", "matrix", "levels"),
    [("BT.601", BT601, LIMITED), ("BT.601 full range", BT601, FULL), ("BT.709", BT709, LIMITED)],
)
def test_a_jpeg_chunk_of_36_frames_of_full_hd(name: str, matrix: int, levels: int) -> None:
    frames = decoded(matrix=matrix, levels=levels)
    manifest = Manifest(video=VideoProperties(name="v.mp4", resolution=SIZE, length=COUNT))
    plan = ChunkPlan(numbers=range(COUNT), kind="imageset", quality="compressed", image_quality=QUALITY)

    def by_pillow(**options: bool) -> None:
        with zipfile.ZipFile(io.BytesIO(), "w", zipfile.ZIP_STORED) as archive:
            for number, frame in enumerate(frames):
                buffer = io.BytesIO()
                Image.fromarray(frame.to_ndarray(format="rgb24")).save(buffer, "JPEG", quality=QUALITY, **options)
                archive.writestr(f"{number:06d}.jpeg", buffer.getvalue())

    (ours, our_work), (pillow, their_work) = best(
        lambda: write_pictures(io.BytesIO(), Decoded(frames), manifest, plan), by_pillow, rounds=20
    )
    ((as_cvat, _),) = best(partial(by_pillow, optimize=True), rounds=3)
    print(
        f"\na chunk of {COUNT} frames of full HD, {name}: {ours * 1e3:.0f} ms, {pillow / ours:.2f} × faster than Pillow"
        f" ({pillow * 1e3:.0f} ms), {as_cvat / ours:.2f} × than Pillow as CVAT calls it ({as_cvat * 1e3:.0f} ms);"
        f" work {our_work * 1e3:.0f} ms, Pillow {their_work * 1e3:.0f} ms"
    )


def test_a_chunk_out_of_the_cache(tmp_path: Path) -> None:
    path = samples.video("bikes.mp4")
    found = scan([path], root=path.parent)
    data = DataSpec(sources=found.sources)
    cache = open_cache(tmp_path / "cache", max_bytes=256 << 20)
    reader = open_frames(data, found.manifest, root=path.parent, cache=cache)
    chunks = Chunks()
    kinds: tuple[ChunkKind, ...] = ("imageset", "video")
    for kind in kinds:
        plan = ChunkPlan(numbers=range(36, 72), kind=kind, quality="compressed", image_quality=QUALITY)
        chunks.get(reader, found.manifest, plan, kept=cache)
        (made, _), (kept, _) = best(
            partial(chunks.get, reader, found.manifest, plan, kept=NullCache()),
            partial(chunks.get, reader, found.manifest, plan, kept=cache),
        )
        print(f"\na chunk of bikes.mp4 ({kind}): made in {made * 1e3:.0f} ms, out of the cache in {kept * 1e3:.1f} ms")
    reader.close()
    cache.close()
