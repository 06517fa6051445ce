from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cvatcore.edit import apply_change, invert_change
from cvatcore.edit.numbering import ids_above
from cvatcore.jobs import Stitch, cut, merge, stitch, with_own_ids
from cvatcore.schema import Annotations, Element, Job, Keyframe, Shape, Track, cut_segments, object_ids
from cvatcore.tracks import track_shapes
from kit.curves import curves_of
from kit.moving import moving_tracks

Jobs = list[tuple[Job, Annotations]]


def jobs_of(runs: Sequence[tuple[int, int]], *objects: Annotations) -> Jobs:
    return [
        (Job(id=number, start=start, stop=stop), mine)
        for number, ((start, stop), mine) in enumerate(zip(runs, objects, strict=True), start=1)
    ]


def stitched(jobs: Jobs, plan: Stitch) -> Jobs:
    return [
        (job, apply_change(objects, plan.changes[job.id]) if job.id in plan.changes else objects)
        for job, objects in jobs
    ]


def told(plan: Stitch) -> list[tuple[str, int, int, str]]:
    return [(pair.type, pair.earlier, pair.later, pair.how) for pair in plan.pairs]


def key(frame: int, x: float, **fields: Any) -> Keyframe:
    return Keyframe(frame=frame, track=1, type="rectangle", points=(x, 0, x + 10, 10), **fields)


def car(number: int, *keyframes: Keyframe, **fields: Any) -> Track:
    mine = tuple(msgspec.structs.replace(keyframe, track=number) for keyframe in keyframes)
    return Track(id=number, label="car", frame=mine[0].frame, keyframes=mine, **fields)


def only(*tracks: Track) -> Annotations:
    return Annotations(tracks=tracks)


APART = ((0, 9), (10, 19))


def test_a_track_that_was_cut_is_one_again() -> None:
    """Without a common frame, and although it was cut where it was far from its last keyframe."""
    whole = car(1, key(0, 0), key(15, 300), key(25, 500, outside=True))
    runs = [(0, 9), (10, 19), (20, 29)]
    jobs = jobs_of(runs, *with_own_ids(cut(only(whole), runs), ids_above(only(whole))))
    assert len(merge(jobs).annotations.tracks) == 3
    plan = stitch(jobs)
    assert [pair.how for pair in plan.pairs] == ["straight", "straight"]
    assert [pair.similarity for pair in plan.pairs] == [1, 1]
    assert [(border.earlier, border.later, border.start, border.stop) for border in plan.borders] == [
        (1, 2, 10, 9),
        (2, 3, 20, 19),
    ]
    (track,) = merge(stitched(jobs, plan)).annotations.tracks
    seen = [item.shape.points for item in track_shapes(track, stop=29)]
    assert seen == [pytest.approx(item.shape.points) for item in track_shapes(whole, stop=29)]
    assert stitch(stitched(jobs, plan)).pairs == ()


def test_one_that_has_a_keyframe_where_the_next_job_begins() -> None:
    earlier, later = only(car(1, key(0, 0))), only(car(2, key(10, 60)))
    (pair,) = stitch(jobs_of(APART, earlier, later)).pairs
    assert (pair.how, pair.earlier, pair.later) == ("near", 1, 2)
    assert 0.5 < pair.similarity < 1
    # Too far for the time it had; or another one is there that could be meant.
    assert stitch(jobs_of(APART, earlier, only(car(2, key(10, 600))))).pairs == ()
    assert stitch(jobs_of(APART, earlier, only(car(2, key(10, 60)), car(3, key(10, 90))))).pairs == ()
    both = only(car(1, key(0, 0)), car(4, key(0, 500)))
    plan = stitch(jobs_of(APART, both, only(car(2, key(10, 560)), car(3, key(10, 60)))))
    assert sorted(told(plan)) == [("rectangle", 1, 3, "near"), ("rectangle", 4, 2, "near")]
    assert stitch(jobs_of(APART, earlier, only(car(2, key(10, 60)))), least=0.9).pairs == ()


def test_what_is_gone_or_comes_later_stays_apart() -> None:
    here = only(car(2, key(10, 0)))
    assert stitch(jobs_of(APART, only(car(1, key(0, 0), key(9, 0, outside=True))), here)).pairs == ()
    assert stitch(jobs_of(APART, only(car(1, key(0, 0))), only(car(2, key(11, 0))))).pairs == ()
    assert stitch(jobs_of(APART, only(car(1, key(0, 0))), only(car(2, key(10, 0, outside=True))))).pairs == ()
    person = only(msgspec.structs.replace(car(1, key(0, 0)), label="person"))
    assert stitch(jobs_of(APART, person, here)).pairs == ()
    # Both are gone on the frames that both jobs have: that says nothing.
    gone = only(car(1, key(0, 0), key(8, 0, outside=True)))
    coming = only(car(2, key(8, 500, outside=True), key(12, 500)))
    assert stitch(jobs_of(((0, 9), (8, 19)), gone, coming)).pairs == ()
    # Jobs with a gap between them are no neighbours.
    assert stitch(jobs_of(((0, 8), (10, 19)), only(car(1, key(0, 0))), here)).borders == ()


