"""How far files are looked at: the header, their end, their pixels."""

from pathlib import Path

import pytest

from cvatcore.errors import InvalidMedia
from cvatcore.media.page.extents import file_extents
from cvatcore.media.page.pages import Page
from kit.pictures import write_picture
from kit.samples import photo

KINDS = ["a.jpg", "a.png", "a.gif", "a.webp", "a.bmp", "a.tif", "a.ppm"]


@pytest.mark.parametrize("name", KINDS)
def test_whole_and_cut_off(tmp_path: Path, name: str) -> None:
    path = write_picture(tmp_path / name, (40, 30))
    whole = path.read_bytes()
    assert file_extents(str(path), looked="pixels") == (len(whole), [Page(0, 40, 30)])
    for share in (0.8, 0.5):
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(InvalidMedia, match="cut off"):
            file_extents(str(path), looked="pixels")


def test_what_comes_after_the_end_of_a_picture_is_no_fault(tmp_path: Path) -> None:
    for name in ("a.jpg", "a.png"):
        path = write_picture(tmp_path / name)
        path.write_bytes(path.read_bytes() + b"\0" * 40)
        assert file_extents(str(path), looked="pixels")[1] == [Page(0, 8, 6)]
        # Some cameras put a film behind the picture.
        path.write_bytes(path.read_bytes() + b"MotionPhoto_Data" + b"x" * 500)
        assert file_extents(str(path), looked="pixels")[1] == [Page(0, 8, 6)]


def test_real_photos_are_whole() -> None:
    for name in ("rocket.jpg", "coffee.png", "chelsea.png", "moon.png"):
        assert file_extents(str(photo(name)), looked="pixels")[1]


def test_one_that_is_gone_or_empty(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    for name in ("a.png", "b.png"):
        with pytest.raises(InvalidMedia):
            file_extents(str(tmp_path / name), looked="pixels")
