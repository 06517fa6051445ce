from pathlib import Path

import pytest

from cvatcore.cache import NullCache
from cvatcore.media import open_frames, own_files, scan
from cvatcore.media.own_files import OwnFile, large_file
from cvatcore.schema import DataSpec
from kit.clouds import columns_of, pcd
from kit.pictures import oriented_exif, picture_bytes, write_archive, write_picture, write_video


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_files, "LARGE_FILE", 1)


def found_at(path: Path, *, number: int = 0, spoil: bytes | None = None) -> OwnFile | None:
    found = scan([path], root=path.parent)
    data = DataSpec(sources=found.sources)
    reader = open_frames(data, found.manifest, root=path.parent, cache=NullCache())
    if spoil is not None:
        reader.source_file(number).write_bytes(spoil)
    return large_file(reader, data, found.manifest, number)


def test_pictures_and_clouds_that_are_what_they_were(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "p" / "a.webp", (40, 30))
    assert found_at(path.parent) == OwnFile(path, "image/webp")
    assert found_at(path.parent, number=7) is None
    cloud = tmp_path / "c" / "a.pcd"
    cloud.parent.mkdir()
    cloud.write_bytes(pcd(columns_of(9)))
    assert found_at(cloud.parent) == OwnFile(cloud, "application/octet-stream")


def test_what_has_to_be_read_or_made(tmp_path: Path) -> None:
    turned = write_picture(tmp_path / "turned" / "a.jpg", (40, 30), exif=oriented_exif(6))
    archive = write_archive(tmp_path / "a.zip", {"a.png": picture_bytes((40, 30))})
    video = write_video(tmp_path / "v.mp4", 3)
    plain = write_picture(tmp_path / "plain" / "a.png", (40, 30))
    assert [found_at(path) for path in (turned.parent, archive, video)] == [None] * 3
    assert found_at(plain.parent, spoil=b"no") is None
    write_picture(plain, (40, 30))
    assert found_at(plain.parent, spoil=bytes(plain.stat().st_size)) is None  # As long as it was, and no picture.


def test_small_files_are_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_files, "LARGE_FILE", 1 << 20)
    assert found_at(write_picture(tmp_path / "p" / "a.png", (40, 30)).parent) is None
