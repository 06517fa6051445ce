from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cvatcore.errors import MissingMedia, NotFound
from cvatcore.media import FrameReader, open_frames, scan
from cvatcore.media.placeholders import draw_placeholder
from kit.pictures import LFS_POINTER, write_archive, write_picture, write_video


class NoCache:
    def get(self, key: bytes) -> bytes | None:
        return None

    def put(self, key: bytes, value: bytes) -> None:
        pass


def reader_of(path: Path) -> FrameReader:
    from cvatcore.schema import DataSpec

    found = scan([path], root=path.parent / "ws")
    return open_frames(DataSpec(sources=found.sources), found.manifest, root=path.parent / "ws", cache=NoCache())


def made(folder: Path, kind: str) -> Path:
    """Media of one frame, 64 x 48."""
    if kind == "video":
        return write_video(folder / "film.mp4", 3)
    picture = write_picture(folder / "photos" / "a.png", (64, 48))
    return write_archive(folder / "a.zip", {"a.png": picture.read_bytes()}) if kind == "archive" else picture


@pytest.mark.parametrize("kind", ["picture", "archive", "video"])
@pytest.mark.parametrize("how", ["gone", "pointer"])
def test_a_missing_picture_is_a_marked_one_of_its_size(tmp_path: Path, kind: str, how: str) -> None:
    path = made(tmp_path, kind)
    frames = reader_of(path)
    assert frames.frame(0, placeholder=True).missing == ""
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(LFS_POINTER)
    shown = frames.frame(0, placeholder=True)
    assert (shown.width, shown.height) == (64, 48)
    assert Image.open(io.BytesIO(shown.data)).size == (64, 48)
    assert shown.missing == path.name if kind != "archive" else "a.png"
    small = frames.preview(0, placeholder=True)
    assert small.missing == shown.missing
    frames.close()


@pytest.mark.parametrize("kind", ["picture", "archive", "video"])
@pytest.mark.parametrize("how", ["gone", "pointer"])
def test_it_is_nobodys_data(tmp_path: Path, kind: str, how: str) -> None:
    path = made(tmp_path, kind)
    frames = reader_of(path)
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(LFS_POINTER)
    for read in (frames.frame, frames.array, frames.preview):
        with pytest.raises(MissingMedia) as caught:
            read(0)
        assert ("git lfs pull" in caught.value.hint) == (how == "pointer")
        assert caught.value.exit_code == NotFound.exit_code
    frames.close()


def test_a_frame_that_does_not_exist_has_no_placeholder(tmp_path: Path) -> None:
    frames = reader_of(made(tmp_path, "picture"))
    with pytest.raises(NotFound, match="no frame 7"):
        frames.frame(7, placeholder=True)


@given(st.integers(1, 700), st.integers(1, 700), st.text(max_size=60))
def test_any_size_and_name(width: int, height: int, name: str) -> None:
    shown = draw_placeholder((width, height), name=name)
    assert Image.open(io.BytesIO(shown.data)).size == (width, height)


def test_the_name_is_readable_where_there_is_room() -> None:
    with_name = np.asarray(Image.open(io.BytesIO(draw_placeholder((640, 480), name="a.png").data)))
    assert (with_name > 150).sum() > 200, "bright letters"
    other = np.asarray(Image.open(io.BytesIO(draw_placeholder((640, 480), name="b.png").data)))
    assert (with_name != other).any()


def test_a_huge_one_takes_little() -> None:
    shown = draw_placeholder((30_000, 4_000), name="scan.tif")
    assert (shown.width, shown.height) == (30_000, 4_000)
    assert len(shown.data) < 1_000_000
    for size in ((0, 5), (5, -1), (1 << 20, 1 << 20)):
        with pytest.raises(MissingMedia):
            draw_placeholder(size, name="x")
