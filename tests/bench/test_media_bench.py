"""Media against the least that the libraries beneath must do. Prints ratios; run with `nox -s bench`."""

import io
import os
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import av
import pytest
from PIL import Image
from pytest_benchmark.fixture import BenchmarkFixture

from cvatcore.cache import NullCache, open_cache
from cvatcore.media import MediaMap, classify, look_for_media, open_frames, scan
from cvatcore.media.placeholders import draw_placeholder
from cvatcore.schema import DataSpec
from cvatcore.workspace import Workspace
from kit import samples
from kit.pictures import oriented_exif, picture_bytes, write_archive

pytestmark = pytest.mark.bench

FILES = 10_000


def best(action: Callable[[], object], *, rounds: int = 3) -> float:
    """The shortest of some runs, in seconds."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        action()
        times.append(time.perf_counter() - began)
    return min(times)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten thousand JPEG and PNG files, copies of a few real ones."""
    folder = tmp_path_factory.mktemp("many")
    contents = [samples.photo(name).read_bytes() for name in ("rocket.jpg", "moon.png", "cell.png")]
    contents.append(picture_bytes((640, 480), file_format="JPEG"))
    for number in range(FILES):
        content = contents[number % len(contents)]
        extension = ".png" if content.startswith(b"\x89PNG") else ".jpg"
        path = folder / f"{number % 20:02}" / f"{number:05}{extension}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    return folder


SCAN = '''
import gc, os, struct, sys, time
from pathlib import Path
from cvatcore.media import scan

folder = Path(sys.argv[1])


def size(head):
    at = 2
    while not (0xC0 <= head[at + 1] <= 0xCF and head[at + 1] not in (0xC4, 0xC8, 0xCC)):
        at += 2 + int.from_bytes(head[at + 2 : at + 4], "big")
    return struct.unpack_from(">HH", head, at + 5)


def read_headers():
    found = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(place, name), "rb") as file:
                found += size(file.read(4096)) is not None
    return found


def timed(call):
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def peak():
    """In MiB; of Linux, where a new process does not begin with the peak of the one that started it."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmHWM"))


scan([folder / "0000"], root=folder)  # what is imported is no part of it
gc.collect()
bare = [timed(read_headers)]
before = peak()
ours = [timed(lambda: scan([folder], root=folder))]
grown = peak() - before
bare.append(timed(read_headers))
ours.append(timed(lambda: scan([folder], root=folder)))
print(min(bare), min(ours), grown)
'''
"""The least that can be done, and ours, in a process of its own, whose memory nobody else has."""


@pytest.mark.timeout(1800)  # a million files take minutes to make
@pytest.mark.parametrize("count", [10_000, 100_000, 1_000_000])
def test_scanning_pictures(tmp_path: Path, count: int) -> None:
    plain = picture_bytes((640, 480), file_format="JPEG")
    turned = picture_bytes((640, 480), file_format="JPEG", exif=oriented_exif(6))
    for first in range(0, count, 1000):
        folder = tmp_path / "many" / f"{first // 1000:04}"
        folder.mkdir(parents=True)
        seed = folder / f"{first:07}.jpg"
        seed.write_bytes(turned if first % 2000 else plain)
        for number in range(first + 1, first + 1000):
            os.link(seed, folder / f"{number:07}.jpg")
    done = subprocess.run(
        [sys.executable, "-c", SCAN, str(tmp_path / "many")], capture_output=True, encoding="utf-8", check=True
    )
    bare, ours, grown = map(float, done.stdout.split())
    shutil.rmtree(tmp_path / "many")
    print(
        f"\nscan of {count:,} JPEG files: {ours:.1f} s, {ours / bare:.2f} × the simplest loop over their headers "
        f"({bare:.1f} s), {grown:.0f} MiB more than before"
    )


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_scanning_an_archive(tmp_path: Path, kind: str) -> None:
    content = picture_bytes((640, 480), file_format="JPEG")
    path = tmp_path / f"many.{kind}"
    if kind == "zip":
        write_archive(path, {f"{number:05}.jpg": content for number in range(FILES)}, compression=zipfile.ZIP_STORED)
    else:
        with tarfile.open(path, "w") as archive:
            for number in range(FILES):
                info = tarfile.TarInfo(f"{number:05}.jpg")
                info.size = len(content)
                archive.addfile(info, io.BytesIO(content))

    def read_members() -> None:
        if kind == "zip":
            with zipfile.ZipFile(path) as zipped:
                for entry in zipped.infolist():
                    with zipped.open(entry) as file:
                        assert file.read(4096)
        else:
            with tarfile.open(path) as tarred:
                for member in tarred:
                    extracted = tarred.extractfile(member)
                    assert extracted is not None
                    assert extracted.read(4096)

    bare = best(read_members)
    ours = best(lambda: scan([path], root=tmp_path))
    print(f"\nscan of {FILES} pictures in a {kind}: {ours:.2f} s, {ours / bare:.2f} × their first bytes ({bare:.2f} s)")


