"""The workspace as of a revision: what was there, whatever came later, and nothing can be written."""

from pathlib import Path

import pytest

from cvatcore import Workspace
from cvatcore.errors import InvalidInput, NotAWorkspace, NotFound
from cvatcore.schema import Keyframe, Track
from cvatcore.store.layout import shard_path
from kit.annotated import annotated, box, git, numbers, put


def test_a_past_state_is_what_was_there(tmp_path: Path) -> None:
    with annotated(tmp_path, amend_seconds=0) as workspace:
        job = workspace.job(1)
        first = put(job, box(1, 0), box(2, 40))
        put(job, box(1, 0, at=9.0), box(3, 99))
        job.update(state="completed")
        with workspace.at(first) as then:
            assert numbers(then.job(1).annotations) == [1, 2]
            assert then.job(1).annotations.shapes[0] == box(1, 0)
            assert then.job(1).state == "new"
            assert [shape.id for shape in then.job(1).shapes_on(40)] == [2]
            assert then.tasks["street"].size == workspace.tasks["street"].size
        assert numbers(job.annotations) == [1, 2, 3]


def test_a_deleted_task_is_there(tmp_path: Path) -> None:
    with annotated(tmp_path, amend_seconds=0) as workspace:
        put(workspace.job(1), box(1, 0))
        workspace.tasks["street"].delete()
        assert len(workspace.tasks) == 0
        with workspace.at("HEAD~1") as then:
            assert numbers(then.tasks["street"].annotations) == [1]
            assert then.tasks["street"].updated_ns > 0


def test_uncommitted_edits_are_not_in_it(tmp_path: Path) -> None:
    with annotated(tmp_path) as workspace:
        put(workspace.job(1), box(1, 0))
        (tmp_path / shard_path(1, 1, 0)).write_bytes(b"")
        with workspace.at("HEAD") as then:
            assert numbers(then.job(1).annotations) == [1]
        assert numbers(workspace.job(1).annotations) == []


def test_tracks_and_far_frames(tmp_path: Path) -> None:
    track = Track(id=5, label="car", keyframes=(Keyframe(frame=3, track=5, type="rectangle", points=(1, 1, 2, 2)),))
    with annotated(tmp_path, amend_seconds=0) as workspace:
        commit = workspace.job(1).replace((), (track,)).commit
        workspace.job(1).replace(())
        with workspace.at(commit) as then:
            assert numbers(then.job(1).annotations) == [5]
            assert then.job(1).shapes_on(50)[0].points == (1, 1, 2, 2)


def test_nothing_can_be_written(tmp_path: Path) -> None:
    with annotated(tmp_path) as workspace, workspace.at("HEAD") as then:
        before = git(tmp_path, "rev-parse", "HEAD")
        with pytest.raises(InvalidInput, match="as of HEAD, which does not change"):
            put(then.job(1), box(1, 0))
        with pytest.raises(InvalidInput, match="does not change"):
            then.tasks["street"].delete()
        assert git(tmp_path, "rev-parse", "HEAD") == before


def test_wrong_revisions(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    git(tmp_path, "init", "-q")
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "before")
    with annotated(tmp_path / "model") as workspace:
        git(tmp_path, "tag", "v1.0")
        with pytest.raises(NotFound, match="no revision 'v1'") as caught:
            workspace.at("v1")
        assert "v1.0" in caught.value.hint
        with pytest.raises(NotAWorkspace, match="no workspace"):
            workspace.at("HEAD~2")
        with workspace.at("v1.0") as then:
            assert then.tasks["street"].name == "street"


def test_opened_without_the_present(tmp_path: Path) -> None:
    with annotated(tmp_path):
        pass
    assert Workspace(tmp_path, revision="HEAD").settings.format == 1
