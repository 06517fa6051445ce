"""Real media as people have them, and what a daemon has to answer for a task that is made of them, by pixels.

The peers are the ffmpeg command, Pillow and the files themselves.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx2 as httpx
import msgspec
import numpy as np
from PIL import Image

from cvatcore.media.cloud.reading import read_cloud
from kit import ffmpeg, samples
from kit.clouds import columns_of, pcd, points_of, velodyne
from kit.creating import frame_names
from kit.pictures import Pixels

EVERY = 10
"""Of videos every so manieth frame is compared."""

PAGES = ("astronaut.png", "coffee.png", "rocket.jpg")


class Material(msgspec.Struct, frozen=True):
    """Files that a task is made of, and what looks at the task's frames over HTTP."""

    files: tuple[Path, ...]
    check: Callable[[httpx.Client, int], None]
    """Called with a client and the task's number; fails where a frame is not that of the files."""


def _bikes(_: Path) -> Material:
    return film(samples.video("bikes.mp4"))


def _carphone(_: Path) -> Material:
    return film(samples.video("carphone_pristine.mp4"))


def _uneven(folder: Path) -> Material:
    return film(ffmpeg.uneven(samples.video("bikes.mp4"), folder / "uneven.mp4"))


def _turned(folder: Path) -> Material:
    return film(ffmpeg.turned(samples.video("carphone_pristine.mp4"), folder / "turned.mp4", degrees=90))


def _photos(_: Path) -> Material:
    files = tuple(path for path in samples.photos() if _is_picture(path))
    return Material(files, lambda client, task: check_photos(client, task, files={path.name: path for path in files}))


def _document(folder: Path) -> Material:
    shown = [Image.open(samples.photo(name)).convert("RGB") for name in PAGES]
    path = folder / "plans.pdf"
    shown[0].save(path, save_all=True, append_images=shown[1:], resolution=100, quality=95)
    return Material((path,), lambda client, task: check_pages(client, task, name=path.name, shown=shown))


def _pcd(folder: Path) -> Material:
    path = folder / "street.pcd"
    path.write_bytes(pcd(columns_of(5_000), "binary_compressed"))
    return Material((path,), lambda client, task: _check_same(path.read_bytes(), client, task))


def _kitti(folder: Path) -> Material:
    columns = columns_of(5_000, seed=7)
    path = folder / "0000000001.bin"
    path.write_bytes(velodyne(points_of(columns), columns[3][2]))

    def check(client: httpx.Client, task: int) -> None:
        assert client.get(f"/api/tasks/{task}").json()["dimension"] == "3d"
        cloud = read_cloud(original(client, 0, task=task), name="x.pcd")
        assert np.array_equal(cloud.points, points_of(columns))

    return Material((path,), check)


MATERIAL: Mapping[str, Callable[[Path], Material]] = {
    "photos": _photos,
    "document": _document,
    "bikes": _bikes,
    "carphone": _carphone,
    "uneven": _uneven,
    "turned": _turned,
    "pcd": _pcd,
    "kitti": _kitti,
}
"""By name, who makes it; what has to be written goes into the folder."""


def film(path: Path) -> Material:
    """A video, whose frames are those of ffmpeg."""
    return Material((path,), lambda client, task: check_film(client, task, path=path))


def check_film(client: httpx.Client, task: int, *, path: Path) -> None:
    """Every tenth frame of the task is that of `ffmpeg -vf select`."""
    wanted = ffmpeg.select(path, every=EVERY)
    size = client.get(f"/api/tasks/{task}").json()["size"]
    assert -(-size // EVERY) == len(wanted)
    for place, expected in enumerate(wanted):
        found = pixels_of(original(client, place * EVERY, task=task))
        assert found.shape == expected.shape
        # The two convert colours in other versions; a wrong frame is far off.
        assert np.abs(found.astype(int) - expected).mean() < 2, place * EVERY


def check_photos(client: httpx.Client, task: int, *, files: Mapping[str, Path]) -> None:
    """Each frame is its file as it is; pages of TIFF files have the pixels that Pillow reads."""
    names = frame_names(client, task)
    assert {name.partition("/")[0] for name in names} == set(files)
    for number, name in enumerate(names):
        data = original(client, number, task=task)
        file, _, page = name.partition("/")
        if not page:
            assert data == files[file].read_bytes(), name
            continue
        with Image.open(files[file]) as image, Image.open(io.BytesIO(data)) as found:
            image.seek(int(page.removesuffix(".png")) - 1)
            assert np.array_equal(np.asarray(found), np.asarray(image)), name


def check_pages(client: httpx.Client, task: int, *, name: str, shown: list[Image.Image]) -> None:
    """The pages of a PDF show the pictures that were put on them, of 100 pixels an inch."""
    assert frame_names(client, task) == [f"{name}/{number:04}.png" for number in range(1, len(shown) + 1)]
    for number, wanted in enumerate(shown):
        with Image.open(io.BytesIO(original(client, number, task=task))) as page:
            # 200 pixels an inch, of what has 100; in points a page's sides are no whole numbers.
            assert all(0 <= now - 2 * then <= 1 for now, then in zip(page.size, wanted.size, strict=True))
            back = np.asarray(page.convert("RGB").resize(wanted.size)).astype(int)
        assert np.abs(back - np.asarray(wanted)).mean() < 6


def original(client: httpx.Client, number: int, *, task: int = 1) -> bytes:
    """A frame in the quality that data sets are made of."""
    query = {"type": "frame", "number": str(number), "quality": "original"}
    answer = client.get(f"/api/tasks/{task}/data", params=query)
    assert answer.status_code == 200, answer.text
    assert "X-Cvatd-Missing" not in answer.headers
    return answer.content


def pixels_of(data: bytes) -> Pixels:
    """The pixels of a picture: height x width x 3."""
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))


def _check_same(wanted: bytes, client: httpx.Client, task: int) -> None:
    assert client.get(f"/api/tasks/{task}").json()["dimension"] == "3d"
    assert original(client, 0, task=task) == wanted


def _is_picture(path: Path) -> bool:
    try:
        Image.open(path).close()
    except OSError:  # One of scikit-image's is of a kind that Pillow does not read.
        return False
    return True
