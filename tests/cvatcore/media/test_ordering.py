"""The order of frames, and which of them are taken."""

import random
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.errors import InvalidInput, InvalidMedia
from cvatcore.media import ScanOptions, scan
from cvatcore.media.ordering import arrange, natural_key
from cvatcore.media.selecting import name_filter
from kit.pictures import write_picture, write_video

NAMES = ("b/10.png", "b/9.png", "a/2.png", "a/10.png", "a/1.png")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for name in NAMES:
        write_picture(tmp_path / "photos" / name, (2, 2))
    return tmp_path / "photos"


def taken(*inputs: Path, **options: object) -> list[str]:
    found = scan(inputs, root=inputs[0].parent, options=ScanOptions(**options))  # type: ignore[arg-type]  # a test's
    return [image.path for image in found.manifest.images]


def test_each_sorting(photos: Path) -> None:
    assert taken(photos) == ["a/1.png", "a/10.png", "a/2.png", "b/10.png", "b/9.png"]
    assert taken(photos, sorting="natural") == ["a/1.png", "a/2.png", "a/10.png", "b/9.png", "b/10.png"]
    assert taken(photos, sorting="predefined") == taken(photos)
    given_order = [photos / name for name in NAMES]
    assert taken(*given_order, sorting="predefined") == list(NAMES)
    assert taken(photos / "b", photos / "a/2.png", photos / "a", sorting="predefined") == [
        "b/10.png", "b/9.png", "a/2.png", "a/1.png", "a/10.png",
    ]  # fmt: skip
    assert taken(photos, sorting="predefined", order=NAMES[::-1]) == list(NAMES[::-1])


def test_random_sorting_is_the_same_for_a_seed(photos: Path) -> None:
    orders = {tuple(taken(photos, sorting="random", seed=seed)) for seed in range(20)}
    assert len(orders) > 5
    assert all(sorted(order) == sorted(NAMES) for order in orders)
    # Whatever order the names came in.
    assert taken(photos, sorting="random", seed=7) == taken(
        *(photos / name for name in NAMES), sorting="random", seed=7
    )
    assert taken(photos, sorting="random", seed=1) == ["a/2.png", "b/10.png", "b/9.png", "a/1.png", "a/10.png"]


def test_start_stop_and_step_count_sorted_frames(photos: Path) -> None:
    assert taken(photos, start=1, step=2) == ["a/10.png", "b/10.png"]
    assert taken(photos, start=1, stop=2) == ["a/10.png", "a/2.png"]
    found = scan([photos], root=photos, options=ScanOptions(start=1, stop=100, step=3))
    assert [found.manifest.source_frame(number) for number in range(found.manifest.size)] == [1, 4]
    with pytest.raises(InvalidMedia, match="There are 5 files, and the first frame to be taken is 5"):
        taken(photos, start=5)


def test_what_is_not_taken_is_not_read(tmp_path: Path) -> None:
    for name in ("1.jpg", "3.jpg"):
        write_picture(tmp_path / name)
    (tmp_path / "2.jpg").write_bytes(b"broken")
    assert taken(tmp_path, step=2) == ["1.jpg", "3.jpg"]


def test_some_frames_of_a_video(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", 20)
    manifest = scan([path], root=tmp_path, options=ScanOptions(start=3, stop=12, step=4)).manifest
    assert manifest.video is not None
    assert manifest.video.length == 20
    assert [manifest.source_frame(number) for number in range(manifest.size)] == [3, 7, 11]
    with pytest.raises(InvalidMedia, match="has 20 frames, and the first to be taken is 20"):
        scan([path], root=tmp_path, options=ScanOptions(start=20))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"start": -1}, "The start frame is -1."),
        ({"step": 0}, "The frame step is 0."),
        ({"start": 5, "stop": 4}, "The stop frame is 4, before the start frame 5."),
        ({"stop": -2}, "The stop frame is -2, before the start frame 0."),
        ({"order": ("a",)}, "An order of names was given, and lexicographical sorting."),
        ({"manifest": Path("m.jsonl"), "sorting": "random"}, "A manifest says the order of frames"),
    ],
)
def test_options_that_cannot_be_meant(photos: Path, options: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        taken(photos, **options)
    assert caught.value.message.startswith(message)
    assert caught.value.hint


def test_an_order_that_is_not_of_these_files(photos: Path) -> None:
    with pytest.raises(InvalidMedia, match=r"x\.png \(missing\), b/9\.png \(extra\)\.$"):
        taken(photos, sorting="predefined", order=("b/10.png", "x.png", "a/2.png", "a/10.png", "a/1.png"))
    with pytest.raises(InvalidMedia, match=r"names 'a/2\.png' twice"):
        taken(photos, sorting="predefined", order=(*NAMES, "a/2.png"))


def test_patterns_and_what_is_excluded(photos: Path) -> None:
    assert taken(photos, pattern="*10*") == ["a/10.png", "b/10.png"]
    assert taken(photos, exclude=("a/", "b/9.png")) == ["b/10.png"]
    assert taken(photos, exclude=("*/1*",)) == ["a/2.png", "b/9.png"]
    assert not name_filter("", ("./x/",))("x/y")
    with pytest.raises(InvalidMedia, match="No picture is left"):
        taken(photos, pattern="*.jpg")


numbers = st.integers(0, 10**30)


@given(st.lists(st.tuples(st.sampled_from(["a", "b/", "é"]), numbers), min_size=2, max_size=12))
def test_natural_sorting_is_by_the_value_of_numbers(parts: list[tuple[str, int]]) -> None:
    names = list(dict.fromkeys(f"{text}{number}.png" for text, number in parts))
    random.Random(1).shuffle(names)
    found = [names[position] for position in arrange(names, sorting="natural")]
    expected = sorted(dict.fromkeys(parts))
    assert found == [f"{text}{number}.png" for text, number in expected]


@given(st.lists(st.text(), unique=True))
def test_natural_keys_are_a_total_order(names: list[str]) -> None:
    keys = [natural_key(name) for name in names]
    assert len({repr(key) for key in keys}) == len(names)
    keys.sort()
    assert all(one < other for one, other in pairwise(keys))
