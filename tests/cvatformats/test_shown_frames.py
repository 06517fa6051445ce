"""Tracks without the frames that are not shown: on the others everything is as before."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore import Keyframe, Track
from cvatcore.schema import Shape, ShapeType
from cvatcore.tracks import settle, track_rows, track_shapes
from cvatformats.shown_frames import ShownTrack, keyframes_on, shown_track

SIZE = 14


def key(frame: int, x: float, **fields: Any) -> Keyframe:
    return Keyframe(frame=frame, track=1, type="rectangle", points=(x, 0, x + 10, 10), **fields)


def shown(*deleted: int, size: int = SIZE) -> Any:
    import numpy as np

    flags = np.ones(size, dtype=np.bool_)
    flags[list(deleted)] = False
    return flags


def places(keyframes: tuple[Keyframe, ...]) -> list[tuple[int, float, bool]]:
    return [(keyframe.frame, keyframe.points[0], keyframe.outside) for keyframe in keyframes]


def test_keyframes_that_are_shown_are_left_alone() -> None:
    keyframes = (key(0, 0), key(4, 8), key(7, 8, outside=True))
    assert keyframes_on(keyframes, shown=shown(2, 5)) == keyframes


def test_around_a_keyframe_that_is_not_shown() -> None:
    keyframes = (key(0, 0), key(4, 8), key(8, 0))
    assert places(keyframes_on(keyframes, shown=shown(4))) == [
        (0, 0, False),
        (3, 6, False),
        (5, 6, False),
        (8, 0, False),
    ]


def test_the_end_of_a_track_moves_to_the_next_frame_that_is_shown() -> None:
    keyframes = (key(0, 0), key(4, 8, outside=True))
    assert places(keyframes_on(keyframes, shown=shown(4, 5))) == [(0, 0, False), (3, 6, False), (6, 8, True)]
    assert places(keyframes_on(keyframes, shown=shown(size=3))) == [(0, 0, False), (2, 4, False)]


def test_a_track_stays_where_it_stood_until_the_keyframe_that_is_not_shown() -> None:
    keyframes = (key(0, 0), key(4, 0, occluded=True), key(8, 40))
    assert places(keyframes_on(keyframes, shown=shown(4, 5, 6, 7))) == [(0, 0, False), (3, 0, False), (8, 40, False)]


def test_a_skeleton_that_is_outside_hides_its_elements() -> None:
    head = Track(id=2, label="head", keyframes=(joint(0, 0), joint(10, 10)))
    own = (skeleton(0), skeleton(4, outside=True), skeleton(7))
    found = shown_track(Track(id=1, label="pose", keyframes=own, elements=(head,)), shown=shown())
    ((element, keyframes),) = found.elements
    assert element.label == "head"
    assert places(keyframes) == [(0, 0, False), (4, 4, True), (7, 7, False), (10, 10, False)]
    assert found.visible.tolist() == [frame not in (4, 5, 6) for frame in range(SIZE)]


def test_elements_that_are_outside_with_their_skeleton_get_no_more_keyframes() -> None:
    keyframes = (joint(0, 0), joint(4, 4, outside=True), joint(7, 7))
    own = (skeleton(0), skeleton(4, outside=True), skeleton(7))
    head = Track(id=2, label="head", keyframes=keyframes)
    found = shown_track(Track(id=1, label="pose", keyframes=own, elements=(head,)), shown=shown())
    assert found.elements == ((head, keyframes),)


def joint(frame: int, x: float, *, outside: bool = False) -> Keyframe:
    return Keyframe(frame=frame, track=2, type="points", points=(x, 0), outside=outside)


def skeleton(frame: int, *, outside: bool = False) -> Keyframe:
    return Keyframe(frame=frame, track=1, type="skeleton", outside=outside)


NUMBERS: dict[ShapeType, st.SearchStrategy[int]] = {
    "rectangle": st.just(4),
    "ellipse": st.just(4),
    "points": st.sampled_from([2, 4]),
    "polygon": st.integers(3, 6).map(lambda count: count * 2),
    "polyline": st.integers(2, 5).map(lambda count: count * 2),
    "cuboid": st.just(16),
}
coordinates = st.integers(-500, 9000).map(lambda number: number / 10)


@st.composite
def lines(draw: st.DrawFn, kind: ShapeType) -> tuple[Keyframe, ...]:
    """One line of keyframes, some of them beyond the last frame."""
    frames = sorted(draw(st.sets(st.integers(0, SIZE + 3), max_size=5)))
    found: list[Keyframe] = []
    for frame in frames:
        count = draw(NUMBERS[kind]) if kind in NUMBERS else 0
        points = tuple(draw(st.lists(coordinates, min_size=count, max_size=count)))
        turned = draw(st.integers(0, 359)) if kind in {"rectangle", "ellipse"} else 0
        outside, occluded = draw(st.booleans()), draw(st.booleans())
        found.append(
            Keyframe(
                frame=frame,
                track=1,
                type=kind,
                points=points,
                rotation=turned,
                outside=outside,
                occluded=occluded,
                attributes=draw(st.sampled_from([{}, {"gait": "1"}, {"gait": "2"}])),
            )
        )
    return settle(found)


hidden_frames = st.sets(st.integers(0, SIZE - 1), max_size=5)


@given(st.sampled_from(sorted(NUMBERS)).flatmap(lines), hidden_frames)
def test_a_line_is_the_same_on_the_frames_that_are_shown(keyframes: tuple[Keyframe, ...], deleted: set[int]) -> None:
    flags = shown(*deleted)
    kept = keyframes_on(keyframes, shown=flags)
    assert all(keyframe.frame < SIZE and flags[keyframe.frame] for keyframe in kept)
    assert settle(kept) == kept
    before, after = seen(Track(id=1, label="car", keyframes=keyframes)), seen(Track(id=1, label="car", keyframes=kept))
    assert_alike(before, after, [frame for frame in range(SIZE) if flags[frame]])


@given(lines("skeleton"), st.lists(st.one_of(lines("points"), lines("polygon")), max_size=3), hidden_frames)
def test_a_skeleton_is_the_same_on_the_frames_that_are_shown(
    own: tuple[Keyframe, ...], joints: list[tuple[Keyframe, ...]], deleted: set[int]
) -> None:
    flags = shown(*deleted)
    elements = tuple(Track(id=2 + at, label=f"j{at}", keyframes=keyframes) for at, keyframes in enumerate(joints))
    track = Track(id=1, label="pose", keyframes=own, elements=elements)
    found: ShownTrack = shown_track(track, shown=flags)
    kept = tuple(
        Track(id=element.id, label=element.label, keyframes=keyframes) for element, keyframes in found.elements
    )
    for element, keyframes in found.elements:
        assert all(flags[keyframe.frame] for keyframe in keyframes), element.label
    if not elements:
        return
    before = seen(track)
    after = seen(Track(id=1, label="pose", keyframes=found.keyframes, elements=kept))
    # Between its begin and that of its first element there is nothing to be seen of a skeleton.
    drawn = {frame for frame, shape in before.items() if shape.elements}
    assert_alike(
        {frame: before[frame] for frame in drawn},
        {frame: shape for frame, shape in after.items() if shape.elements},
        [frame for frame in range(SIZE) if flags[frame]],
    )
    # Who looks at the elements alone sees nothing where the skeleton is outside.
    for index, keyframe in enumerate(found.keyframes):
        if keyframe.outside:
            for element in kept:
                rows = track_rows(element.keyframes, start=keyframe.frame, stop=keyframe.frame, outside="none")
                assert len(rows) == 0, index


def seen(track: Track) -> dict[int, Shape]:
    return {item.shape.frame: item.shape for item in track_shapes(track, stop=SIZE - 1)}


def assert_alike(before: dict[int, Shape], after: dict[int, Shape], frames: list[int]) -> None:
    assert [frame for frame in frames if frame in before] == [frame for frame in frames if frame in after]
    for frame in frames:
        if frame not in before:
            continue
        one, other = before[frame], after[frame]
        assert (one.type, one.occluded, one.attributes) == (other.type, other.occluded, other.attributes)
        assert one.points == pytest.approx(other.points)
        assert abs((one.rotation - other.rotation + 180) % 360 - 180) < 1e-6
        assert [(e.label, e.outside, e.occluded) for e in one.elements] == [
            (e.label, e.outside, e.occluded) for e in other.elements
        ]
        for joint, kept in zip(one.elements, other.elements, strict=True):
            assert joint.outside or joint.points == pytest.approx(kept.points)
