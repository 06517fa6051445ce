from pathlib import Path

import pytest

from cvatcore import ChangeSet, Keyframe, Track
from cvatcore.errors import InvalidInput
from kit.annotated import annotated, assert_sound, box, git


def test_what_is_seen_on_a_frame(tmp_path: Path) -> None:
    with annotated(tmp_path) as workspace:
        job = workspace.job(1)
        ends = [
            Keyframe(frame=10, track=7, type="rectangle", points=(0.0, 0.0, 10.0, 10.0)),
            Keyframe(frame=20, track=7, type="rectangle", points=(10.0, 0.0, 20.0, 10.0)),
            Keyframe(frame=30, track=7, type="rectangle", points=(10.0, 0.0, 20.0, 10.0), outside=True),
        ]
        job.apply(ChangeSet(shapes=(box(1, 10), box(2, 15)), tracks=(Track(id=7, label="car", keyframes=tuple(ends)),)))
        assert [(shape.id, shape.points[0]) for shape in job.shapes_on(15)] == [(2, 1.0), (7, 5.0)]
        assert [shape.id for shape in job.shapes_on(10)] == [1, 7]
        assert job.shapes_on(40) == []
        job.apply(ChangeSet(delete=frozenset({7})))
        assert job.shapes_on(15) == [box(2, 15)]


def test_nothing_is_seen_on_a_deleted_frame_and_all_of_it_comes_back(tmp_path: Path) -> None:
    with annotated(tmp_path) as workspace:
        job = workspace.job(1)
        ends = [
            Keyframe(frame=10, track=7, type="rectangle", points=(0.0, 0.0, 10.0, 10.0)),
            Keyframe(frame=20, track=7, type="rectangle", points=(10.0, 0.0, 20.0, 10.0)),
        ]
        job.apply(ChangeSet(shapes=(box(1, 10),), tracks=(Track(id=7, label="car", keyframes=tuple(ends)),)))
        before = {frame: job.shapes_on(frame) for frame in range(8, 24)}
        head = git(tmp_path, "rev-parse", "HEAD^{tree}")
        done = job.task.delete_frames([10, 11, 15, 20, 11])
        assert done.frames == done.deleted == (10, 11, 15, 20)
        # The track begins on a deleted frame, and has its other keyframe on one: all else stays.
        for frame in range(8, 24):
            assert job.shapes_on(frame) == ([] if frame in {10, 11, 15, 20} else before[frame])
        assert job.annotations.tracks[0].keyframes == tuple(ends)
        assert job.task.delete_frames([15]).frames == ()
        assert job.task.restore_frames([15, 3]).frames == (15,)
        assert job.task.restore_frames(range(100)).deleted == ()
        assert git(tmp_path, "rev-parse", "HEAD^{tree}") == head
        assert_sound(tmp_path)


def test_frames_that_there_are_not(tmp_path: Path) -> None:
    with annotated(tmp_path) as workspace:
        task = workspace.tasks[1]
        with pytest.raises(InvalidInput, match="no frame 100"):
            task.delete_frames([3, 100])
        with pytest.raises(InvalidInput, match="no frame -1"):
            task.restore_frames([-1])
        assert task.document.data.deleted_frames == ()
