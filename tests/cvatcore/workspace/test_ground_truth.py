"""Jobs of ground truth."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from cvatcore import Shape, Workspace
from cvatcore.errors import InvalidInput, NotFound
from cvatcore.schema import Issue, frame_count, included_frames
from cvatcore.store import encode_json, plain_message
from cvatcore.store.layout import issue_path, job_path
from cvatcore.validate import validate
from kit.annotated import git
from kit.clouds import columns_of, pcd
from kit.pictures import write_picture


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    """A task `street` of ten pictures in two jobs."""
    (tmp_path / "pictures").mkdir()
    for number in range(10):
        write_picture(tmp_path / "pictures" / f"{number}.png", (40, 30))
    with Workspace.init(tmp_path / "ws") as made:
        made.create_task("street", labels=["car"], data=[tmp_path / "pictures"], segment_size=5)
        yield made


def box(frame: int) -> Shape:
    return Shape(frame, 0, "rectangle", "car", points=(1, 1, 5, 5))


def test_it_has_its_frames_and_objects_of_its_own(ws: Workspace) -> None:
    ws.add_member("ann")
    task = ws.tasks["street"]
    job = task.add_ground_truth([7, 2, 4], assignee="ann")
    document = job.document
    assert (document.type, document.start, document.stop, document.assignee) == ("ground_truth", 0, 9, "ann")
    assert included_frames(document) == (2, 4, 7)
    assert frame_count(document) == 3
    assert included_frames(task.jobs[0].document) is None
    job.add(box(2))
    assert task.annotations.shapes == ()
    assert validate(ws) == []
    job.add(box(3))
    assert [finding.rule for finding in validate(ws)] == ["frame-outside-job"]


def test_it_goes_with_its_objects_and_issues(ws: Workspace) -> None:
    task = ws.tasks["street"]
    job = task.add_ground_truth([2])
    job.add(box(2))
    issues = [Issue(number, owner, 2, "2026-01-01T00:00:00Z") for number, owner in ((1, job.id), (2, task.jobs[0].id))]
    files: dict[str, bytes | None] = {issue_path(task.id, issue.id): encode_json(issue) for issue in issues}
    ws.store.commit(files, message=plain_message("Issues"), author=ws.author)
    job.delete()
    with pytest.raises(NotFound):
        ws.job(job.id)
    names = git(ws.root, "ls-files", "tasks/1").split()
    assert [name for name in names if f"/{job.id}" in name or name.endswith("issues/1.json")] == []
    assert "tasks/1/issues/2.json" in names
    git(ws.root, "revert", "--no-edit", "HEAD")
    assert len(ws.job(job.id).annotations.shapes) == 1


def test_what_is_refused(ws: Workspace, tmp_path: Path) -> None:
    task = ws.tasks["street"]
    with pytest.raises(InvalidInput, match="Only ground truth"):
        task.jobs[0].delete()
    task.add_ground_truth([1])
    with pytest.raises(InvalidInput, match="only 1 ground truth"):
        task.add_ground_truth([2])
    with pytest.raises(InvalidInput, match="no data attached"):
        ws.create_task("empty", labels=["car"], data=None).add_ground_truth([0])
    cloud = tmp_path / "a.pcd"
    cloud.write_bytes(pcd(columns_of(3)))
    with pytest.raises(InvalidInput, match="2d"):
        ws.create_task("cloud", labels=["car"], data=[cloud]).add_ground_truth([0])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"type": "annotation"}, "only ground truth"),
        ({"frames": (4, 2)}, "order"),
        ({"frames": (4, 12)}, "beyond"),
    ],
)
def test_documents_that_a_hand_has_spoilt(ws: Workspace, change: dict[str, object], words: str) -> None:
    job = ws.tasks["street"].add_ground_truth([2, 4])
    spoilt = msgspec.structs.replace(job.document, **change)
    (ws.root / job.path).write_bytes(encode_json(spoilt))
    assert [words in finding.message for finding in validate(ws)] == [True]


def test_two_that_a_merge_brought_together_are_told(ws: Workspace) -> None:
    task = ws.tasks["street"]
    job = task.add_ground_truth([2])
    other = msgspec.structs.replace(job.document, id=job.id + 1)
    files: dict[str, bytes | None] = {job_path(task.id, other.id): encode_json(other)}
    ws.store.commit(files, message=plain_message("Another"), author=ws.author)
    (finding,) = validate(ws)
    assert (finding.path, "only one" in finding.message) == (job_path(task.id, other.id), True)
    assert task.annotations.shapes == ()


def test_frames_that_come_later_are_not_in_it(ws: Workspace, tmp_path: Path) -> None:
    task = ws.tasks["street"]
    job = task.add_ground_truth([2])
    write_picture(tmp_path / "late.png", (40, 30))
    task.add_frames([tmp_path / "late.png"])
    assert task.size == 11
    assert included_frames(job.document) == (2,)
    assert sum(view.document.type == "annotation" for view in task.jobs) == 3
