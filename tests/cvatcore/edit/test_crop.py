from __future__ import annotations

import pytest
from hypothesis import given

from cvatcore.edit import apply_change, crop_objects, ids_above, simplify_shapes
from cvatcore.errors import InvalidInput
from cvatcore.geometry import bounding_box, clip_shape
from cvatcore.schema import Annotations, Element, Keyframe, Shape, Track
from kit.documents import STOP, all_objects, documents, rounded, seen, size


def cropped(document: Annotations) -> Annotations:
    numbers = [item.id for item in all_objects(document)]
    return apply_change(document, crop_objects(document, numbers, ids=ids_above(document), size=size, stop=STOP))


@given(documents())
def test_shapes_are_in_the_picture_and_tracks_are_cut_as_on_every_frame(document: Annotations) -> None:
    after = cropped(document)
    for shape in after.shapes:
        if shape.type not in {"cuboid", "skeleton", "tag"}:
            box = bounding_box(shape.type, shape.points, rotation=shape.rotation)
            assert box is not None
            assert box[0] > -1e-6
            assert box[1] > -1e-6
            assert box[2] < size(shape.frame)[0] + 1e-6
            assert box[3] < size(shape.frame)[1] + 1e-6
    now = {track.id: track for track in after.tracks}
    for track in document.tracks:
        shown = seen(now[track.id]) if track.id in now else {}
        for frame, before in seen(track).items():
            width, height = size(frame)
            if before.elements:
                kept = {
                    element.label
                    for element in before.elements
                    if not element.outside and clip_shape(element.type, element.points, width=width, height=height)
                }
                found = shown[frame].elements if frame in shown else ()
                assert kept == {element.label for element in found if not element.outside}
                continue
            parts = clip_shape(before.type, before.points, rotation=before.rotation, width=width, height=height)
            assert bool(parts) == (frame in shown)
            if len(parts) == 1 and parts[0].type == before.type:
                assert rounded(shown[frame].points) == parts[0].points


@given(documents())
def test_cutting_again_cuts_nothing(document: Annotations) -> None:
    once = cropped(document)
    again = cropped(once)
    assert {shape.id for shape in again.shapes} == {shape.id for shape in once.shapes}
    assert again.tracks == once.tracks


def test_a_track_leaves_with_the_picture() -> None:
    keyframes = tuple(
        Keyframe(frame=frame, track=1, type="rectangle", points=(x, 0.0, x + 10, 10.0))
        for frame, x in ((0, 40.0), (5, 90.0))
    )
    document = Annotations(tracks=(Track(id=1, label="car", keyframes=keyframes),))
    (track,) = cropped(document).tracks
    assert [(key.frame, key.points[0::2], key.outside) for key in track.keyframes] == [
        (0, (40.0, 50.0), False),
        (2, (60.0, 70.0), True),
    ]


def test_parts_become_objects_and_what_is_out_goes() -> None:
    line = Shape(
        frame=0, id=1, type="polyline", label="car", points=(5.0, 5.0, 90.0, 5.0, 90.0, 9.0, 5.0, 9.0), group=3
    )
    gone = Shape(frame=0, id=2, type="rectangle", label="car", points=(-9.0, 0.0, -1.0, 5.0))
    after = cropped(Annotations(shapes=(line, gone)))
    assert [(shape.id, shape.points, shape.group) for shape in after.shapes] == [
        (1, (5.0, 5.0, 60.0, 5.0), 3),
        (3, (60.0, 9.0, 5.0, 9.0), 3),
    ]


def test_elements_out_of_the_picture_are_outside() -> None:
    elements = tuple(
        Element(id=number, type="points", label=str(number), points=(x, 5.0)) for number, x in ((2, 5.0), (3, 99.0))
    )
    body = Shape(frame=0, id=1, type="skeleton", label="body", elements=elements)
    (shape,) = cropped(Annotations(shapes=(body,))).shapes
    assert [element.outside for element in shape.elements] == [False, True]


def test_a_point_cloud_has_no_edges() -> None:
    with pytest.raises(InvalidInput, match="point cloud"):
        crop_objects(Annotations(), [], ids=ids_above(Annotations()), size=size, stop=STOP, dimension="3d")


def test_polygons_are_simplified_keyframe_by_keyframe() -> None:
    ring = (0.0, 0.0, 5.0, 0.1, 10.0, 0.0, 10.0, 10.0, 0.0, 10.0)
    fewer = (0.0, 0.0, 10.0, 0.0, 10.0, 10.0, 0.0, 10.0)
    shape = Shape(frame=0, id=1, type="polygon", label="car", points=ring)
    line = Shape(frame=0, id=2, type="polyline", label="car", points=ring[:6])
    keyframes = tuple(Keyframe(frame=frame, track=3, type="polygon", points=ring) for frame in (0, 5))
    document = Annotations(shapes=(shape, line), tracks=(Track(id=3, label="car", keyframes=keyframes),))
    change = simplify_shapes(document, [1, 2, 3], tolerance=0.5)
    assert [shape.points for shape in change.shapes] == [fewer, (0.0, 0.0, 10.0, 0.0)]
    assert [key.points for key in change.tracks[0].keyframes] == [fewer, fewer]
    assert simplify_shapes(document, [1, 2, 3], tolerance=0.05).is_empty


@pytest.mark.parametrize(("tolerance", "words"), [(-1.0, "tolerance of -1.0"), (1.0, "Object 1 is a tag")])
def test_what_cannot_be_simplified_is_refused(tolerance: float, words: str) -> None:
    tag = Annotations(shapes=(Shape(frame=0, id=1, type="tag", label="car"),))
    with pytest.raises(InvalidInput, match=words):
        simplify_shapes(tag, [1], tolerance=tolerance)
