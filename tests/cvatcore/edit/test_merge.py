from __future__ import annotations

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cvatcore.edit import apply_change, merge_objects
from cvatcore.edit.seen import seen_runs
from cvatcore.errors import InvalidInput
from cvatcore.schema import Annotations, Element, Keyframe, Shape, ShapeType, Track
from kit.documents import LABELS, STOP, looks, seen, still_shapes
from kit.moving import MOVING, moving_tracks


def merged(document: Annotations, *numbers: int, stop: int = STOP) -> Track:
    change = merge_objects(document, numbers, labels=LABELS, stop=stop)
    after = apply_change(document, change)
    (track,) = (track for track in after.tracks if track.id == numbers[0])
    assert not {shape.id for shape in after.shapes} & set(numbers)
    return track


KINDS: tuple[ShapeType, ...] = (*MOVING, "skeleton")


@st.composite
def runs(draw: st.DrawFn) -> list[Shape | Track]:
    """Objects of one type and label, some of which may be seen on one frame."""
    kind = draw(st.sampled_from(KINDS))
    found: list[Shape | Track] = []
    for number in range(10, 10 * draw(st.integers(3, 5)), 10):
        if draw(st.booleans()):
            shape = draw(still_shapes(number=number, kinds=(kind,)))
            found.append(msgspec.structs.replace(shape, label="body" if kind == "skeleton" else "car"))
        else:
            found.append(draw(moving_tracks(number=number, kind=kind, last=9)))
    return found


def shown(item: Shape | Track) -> dict[int, Shape]:
    """What an object surely shows: up to its last keyframe."""
    if isinstance(item, Shape):
        return {} if all(e.outside for e in item.elements) and item.elements else {item.frame: item}
    last = max((run.stop for run in seen_runs(item)), default=-1)
    return seen(item, stop=last) if last >= 0 else {}


@given(runs())
def test_what_each_object_shows_stays(items: list[Shape | Track]) -> None:
    document = Annotations(
        shapes=tuple(item for item in items if isinstance(item, Shape)),
        tracks=tuple(item for item in items if isinstance(item, Track)),
    )
    expected: dict[int, Shape] = {}
    clash = False
    for item in items:
        # A skeleton without elements is nothing to look at, but takes its place.
        assume(all(shape.type != "skeleton" or shape.elements for shape in shown(item).values()))
        clash |= not expected.keys().isdisjoint(shown(item))
        expected |= shown(item)
    if clash or not expected:
        with pytest.raises(InvalidInput, match="both seen on frame" if expected else "Nothing is seen"):
            merged(document, *(item.id for item in items))
        return
    track = merged(document, *(item.id for item in items))
    found = seen(track)
    assert {frame: looks(answered(found[frame])) for frame in expected} == {
        frame: looks(answered(shape)) for frame, shape in expected.items()
    }
    # The immutable attribute is the first one's.
    assert track.attributes.get("c") == items[0].attributes.get("c")


def answered(shape: Shape) -> Shape:
    """A shape with its mutable attributes only; one that is not set has the default."""
    elements = tuple(
        msgspec.structs.replace(element, attributes=defaults(element.attributes)) for element in shape.elements
    )
    return msgspec.structs.replace(shape, attributes=defaults(shape.attributes), elements=elements)


def defaults(attributes: dict[str, str]) -> dict[str, str]:
    return {name: attributes.get(name, "x") for name in "ab"}


def box(number: int, frame: int, x: float = 0.0, **given: object) -> Shape:
    return Shape(frame=frame, id=number, type="rectangle", label="car", points=(x, 0.0, x + 9, 9.0), **given)  # type: ignore[arg-type]  # any field


def test_shapes_end_after_their_frame_unless_the_next_begins_there() -> None:
    document = Annotations(
        shapes=(
            box(1, 2, attributes={"c": "y", "a": "z"}, group=3, source="auto", score=0.5),
            box(2, 3, 5.0, attributes={"c": "z"}),
            box(3, 9, 7.0, attributes={"b": "y"}, occluded=True, z_order=2),
        )
    )
    track = merged(document, 1, 2, 3, stop=9)
    assert (track.attributes, track.group, track.source, track.frame) == ({"c": "y"}, 3, "auto", 2)
    assert [(k.frame, k.points[0], k.outside, k.attributes) for k in track.keyframes] == [
        (2, 0.0, False, {"a": "z"}),
        (3, 5.0, False, {"a": "x"}),
        (4, 5.0, True, {}),
        (9, 7.0, False, {"b": "y"}),
    ]
    assert track.keyframes[-1].occluded
    assert track.keyframes[-1].z_order == 2


def test_a_track_that_nothing_ends_goes_over_into_the_next_object() -> None:
    keyframes = (Keyframe(frame=0, track=8, type="rectangle", points=(0.0, 0.0, 9.0, 9.0)),)
    document = Annotations(shapes=(box(1, 10, 20.0),), tracks=(Track(id=8, label="car", keyframes=keyframes),))
    track = merged(document, 8, 1)
    assert [(k.frame, k.outside) for k in track.keyframes] == [(0, False), (10, False), (11, True)]
    assert seen(track)[5].points == (10.0, 0.0, 19.0, 9.0)


def test_an_end_that_becomes_a_beginning_pulls_at_nothing() -> None:
    """The first object ended at its own place on the frame where the second one begins elsewhere."""
    keyframes = (
        Keyframe(frame=0, track=8, type="rectangle", points=(0.0, 0.0, 9.0, 9.0)),
        Keyframe(frame=10, track=8, type="rectangle", points=(10.0, 0.0, 19.0, 9.0), outside=True),
    )
    document = Annotations(shapes=(box(1, 10, 500.0),), tracks=(Track(id=8, label="car", keyframes=keyframes),))
    track = merged(document, 8, 1)
    assert [key.frame for key in track.keyframes] == [0, 9, 10, 11]
    assert [seen(track)[frame].points[0] for frame in range(11)] == [*map(float, range(10)), 500.0]


def body(number: int, frame: int, *joints: str) -> Shape:
    elements = tuple(
        Element(id=number + index, type="points", label=joint, points=(float(frame), 1.0))
        for index, joint in enumerate(joints, start=1)
    )
    return Shape(frame=frame, id=number, type="skeleton", label="body", elements=elements)


def test_elements_are_merged_by_their_labels() -> None:
    track = merged(Annotations(shapes=(body(10, 0, "1", "2"), body(20, 5, "2", "3"))), 10, 20)
    assert [(element.id, element.label) for element in track.elements] == [(11, "1"), (12, "2"), (22, "3")]
    assert {frame: [e.label for e in shape.elements if not e.outside] for frame, shape in seen(track).items()} == {
        0: ["1", "2"],
        5: ["2", "3"],
    }


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ((box(1, 0),), "two objects or more"),
        ((box(1, 0), msgspec.structs.replace(box(2, 1), label="person")), "Object 2 is a person, and object 1 a car"),
        ((box(1, 0), msgspec.structs.replace(box(2, 1), type="ellipse")), "Object 2 is a ellipse"),
        ((box(1, 0), Shape(frame=1, id=2, type="tag", label="car")), "Object 2 is a tag"),
        ((box(1, 4), box(2, 4)), "Objects 1 and 2 are both seen on frame 4"),
    ],
)
def test_what_is_no_track_is_refused(items: tuple[Shape, ...], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        merged(Annotations(shapes=items), *(item.id for item in items))
