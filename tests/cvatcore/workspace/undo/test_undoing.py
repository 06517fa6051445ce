"""Undo and redo: what a person did goes and comes back, what was done since and what others did stays."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from cvatcore import ChangeSet, Workspace
from cvatcore.edit.label_edits import add_labels, delete_labels, rename_label
from cvatcore.errors import CvatError, InvalidInput, NotFound
from cvatcore.schema import Keyframe, Label, Shape, Track
from cvatcore.store import Author
from cvatcore.workspace.labels import LabelSet
from kit.annotated import annotated, assert_sound, box, git, numbers, put
from kit.team import snapshot

NOAH = Author("Noah", "noah@team")


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with annotated(tmp_path, segment_size=50) as made:
        yield made


def files(workspace: Workspace) -> dict[str, bytes]:
    return snapshot(workspace.root)[0]


def boxes(workspace: Workspace, job: int = 1) -> dict[int, Shape]:
    return {shape.id: shape for shape in workspace.job(job).annotations.shapes}


def track(number: int, *frames: int) -> Track:
    keyframes = tuple(Keyframe(frame, number, "rectangle", (1.0, 1.0, 9.0 + frame, 9.0)) for frame in frames)
    return Track(id=number, label="car", frame=frames[0], keyframes=keyframes)


def test_undo_is_a_commit_and_redo_another(workspace: Workspace) -> None:
    put(workspace.job(1), box(1))
    before = files(workspace)
    put(workspace.job(1), box(2), box(1, at=5.0))
    after = files(workspace)
    head = workspace.store.history.head()

    undone = workspace.undo()
    assert files(workspace) == before
    assert undone.commit == workspace.store.history.head()
    assert git(workspace.root, "rev-parse", "HEAD~1").strip() == head
    assert undone.subject == "street, job 1: 1 added, 1 changed"
    assert git(workspace.root, "log", "-1", "--format=%s").strip() == f"Undo: {undone.subject}"
    assert undone.changed == ("tasks/1/annotations/1/0.jsonl",)
    assert (undone.record.kind, undone.record.of) == ("undo", undone.operation.id)
    assert undone.kept == ()

    redone = workspace.redo()
    assert files(workspace) == after
    assert (redone.record.kind, redone.record.of, redone.subject) == ("redo", undone.record.id, undone.subject)
    assert_sound(workspace.root)


def test_saves_of_one_commit_are_undone_one_by_one(workspace: Workspace) -> None:
    for number in (1, 2, 3):
        put(workspace.job(1), box(number, number))
    assert git(workspace.root, "log", "--format=%s").count("job 1") == 1
    for left in ([1, 2], [1], []):
        workspace.undo()
        assert numbers(workspace.job(1).annotations) == left
    for there in ([1], [1, 2], [1, 2, 3]):
        workspace.redo()
        assert numbers(workspace.job(1).annotations) == there


def test_what_was_done_later_stays(workspace: Workspace) -> None:
    job = workspace.job(1)
    put(job, box(1), box(2))
    first = workspace.operations()[0]
    job.apply(ChangeSet(shapes=(box(3),)), author=NOAH)
    put(job, box(4))
    undone = workspace.undo(operation=first.id[:6])
    assert numbers(job.annotations) == [3, 4]
    assert undone.kept == ()
    with pytest.raises(InvalidInput, match="undone already"):
        workspace.undo(operation=first.id)
    # The undo of an undo is a redo.
    back = workspace.undo(operation=undone.record.id)
    assert back.record.kind == "redo"
    assert numbers(job.annotations) == [1, 2, 3, 4]
    assert workspace.undo(operation=first.id).operation.id == back.record.id


def test_a_field_that_was_edited_later_stays_and_is_told(workspace: Workspace) -> None:
    job = workspace.job(1)
    put(job, box(1), box(2))
    put(job, msgspec.structs.replace(box(1), points=(9.0, 9.0, 20.0, 20.0), occluded=True), box(2, at=3.0))
    mine = workspace.operations()[0]
    job.apply(
        ChangeSet(shapes=(msgspec.structs.replace(boxes(workspace)[1], points=(5.0, 5.0, 8.0, 8.0)),)), author=NOAH
    )
    undone = workspace.undo()
    assert undone.operation.id == mine.id
    now = boxes(workspace)
    assert (now[1].points, now[1].occluded) == ((5.0, 5.0, 8.0, 8.0), False)
    assert now[2] == box(2)
    assert undone.kept == ("Object 1 of job 1 on frame 0 stays as a later edit made it: position.",)
    assert git(workspace.root, "ls-files", "*conflicts*") == ""


def test_an_object_that_was_edited_later_stays_whole(workspace: Workspace) -> None:
    job = workspace.job(1)
    put(job, box(1), box(2))
    job.apply(ChangeSet(shapes=(box(1, at=7.0),)), author=NOAH)
    undone = workspace.undo()
    assert boxes(workspace) == {1: box(1, at=7.0)}
    assert undone.kept == ("Object 1 of job 1 stays, since it was changed later.",)


def test_what_was_removed_later_stays_away(workspace: Workspace) -> None:
    job = workspace.job(1)
    put(job, box(1), box(2))
    job.apply(ChangeSet(tracks=(track(7, 0, 40),)))
    put(job, box(1, at=4.0), box(2, at=4.0))
    job.apply(ChangeSet(tracks=(track(7, 0, 3, 40),)))
    job.apply(ChangeSet(delete=frozenset({1, 7})), author=NOAH)
    assert workspace.undo().kept == ("Object 7 of job 1 stays away, since it was removed later.",)
    assert workspace.undo().kept == ("Object 1 of job 1 stays away, since it was removed later.",)
    assert boxes(workspace) == {2: box(2)}
    assert job.annotations.tracks == ()


def test_a_task_that_was_removed_later_stays_away(workspace: Workspace) -> None:
    put(workspace.job(1), box(1))
    put(workspace.job(1), box(1, at=3.0))
    workspace.tasks[1].delete(author=NOAH)
    assert workspace.undo().commit == ""
    assert len(workspace.tasks) == 0


def test_what_is_gone_already_changes_nothing_and_undo_goes_on(workspace: Workspace) -> None:
    job = workspace.job(1)
    put(job, box(1))
    put(job, box(2))
    job.apply(ChangeSet(delete=frozenset({2})), author=NOAH)
    head = workspace.store.history.head()
    undone = workspace.undo()
    assert (undone.commit, undone.changed) == ("", ())
    assert workspace.store.history.head() == head
    assert (undone.record.before, undone.record.after) == (head, head)
    workspace.undo()
    assert numbers(job.annotations) == []


def test_only_own_operations_unless_asked(workspace: Workspace) -> None:
    job = workspace.job(1)
    put(job, box(1))
    job.apply(ChangeSet(shapes=(box(2, 40),)), author=NOAH)
    workspace.undo()
    assert numbers(job.annotations) == [2]
    workspace.undo(anyone=True)
    assert numbers(job.annotations) == []
    workspace.redo(anyone=True)
    assert numbers(job.annotations) == [2]


def test_a_new_change_leaves_nothing_to_redo(workspace: Workspace) -> None:
    put(workspace.job(1), box(1))
    workspace.undo()
    put(workspace.job(2), box(2, 60))
    with pytest.raises(NotFound, match="nothing to redo"):
        workspace.redo()


def test_walking_back_to_the_beginning(workspace: Workspace) -> None:
    workspace.undo()  # The task.
    assert len(workspace.tasks) == 0
    with pytest.raises(NotFound, match="nothing to undo"):
        workspace.undo()
    first = workspace.operations()[-1]
    with pytest.raises(InvalidInput, match="the first commit"):
        workspace.undo(operation=first.id)
    with pytest.raises(NotFound, match="no operation"):
        workspace.undo(operation="nope")
    workspace.redo()
    assert [task.name for task in workspace.tasks] == ["street"]


def test_labels_and_their_objects_come_back(workspace: Workspace) -> None:
    put(workspace.job(1), box(1), box(2, label="person"))
    put(workspace.job(2), box(3, 60))
    labels = LabelSet(workspace, task=1)
    before = files(workspace)
    labels.apply(lambda known: rename_label(known, "car", "auto"))
    labels.apply(lambda known: delete_labels(known, ["person"]))
    assert numbers(workspace.job(1).annotations) == [1]
    workspace.undo()
    workspace.undo()
    assert files(workspace) == before
    workspace.redo()
    assert next(label.name for label in labels.labels) == "auto"


def test_what_was_drawn_under_a_newer_name_still_has_its_label(workspace: Workspace) -> None:
    put(workspace.job(1), box(1))
    labels = LabelSet(workspace, task=1)
    labels.apply(lambda known: rename_label(known, "car", "auto"))
    workspace.job(1).apply(ChangeSet(shapes=(box(2, label="auto"),)), author=NOAH)
    workspace.job(2).apply(ChangeSet(shapes=(box(3, 60, label="auto"),)), author=NOAH)
    workspace.undo()
    car = labels.labels[0]
    assert (car.name, car.aliases) == ("car", ("auto",))
    assert {number: shape.label for number, shape in boxes(workspace).items()} == {1: "car", 2: "car"}
    assert boxes(workspace, 2)[3].label == "auto"
    assert_sound(workspace.root)


def test_a_label_that_objects_have_by_now_stays(workspace: Workspace) -> None:
    labels = LabelSet(workspace, task=1)
    new = [Label(id=0, name=name, color="#123456") for name in ("bus", "van")]
    labels.apply(lambda known: add_labels(known, new))
    workspace.job(1).apply(ChangeSet(shapes=(box(2, label="bus"),)), author=NOAH)
    assert workspace.undo().kept == ("The label 'bus' stays, since objects have it that came later.",)
    assert [label.name for label in labels.labels] == ["car", "person", "body", "bus"]


def test_a_deleted_task_comes_back_whole(workspace: Workspace) -> None:
    put(workspace.job(1), box(1))
    before = files(workspace)
    workspace.tasks[1].delete()
    workspace.undo()
    assert files(workspace) == before
    assert len(workspace.tasks["street"].jobs) == 2


def test_a_new_task_that_others_worked_in_stays(workspace: Workspace) -> None:
    workspace.job(1).apply(ChangeSet(shapes=(box(1),)), author=NOAH)
    undone = workspace.undo()
    assert workspace.tasks["street"].size == 100
    assert numbers(workspace.job(1).annotations) == [1]
    assert any("Task 1" in sentence for sentence in undone.kept)


def test_hand_edits_are_committed_and_stay(workspace: Workspace) -> None:
    put(workspace.job(1), box(1), box(2))
    path = workspace.root / "tasks/1/annotations/1/0.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"car"', b'"person"', 1))
    put(workspace.job(2), box(3, 60))
    operation = workspace.operations()[1]
    workspace.undo(operation=operation.id)
    assert boxes(workspace)[1].label == "person"
    assert 2 not in boxes(workspace)
    subjects = git(workspace.root, "log", "--format=%s").splitlines()
    assert "What was edited by hand (before an undo)" in subjects
    assert_sound(workspace.root)


def test_tracks_go_and_come_with_all_keyframes(workspace: Workspace) -> None:
    job = workspace.job(1)
    short, longer = track(7, 0, 40), track(7, 0, 20, 45)
    job.apply(ChangeSet(tracks=(short,)))
    job.apply(ChangeSet(tracks=(longer,)))
    for step, there in ((workspace.undo, (short,)), (workspace.undo, ()), (workspace.redo, (short,))):
        step()
        assert job.annotations.tracks == there
    workspace.redo()
    assert job.annotations.tracks == (longer,)


def test_other_files_of_the_user_are_left_alone(workspace: Workspace) -> None:
    put(workspace.job(1), box(1))
    readme = workspace.root / "README"
    readme.write_text("mine\n", encoding="utf-8")
    git(workspace.root, "add", "README")
    workspace.undo()
    assert readme.read_text(encoding="utf-8") == "mine\n"
    assert git(workspace.root, "status", "--porcelain") == "A  README\n"


def test_a_state_that_git_dropped_is_said(workspace: Workspace) -> None:
    put(workspace.job(1), box(1))
    put(workspace.job(1), box(2))
    git(workspace.root, "reflog", "expire", "--expire=now", "--all")
    git(workspace.root, "gc", "-q", "--prune=now")
    with Workspace(workspace.root) as anew, pytest.raises(NotFound, match="git has cleaned it up"):
        anew.undo()


def test_nothing_happens_during_a_merge_of_the_user(workspace: Workspace) -> None:
    put(workspace.job(1), box(1))
    head = workspace.store.history.head()
    (workspace.root / ".git" / "MERGE_HEAD").write_text(head + "\n", encoding="utf-8")
    with pytest.raises(CvatError, match="merge is under way"):
        workspace.undo()
    assert workspace.store.history.head() == head


def test_a_past_state_undoes_nothing(workspace: Workspace) -> None:
    put(workspace.job(1), box(1))
    with workspace.at("HEAD") as then, pytest.raises(InvalidInput, match="does not change"):
        then.undo()


def test_a_branch_has_its_own_order(workspace: Workspace) -> None:
    put(workspace.job(1), box(1))
    git(workspace.root, "switch", "-q", "-c", "trial")
    with pytest.raises(NotFound, match="nothing to undo"):
        workspace.undo()
    put(workspace.job(1), box(2))
    workspace.undo()
    assert numbers(workspace.job(1).annotations) == [1]
