"""Who did what, when: of the workspace, a task, a job, one object."""

from pathlib import Path

import pytest

from cvatcore import ChangeSet, Workspace
from cvatcore.errors import NotFound
from cvatcore.schema import Keyframe, Track
from cvatcore.store import Author
from cvatcore.workspace.history.log import LogFilter, paths_of, read_log
from cvatcore.workspace.history.object_log import object_log
from kit.annotated import annotated, box, git, put

JON = Author(name="Jon Snow", email="jon@example.org")


def subjects(workspace: Workspace, *, task: str = "", job: int = 0, wanted: LogFilter | None = None) -> list[str]:
    return [
        entry.subject for entry in read_log(workspace, paths=paths_of(workspace, task=task, job=job), wanted=wanted)
    ]


def test_by_task_and_job(tmp_path: Path) -> None:
    with annotated(tmp_path, segment_size=50, amend_seconds=0) as workspace:
        put(workspace.job(1), box(1, 0))
        put(workspace.job(2), box(2, 60), box(3, 61))
        workspace.job(2).update(state="completed")
        assert subjects(workspace, job=1) == ["street, job 1: 1 added", "Create the task street"]
        assert subjects(workspace, job=2)[:2] == ["street, job 2: completed", "street, job 2: 2 added"]
        assert len(subjects(workspace, task="street")) == 4
        assert len(subjects(workspace)) == 5
        entry = list(read_log(workspace, paths=paths_of(workspace, job=2)))[1]
        assert (entry.counts.added, entry.counts.changed) == (2, 0)


def test_what_is_gone_has_a_history(tmp_path: Path) -> None:
    with annotated(tmp_path, amend_seconds=0) as workspace:
        put(workspace.job(1), box(1, 0))
        workspace.tasks["street"].delete()
        for found in (subjects(workspace, task="1"), subjects(workspace, job=1)):
            assert found == ["Delete the task street (task 1)", "street, job 1: 1 added", "Create the task street"]
        for task, job in (("2", 0), ("street", 0), ("", 5)):
            with pytest.raises(NotFound):
                paths_of(workspace, task=task, job=job)


def test_people_and_times(tmp_path: Path) -> None:
    with annotated(tmp_path, amend_seconds=0) as workspace:
        workspace.job(1).apply(ChangeSet(shapes=(box(1, 0),)), author=JON)
        put(workspace.job(1), box(2, 0))
        assert subjects(workspace, wanted=LogFilter(author="SNOW")) == ["street, job 1: 1 added"]
        assert subjects(workspace, wanted=LogFilter(author="jon@")) == ["street, job 1: 1 added"]
        now = next(read_log(workspace)).time
        assert subjects(workspace, wanted=LogFilter(since=now + 10)) == []
        assert len(subjects(workspace, wanted=LogFilter(until=now + 10))) == 4


def test_one_object_wherever_it_goes(tmp_path: Path) -> None:
    with annotated(tmp_path, amend_seconds=0) as workspace:
        job = workspace.job(1)
        made = put(job, box(1, 0), box(11, 0))
        put(job, box(11, 0, at=7.0))  # another one, whose id begins alike
        moved = put(job, box(1, 40))
        gone = job.apply(ChangeSet(delete=frozenset({1}))).commit
        put(job, box(2, 0))
        assert [entry.commit for entry in object_log(workspace, 1)] == [gone, moved, made]
        assert [entry.commit for entry in object_log(workspace, 1, start=moved)] == [moved, made]
        with pytest.raises(NotFound, match="no object 99"):
            list(object_log(workspace, 99))


def test_a_track_and_its_joints(tmp_path: Path) -> None:
    def whole(x: float) -> Track:
        joints = tuple(
            Track(id=20 + n, label=name, keyframes=(Keyframe(frame=3, track=20 + n, type="points", points=(x, 1.0)),))
            for n, name in enumerate(("knee", "hip", "toe"))
        )
        return Track(id=5, label="body", frame=3, elements=joints)

    with annotated(tmp_path, amend_seconds=0) as workspace:
        made = workspace.job(1).replace((), (whole(1.0),)).commit
        changed = workspace.job(1).apply(ChangeSet(tracks=(whole(2.0),))).commit
        assert [entry.commit for entry in object_log(workspace, 5)] == [changed, made]


def test_an_object_through_a_merge(tmp_path: Path) -> None:
    with annotated(tmp_path, amend_seconds=0) as workspace:
        made = put(workspace.job(1), box(1, 0))
        git(tmp_path, "switch", "-qc", "side")
        changed = put(workspace.job(1), box(1, 0, at=5.0))
        git(tmp_path, "switch", "-q", "-")
        put(workspace.job(1), box(2, 70))
        git(tmp_path, "merge", "-q", "--no-edit", "side")
        assert [entry.commit for entry in object_log(workspace, 1)] == [changed, made]
