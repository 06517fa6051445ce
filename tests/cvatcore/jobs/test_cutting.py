from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvatcore.edit.numbering import ids_above
from cvatcore.jobs import cut, cut_track, with_own_ids
from cvatcore.schema import Annotations, Element, Keyframe, Shape, Track, cut_segments, object_ids
from cvatcore.tracks import keyframes_of, settle, state_at, track_shapes
from kit.annotated import box
from kit.moving import moving_tracks

LAST = 20


def key(frame: int, x: float, **fields: Any) -> Keyframe:
    return Keyframe(frame=frame, track=1, type="rectangle", points=(x, 0, x + 10, 10), **fields)


def car(*keyframes: Keyframe) -> Track:
    return Track(id=1, label="car", frame=keyframes[0].frame, keyframes=keyframes)


def places(track: Track | None) -> list[tuple[int, float, bool]]:
    assert track is not None
    return [(key.frame, key.points[0], key.outside) for key in track.keyframes]


def test_a_track_that_moves_on_is_cut_as_in_cvat() -> None:
    track = car(key(0, 0), key(10, 100), key(12, 120, outside=True))
    assert places(cut_track(track, start=0, stop=4)) == [(0, 0, False)]
    middle = cut_track(track, start=5, stop=9)
    assert places(middle) == [(5, 50, False)]
    assert middle is not None
    assert middle.frame == 5
    assert places(cut_track(track, start=8, stop=20)) == [(8, 80, False), (10, 100, False), (12, 120, True)]
    assert cut_track(track, start=12, stop=20) is None
    assert cut_track(track, start=30, stop=40) is None
    assert cut_track(track, start=4, stop=3) is None


def test_nothing_leads_that_is_outside() -> None:
    track = car(
        key(0, 0, attributes={"a": "1", "b": "1"}),
        key(3, 3, outside=True),
        key(6, 6, outside=True),
        key(8, 8),
    )
    assert places(cut_track(track, start=2, stop=9)) == [(2, 2, False), (3, 3, True), (6, 6, True), (8, 8, False)]
    late = cut_track(track, start=3, stop=9)
    assert places(late) == [(8, 8, False)]
    assert late is not None
    assert (late.frame, late.keyframes[0].attributes) == (8, {"a": "1", "b": "1"})
    assert cut_track(track, start=3, stop=7) is None


def test_an_end_that_is_needed_is_added_on_request() -> None:
    track = car(key(0, 0), key(10, 100))
    assert places(cut_track(track, start=0, stop=4, lossless=True)) == [(0, 0, False), (4, 40, False)]
    resting = car(key(0, 0), key(10, 0))
    assert places(cut_track(resting, start=0, stop=4, lossless=True)) == [(0, 0, False)]


def skeleton() -> Track:
    def knee(number: int, *keys: tuple[int, float, bool]) -> Track:
        return Track(
            id=number,
            label=str(number),
            frame=keys[0][0],
            keyframes=tuple(
                Keyframe(frame=frame, track=number, type="points", points=(x, x), outside=outside)
                for frame, x, outside in keys
            ),
        )

    own = (Keyframe(frame=0, track=1, type="skeleton"),)
    elements = knee(2, (0, 0, False), (10, 10, False)), knee(3, (0, 0, False), (4, 4, True))
    return Track(id=1, label="body", keyframes=own, elements=elements)


def test_elements_are_cut_in_the_same_way() -> None:
    part = cut_track(skeleton(), start=5, stop=9)
    assert part is not None
    assert (part.frame, [key.frame for key in part.keyframes]) == (5, [5])
    assert [[(key.frame, key.points) for key in element.keyframes] for element in part.elements] == [[(5, (5, 5))], []]
    assert [element.frame for element in part.elements] == [5, 5]
    lossless = cut_track(skeleton(), start=5, stop=9, lossless=True)
    assert lossless is not None
    assert [[(key.frame, key.outside) for key in element.keyframes] for element in lossless.elements] == [
        [(5, False), (9, False)],
        [(5, True)],
    ]
    assert cut_track(car(key(3, 0)), start=0, stop=2) is None


def shown(track: Track | None, start: int, stop: int) -> dict[int, Shape]:
    found = track_shapes(track, start=start, stop=stop) if track else []
    return {item.shape.frame: item.shape for item in found}


