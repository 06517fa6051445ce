"""Point clouds against numpy reading the same bytes. Prints ratios; run with `nox -s bench`."""

import io
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from cvatcore.media.cloud.pcd import encode_pcd, recentred_pcd
from cvatcore.media.cloud.points import Cloud
from cvatcore.media.cloud.reading import read_cloud, read_cloud_size
from cvatcore.media.cloud.top import draw_from_above
from cvatcore.media.context import pair
from kit.clouds import columns_of, pcd, points_of, velodyne

pytestmark = pytest.mark.bench

POINTS = 4_000_000
"""64 MB of x, y, z and intensity."""

TEXT_POINTS = 400_000
PACKED_POINTS = 200_000


def best(action: Callable[[], object], *, rounds: int = 3) -> float:
    """The shortest of some runs, in seconds."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        action()
        times.append(time.perf_counter() - began)
    return min(times)


@pytest.fixture(scope="module")
def large() -> Cloud:
    random = np.random.default_rng(1)
    return Cloud(
        points=random.normal(0, 30, (POINTS, 3)).astype(np.float32), intensity=random.random(POINTS).astype(np.float32)
    )


@pytest.mark.parametrize("name", ["a.bin", "a.pcd"])
def test_binary_files_of_64_megabytes(name: str, large: Cloud, tmp_path: Path, benchmark: BenchmarkFixture) -> None:
    assert large.intensity is not None
    path = tmp_path / name
    path.write_bytes(encode_pcd(large) if name == "a.pcd" else velodyne(large.points, large.intensity))
    peer = best(lambda: np.fromfile(path, np.float32, count=4 * POINTS))
    ours = best(lambda: read_cloud(path.read_bytes(), name=name))

    def read_header() -> None:
        with path.open("rb") as file:
            assert read_cloud_size(file, name=name) == POINTS

    header = best(read_header)
    benchmark.pedantic(read_cloud, (path.read_bytes(),), {"name": name}, rounds=1)  # type: ignore[no-untyped-call]  # it has no types
    megabytes = path.stat().st_size / 1e6
    print(
        f"\n{name}, {megabytes:.0f} MB: {megabytes / ours:.0f} MB/s, {ours / peer:.1f} × np.fromfile "
        f"({megabytes / peer:.0f} MB/s); its size alone {header * 1000:.2f} ms"
    )


def test_text(benchmark: BenchmarkFixture) -> None:
    data = pcd(columns_of(TEXT_POINTS), "ascii")
    body = data[data.index(b"DATA ascii\n") + 11 :]
    peer = best(lambda: np.loadtxt(io.BytesIO(body), dtype=np.float64), rounds=1)
    ours = best(partial(read_cloud, data, name="a.pcd"))
    benchmark.pedantic(read_cloud, (data,), {"name": "a.pcd"}, rounds=1)  # type: ignore[no-untyped-call]  # it has no types
    megabytes = len(data) / 1e6
    print(f"\nascii, {megabytes:.0f} MB: {megabytes / ours:.0f} MB/s, {peer / ours:.1f} × as fast as np.loadtxt")


def test_compressed_points(benchmark: BenchmarkFixture) -> None:
    columns = columns_of(PACKED_POINTS)
    data = pcd(columns, "binary_compressed")
    plain = PACKED_POINTS * 16 / 1e6
    copied = best(lambda: np.frombuffer(data, np.uint8).copy())
    ours = best(partial(read_cloud, data, name="a.pcd"))
    benchmark.pedantic(read_cloud, (data,), {"name": "a.pcd"}, rounds=1)  # type: ignore[no-untyped-call]  # it has no types
    assert np.array_equal(read_cloud(data, name="a.pcd").points, points_of(columns))
    print(f"\nbinary_compressed, {plain:.1f} MB unpacked: {plain / ours:.0f} MB/s, {ours / copied:.0f} × a copy of it")


def test_views(large: Cloud, benchmark: BenchmarkFixture) -> None:
    data = encode_pcd(large)
    sum_all = best(lambda: np.histogram2d(large.points[:, 0], large.points[:, 1], bins=1024), rounds=1)
    preview, top = (best(partial(draw_from_above, large, side=side)) for side in (256, 1024))
    moved = best(lambda: recentred_pcd(data, name="a.pcd"), rounds=1)
    benchmark.pedantic(draw_from_above, (large,), {"side": 1024}, rounds=1)  # type: ignore[no-untyped-call]  # it has no types
    print(
        f"\n{POINTS} points from above: {preview * 1000:.0f} ms (256), {top * 1000:.0f} ms (1024), "
        f"{top / sum_all:.2f} × np.histogram2d; brought to the origin and packed: {moved * 1000:.0f} ms"
    )


def test_pairing_many_names(benchmark: BenchmarkFixture) -> None:
    names = [f"velodyne_points/data/{number:06}.bin" for number in range(50_000)]
    names += [f"image_{camera:02}/data/{number:06}.png" for camera in range(4) for number in range(50_000)]
    bare = best(lambda: {name: tuple(name.split("/")) for name in names}, rounds=1)
    ours = best(lambda: pair(names), rounds=1)
    benchmark.pedantic(pair, (names,), rounds=1)  # type: ignore[no-untyped-call]  # it has no types
    print(f"\npairing {len(names)} names: {ours * 1000:.0f} ms, {ours / bare:.1f} × splitting each")
