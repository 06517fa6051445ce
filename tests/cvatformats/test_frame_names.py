import unicodedata

import pytest

from cvatcore.errors import InvalidInput
from cvatformats.frame_names import FrameNames
from kit.tasks import film, pictures

NAMES = ("day 1/a.jpg", "day 2/a.jpg", "day 2/b.x.png", "Ümlaut.jpeg", "c.jpg", "c.png")


@pytest.mark.parametrize(
    ("name", "frame"),
    [
        ("day 1/a.jpg", 0),
        ("./day 1/a.jpg", 0),
        ("day 1\\a.jpg", 0),
        ("day 2/a", 1),
        ("day 2/a.PNG", 1),
        ("images/train/day 2/a.jpg", 1),
        ("a.jpg", None),
        ("b.x.png", 2),
        ("b.x", 2),
        ("elsewhere/b.x.png", 2),
        (unicodedata.normalize("NFD", "Ümlaut.jpeg"), 3),
        ("c.jpg", 4),
        ("c.png", 5),
        ("c", None),
        ("d.jpg", None),
        ("", None),
    ],
)
def test_pictures(name: str, frame: int | None) -> None:
    assert FrameNames(pictures(*NAMES)).find(name, place="x") == frame


@pytest.mark.parametrize(
    ("name", "frame"),
    [
        ("frame_000002", 2),
        ("frame_000002.PNG", 2),
        ("images/frame_2.jpg", 2),
        ("frame_000003", None),
        ("frame_-00001", None),
        ("other_000001", None),
    ],
)
def test_a_video(name: str, frame: int | None) -> None:
    assert FrameNames(film(3)).find(name, place="x") == frame


def test_two_names_for_one_frame() -> None:
    names = FrameNames(pictures("c.jpg"))
    assert names.find("one/c.jpg", place="x") == 0
    assert names.find("one/c.jpg", place="x") == 0
    with pytest.raises(InvalidInput, match=r"x: both 'one/c.jpg' and 'two/c.jpg'"):
        names.find("two/c.jpg", place="x")
