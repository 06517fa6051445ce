"""Merging against its definition, written down plainly, and against what CVAT's documentation of it says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from cvatcore.edit.numbering import ids_above
from cvatcore.jobs import cut, merge, with_own_ids
from cvatcore.schema import Annotations, Job, Keyframe, Shape, Track, cut_segments
from cvatcore.tracks import row_states, settle, track_rows, track_shapes
from kit.annotated import box
from kit.curves import curves_of, has_points_twice
from kit.moving import moving_tracks


def jobs_of(*runs: tuple[int, int]) -> list[Job]:
    return [Job(id=number, start=start, stop=stop) for number, (start, stop) in enumerate(runs, start=1)]


def key(frame: int, x: float, **fields: Any) -> Keyframe:
    return Keyframe(frame=frame, track=fields.pop("track", 1), type="rectangle", points=(x, 0, x + 10, 10), **fields)


def car(number: int, *keyframes: Keyframe, label: str = "car", **fields: Any) -> Track:
    mine = tuple(msgspec.structs.replace(keyframe, track=number) for keyframe in keyframes)
    return Track(id=number, label=label, frame=mine[0].frame, keyframes=mine, **fields)


def states(track: Track) -> list[tuple[int, float, bool]]:
    return [(keyframe.frame, keyframe.points[0], keyframe.outside) for keyframe in track.keyframes]


def shape(number: int, kind: Any, *points: float, frame: int = 3, label: str = "car") -> Shape:
    return Shape(frame=frame, id=number, type=kind, label=label, points=points)


def merged_shapes(earlier: Sequence[Shape], later: Sequence[Shape], overlap: int = 2) -> list[int]:
    first, second = jobs_of((0, 4), (3, 7))
    pairs = [(first, Annotations(shapes=tuple(earlier))), (second, Annotations(shapes=tuple(later)))]
    return [shape.id for shape in merge(pairs, overlap=overlap).annotations.shapes]


SQUARE = (0.0, 0.0, 10.0, 10.0)


def test_like_boxes_are_united_and_the_earlier_stays() -> None:
    mine, same = shape(1, "rectangle", *SQUARE), shape(2, "rectangle", 0, 0, 10, 11)
    assert merged_shapes([mine], [same]) == [1]
    assert merged_shapes([mine], [same], overlap=0) == [1, 2]
    assert merged_shapes([mine], [shape(2, "rectangle", 0, 0, 10, 14)]) == [1, 2]
    assert merged_shapes([mine], [msgspec.structs.replace(same, label="person")]) == [1, 2]
    # On the third frame of the later job nothing is matched.
    assert merged_shapes([shape(1, "rectangle", *SQUARE, frame=5)], [shape(2, "rectangle", *SQUARE, frame=5)]) == [1, 2]
    # As in CVAT, which compares them as if they were upright.
    turned = msgspec.structs.replace(same, rotation=45)
    assert merged_shapes([mine], [turned]) == [1]
    assert merged_shapes([shape(1, "rectangle", 10, 10, 0, 0)], [same]) == [1]
    assert merged_shapes([shape(1, "rectangle", 0, 0, 0, 10)], [shape(2, "rectangle", 0, 0, 0, 10)]) == [1, 2]


def test_polygons_by_their_areas() -> None:
    ring, near = (0, 0, 10, 0, 10, 10, 0, 10), (0, 0, 10, 0, 10, 10, 0, 9)
    assert merged_shapes([shape(1, "polygon", *ring)], [shape(2, "polygon", *near)]) == [1]
    crossed = (0, 0, 10, 10, 10, 0, 0, 10)
    assert merged_shapes([shape(1, "polygon", *crossed)], [shape(2, "polygon", *crossed)]) == [1, 2]
    flat = (0, 0, 10, 0, 5, 0)
    assert merged_shapes([shape(1, "polygon", *flat)], [shape(2, "polygon", *flat)]) == [1, 2]


def test_tags_by_their_labels() -> None:
    tags = [shape(1, "tag"), shape(2, "tag", label="person")]
    assert merged_shapes(tags, [shape(3, "tag"), shape(4, "tag"), shape(5, "tag", label="dog")]) == [1, 2, 4, 5]


@pytest.mark.parametrize(
    ("kind", "points"),
    [
        ("mask", (0, 4, 0, 0, 1, 1)),
        ("ellipse", (5, 5, 10, 0)),
        ("polyline", (0, 0, 10, 10)),
        ("points", (5, 5)),
        ("cuboid", tuple(range(16))),
        ("skeleton", ()),
    ],
)
def test_doubles_of_other_kinds_stay(kind: str, points: tuple[float, ...]) -> None:
    assert merged_shapes([shape(1, kind, *points)], [shape(2, kind, *points)]) == [1, 2]
    # Unless they are one object by their id.
    assert merged_shapes([shape(1, kind, *points)], [shape(1, kind, *points)]) == [1]


def test_blocks_seen_from_above_and_from_the_side() -> None:
    block = (0, 0, 0, 0, 0, 0, 4, 4, 4, *([0] * 7))
    higher = (0, 0, 3, 0, 0, 0, 4, 4, 4, *([0] * 7))
    first, second = jobs_of((0, 4), (3, 7))
    for points, expected in ((block, [1]), (higher, [1, 2])):
        pairs = [
            (first, Annotations(shapes=(shape(1, "cuboid", *block),))),
            (second, Annotations(shapes=(shape(2, "cuboid", *points),))),
        ]
        merged = merge(pairs, overlap=2, dimension="3d").annotations
        assert [shape.id for shape in merged.shapes] == expected


def test_a_track_over_two_jobs_is_two_without_overlap() -> None:
    track = car(1, key(0, 0), key(20, 200))
    first, second = jobs_of((0, 9), (10, 29))
    parts = with_own_ids(cut(Annotations(tracks=(track,)), [(0, 9), (10, 29)]), ids_above(Annotations(tracks=(track,))))
    tracks = merge(zip((first, second), parts, strict=True)).annotations.tracks
    assert [states(track) for track in tracks] == [[(0, 0, False), (10, 0, True)], [(10, 100, False), (20, 200, False)]]


def test_tracks_that_are_alike_are_one() -> None:
    first, second = jobs_of((0, 9), (8, 20))
    earlier = Annotations(tracks=(car(1, key(0, 0), key(8, 80), key(9, 90)), car(2, key(2, 500))))
    later = Annotations(tracks=(car(3, key(8, 82), key(10, 100, outside=True)), car(4, key(11, 0))))
    merged = merge([(second, later), (first, earlier)], overlap=2)
    assert [(track.id, states(track)) for track in merged.annotations.tracks] == [
        (1, [(0, 0, False), (8, 80, False), (9, 90, False), (10, 100, True)]),
        (2, [(2, 500, False), (10, 500, True)]),
        (4, [(11, 0, False)]),
    ]
    assert merged.parts == {1: ((1, 1), (2, 3))}
    assert merged.united == 1


def test_what_is_outside_must_agree() -> None:
    first, second = jobs_of((0, 9), (8, 20))
    gone = Annotations(tracks=(car(1, key(0, 0), key(8, 0, outside=True)),))
    there = Annotations(tracks=(car(2, key(8, 0)),))
    assert len(merge([(first, gone), (second, there)], overlap=2).annotations.tracks) == 2
    leaving = Annotations(tracks=(car(2, key(8, 0, outside=True), key(12, 0)),))
    (track,) = merge([(first, gone), (second, leaving)], overlap=2).annotations.tracks
    assert states(track) == [(0, 0, False), (8, 0, True), (12, 0, False)]


def test_attributes_stay_with_who_set_them() -> None:
    first, second = jobs_of((0, 9), (8, 20))
    earlier = Annotations(tracks=(car(1, key(0, 0, attributes={"a": "1"}), key(8, 0)),))
    later = Annotations(tracks=(car(2, key(8, 0, attributes={"a": "2"}), key(12, 0)),))
    (track,) = merge([(first, earlier), (second, later)], overlap=2).annotations.tracks
    assert [keyframe.attributes["a"] for keyframe in settle(track.keyframes)] == ["1", "1", "2"]


def test_elements_end_with_their_skeleton() -> None:
    def body(number: int, start: int) -> Track:
        knee = Keyframe(frame=start, track=number + 1, type="points", points=(1, 1))
        return Track(
            id=number,
            label="body",
            frame=start,
            keyframes=(Keyframe(frame=start, track=number, type="skeleton"),),
            elements=(Track(id=number + 1, label="knee", frame=start, keyframes=(knee,)),),
        )

    first, second = jobs_of((0, 9), (10, 20))
    earlier, later = Annotations(tracks=(body(1, 0),)), Annotations(tracks=(body(3, 10),))
    one, other = merge([(first, earlier), (second, later)]).annotations.tracks
    assert [(keyframe.frame, keyframe.outside) for keyframe in one.keyframes] == [(0, False), (10, True)]
    assert [(keyframe.frame, keyframe.outside) for keyframe in one.elements[0].keyframes] == [(0, False), (10, True)]
    assert other == body(3, 10)
    (whole,) = merge([(first, earlier), (second, Annotations(tracks=(body(1, 10),)))]).annotations.tracks
    assert [keyframe.frame for keyframe in whole.elements[0].keyframes] == [0, 10]
    bare = Annotations(tracks=(msgspec.structs.replace(body(1, 0), keyframes=()),))
    (ended, _) = merge([(first, bare), (second, later)]).annotations.tracks
    assert [(keyframe.frame, keyframe.outside) for keyframe in ended.elements[0].keyframes] == [(0, False), (10, True)]


def test_what_was_united_goes_on_in_a_third_job() -> None:
    """The second job's part has an id of its own, which the third job's part shares."""
    runs = jobs_of((0, 9), (8, 17), (18, 25))
    parts = [
        Annotations(tracks=(car(1, key(0, 0)),)),
        Annotations(tracks=(car(2, key(8, 0)),)),
        Annotations(tracks=(car(2, key(18, 0), key(20, 5)),)),
    ]
    merged = merge(zip(runs, parts, strict=True), overlap=2)
    (track,) = merged.annotations.tracks
    assert (track.id, [keyframe.frame for keyframe in track.keyframes]) == (1, [0, 8, 18, 20])
    assert merged.parts == {1: ((1, 1), (2, 2), (3, 2))}


def test_ground_truth_does_not_count() -> None:
    first, second = jobs_of((0, 9), (0, 9))
    truth = msgspec.structs.replace(second, type="ground_truth")
    pairs = [(first, Annotations(shapes=(box(1),))), (truth, Annotations(shapes=(box(2),)))]
    assert [shape.id for shape in merge(pairs).annotations.shapes] == [1]
    assert merge([]).annotations == Annotations()


@st.composite
def clouds(draw: st.DrawFn, first: int, start: int, stop: int) -> tuple[Shape, ...]:
    """Boxes, polygons and tags close together, so that many are alike."""
    shapes = []
    for number in range(first, first + draw(st.integers(0, 8))):
        kind = draw(st.sampled_from(["rectangle", "rectangle", "polygon", "tag"]))
        x, y = draw(st.integers(0, 8)), draw(st.integers(0, 3))
        wide, high = draw(st.integers(8, 12)), draw(st.integers(9, 11))
        points: tuple[float, ...] = (x, y, x + wide, y + high)
        if kind == "polygon":
            points = (x, y, x + wide, y, x + wide, y + high, x, y + high)
        label = draw(st.sampled_from(["car", "person"]))
        frame = draw(st.integers(start, min(stop, start + 3)))
        shapes.append(shape(number, kind, *(() if kind == "tag" else points), frame=frame, label=label))
    return tuple(sorted(shapes, key=lambda shape: (shape.frame, shape.id)))


def plainly_alike(one: Shape, other: Shape) -> float:
    if (one.type, one.label) != (other.type, other.label):
        return 0
    if one.type == "rectangle":
        a, b = shapely.box(*one.points), shapely.box(*other.points)
    elif one.type == "polygon":
        a, b = (shapely.Polygon(np.reshape(shape.points, (-1, 2))) for shape in (one, other))
    else:
        return float(one.type == "tag")
    common = a.intersection(b).area
    return float(common / (a.area + b.area - common))


def plainly_united(cost: Any, most: float) -> list[tuple[int, int]]:
    rows, columns = linear_sum_assignment(cost)
    return [(r, c) for r, c in zip(rows.tolist(), columns.tolist(), strict=True) if cost[r, c] <= most + 1e-12]


@given(clouds(1, 0, 9), clouds(100, 8, 17), clouds(200, 16, 25), st.integers(0, 2))
def test_shapes_are_merged_as_defined(
    one: tuple[Shape, ...], two: tuple[Shape, ...], three: tuple[Shape, ...], overlap: int
) -> None:
    jobs = jobs_of((0, 9), (8, 17), (16, 25))
    moved = tuple(msgspec.structs.replace(item, frame=item.frame + 6) for item in one)
    first = tuple(sorted((*one, *moved), key=lambda item: item.frame))
    given_shapes = (
        tuple(msgspec.structs.replace(item, id=number) for number, item in enumerate(first, start=1)),
        (*two, *(msgspec.structs.replace(item, frame=item.frame + 6, id=item.id + 50) for item in two)),
        three,
    )
    merged = merge(
        [(job, Annotations(shapes=shapes)) for job, shapes in zip(jobs, given_shapes, strict=True)], overlap=overlap
    )
    kept = list(given_shapes[0])
    total = 0.0
    for job, shapes in zip(jobs[1:], given_shapes[1:], strict=True):
        added = []
        for frame in sorted({item.frame for item in shapes}):
            here = [item for item in shapes if item.frame == frame]
            there = [item for item in kept if item.frame == frame]
            inside = job.start <= frame < job.start + overlap
            cost = np.array([[1 - plainly_alike(a, b) for b in there] for a in here]).reshape(len(here), len(there))
            pairs = plainly_united(cost, 0.25) if inside and len(there) else []
            total += sum(float(1 - cost[pair]) for pair in pairs)
            double = {row for row, _ in pairs}
            added += [item for index, item in enumerate(here) if index not in double]
        kept += added
    found = merged.annotations.shapes
    # Which of two that are equally alike is taken is left open; how many are, and how much, is not.
    assert sorted((item.frame, item.type, item.label) for item in found) == sorted(
        (item.frame, item.type, item.label) for item in kept
    )
    by_id = {item.id: item for shapes in given_shapes for item in shapes}
    united = sum(
        plainly_alike(by_id[parts[0][1]], by_id[number]) for parts in merged.parts.values() for _, number in parts[1:]
    )
    assert united == pytest.approx(total)


def plain_states(track: Track, start: int, stop: int) -> dict[int, Keyframe]:
    rows = track_rows(settle(track.keyframes), start=start, stop=stop, outside="keyframes")
    return {state.frame: state for state in row_states(rows)}


def plain_similarity(one: Track, other: Track, start: int, stop: int) -> float:
    left, right = plain_states(one, start, stop), plain_states(other, start, stop)
    total, count = 0.0, 0
    for frame in range(start, stop + 1):
        a, b = left.get(frame), right.get(frame)
        count += a is not None or b is not None
        if a is not None and b is not None and a.outside == b.outside and one.label == other.label:
            shapes = [Shape(frame=frame, id=1, type=k.type, label="car", points=k.points) for k in (a, b)]
            total += plainly_alike(shapes[0], shapes[1])
    return total / count if count else 0


@st.composite
def drifting(draw: st.DrawFn, first: int, start: int, stop: int) -> tuple[Track, ...]:
    tracks = []
    for number in range(first, first + draw(st.integers(0, 4))):
        frames = sorted(draw(st.sets(st.integers(start, stop), min_size=1, max_size=4)))
        keys = [key(frame, draw(st.integers(0, 6)), outside=draw(st.integers(0, 4)) == 0) for frame in frames]
        tracks.append(car(number, *keys, label=draw(st.sampled_from(["car", "car", "person"]))))
    return tuple(tracks)


@given(drifting(1, 0, 11), drifting(20, 8, 15), st.integers(0, 4))
def test_tracks_are_merged_as_defined(one: tuple[Track, ...], two: tuple[Track, ...], overlap: int) -> None:
    jobs = jobs_of((0, 11), (8, 15))
    pairs = [(jobs[0], Annotations(tracks=one)), (jobs[1], Annotations(tracks=two))]
    merged = merge(pairs, overlap=overlap)
    end = 8 + overlap
    waiting = [track for track in one if track.keyframes[-1].frame >= 8 or not track.keyframes[-1].outside]
    entering = [track for track in two if track.frame < end]
    cost = np.array([[1 - plain_similarity(a, b, 8, end - 1) for b in waiting] for a in entering])
    matched = plainly_united(cost, 0.5) if waiting and entering else []
    total = sum(float(1 - cost[pair]) for pair in matched)
    by_id = {track.id: track for track in (*one, *two)}
    found = [(by_id[parts[0][1]], by_id[parts[1][1]]) for parts in merged.parts.values()]
    assert len(found) == len(matched)
    assert sum(plain_similarity(a, b, 8, end - 1) for a, b in found) == pytest.approx(total)
    partners = {a.id: b for a, b in found}
    gone = {b.id for _, b in found}
    assert [track.id for track in merged.annotations.tracks] == [t.id for t in (*one, *two) if t.id not in gone]
    for track in merged.annotations.tracks:
        expected = {k.frame: (k.frame, k.points[0], k.outside) for k in by_id[track.id].keyframes}
        if track.id in partners:
            later = {k.frame: (k.frame, k.points[0], k.outside) for k in partners[track.id].keyframes}
            expected = later | expected
        elif track.id < 20 and track.frame <= 11 and not by_id[track.id].keyframes[-1].outside:
            last = max(expected)
            if last < end:
                expected[end] = (end, expected[last][1], True)
        assert states(track) == sorted(expected.values())


@given(
    st.lists(st.integers(0, 40), max_size=12),
    st.integers(0, 12),
    st.integers(0, 12),
    st.booleans(),
)
def test_every_tag_and_shape_is_kept(frames: list[int], segment: int, overlap: int, own: bool) -> None:
    kinds = ("rectangle", "tag", "mask", "points")
    shapes = tuple(
        shape(number, kinds[number % 4], *(() if number % 4 == 1 else SQUARE), frame=frame)
        for number, frame in enumerate(sorted(frames), start=1)
    )
    whole = Annotations(shapes=shapes)
    overlap = 0 if own else overlap
    runs = cut_segments(41, segment_size=segment, overlap=overlap)
    parts = cut(whole, runs)
    if own:
        parts = with_own_ids(parts, ids_above(whole))
    merged = merge(zip(jobs_of(*runs), parts, strict=True), overlap=min(overlap, segment // 2)).annotations
    assert [msgspec.structs.replace(item, id=0) for item in merged.shapes] == [
        msgspec.structs.replace(item, id=0) for item in shapes
    ]


@given(moving_tracks(last=20), st.integers(1, 21), st.integers(0, 8))
def test_a_track_cut_under_one_id_shows_the_same_everywhere(track: Track, segment: int, overlap: int) -> None:
    assume(not has_points_twice(track))
    # A way between two curves that is cut by a keyframe of the other job is another way.
    overlap = 0 if curves_of(track) else min(overlap, segment // 2)
    runs = cut_segments(21, segment_size=segment, overlap=overlap)
    parts = cut(Annotations(tracks=(track,)), runs, lossless=True)
    merged = merge(zip(jobs_of(*runs), parts, strict=True), overlap=overlap).annotations.tracks
    whole = {item.shape.frame: item.shape for item in track_shapes(track, stop=20)}
    assert len(merged) == (1 if whole else 0)
    mine = {item.shape.frame: item.shape for one in merged for item in track_shapes(one, stop=20)}
    assert mine.keys() == whole.keys()
    for frame, item in whole.items():
        assert mine[frame].points == pytest.approx(item.points, abs=1e-5)
        assert mine[frame].attributes == item.attributes
