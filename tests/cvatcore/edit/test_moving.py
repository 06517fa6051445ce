from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.edit import apply_change, copy_objects, ids_above, move_objects
from cvatcore.errors import InvalidInput
from cvatcore.schema import Annotations, Shape, Track
from kit.documents import STOP, all_objects, documents, looks, seen
from kit.moving import moving_tracks


def shifted(shown: dict[int, Shape], by: int) -> dict[int, object]:
    return {frame + by: looks(shape) for frame, shape in shown.items() if 0 <= frame + by <= STOP}


@given(moving_tracks(), st.integers(-9, 9))
def test_a_track_is_seen_as_before_so_many_frames_later(track: Track, by: int) -> None:
    document = Annotations(tracks=(track,))
    expected = shifted(seen(track, stop=2 * STOP), by)
    try:
        change = move_objects(document, [track.id], frames=by, stop=STOP)
    except InvalidInput:
        assert not expected
        return
    (after,) = apply_change(document, change).tracks
    assert {frame: looks(shape) for frame, shape in seen(after).items()} == expected
    assert all(0 <= key.frame <= STOP for key in after.keyframes)


@given(documents(), st.tuples(st.integers(-9, 9), st.integers(-9, 9)))
def test_what_is_moved_there_and_back_is_where_it_was(document: Annotations, offset: tuple[int, int]) -> None:
    numbers = [item.id for item in all_objects(document)]
    there = apply_change(document, move_objects(document, numbers, offset=offset, stop=STOP))
    back = apply_change(there, move_objects(there, numbers, offset=(-offset[0], -offset[1]), stop=STOP))
    assert [looks(shape) for shape in back.shapes] == [looks(shape) for shape in document.shapes]
    for one, other in zip(back.tracks, document.tracks, strict=True):
        assert {frame: looks(shape) for frame, shape in seen(one).items()} == {
            frame: looks(shape) for frame, shape in seen(other).items()
        }


def shape(kind: str, *points: float, frame: int = 3) -> Annotations:
    return Annotations(shapes=(Shape(frame=frame, id=1, type=kind, label="car", points=points),))  # type: ignore[arg-type]  # a type of shape


@pytest.mark.parametrize(
    ("kind", "points", "moved"),
    [
        ("rectangle", (0.0, 0.0, 5.0, 6.0), (2.0, 1.0, 7.0, 7.0)),
        ("ellipse", (5.0, 5.0, 9.0, 2.0), (7.0, 6.0, 11.0, 3.0)),
        ("polyline", (1.0, 2.0, 3.0, 4.0), (3.0, 3.0, 5.0, 5.0)),
        ("mask", (1.0, 2.0, 3.0, 4.0, 5.0, 6.0), (1.0, 2.0, 5.0, 5.0, 7.0, 7.0)),
    ],
)
def test_points_of_each_kind(kind: str, points: tuple[float, ...], moved: tuple[float, ...]) -> None:
    change = copy_objects(shape(kind, *points), [1], ids=ids_above(shape(kind, *points)), offset=(2, 1), stop=STOP)
    assert change.shapes[0].points == moved
    assert change.shapes[0].id == 2


def test_a_cuboid_of_a_point_cloud_moves_along_two_axes() -> None:
    numbers = tuple(float(number) for number in range(16))
    change = move_objects(shape("cuboid", *numbers), [1], offset=(2, 1), stop=STOP, dimension="3d")
    assert change.shapes[0].points == (2.0, 2.0, *numbers[2:])


def test_a_copy_goes_to_a_frame() -> None:
    document = shape("rectangle", 0.0, 0.0, 5.0, 6.0)
    change = copy_objects(document, [1], ids=ids_above(document), frame=9, stop=STOP)
    assert [(copy.id, copy.frame) for copy in change.shapes] == [(2, 9)]


def test_a_mask_moves_by_whole_pixels() -> None:
    with pytest.raises(InvalidInput, match="Object 1 is a mask"):
        move_objects(shape("mask", 0.0, 1.0, 3.0, 3.0, 3.0, 3.0), [1], offset=(0.5, 0.0), stop=STOP)


@pytest.mark.parametrize("by", [-4, STOP])
def test_nothing_leaves_the_job(by: int) -> None:
    with pytest.raises(InvalidInput, match=f"Object 1 would come to frame {3 + by}"):
        move_objects(shape("tag"), [1], frames=by, stop=STOP)
