from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.edit import apply_change, ids_above, shapes_to_tracks, tracks_to_shapes
from cvatcore.errors import InvalidInput
from cvatcore.schema import Annotations, Shape, Track
from kit.documents import KINDS, LABELS, STOP, looks, seen, still_shapes
from kit.moving import moving_tracks


@given(moving_tracks(), st.integers(1, 4), st.sets(st.integers(0, STOP), max_size=5))
def test_a_shape_stands_where_the_track_was_seen(track: Track, every: int, deleted: set[int]) -> None:
    document = Annotations(tracks=(track,))
    change = tracks_to_shapes(document, [track.id], ids=ids_above(document), stop=STOP, every=every, deleted=deleted)
    after = apply_change(document, change)
    assert after.tracks == ()
    assert {shape.frame: looks(shape) for shape in after.shapes} == {
        frame: looks(shape) for frame, shape in seen(track).items() if not frame % every and frame not in deleted
    }


@given(still_shapes(number=10, kinds=tuple(kind for kind in KINDS if kind != "tag")))
def test_a_shape_becomes_a_track_of_its_frame_and_back(shape: Shape) -> None:
    document = Annotations(shapes=(shape,))
    tracked = apply_change(document, shapes_to_tracks(document, [10], labels=LABELS, stop=STOP))
    assert [track.id for track in tracked.tracks] == [10]
    shown = seen(tracked.tracks[0])
    if shape.elements and all(element.outside for element in shape.elements):
        assert shown == {}
        return
    assert shown.keys() == {shape.frame}
    assert shown[shape.frame] == msgspec.structs.replace(shape, score=None)
    after = apply_change(tracked, tracks_to_shapes(tracked, [10], ids=ids_above(tracked), stop=STOP))
    assert [looks(back) for back in after.shapes] == [looks(shape)]


def test_a_track_can_go_on_and_ends_with_the_job() -> None:
    shape = Shape(
        frame=STOP, id=1, type="rectangle", label="car", points=(0.0, 0.0, 1.0, 1.0), attributes={"a": "z", "c": "y"}
    )
    document = Annotations(shapes=(shape, msgspec.structs.replace(shape, id=2, frame=3)))
    ending = shapes_to_tracks(document, [1, 2], labels=LABELS, stop=STOP).tracks
    assert [[(key.frame, key.outside) for key in track.keyframes] for track in ending] == [
        [(STOP, False)],
        [(3, False), (4, True)],
    ]
    assert ending[0].attributes == {"c": "y"}
    assert ending[0].keyframes[0].attributes == {"a": "z"}
    (open_one,) = shapes_to_tracks(document, [2], labels=LABELS, stop=STOP, ending=False).tracks
    assert [key.frame for key in open_one.keyframes] == [3]


def test_what_cannot_become_one_is_refused() -> None:
    tag = Annotations(shapes=(Shape(frame=0, id=1, type="tag", label="car"),), tracks=(Track(id=2, label="car"),))
    with pytest.raises(InvalidInput, match="Object 1 is a tag"):
        shapes_to_tracks(tag, [1], labels=LABELS, stop=STOP)
    with pytest.raises(InvalidInput, match="Object 2 is a track"):
        shapes_to_tracks(tag, [2], labels=LABELS, stop=STOP)
    with pytest.raises(InvalidInput, match="Object 1 is no track"):
        tracks_to_shapes(tag, [1], ids=ids_above(tag), stop=STOP)
    with pytest.raises(InvalidInput, match="Every 0 frames"):
        tracks_to_shapes(tag, [2], ids=ids_above(tag), stop=STOP, every=0)
