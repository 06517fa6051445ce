"""One id in several jobs of a task is one object; in one job, or in two tasks, it is two."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cvatcore import Workspace
from cvatcore.edit import ChangeSet
from cvatcore.schema import Keyframe, Shape, Track
from cvatcore.validate import Finding, validate
from kit.annotated import LABELS, box, put
from kit.tasks import make_task, new_workspace, numbered_pictures


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    with new_workspace(tmp_path / "w") as workspace:
        for _ in range(2):
            make_task(workspace, numbered_pictures(20), labels=LABELS, segment_size=10, overlap=2)
        yield workspace


def duplicates(workspace: Workspace) -> list[Finding]:
    return [finding for finding in validate(workspace) if finding.rule == "duplicate-id"]


def track(number: int, frame: int) -> Track:
    key = Keyframe(frame=frame, track=number, type="rectangle", points=(0.0, 0.0, 9.0, 9.0))
    return Track(id=number, label="car", frame=frame, keyframes=(key,))


def test_what_is_stitched_is_sound(ws: Workspace) -> None:
    first, second, *_ = ws.tasks[1].jobs
    pose = Shape(frame=8, id=1, type="tag", label="car")
    put(first, pose, box(2, 9))
    put(second, Shape(frame=8, id=11, type="tag", label="car"), box(12, 9))
    first.apply(ChangeSet(tracks=(track(3, 0),)))
    second.apply(ChangeSet(tracks=(track(13, 8),)))
    ws.tasks[1].stitch()
    assert [shape.id for shape in second.annotations.shapes] == [1, 2]
    assert [track.id for track in second.annotations.tracks] == [3]
    assert duplicates(ws) == []


def test_other_frames_and_kinds_are_two_objects(ws: Workspace) -> None:
    first, second, *_ = ws.tasks[1].jobs
    put(first, box(1, 9), box(2, 8))
    put(second, box(1, 8))
    second.apply(ChangeSet(tracks=(track(2, 8),)))
    found = duplicates(ws)
    assert [(finding.object, finding.path) for finding in found] == [
        (1, "tasks/1/annotations/2/0.jsonl"),
        (2, "tasks/1/annotations/2/tracks.jsonl"),
    ]
    assert "tasks/1/annotations/1/0.jsonl:2" in found[0].message


def test_two_tasks_share_no_id(ws: Workspace) -> None:
    put(ws.tasks[1].jobs[0], box(1, 9))
    put(ws.tasks[2].jobs[0], box(1, 9))
    (found,) = duplicates(ws)
    assert found.path == f"tasks/2/annotations/{ws.tasks[2].jobs[0].id}/0.jsonl"


def test_twice_in_one_job_beside_another(ws: Workspace) -> None:
    first, second, *_ = ws.tasks[1].jobs
    put(first, box(1, 9))
    put(second, box(1, 9))
    shard = ws.root / "tasks/1/annotations/2/0.jsonl"
    shard.write_bytes(shard.read_bytes() * 2)
    (found,) = duplicates(ws)
    assert (found.path, found.line) == ("tasks/1/annotations/2/0.jsonl", 2)