def test_tracks_that_two_people_drew() -> None:
    runs = ((0, 9), (8, 19))
    earlier = only(car(1, key(0, 0)), car(2, key(0, 100)))
    later = only(car(3, key(8, 102)), car(4, key(8, 3)), car(5, key(8, 300)))
    plan = stitch(jobs_of(runs, earlier, later))
    assert sorted(told(plan)) == [("rectangle", 1, 4, "alike"), ("rectangle", 2, 3, "alike")]
    merged = merge(stitched(jobs_of(runs, earlier, later), plan), overlap=2)
    assert [track.id for track in merged.annotations.tracks] == [1, 2, 5]


BLOCK = (0.0, 0, 0, 0, 0, 0, 4, 4, 4, 0, 0, 0, 0, 0, 0, 0)
DOUBLES: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "rectangle": ((0, 0, 10, 10), (0, 0, 10, 9)),
    "polygon": ((0, 0, 10, 0, 10, 10), (0, 0, 10, 1, 10, 10)),
    "polyline": ((0, 0, 50, 0), (0, 1, 51, 0)),
    "points": ((5, 5, 20, 20), (6, 5, 20, 21)),
    "ellipse": ((20, 20, 30, 10), (20, 20, 31, 10)),
    "mask": ((0, 100, 0, 0, 9, 9), (0, 90, 0, 0, 8, 9)),
    "cuboid": (tuple(map(float, range(0, 160, 10))), tuple(map(float, range(1, 161, 10)))),
}
SKEWED = (0, 0, 20, 0, 20, 20, 0, 20, 5, 5, 25, 5, 25, 25, 5, 25)
DOUBLES["cuboid"] = SKEWED, tuple(value + 1 for value in SKEWED)


@pytest.mark.parametrize("kind", DOUBLES)
@pytest.mark.parametrize("rotation", [0, 30])
def test_doubles_of_every_kind(kind: Any, rotation: float) -> None:
    one, other = (
        Shape(frame=8, id=number, type=kind, label="car", points=points, rotation=rotation)
        for number, points in enumerate(DOUBLES[kind], start=1)
    )
    far = Shape(frame=8, id=3, type="tag", label="car")
    jobs = jobs_of(((0, 9), (8, 19)), Annotations(shapes=(one,)), Annotations(shapes=(other, far)))
    plan = stitch(jobs)
    assert told(plan) == [(kind, 1, 2, "alike")]
    assert 0.5 <= plan.pairs[0].similarity < 1
    after = stitched(jobs, plan)
    assert [shape.id for shape in after[1][1].shapes] == [1, 3]
    assert [shape.points for shape in after[1][1].shapes] == [other.points, ()]
    assert [shape.id for shape in merge(after, overlap=2).annotations.shapes] == [1, 3]


def test_blocks_and_tags() -> None:
    tag = Shape(frame=8, id=1, type="tag", label="car")
    block = Shape(frame=8, id=2, type="cuboid", label="car", points=BLOCK)
    mine = Annotations(shapes=(tag, block))
    theirs = Annotations(
        shapes=tuple(msgspec.structs.replace(shape, id=number) for number, shape in enumerate(mine.shapes, start=5))
    )
    plan = stitch(jobs_of(((0, 9), (8, 19)), mine, theirs), dimension="3d")
    assert [(pair.kind, pair.earlier, pair.later) for pair in plan.pairs] == [("tag", 1, 5), ("shape", 2, 6)]


def pose(number: int, *places: tuple[str, float]) -> Shape:
    elements = tuple(
        Element(id=number + index, type="points", label=label, points=(x, 0))
        for index, (label, x) in enumerate(places, start=1)
    )
    return Shape(frame=8, id=number, type="skeleton", label="body", elements=elements)


def test_joints_get_the_ids_of_their_like() -> None:
    runs = ((0, 9), (8, 19))
    mine, theirs = pose(1, ("head", 0), ("tail", 30)), pose(11, ("tail", 31), ("head", 1))
    jobs = jobs_of(runs, Annotations(shapes=(mine,)), Annotations(shapes=(theirs,)))
    plan = stitch(jobs)
    assert told(plan) == [("skeleton", 1, 11, "alike")]
    (after,) = stitched(jobs, plan)[1][1].shapes
    assert [(element.id, element.label, element.points[0]) for element in after.elements] == [
        (3, "tail", 31),
        (2, "head", 1),
    ]
    apart = pose(11, ("head", 500), ("tail", 530))
    assert stitch(jobs_of(runs, Annotations(shapes=(mine,)), Annotations(shapes=(apart,)))).pairs == ()


