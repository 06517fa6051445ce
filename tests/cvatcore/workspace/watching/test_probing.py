"""Reading a file that somebody may be at."""

import os
from pathlib import Path

import pytest

from cvatcore.errors import InvalidMedia, MissingMedia
from cvatcore.media import checksum
from cvatcore.workspace.watching import probing
from cvatcore.workspace.watching.listing import FileStamp
from cvatcore.workspace.watching.probing import probe, stamp_of_file
from kit.pictures import LFS_POINTER, write_picture


def stamp(path: Path) -> FileStamp:
    found = stamp_of_file(str(path))
    assert found is not None
    return found


def test_what_a_picture_is(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "sub" / "a.jpg", (40, 30))
    done = probe(str(tmp_path), "sub/a.jpg", stamp=stamp(path))
    assert done is not None
    (frame,) = done.frames
    assert (frame.path, frame.width, frame.height, frame.bytes) == ("sub/a.jpg", 40, 30, path.stat().st_size)
    assert done.checksum == checksum(path)
    assert not done.is_cloud


def test_one_that_changed_since_it_was_seen_is_seen_again(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "a.png")
    before = stamp(path)
    os.utime(path, (1, 1))
    assert probe(str(tmp_path), "a.png", stamp=before) is None
    path.write_bytes(b"")
    assert probe(str(tmp_path), "a.png", stamp=before) is None
    path.unlink()
    assert probe(str(tmp_path), "a.png", stamp=before) is None


def test_one_that_changes_while_it_is_read_is_seen_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_picture(tmp_path / "a.png")
    before = stamp(path)

    def read_and_written(file: Path) -> str:
        path.write_bytes(path.read_bytes() + b"more")
        return checksum(file)

    monkeypatch.setattr(probing, "checksum", read_and_written)
    assert probe(str(tmp_path), "a.png", stamp=before) is None


def test_a_link_to_a_file_is_no_change_of_it(tmp_path: Path) -> None:
    path = write_picture(tmp_path / "a.png")
    before = stamp(path)
    os.link(path, tmp_path / "b.png")
    assert probe(str(tmp_path), "a.png", stamp=before) is not None


def test_what_cannot_be_a_frame_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"no picture")
    with pytest.raises(InvalidMedia, match=r"a\.png"):
        probe(str(tmp_path), "a.png", stamp=stamp(path))
    path.write_bytes(LFS_POINTER)
    with pytest.raises(MissingMedia, match="Git LFS"):
        probe(str(tmp_path), "a.png", stamp=stamp(path))