def same_place(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one == pytest.approx(other, abs=1e-5)


segments = st.lists(st.tuples(st.integers(0, LAST), st.integers(0, LAST)), min_size=1, max_size=5).map(
    lambda found: [(min(pair), max(pair)) for pair in found]
)
"""Segments in any order, that overlap in any way and leave frames out."""


@given(moving_tracks(last=LAST), segments)
def test_what_a_lossless_part_shows_is_what_the_whole_shows(track: Track, runs: list[tuple[int, int]]) -> None:
    for (start, stop), part in zip(runs, cut(Annotations(tracks=(track,)), runs, lossless=True), strict=True):
        whole = shown(track, start, stop)
        mine = shown(part.tracks[0] if part.tracks else None, start, stop)
        assert mine.keys() == whole.keys()
        for frame, shape in whole.items():
            assert same_place(mine[frame].points, shape.points)
            assert mine[frame].attributes == shape.attributes
            assert (mine[frame].occluded, mine[frame].z_order) == (shape.occluded, shape.z_order)
            states = [(joint.label, joint.outside, joint.attributes) for joint in shape.elements]
            assert [(joint.label, joint.outside, joint.attributes) for joint in mine[frame].elements] == states
            for joint, other in zip(mine[frame].elements, shape.elements, strict=True):
                assert joint.outside or same_place(joint.points, other.points)


@given(moving_tracks(last=LAST), segments)
def test_a_part_has_what_is_there_and_one_keyframe_to_enter(track: Track, runs: list[tuple[int, int]]) -> None:
    for (start, stop), part in zip(runs, cut(Annotations(tracks=(track,)), runs), strict=True):
        assert bool(part.tracks) == bool(shown(track, start, stop))
        for mine in part.tracks:
            assert mine == cut_track(track, start=start, stop=stop)
            assert mine.frame == min(key.frame for key in keyframes_of(mine))
            pairs = [(mine, track), *zip(mine.elements, track.elements, strict=True)]
            for line, whole in pairs:
                assert all(start <= key.frame <= stop for key in line.keyframes)
                if not line.keyframes:
                    continue
                first, settled = line.keyframes[0], settle(whole.keyframes)
                assert not first.outside
                assert first == state_at(settled, first.frame)
                assert first.frame == start or first in settled
                assert line.keyframes[1:] == tuple(key for key in whole.keyframes if first.frame < key.frame <= stop)


@given(st.lists(st.integers(0, 40), max_size=12), st.integers(1, 40), st.integers(0, 12), st.integers(0, 12))
def test_shapes_go_to_each_job_of_their_frame(frames: list[int], size: int, segment: int, overlap: int) -> None:
    shapes = tuple(box(number, frame) for number, frame in enumerate(frames, start=1))
    runs = cut_segments(size, segment_size=segment, overlap=overlap)
    parts = cut(Annotations(shapes=shapes), runs)
    for (start, stop), part in zip(runs, parts, strict=True):
        expected = sorted((s for s in shapes if start <= s.frame <= stop), key=lambda s: (s.frame, s.id))
        assert list(part.shapes) == expected


@given(st.integers(1, 300), st.integers(0, 40), st.integers(0, 40))
def test_segments_are_as_cvat_cuts_them(size: int, segment_size: int, overlap: int) -> None:
    runs = cut_segments(size, segment_size=segment_size, overlap=overlap)
    if not 0 < segment_size < size:
        assert runs == [(0, size - 1)]
        return
    shared = min(overlap, segment_size // 2)
    assert runs[0][0] == 0
    assert {frame for start, stop in runs for frame in range(start, stop + 1)} == set(range(size))
    for (start, stop), (following, _) in pairwise(runs):
        assert following == start + segment_size - shared
        assert stop == min(start + segment_size, size) - 1


def objects(part: Annotations) -> list[Shape | Track]:
    return [*part.shapes, *part.tracks]


def test_parts_with_ids_of_their_own() -> None:
    pose = Shape(frame=1, id=5, type="skeleton", label="body", elements=(Element(id=6, type="points", label="knee"),))
    whole = Annotations(shapes=(box(4, 1), pose), tracks=(skeleton(),))
    parts = cut(whole, [(0, 2), (1, 5)])
    assert [object_ids(item) for item in objects(parts[1])] == [(4,), (5, 6), (1, 2, 3)]
    own = with_own_ids(parts, ids_above(whole))
    ids = [number for part in own for item in objects(part) for number in object_ids(item)]
    assert len(ids) == len(set(ids)) == 12
    assert min(ids) == 7
    assert {key.track for key in own[1].tracks[0].keyframes} == {own[1].tracks[0].id}
    assert with_own_ids(parts, ids_above(whole)) == own
