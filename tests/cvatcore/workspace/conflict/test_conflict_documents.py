"""Choosing between two values of a task, its labels and frames, a job, the settings and the people."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from cvatcore import JobView, Workspace
from cvatcore.errors import InvalidInput, NotFound
from cvatcore.schema import Attribute, FieldConflict, Label, Shape
from cvatcore.store import encode_json, plain_message
from cvatcore.store.layout import task_path
from cvatcore.workspace.conflict.resolving import resolve_conflict, resolve_conflicts
from kit.annotated import annotated, assert_sound, box, git, put
from kit.conflicts import leave_conflict, points

ONE, TWO, THREE = "1111111111111111", "1122222222222222", "3333333333333333"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """A task with one job, and box 7 in it at 20, which theirs has at 30."""
    with annotated(tmp_path / "ws") as opened:
        put(opened.job(1), box(7, 5, at=20.0))
        leave_conflict(opened, ONE, points(base=1, ours=20, theirs=30), number=7, frame=5)
        yield opened


@pytest.fixture
def job(workspace: Workspace) -> JobView:
    return workspace.job(1)


def shapes(job: JobView) -> dict[int, Shape]:
    return {shape.id: shape for shape in job.annotations.shapes}


def test_documents_take_the_other_value(workspace: Workspace, job: JobView) -> None:
    leave_conflict(workspace, TWO, FieldConflict("stage", "annotation", "annotation", "validation"), kind="job")
    leave_conflict(workspace, THREE, FieldConflict("subset", "", "", "train"), kind="task", job=0)
    leave_conflict(
        workspace, "4" * 16, FieldConflict("save.amend_seconds", 300, 300, 60), kind="settings", task=0, job=0
    )
    whats = [view.what for view in workspace.conflicts()]
    assert whats == ["settings (cvat.toml)", "task street", "job 1", "rectangle 7 (car)"]
    assert len(resolve_conflicts(workspace, None, "theirs").resolved) == 4
    assert job.stage == "validation"
    assert workspace.tasks[1].document.subset == "train"
    assert workspace.settings.save.amend_seconds == 60
    assert_sound(workspace.root)


def test_a_person_is_found_by_username(workspace: Workspace) -> None:
    workspace.add_member("ann.b")
    leave_conflict(
        workspace, TWO, FieldConflict("members.ann.b.role", "worker", "worker", "maintainer"), kind="members", task=0,
        job=0,
    )  # fmt: skip
    resolve_conflict(workspace, TWO, "theirs")
    assert workspace.member("ann.b").role == "maintainer"


def test_objects_follow_a_label_to_the_name_that_was_chosen(workspace: Workspace, job: JobView) -> None:
    leave_conflict(workspace, TWO, FieldConflict("labels.1.name", "auto", "car", "vehicle"), kind="task", job=0)
    resolve_conflict(workspace, TWO, "theirs")
    label: Label = workspace.tasks[1].labels[0]
    assert (label.name, label.aliases) == ("vehicle", ("car",))
    # The line still says car, and is found: also by whoever has drawn with the old name meanwhile.
    resolve_conflict(workspace, ONE, "theirs")
    assert shapes(job)[7].points[0] == 30.0


def test_values_of_an_attribute_follow_it_to_the_name_that_was_chosen(workspace: Workspace, job: JobView) -> None:
    task = workspace.tasks[1].document
    car = msgspec.structs.replace(task.labels[0], attributes=(Attribute(id=9, name="colour"),))
    changed = msgspec.structs.replace(task, labels=(car, *task.labels[1:]))
    workspace.store.commit(
        {task_path(1): encode_json(changed)}, message=plain_message("Label"), author=workspace.author
    )
    put(job, msgspec.structs.replace(box(7, 5, at=20.0), attributes={"colour": "red"}))
    name = FieldConflict("labels.1.attributes.9.name", "c", "colour", "paint")
    leave_conflict(workspace, TWO, name, kind="task", job=0)
    # It rewrites lines of objects that another one changes: not in the same commit.
    done = resolve_conflicts(workspace, None, "theirs")
    assert [view.id for view in done.resolved] == [ONE]
    assert [one.id for one in done.skipped] == [TWO]
    assert "another name" in done.skipped[0].reason
    leave_conflict(workspace, ONE, points(base=1, ours=30, theirs=40), number=7, frame=5)
    with pytest.raises(InvalidInput, match="another name"):
        resolve_conflicts(workspace, [TWO, ONE], "theirs")
    resolve_conflict(workspace, TWO, "theirs")
    assert shapes(job)[7].attributes == {"paint": "red"}
    assert shapes(job)[7].points[0] == 30.0
    assert workspace.tasks[1].labels[0].attributes[0].name == "paint"
    assert_sound(workspace.root)


def test_a_label_that_was_united_with_another_one_stays_so(workspace: Workspace) -> None:
    leave_conflict(workspace, TWO, FieldConflict("labels.44.name", "van", "car", "bus"), kind="task", job=0)
    assert workspace.conflicts()[0].status == "open"
    with pytest.raises(NotFound, match="a part of task street that is gone"):
        resolve_conflict(workspace, TWO, "theirs")
    resolve_conflict(workspace, TWO, "ours")


def test_frames_are_settled_one_by_one_but_not_their_order(workspace: Workspace) -> None:
    paths = [image.path for image in workspace.tasks[1].manifest.images]
    width = FieldConflict(f"frames.{paths[3]}.width", 1, 100, 120)
    leave_conflict(workspace, TWO, width, kind="manifest", job=0)
    leave_conflict(workspace, THREE, FieldConflict("frames", [], paths, paths[::-1]), kind="manifest", job=0)
    assert {view.what for view in workspace.conflicts(task=1)} == {"frames of task street", "rectangle 7 (car)"}
    assert {view.status for view in workspace.conflicts()} == {"open"}
    with pytest.raises(InvalidInput, match="other list cannot be taken"):
        resolve_conflict(workspace, THREE, "theirs")
    resolve_conflict(workspace, TWO, "theirs")
    assert workspace.tasks[1].manifest.images[3].width == 120
    resolve_conflict(workspace, THREE, "ours")


def test_a_label_is_not_given_a_name_that_another_one_has(workspace: Workspace) -> None:
    leave_conflict(workspace, TWO, FieldConflict("labels.1.name", "auto", "car", "person"), kind="task", job=0)
    with pytest.raises(InvalidInput, match="person"):
        resolve_conflict(workspace, TWO, "theirs")


def test_edits_by_hand_get_a_commit_of_their_own(workspace: Workspace, job: JobView) -> None:
    path = workspace.root / task_path(1)
    edited = msgspec.structs.replace(workspace.tasks[1].document, name="road")
    path.write_bytes(encode_json(edited))
    leave_conflict(workspace, TWO, FieldConflict("subset", "", "", "train"), kind="task", job=0)
    resolve_conflict(workspace, TWO, "theirs")
    assert git(workspace.root, "log", "-2", "--format=%s").splitlines()[1].startswith("What was edited by hand")
    assert (workspace.tasks[1].name, workspace.tasks[1].document.subset) == ("road", "train")