def test_an_id_that_is_taken_is_not_given() -> None:
    one = Shape(frame=8, id=1, type="points", label="car", points=(5, 5))
    double = Shape(frame=8, id=2, type="points", label="car", points=(5, 5))
    other = Shape(frame=15, id=1, type="points", label="car", points=(90, 90))
    jobs = jobs_of(((0, 9), (8, 19)), Annotations(shapes=(one,)), Annotations(shapes=(double, other)))
    plan = stitch(jobs)
    assert (plan.pairs, plan.changes) == ((), {})


def test_one_object_over_three_jobs_has_one_id() -> None:
    runs = ((0, 9), (8, 17), (16, 25))
    jobs = jobs_of(
        runs, *(only(car(number, key(start, 0))) for number, (start, _) in zip((7, 8, 9), runs, strict=True))
    )
    plan = stitch(jobs)
    assert [[track.id for track in objects.tracks] for _, objects in stitched(jobs, plan)] == [[7], [7], [7]]
    assert told(plan) == [("rectangle", 7, 8, "straight"), ("rectangle", 8, 9, "straight")]


def test_ground_truth_and_damage_are_left_alone() -> None:
    one = Shape(frame=8, id=1, type="mask", label="car", points=(0, 4, 0, 0, 1, 1))
    broken = msgspec.structs.replace(one, id=2, points=(0, 5, 0, 0, 1, 1))
    jobs = jobs_of(((0, 9), (8, 19)), Annotations(shapes=(one,)), Annotations(shapes=(broken,)))
    assert stitch(jobs).pairs == ()
    truth = [(jobs[0][0], jobs[0][1]), (msgspec.structs.replace(jobs[1][0], type="ground_truth"), jobs[0][1])]
    assert stitch(truth).borders == ()
    assert stitch([]).borders == ()


def test_polygons_whose_numbers_of_points_change() -> None:
    square, more = (0.0, 0, 40, 0, 40, 40, 0, 40), (60.0, 0, 80, 0, 100, 10, 100, 40, 60, 40)
    keyframes = (
        Keyframe(frame=0, track=1, type="polygon", points=square),
        Keyframe(frame=33, track=1, type="polygon", points=more),
    )
    whole = only(Track(id=1, label="car", keyframes=keyframes))
    runs = cut_segments(40, segment_size=10)
    jobs = jobs_of(runs, *with_own_ids(cut(whole, runs), ids_above(whole)))
    plan = stitch(jobs)
    assert plan.pairs[0].how == "straight"
    (track,) = merge(stitched(jobs, plan)).annotations.tracks
    assert [keyframe.frame for keyframe in track.keyframes] == [0, 10, 20, 30, 33]


@given(moving_tracks(last=20), st.integers(2, 20), st.integers(0, 8))
def test_whatever_was_cut_is_one_again(track: Track, segment: int, overlap: int) -> None:
    """As long as it is seen on both sides of each border, and does not just have a keyframe there.

    Curves are another matter: half of the way from one to the other is not the way to its half.
    """
    assume(not curves_of(track))
    always = _never_outside(track)
    runs = cut_segments(21, segment_size=segment, overlap=overlap)
    shared = min(overlap, segment // 2)
    lines = [line.keyframes for line in (always, *always.elements) if line.keyframes]
    # A skeleton whose joints all come later has nothing to go by.
    began = next(stop for start, stop in runs if start <= always.frame <= stop)
    assume(all(line[0].frame <= began for line in lines))
    jobs = jobs_of(runs, *with_own_ids(cut(only(always), runs), ids_above(only(always))))
    plan = stitch(jobs)
    after = stitched(jobs, plan)
    for (job, before), (_, now) in zip(jobs, after, strict=True):
        # Each job shows what it showed, and git is not the only way back.
        assert [_bare(item) for item in now.tracks] == [_bare(item) for item in before.tracks]
        if job.id in plan.changes:
            assert apply_change(now, invert_change(before, plan.changes[job.id])) == before
        ids = [number for item in now.tracks for number in object_ids(item)]
        assert len(ids) == len(set(ids))
    starts = {start for start, _ in runs[1:]}
    numbers = [keyframe.frame for line in lines for keyframe in line]
    if shared or starts.isdisjoint(numbers):
        assert len(merge(after, overlap=shared).annotations.tracks) == 1


def _never_outside(track: Track) -> Track:
    return msgspec.structs.replace(
        track,
        keyframes=tuple(msgspec.structs.replace(keyframe, outside=False) for keyframe in track.keyframes),
        elements=tuple(_never_outside(element) for element in track.elements),
    )


def _bare(track: Track) -> Any:
    return [
        (line.label, line.frame, [msgspec.structs.replace(key, track=0) for key in line.keyframes])
        for line in (track, *track.elements)
    ]
