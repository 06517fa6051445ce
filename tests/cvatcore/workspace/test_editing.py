"""Operations done to jobs, as one step and one commit."""

from pathlib import Path

import pytest

from cvatcore import ChangeSet, JobView, Workspace
from cvatcore.edit import Counts, delete_objects, split_track
from cvatcore.errors import InvalidInput
from cvatcore.schema import Annotations, Keyframe, Track
from cvatcore.workspace.editing import edit_jobs, preview_edit
from kit.annotated import annotated, assert_sound, box, git, numbers, put


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A task with two jobs of 50 frames."""
    workspace = annotated(tmp_path / "w", segment_size=50)
    put(workspace.job(1), box(1), box(2, 7))
    put(workspace.job(2), box(3, 60))
    return workspace


def remove_all(job: JobView) -> ChangeSet:
    return delete_objects(job.annotations, numbers(job.annotations))


def test_several_jobs_are_one_commit_that_can_be_reverted(workspace: Workspace) -> None:
    before = git(workspace.root, "rev-parse", "HEAD")
    task = workspace.tasks[1]
    edited = edit_jobs(task, task.jobs, remove_all, subject="remove objects")
    assert edited.counts == {1: Counts(removed=2), 2: Counts(removed=1)}
    assert edited.total == Counts(removed=3)
    assert [numbers(job.annotations) for job in task.jobs] == [[], []]
    assert git(workspace.root, "log", "-1", "--format=%s").strip() == "street, 2 jobs: remove objects (3 removed)"
    assert git(workspace.root, "rev-parse", "HEAD~1") == before
    git(workspace.root, "revert", "--no-edit", edited.commit)
    assert [numbers(job.annotations) for job in task.jobs] == [[1, 2], [3]]
    assert_sound(workspace.root)


def test_no_save_before_or_after_goes_into_it(workspace: Workspace) -> None:
    job = workspace.job(1)
    edited = edit_jobs(job.task, [job], lambda view: delete_objects(view.annotations, [1]), subject="tidy")
    put(job, box(9, 40))
    log = git(workspace.root, "log", "-3", "--format=%s").splitlines()
    assert log[1:2] == ["street, job 1: tidy (1 removed)"]
    git(workspace.root, "revert", "--no-edit", edited.commit)
    assert numbers(job.annotations) == [1, 2, 9]


def test_what_was_edited_by_hand_is_a_commit_of_its_own(workspace: Workspace) -> None:
    path = workspace.root / "tasks/1/annotations/1/0.jsonl"
    by_hand = path.read_text(encoding="utf-8").replace('"car"', '"person"')
    path.write_text(by_hand, encoding="utf-8")
    job = workspace.job(1)
    edited = edit_jobs(job.task, [job], lambda view: delete_objects(view.annotations, [2]), subject="tidy")
    git(workspace.root, "revert", "--no-edit", edited.commit)
    assert path.read_text(encoding="utf-8") == by_hand


def test_a_preview_writes_nothing(workspace: Workspace) -> None:
    before = git(workspace.root, "rev-parse", "HEAD")
    preview = preview_edit(workspace.tasks[1].jobs, remove_all)
    assert preview.total == Counts(removed=3)
    assert preview.commit == ""
    assert git(workspace.root, "rev-parse", "HEAD") == before


def test_nothing_to_change_makes_no_commit(workspace: Workspace) -> None:
    before = git(workspace.root, "rev-parse", "HEAD")
    task = workspace.tasks[1]
    edited = edit_jobs(task, task.jobs, lambda job: ChangeSet(shapes=job.annotations.shapes), subject="nothing")
    assert (edited.commit, edited.counts) == ("", {})
    assert git(workspace.root, "rev-parse", "HEAD") == before


def test_all_jobs_or_none(workspace: Workspace) -> None:
    task = workspace.tasks[1]
    with pytest.raises(InvalidInput, match="no object 3"):
        edit_jobs(task, task.jobs, lambda job: delete_objects(job.annotations, [3]), subject="x")
    assert [numbers(job.annotations) for job in task.jobs] == [[1, 2], [3]]


def test_one_job_as_it_is_at_that_moment(workspace: Workspace) -> None:
    job = workspace.job(1)
    keyframes = tuple(Keyframe(frame=frame, track=5, type="points", points=(float(frame), 0.0)) for frame in (0, 20))
    job.apply(ChangeSet(tracks=(Track(id=5, label="car", keyframes=keyframes),)))

    def split(annotations: Annotations) -> ChangeSet:
        return split_track(annotations, 5, frame=10, ids=workspace.new_ids)

    saved = job.edit(split)
    assert saved.counts == Counts(added=1, changed=1)
    assert len(job.annotations.tracks) == 2
    assert job.annotations.tracks[1].id > 1000
