"""Media against the least that the libraries beneath must do. Prints ratios; run with `nox -s bench`."""

import io
import os
import shutil
import time
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
from kit.pictures import picture_bytes

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


def test_scanning_ten_thousand_pictures(many: Path, benchmark: BenchmarkFixture) -> None:
    def read_headers() -> None:
        for path in many.rglob("*.*"):
            with Image.open(path) as image:
                assert image.size

    found = scan([many], root=many)
    assert found.manifest.size == FILES
    bare = best(read_headers)
    ours = best(lambda: scan([many], root=many))
    benchmark.pedantic(scan, ([many],), {"root": many}, rounds=1)  # type: ignore[no-untyped-call]  # it has no types
    looked = best(lambda: classify(many))
    print(f"\nscan of {FILES} pictures: {ours:.2f} s, {ours / bare:.2f} × reading their headers ({bare:.2f} s)")
    print(f"classify: {looked * 1000:.0f} ms")


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
    look = partial(look_for_media, data, found.manifest, root=many, known=MediaMap(), task=1)
    assert look().missing == ()
    bare = best(lambda: [os.stat(name) for name in names])
    ours = best(look)
    benchmark.pedantic(look, rounds=3)  # type: ignore[no-untyped-call]  # it has no types
    print(f"\nlooking for {FILES} pictures: {ours * 1000:.0f} ms, {ours / bare:.1f} × os.stat of each")


def test_a_placeholder_of_full_hd(benchmark: BenchmarkFixture) -> None:
    flat = Image.new("L", (1920, 1080), 48)
    bare = best(lambda: flat.save(io.BytesIO(), "JPEG", quality=70))
    ours = best(lambda: draw_placeholder((1920, 1080), name="street/0001.jpg"))
    benchmark(draw_placeholder, (1920, 1080), name="street/0001.jpg")
    print(f"\na placeholder of 1920 × 1080: {ours * 1000:.1f} ms, {ours / bare:.1f} × packing a grey JPEG of its size")