def test_a_task_of_ten_thousand_pictures(many: Path, tmp_path: Path, benchmark: BenchmarkFixture) -> None:
    def read_headers() -> None:
        for path in many.rglob("*.*"):
            with Image.open(path) as image:
                assert image.size

    with Workspace.init(tmp_path / "workspace") as workspace:
        names = iter(range(100))
        create = partial(workspace.create_task, labels=["car"], data=[many], segment_size=500)
        bare = best(read_headers)
        ours = best(lambda: create(f"task {next(names)}"))
        benchmark.pedantic(lambda: create(f"task {next(names)}"), rounds=1)  # type: ignore[no-untyped-call]  # it has no types
    print(f"\na task of {FILES} pictures: {ours:.2f} s, {ours / bare:.2f} × reading their headers ({bare:.2f} s)")


def test_stepping_and_jumping_in_a_video(tmp_path: Path, benchmark: BenchmarkFixture) -> None:
    path = tmp_path / "bikes.mp4"
    shutil.copy(samples.video("bikes.mp4"), path)
    found = scan([path], root=tmp_path)
    cache = open_cache(tmp_path / "cache", max_bytes=64 << 20)
    data = DataSpec(sources=found.sources)
    reader = open_frames(data, found.manifest, root=tmp_path, cache=NullCache())

    def decode_all() -> None:
        with av.open(str(path)) as container:
            container.streams.video[0].thread_type = "AUTO"
            for frame in container.decode(video=0):
                frame.to_ndarray(format="rgb24")

    def step_through() -> None:
        for number in range(found.manifest.size):
            reader.array(number)
        reader.close()

    bare, ours = best(decode_all), best(step_through)
    print(f"\nstepping through a video: {ours:.2f} s, {ours / bare:.2f} × decoding it all ({bare:.2f} s)")
    reader.array(100)
    back = best(lambda: [reader.array(number) for number in range(100, 60, -1)]) / 40

    def jump() -> None:
        reader.close()
        reader.array(249)

    print(f"a step back: {back * 1000:.2f} ms; a jump to the end from nothing: {best(jump) * 1000:.0f} ms")
    cached = open_frames(data, found.manifest, root=tmp_path, cache=cache)
    cached.frame(100)
    hit = best(lambda: cached.frame(100), rounds=50)
    print(f"a frame out of the cache: {hit * 1000:.2f} ms")
    benchmark.pedantic(lambda: reader.array(100), rounds=10)  # type: ignore[no-untyped-call]  # it has no types
    cached.close()
    reader.close()
    cache.close()


def test_looking_which_of_ten_thousand_pictures_are_there(many: Path, benchmark: BenchmarkFixture) -> None:
    found = scan([many], root=many)
    data = DataSpec(sources=found.sources)
    names = [f"{many}/{image.path}" for image in found.manifest.images]
    counted = best(lambda: classify(many))
    look = partial(look_for_media, data, found.manifest, root=many, known=MediaMap(), task=1)
    assert look().missing == ()
    bare = best(lambda: [os.stat(name) for name in names])
    ours = best(look)
    benchmark.pedantic(look, rounds=3)  # type: ignore[no-untyped-call]  # it has no types
    print(f"\nclassify: {counted * 1000:.0f} ms")
    print(f"looking for {FILES} pictures: {ours * 1000:.0f} ms, {ours / bare:.1f} × os.stat of each")


def test_a_placeholder_of_full_hd(benchmark: BenchmarkFixture) -> None:
    flat = Image.new("L", (1920, 1080), 48)
    bare = best(lambda: flat.save(io.BytesIO(), "JPEG", quality=70))
    ours = best(lambda: draw_placeholder((1920, 1080), name="street/0001.jpg"))
    benchmark(draw_placeholder, (1920, 1080), name="street/0001.jpg")
    print(f"\na placeholder of 1920 × 1080: {ours * 1000:.1f} ms, {ours / bare:.1f} × packing a grey JPEG of its size")
