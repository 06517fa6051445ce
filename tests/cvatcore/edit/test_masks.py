"""Masks joined, sliced, covered and turned into other shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.edit import (
    ChangeSet,
    ManyParts,
    apply_change,
    convert_objects,
    ids_above,
    join_masks,
    remove_underlying,
    slice_shape,
)
from cvatcore.errors import InvalidInput
from cvatcore.geometry import mask_of_pixels, mask_pixels, mask_points, polygon_area, rasterize, read_mask
from cvatcore.schema import Annotations, Keyframe, Shape, Track
from kit.documents import STOP, seen

if TYPE_CHECKING:
    from cvatcore.geometry import AreaKind
    from cvatcore.geometry.runs import Pixels

WIDTH, HEIGHT = 12, 9


def size(frame: int) -> tuple[int, int]:
    return WIDTH, HEIGHT


@st.composite
def masks(draw: st.DrawFn, *, number: int = 1) -> Shape:
    """A mask of some rectangles, so that there are holes and pieces."""
    pixels = np.zeros((HEIGHT, WIDTH), dtype=np.bool_)
    for _ in range(draw(st.integers(1, 4))):
        left, right = sorted((draw(st.integers(0, WIDTH - 1)), draw(st.integers(0, WIDTH - 1))))
        top, bottom = sorted((draw(st.integers(0, HEIGHT - 1)), draw(st.integers(0, HEIGHT - 1))))
        pixels[top : bottom + 1, left : right + 1] ^= True
    pixels[4, 5] = True
    return mask(pixels, number=number, z_order=draw(st.integers(0, 1)))


def mask(pixels: Pixels, *, number: int = 1, **given: object) -> Shape:
    found = mask_of_pixels(pixels)
    assert found is not None
    points = mask_points(found)
    assert points is not None
    return Shape(frame=0, id=number, type="mask", label="car", points=points, attributes={"b": "x"}, **given)  # type: ignore[arg-type]  # any field


def pixels_of(shape: Shape) -> Pixels:
    found = rasterize(shape.type, shape.points, rotation=shape.rotation, width=WIDTH, height=HEIGHT)
    return (
        np.zeros((HEIGHT, WIDTH), dtype=np.bool_) if found is None else mask_pixels(found, width=WIDTH, height=HEIGHT)
    )


@given(st.tuples(masks(number=1), masks(number=2), masks(number=3)))
def test_joined_masks_have_the_pixels_of_all(shapes: tuple[Shape, ...]) -> None:
    document = Annotations(shapes=shapes)
    (joined,) = apply_change(document, join_masks(document, [2, 1, 3])).shapes
    assert np.array_equal(pixels_of(joined), np.logical_or.reduce([pixels_of(shape) for shape in shapes]))
    assert msgspec.structs.replace(joined, points=()) == msgspec.structs.replace(shapes[1], points=())


@given(masks(), st.lists(st.tuples(st.integers(-3, 15), st.integers(-3, 12)), min_size=2, max_size=4))
def test_the_parts_of_a_sliced_mask_are_the_mask(shape: Shape, corners: list[tuple[int, int]]) -> None:
    document = Annotations(shapes=(shape,))
    line = [float(number) + 0.25 for corner in corners for number in corner]
    try:
        after = apply_change(document, slice_shape(document, 1, line, ids=ids_above(document)))
    except InvalidInput:
        return
    assert np.max(np.sum([pixels_of(part).astype(int) for part in after.shapes], axis=0)) == 1
    assert np.array_equal(np.logical_or.reduce([pixels_of(part) for part in after.shapes]), pixels_of(shape))
    areas = [read_mask(part.points).area for part in after.shapes]
    assert [part.id for part in after.shapes] == list(range(1, len(areas) + 1))
    assert areas == sorted(areas, reverse=True)


def test_a_sliced_polygon_keeps_its_id_on_the_larger_side() -> None:
    square = Shape(
        frame=3, id=1, type="polygon", label="car", points=(0.0, 0.0, 10.0, 0.0, 10.0, 10.0, 0.0, 10.0), group=4
    )
    document = Annotations(shapes=(square,))
    first, second = slice_shape(document, 1, (3.0, -1.0, 3.0, 20.0), ids=ids_above(document)).shapes
    assert [(part.id, part.group, polygon_area(part.points)) for part in (first, second)] == [
        (1, 4, 70.0),
        (2, 4, 30.0),
    ]


@given(masks(), st.booleans())
def test_a_mask_becomes_polygons_and_the_same_mask_again(shape: Shape, split: bool) -> None:
    document = Annotations(shapes=(shape,))
    parts: ManyParts = "split" if split else "largest"
    polygons = apply_change(document, convert(document, "polygon", parts=parts))
    assert all(part.type == "polygon" for part in polygons.shapes)
    back = apply_change(polygons, convert(polygons, "mask"))
    united = np.logical_or.reduce([pixels_of(part) for part in back.shapes])
    if split:
        assert np.array_equal(united, pixels_of(shape))
        assert all(part.attributes == shape.attributes for part in back.shapes)
    else:
        assert len(back.shapes) == 1
        assert not (united & ~pixels_of(shape)).any()


def convert(document: Annotations, to: AreaKind, *, parts: ManyParts = "split", holes: bool = True) -> ChangeSet:
    numbers = [shape.id for shape in document.shapes] + [track.id for track in document.tracks]
    return convert_objects(document, numbers, to=to, ids=ids_above(document), size=size, parts=parts, holes=holes)


def test_rectangles_and_ellipses_stand_for_each_other() -> None:
    box = Shape(frame=0, id=1, type="rectangle", label="car", points=(1.0, 1.0, 9.0, 5.0), rotation=30.0)
    (ellipse,) = convert(Annotations(shapes=(box,)), "ellipse").shapes
    assert (ellipse.type, ellipse.points, ellipse.rotation) == ("ellipse", (5.0, 3.0, 9.0, 1.0), 30.0)
    (again,) = convert(Annotations(shapes=(ellipse,)), "rectangle").shapes
    assert (again.points, again.rotation) == (box.points, 30.0)
    assert convert(Annotations(shapes=(box,)), "rectangle").is_empty


def test_the_keyframes_of_a_track_are_converted() -> None:
    keyframes = tuple(
        Keyframe(frame=frame, track=7, type="rectangle", points=(0.0, 0.0, x, 4.0), outside=frame == 9)
        for frame, x in ((0, 4.0), (5, 8.0), (9, 8.0))
    )
    document = Annotations(tracks=(Track(id=7, label="car", keyframes=keyframes),))
    (track,) = convert(document, "mask").tracks
    assert [(key.frame, key.type, key.outside) for key in track.keyframes] == [
        (0, "mask", False),
        (5, "mask", False),
        (9, "mask", True),
    ]
    assert [pixels_of(shape).sum() for shape in seen(track).values()] == [16] * 5 + [32] * 4


RING = np.ones((3, 3), dtype=np.bool_)
RING[1, 1] = False
APART = np.zeros((3, 5), dtype=np.bool_)
APART[:, :2] = APART[:, 3:] = True
APART[0, 4] = False


def test_holes_are_led_to_or_filled() -> None:
    document = Annotations(shapes=(mask(RING),))
    assert pixels_of(convert(document, "polygon").shapes[0]).sum() == 8
    assert pixels_of(convert(document, "polygon", holes=False).shapes[0]).sum() == 9


def test_pieces_are_split_refused_or_the_largest_is_taken() -> None:
    document = Annotations(shapes=(mask(APART),))
    assert sorted(pixels_of(part).sum() for part in convert(document, "polygon").shapes) == [5, 6]
    assert [pixels_of(part).sum() for part in convert(document, "polygon", parts="largest").shapes] == [6]
    with pytest.raises(InvalidInput, match="Object 1, as a polygon on frame 0, would be in 2 pieces"):
        convert(document, "polygon", parts="refuse")


@given(
    st.lists(st.integers(0, 3), min_size=2, max_size=5, unique=True).flatmap(
        lambda numbers: st.tuples(*(masks(number=number + 1) for number in numbers))
    )
)
def test_what_lies_under_others_loses_those_pixels(shapes: tuple[Shape, ...]) -> None:
    document = Annotations(shapes=tuple(sorted(shapes, key=lambda shape: shape.id)))
    change = remove_underlying(document, frames=[0], size=size, stop=STOP)
    after = {shape.id: shape for shape in apply_change(document, change).shapes}
    covered = np.zeros((HEIGHT, WIDTH), dtype=np.bool_)
    for shape in sorted(shapes, key=lambda shape: (shape.z_order, shape.id), reverse=True):
        left = pixels_of(shape) & ~covered
        assert np.array_equal(pixels_of(after[shape.id]) if shape.id in after else np.zeros_like(left), left)
        assert left.any() == (shape.id in after)
        covered |= pixels_of(shape)


def test_only_what_the_given_objects_cover_and_polygons_cover_too() -> None:
    whole = np.ones((HEIGHT, WIDTH), dtype=np.bool_)
    roof = Shape(frame=0, id=3, type="polygon", label="car", points=(0.0, 0.0, 4.0, 0.0, 4.0, 2.0, 0.0, 2.0), z_order=5)
    document = Annotations(shapes=(mask(whole, number=1), mask(whole, number=2, z_order=1), roof))
    change = remove_underlying(document, frames=[0], size=size, stop=STOP, over=[3])
    assert [(shape.id, pixels_of(shape).sum()) for shape in change.shapes] == [(2, 100), (1, 100)]
    assert change.delete == frozenset()


def test_a_track_of_masks_changes_on_that_frame_only() -> None:
    whole = mask(np.ones((4, 4), dtype=np.bool_))
    half = msgspec.structs.replace(mask(np.ones((2, 4), dtype=np.bool_), number=2, z_order=1), frame=5)
    keyframes = (Keyframe(frame=2, track=7, type="mask", points=whole.points),)
    document = Annotations(shapes=(half,), tracks=(Track(id=7, label="car", frame=2, keyframes=keyframes),))
    (track,) = remove_underlying(document, frames=range(9), size=size, stop=STOP).tracks
    assert [key.frame for key in track.keyframes] == [2, 5, 6]
    assert {frame: pixels_of(shape).sum() for frame, shape in seen(track, stop=8).items()} == {
        frame: 8 if frame == 5 else 16 for frame in range(2, 9)
    }


TAG = Shape(frame=0, id=5, type="tag", label="car")
DOT = mask(np.ones((1, 1), dtype=np.bool_))
DOCUMENT = Annotations(
    shapes=(DOT, msgspec.structs.replace(DOT, id=2, frame=1), msgspec.structs.replace(DOT, id=3, label="person"), TAG),
    tracks=(Track(id=9, label="car"),),
)
AWAY = Annotations(shapes=(Shape(frame=0, id=1, type="rectangle", label="car", points=(-9.0, -9.0, -2.0, -2.0)),))


@pytest.mark.parametrize(
    ("refused", "words"),
    [
        (lambda: join_masks(DOCUMENT, [1]), "Two masks or more"),
        (lambda: join_masks(DOCUMENT, [1, 5]), "Object 5 is a tag"),
        (lambda: join_masks(DOCUMENT, [1, 2]), "Mask 2 is on frame 1"),
        (lambda: join_masks(DOCUMENT, [1, 3]), "Mask 3 is a person, and mask 1 a car"),
        (lambda: join_masks(DOCUMENT, [1, 9]), "Object 9 is a track"),
        (lambda: slice_shape(DOCUMENT, 5, (0, 0, 1, 1), ids=ids_above(DOCUMENT)), "Object 5 is a tag"),
        (lambda: slice_shape(DOCUMENT, 1, (0, 0), ids=ids_above(DOCUMENT)), "two points or more"),
        (lambda: slice_shape(DOCUMENT, 1, (50, 0, 50, 9), ids=ids_above(DOCUMENT)), "does not part object 1"),
        (lambda: convert(DOCUMENT, "polygon"), "Object 5 is a tag, of which no polygon"),
        (lambda: convert(AWAY, "mask"), "Object 1, as a mask on frame 0, would have nothing left"),
        (
            lambda: remove_underlying(DOCUMENT, frames=[0], size=size, stop=STOP, over=[5]),
            "Object 5 is a tag; masks and polygons cover",
        ),
    ],
)
def test_what_cannot_be_done_is_refused(refused: object, words: str) -> None:
    assert callable(refused)
    with pytest.raises(InvalidInput, match=words):
        refused()
