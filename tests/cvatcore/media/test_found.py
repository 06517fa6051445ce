"""What a folder holds by the names of its files, and checksums of what it holds."""

import hashlib
from pathlib import Path

import pytest

from cvatcore.errors import InvalidMedia, NotFound
from cvatcore.media import Found, checksum, classify
from kit import samples
from kit.pictures import picture_bytes, write_archive


def test_pictures_are_counted_and_videos_named(tmp_path: Path) -> None:
    for name in ("a.JPG", "b/c.png", "b/d.mp4", "e.MOV", ".hidden/f.png", "g.txt", "h.zip", "i.ts", "tasks/j.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"never opened")
    assert classify(tmp_path) == Found(pictures=3, videos=("b/d.mp4", "e.MOV"))
    (tmp_path / "cvat.toml").write_bytes(b"")
    assert classify(tmp_path).pictures == 2


def test_no_folder(tmp_path: Path) -> None:
    assert classify(tmp_path) == Found(pictures=0, videos=())
    with pytest.raises(NotFound, match="There is no folder"):
        classify(tmp_path / "gone")


def test_checksums_are_those_of_the_bytes(tmp_path: Path) -> None:
    video = samples.video("bikes.mp4")
    assert checksum(video) == "sha256:" + hashlib.sha256(video.read_bytes()).hexdigest()
    archive = write_archive(tmp_path / "a.zip", {"x/a.png": picture_bytes()})
    assert checksum(archive, member="x/a.png") == "sha256:" + hashlib.sha256(picture_bytes()).hexdigest()
    with pytest.raises(NotFound, match=r"a\.zip no longer holds b\.png"):
        checksum(archive, member="b.png")
    with pytest.raises(NotFound, match=r"gone\.png is missing"):
        checksum(tmp_path / "gone.png")
    with pytest.raises(InvalidMedia):
        checksum(tmp_path)
