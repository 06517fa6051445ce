"""Frames that are point clouds: PCD whatever the file is, a picture from above, and what is refused."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cvatcore.cache import NullCache, open_cache
from cvatcore.errors import InvalidInput, InvalidMedia, MissingMedia, NotFound
from cvatcore.media import FrameReader, checksum, open_frames
from cvatcore.media.cloud.reading import read_cloud, read_cloud_size
from cvatcore.media.frames import FrameCache
from cvatcore.schema import DataSpec, ImageFrame, Manifest, MediaSource
from kit.clouds import columns_of, pcd, ply, points_of, velodyne
from kit.pictures import LFS_POINTER, write_archive

COLUMNS = columns_of(60)
FILES = {
    "a/1.pcd": pcd(COLUMNS, "binary_compressed"),
    "a/2.ply": ply(COLUMNS, "ascii"),
    "b/3.bin": velodyne(points_of(COLUMNS), COLUMNS[3][2]),
}


def manifest_of(files: dict[str, bytes]) -> Manifest:
    return Manifest(
        images=tuple(
            ImageFrame(
                name=name[:-4],
                extension=name[-4:],
                width=read_cloud_size(io.BytesIO(content), name=name),
                height=1,
                bytes=len(content),
            )
            for name, content in files.items()
        )
    )


@pytest.fixture(params=["folder", "archive"])
def reader(request: pytest.FixtureRequest, tmp_path: Path) -> FrameReader:
    manifest = manifest_of(FILES)
    if request.param == "archive":
        write_archive(tmp_path / "scans.zip", FILES)
        data = DataSpec(sources=(MediaSource(kind="archive", path="scans.zip"),))
    else:
        write(tmp_path / "scans", FILES)
        data = DataSpec(sources=(MediaSource(kind="folder", path="scans"),))
    return open_frames(data, manifest, root=tmp_path, cache=NullCache())


def write(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def open_folder(root: Path, files: dict[str, bytes], *, cache: FrameCache | None = None) -> FrameReader:
    write(root / "scans", files)
    data = DataSpec(sources=(MediaSource(kind="folder", path="scans"),))
    return open_frames(data, manifest_of(files), root=root, cache=cache or NullCache())


def test_frames_are_pcd(reader: FrameReader) -> None:
    for number in range(3):
        for frame in (reader.frame(number), reader.frame(number, quality="original")):
            assert (frame.media_type, frame.width, frame.height) == ("application/octet-stream", 60, 1)
            cloud = read_cloud(frame.data, name="a.pcd")
            assert cloud.points.dtype == np.float32
            assert np.array_equal(cloud.points, points_of(COLUMNS))
            assert cloud.intensity is not None
            assert np.array_equal(cloud.intensity, COLUMNS[3][2])
    assert reader.frame(0).data == FILES["a/1.pcd"]
    reader.close()


def test_previews_are_from_above(reader: FrameReader) -> None:
    for number in range(3):
        for picture, side in ((reader.preview(number), 256), (reader.from_above(number, side=400), 400)):
            assert (picture.media_type, picture.width, picture.height) == ("image/jpeg", side, side)
            with Image.open(io.BytesIO(picture.data)) as image:
                assert image.size == (side, side)
                assert np.asarray(image).max() > 100
    reader.close()


def test_there_are_no_pixels(reader: FrameReader) -> None:
    with pytest.raises(InvalidInput, match="Frame 1 is a point cloud, which has no pixels"):
        reader.array(1)
    with pytest.raises(NotFound, match="There is no frame 3"):
        reader.array(3)
    reader.close()


def test_files_and_checksums(tmp_path: Path) -> None:
    reader = open_folder(tmp_path, FILES)
    assert reader.source_file(2) == tmp_path / "scans/b/3.bin"
    assert reader.checksum(2) == checksum(tmp_path / "scans/b/3.bin")


def test_a_cloud_far_away_keeps_its_places(tmp_path: Path) -> None:
    columns = columns_of(10, at=5e6, kind="<f8")
    reader = open_folder(tmp_path, {"a.ply": ply(columns)})
    assert np.array_equal(read_cloud(reader.frame(0).data, name="a.pcd").points, points_of(columns))


def test_previews_come_from_the_cache_until_the_file_changes(tmp_path: Path) -> None:
    cache = open_cache(tmp_path / "cache", max_bytes=8 << 20)
    reader = open_folder(tmp_path, {"a.pcd": pcd(columns_of(30))}, cache=cache)
    first = reader.preview(0)
    assert (reader.preview(0), cache.stats.hits) == (first, 1)
    (tmp_path / "scans/a.pcd").write_bytes(pcd(columns_of(30, seed=2), "ascii"))
    assert reader.preview(0) != first
    cache.close()


def test_missing_clouds(tmp_path: Path) -> None:
    reader = open_folder(tmp_path, FILES)
    (tmp_path / "scans/a/1.pcd").unlink()
    (tmp_path / "scans/b/3.bin").write_bytes(LFS_POINTER)
    for number, reason in ((0, r"a/1\.pcd is missing"), (2, r"3\.bin is only the pointer of Git LFS")):
        for read in (reader.frame, reader.preview):
            with pytest.raises(MissingMedia, match=reason):
                read(number)
        with pytest.raises(MissingMedia, match=reason):
            reader.from_above(number, side=100)
    frame = reader.frame(0, placeholder=True)
    assert (frame.missing, frame.width) == ("a/1.pcd", 0)
    assert read_cloud(frame.data, name="a.pcd").size == 0
    for picture, side in (
        (reader.preview(2, placeholder=True), 256),
        (reader.from_above(2, side=512, placeholder=True), 512),
    ):
        assert (picture.missing, picture.width, picture.height) == ("b/3.bin", side, side)


def test_changed_and_broken_clouds_are_named(tmp_path: Path) -> None:
    reader = open_folder(tmp_path, FILES)
    (tmp_path / "scans/a/1.pcd").write_bytes(pcd(columns_of(59)))
    (tmp_path / "scans/b/3.bin").write_bytes(bytes(17))
    with pytest.raises(InvalidMedia, match=r"a/1\.pcd has changed: it has 59 points now, and had 60"):
        reader.frame(0)
    with pytest.raises(InvalidMedia, match=r"a/1\.pcd has changed"):
        reader.preview(0)
    for read in (reader.frame, reader.preview):
        with pytest.raises(InvalidMedia, match=r"3\.bin has 17 bytes"):
            read(2)
    whole = FILES["a/1.pcd"]
    (tmp_path / "scans/a/1.pcd").write_bytes(whole[:-40] + bytes(40))
    with pytest.raises(InvalidMedia, match=r"a/1\.pcd cannot be read as a PCD file: its compressed points"):
        reader.preview(0)


def test_pictures_have_no_view_from_above(tmp_path: Path) -> None:
    manifest = Manifest(images=(ImageFrame(name="a", extension=".png", width=8, height=6),))
    data = DataSpec(sources=(MediaSource(kind="folder", path="."),))
    reader = open_frames(data, manifest, root=tmp_path, cache=NullCache())
    with pytest.raises(InvalidInput, match="Frame 0 is no point cloud"):
        reader.from_above(0, side=100)
    with pytest.raises(NotFound, match="There is no frame 1"):
        reader.from_above(1, side=100)
