"""Labels changed in a workspace: documents and lines of all tasks in one commit, which git takes back whole."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from cvatcore import ChangeSet, Keyframe, Label, Shape, TaskView, Track, Workspace
from cvatcore.edit.label_attributes import change_attribute, remove_attribute
from cvatcore.edit.label_change import LabelChange, resolve_names
from cvatcore.edit.label_edits import (
    add_labels,
    delete_labels,
    merge_labels,
    move_objects,
    recolor_label,
    rename_label,
    set_template,
)
from cvatcore.errors import Conflict, CvatError, InvalidDocument, InvalidInput, NotFound
from cvatcore.schema import Attribute, Element, Project
from cvatcore.schema.skeleton import make_skeleton
from cvatcore.store import Shard, decode_shard, encode_json, encode_shard, plain_message
from cvatcore.store.layout import project_path, shard_path, task_path, tracks_path
from cvatcore.workspace.labels import Change, LabelSet, find_labels, label_sets
from kit.annotated import assert_sound, git
from kit.labels import skeleton_label
from kit.tasks import all_shapes, all_tracks, fill, make_task, new_workspace, numbered_pictures

COLOR = Attribute(11, "color", "select", False, "red", ("red", "blue"))
SPEED = Attribute(12, "speed", "text", True)
CAR = Label(id=1, name="car", color="#112233", attributes=(COLOR, SPEED))
VAN = Label(id=2, name="van", color="#223344", attributes=(COLOR,))
LABELS = (CAR, VAN, skeleton_label("nose", "hip"))


def box(number: int, frame: int = 0, label: str = "car", **attributes: str) -> Shape:
    return Shape(frame, number, "rectangle", label, points=(0.0, 0.0, 9.0, 9.0), attributes=attributes)


def track(number: int, label: str = "car", *frames: int, **attributes: str) -> Track:
    keyframes = tuple(
        Keyframe(frame, number, "rectangle", (0.0, 0.0, 9.0, 9.0), attributes={"speed": str(frame)}) for frame in frames
    )
    return Track(number, label, attributes=attributes, keyframes=keyframes)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return new_workspace(tmp_path / "ws")


@pytest.fixture
def task(workspace: Workspace) -> TaskView:
    """Two jobs: one with shapes over two shards and a track, one with a shape of another label."""
    made = make_task(workspace, numbered_pictures(100), labels=LABELS, segment_size=50)
    fill(made, shapes=[box(1, color="blue"), box(2, 40), box(3, 1, "van")], tracks=[track(4, "car", 0, 40)])
    fill(made, shapes=[box(5, 60, "van")], job=1)
    return made


def content(root: Path) -> dict[str, bytes]:
    """Every file that git has."""
    return {name: (root / name).read_bytes() for name in git(root, "ls-files").splitlines()}


def rename(labels: tuple[Label, ...]) -> LabelChange:
    return rename_label(labels, "car", "vehicle")


def test_a_rename_is_one_commit_and_reverting_it_gives_every_byte_back(task: TaskView) -> None:
    root = task.workspace.root
    before, head = content(root), git(root, "rev-parse", "HEAD").strip()
    labels = LabelSet(task.workspace, task=task.id)
    preview = labels.preview(rename)
    assert content(root) == before, "a preview writes nothing"
    saved = labels.apply(rename, agreed=preview)
    assert saved.preview == preview
    assert git(root, "rev-parse", "HEAD^").strip() == head
    assert git(root, "log", "-1", "--format=%s").strip() == (
        "Rename the label car to vehicle (task 1, street): 3 changed"
    )
    assert [label.name for label in task.labels] == ["vehicle", "van", "body"]
    assert [shape.label for shape in all_shapes(task)] == ["vehicle", "van", "vehicle", "van"]
    assert [item.label for item in all_tracks(task)] == ["vehicle"]
    changed = {name for name, data in content(root).items() if before[name] != data}
    assert changed == {task_path(1), shard_path(1, 1, 0), shard_path(1, 1, 32), tracks_path(1, 1)}
    assert_sound(root)
    git(root, "revert", "--no-edit", saved.commit)
    assert content(root) == before
    assert all_shapes(task)[0].label == "car"


def test_the_preview_counts_by_task_and_job(task: TaskView) -> None:
    preview = LabelSet(task.workspace, task=task.id).preview(lambda labels: merge_labels(labels, ["car"], "van"))
    assert (preview.changed, preview.removed, preview.loses) == (3, 0, True)
    (only,) = preview.tasks
    assert (only.task, only.name, only.changed) == (1, "street", 3)
    assert [(job.job, job.changed) for job in only.jobs] == [(1, 3)]
    assert [(lost.label, lost.attribute, lost.count, lost.examples) for lost in preview.lost] == [
        ("car", "speed", 1, ("40",))
    ]


def test_deleting_takes_shapes_tracks_and_keyframes_and_leaves_no_empty_file(task: TaskView) -> None:
    root = task.workspace.root
    before = content(root)
    labels = LabelSet(task.workspace, task=task.id)
    saved = labels.apply(lambda known: delete_labels(known, ["car"]))
    assert (saved.preview.changed, saved.preview.removed) == (0, 3)
    assert not (root / shard_path(1, 1, 32)).exists()
    assert not (root / tracks_path(1, 1)).exists()
    assert [shape.id for shape in all_shapes(task)] == [3, 5]
    assert_sound(root)
    git(root, "revert", "--no-edit", saved.commit)
    assert content(root) == before


def test_mutable_values_move_between_heads_and_keyframes_over_shards(task: TaskView) -> None:
    labels = LabelSet(task.workspace, task=task.id)
    fixed = msgspec.structs.replace(SPEED, mutable=False)
    saved = labels.apply(lambda known: change_attribute(known, "car", fixed))
    (only,) = all_tracks(task)
    assert only.attributes == {"speed": "0"}
    assert [key.attributes for key in only.keyframes] == [{}, {}]
    assert saved.preview.lost[0].examples == ("40",)
    loose = msgspec.structs.replace(COLOR, mutable=True)
    fill(task, tracks=[track(4, "car", 40, 41, color="blue")])
    labels.apply(lambda known: change_attribute(known, "car", loose))
    (only,) = all_tracks(task)
    assert [key.attributes.get("color") for key in only.keyframes] == ["blue", None]


class TestProjects:
    @pytest.fixture
    def project(self, workspace: Workspace) -> LabelSet:
        """Two tasks of one project, and a third of its own."""
        made = Project(id=7, name="city", created="2026-01-02T03:04:05Z", labels=LABELS)
        workspace.store.commit(
            {project_path(7): encode_json(made)}, message=plain_message("city"), author=workspace.author
        )
        for name in ("north", "south", "other"):
            task = make_task(workspace, numbered_pictures(10), labels=LABELS, name=name)
            if name != "other":
                document = msgspec.structs.replace(task.document, labels=(), project=7)
                workspace.store.commit(
                    {task_path(task.id): encode_json(document)}, message=plain_message("x"), author=workspace.author
                )
            fill(task, shapes=[box(10 * task.id)])
        return LabelSet(workspace, project=7)

    def test_change_with_all_their_tasks_and_no_other(self, project: LabelSet, workspace: Workspace) -> None:
        before = content(workspace.root)
        saved = project.apply(rename)
        assert [(task.name, task.changed) for task in saved.preview.tasks] == [("north", 1), ("south", 1)]
        assert [all_shapes(task)[0].label for task in workspace.tasks] == ["vehicle", "vehicle", "car"]
        assert [label.name for label in workspace.tasks["other"].labels] == ["car", "van", "body"]
        git(workspace.root, "revert", "--no-edit", saved.commit)
        assert content(workspace.root) == before

    def test_one_of_their_tasks_cannot_change_the_labels(self, project: LabelSet, workspace: Workspace) -> None:
        north = find_labels(workspace, task="north")
        with pytest.raises(InvalidInput, match="project") as caught:
            north.apply(rename)
        assert "--project 7" in caught.value.hint

    def test_one_of_their_tasks_can_move_its_objects(self, project: LabelSet, workspace: Workspace) -> None:
        find_labels(workspace, task="north").apply(lambda known: move_objects(known, "car", "van"))
        assert [all_shapes(task)[0].label for task in workspace.tasks] == ["van", "car", "car"]

    def test_are_found_by_name_and_id(self, project: LabelSet, workspace: Workspace) -> None:
        assert find_labels(workspace, project="city").title == project.title == "project 7, city"
        assert find_labels(workspace, project="7").project == 7
        assert find_labels(workspace, task="other").title == "task 3, other"
        assert [one.title for one in label_sets(workspace)[0]] == ["project 7, city", "task 3, other"]
        for arguments in ({}, {"task": "north", "project": "city"}):
            with pytest.raises(InvalidInput, match=r"Labels are|not said"):
                find_labels(workspace, **arguments)
        for arguments in ({"task": "west"}, {"project": "town"}):
            with pytest.raises(NotFound):
                find_labels(workspace, **arguments)


def test_the_only_labels_need_no_name(workspace: Workspace) -> None:
    with pytest.raises(NotFound, match="no task"):
        find_labels(workspace)
    make_task(workspace, numbered_pictures(1), labels=LABELS)
    assert find_labels(workspace).title == "task 1, street"
    with pytest.raises(InvalidInput):
        LabelSet(workspace)


def test_new_labels_get_ids_that_nobody_has(task: TaskView) -> None:
    labels = LabelSet(task.workspace, task=task.id)
    new = [Label(id=0, name="bus", color="", attributes=(Attribute(0, "seats"),)), Label(id=0, name="tram", color="")]
    labels.preview(lambda known: add_labels(known, new))
    saved = labels.apply(lambda known: add_labels(known, new))
    assert task.labels == saved.labels
    ids = [saved.labels[3].id, saved.labels[3].attributes[0].id, saved.labels[4].id]
    assert len({0, *ids}) == 4
    assert saved.preview.changed == 0


def test_what_was_edited_by_hand_is_kept_in_a_commit_of_its_own(task: TaskView) -> None:
    root = task.workspace.root
    path = root / shard_path(1, 1, 0)
    path.write_text(path.read_text(encoding="utf-8").replace('"points"', ' "points"'), encoding="utf-8")
    by_hand = content(root)
    saved = LabelSet(task.workspace, task=task.id).apply(rename)
    assert git(root, "log", "-1", "--format=%s", "HEAD^").startswith("What was edited by hand")
    git(root, "revert", "--no-edit", saved.commit)
    assert content(root) == by_hand


def test_lines_with_any_spelling_of_a_name_are_found(task: TaskView) -> None:
    path = task.workspace.root / shard_path(1, 1, 0)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"label":"car"', r'"label" : "c\u0061r"', 1), encoding="utf-8")
    saved = LabelSet(task.workspace, task=task.id).apply(rename)
    assert saved.preview.changed == 3
    assert all(shape.label != "car" for shape in all_shapes(task))


class TestRefusals:
    @staticmethod
    def refused(task: TaskView, make: Change, error: type[CvatError], says: str) -> None:
        before = content(task.workspace.root)
        head = git(task.workspace.root, "rev-parse", "HEAD")
        labels = LabelSet(task.workspace, task=task.id)
        calls: tuple[Callable[[Change], object], ...] = (labels.preview, labels.apply)
        for call in calls:
            with pytest.raises(error, match=says):
                call(make)
        assert content(task.workspace.root) == before
        assert git(task.workspace.root, "rev-parse", "HEAD") == head

    def test_a_name_that_no_label_can_have(self, task: TaskView) -> None:
        self.refused(task, lambda known: rename_label(known, "car", "x" * 65), InvalidInput, "64")
        self.refused(task, lambda known: rename_label(known, "car", "a\x00b"), InvalidInput, "control")

    def test_other_joints_while_there_are_objects(self, task: TaskView) -> None:
        knee = Label(id=0, name="knee", color="#ffffff", type="points")
        template = make_skeleton({"knee": (1, 1)})

        def redraw(known: tuple[Label, ...]) -> LabelChange:
            return set_template(known, "body", template, [knee])

        joints = tuple(Element(21 + n, "points", name, (1.0, 1.0)) for n, name in enumerate(("nose", "hip")))
        fill(task, shapes=[Shape(0, 20, "skeleton", "body", elements=joints)])
        self.refused(task, redraw, InvalidInput, "1 object")
        fill(task, shapes=[box(1)])
        saved = LabelSet(task.workspace, task=task.id).apply(redraw)
        assert [joint.name for joint in saved.labels[2].sublabels] == ["knee"]

    def test_a_broken_line_is_named(self, task: TaskView) -> None:
        path = task.workspace.root / shard_path(1, 1, 0)
        path.write_bytes(path.read_bytes() + b"{oops car\n")
        self.refused(task, rename, InvalidDocument, "0.jsonl:4")

    def test_more_loss_than_was_agreed_to(self, task: TaskView) -> None:
        labels = LabelSet(task.workspace, task=task.id)

        def delete(known: tuple[Label, ...]) -> LabelChange:
            return delete_labels(known, ["car"])

        agreed = labels.preview(delete)
        fill(task, shapes=[box(8, 60)], job=1)
        before = content(task.workspace.root)
        with pytest.raises(Conflict, match="More would be lost"):
            labels.apply(delete, agreed=agreed)
        assert content(task.workspace.root) == before


def test_nothing_to_change_makes_no_commit(task: TaskView) -> None:
    head = git(task.workspace.root, "rev-parse", "HEAD")
    saved = LabelSet(task.workspace, task=task.id).apply(lambda known: recolor_label(known, "car", "#112233"))
    assert saved.commit == ""
    assert git(task.workspace.root, "rev-parse", "HEAD") == head


def test_a_save_with_the_old_name_lands_under_the_new_one(task: TaskView) -> None:
    """A page that was open during the change sends the name that it knew."""
    LabelSet(task.workspace, task=task.id).apply(rename)
    task.jobs[0].apply(ChangeSet(shapes=(box(9),)))
    assert (
        LabelSet(task.workspace, task=task.id)
        .apply(lambda known: rename_label(known, "vehicle", "wagon"))
        .preview.changed
        == 4
    )
    assert {shape.label for shape in all_shapes(task)} == {"wagon", "van"}


def test_renames_and_saves_of_many_threads_end_in_one_state(task: TaskView) -> None:
    labels = LabelSet(task.workspace, task=task.id)
    failures: list[BaseException] = []

    def save(number: int) -> None:
        try:
            for step in range(5):
                task.jobs[number % 2].apply(ChangeSet(shapes=(box(100 * number + step + 100, 50 * (number % 2)),)))
                seen = {shape.label for shape in all_shapes(task)}
                assert seen <= resolve_names(task.labels).keys()
        except BaseException as error:  # noqa: BLE001  told by the test
            failures.append(error)

    threads = [threading.Thread(target=save, args=(number,)) for number in range(1, 4)]
    for thread in threads:
        thread.start()
    name = "car"
    for step in range(4):
        new = f"car{step}"
        labels.apply(lambda known, old=name, new=new: rename_label(known, old, new))  # type: ignore[misc]  # bound now
        name = new
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(all_shapes(task)) == 4 + 15
    found = labels.apply(lambda known: rename_label(known, name, "end"))
    assert {shape.label for shape in all_shapes(task)} == {"end", "van"}
    assert found.preview.removed == 0
    assert_sound(task.workspace.root)


def test_objects_of_folders_without_a_job_are_changed_too(task: TaskView) -> None:
    path = task.workspace.root / shard_path(1, 99, 0)
    path.parent.mkdir(parents=True)
    path.write_bytes(encode_shard(Shard(shapes=(box(70),))))
    saved = LabelSet(task.workspace, task=task.id).apply(rename)
    assert [job.job for job in saved.preview.tasks[0].jobs] == [1, 99]
    assert decode_shard(path.read_bytes(), path="x").shapes[0].label == "vehicle"


def test_removing_an_attribute_leaves_other_lines_as_they_are(task: TaskView) -> None:
    root = task.workspace.root
    before = content(root)
    LabelSet(task.workspace, task=task.id).apply(lambda known: remove_attribute(known, "car", "color"))
    changed = {name for name, data in content(root).items() if before[name] != data}
    assert changed == {task_path(1), shard_path(1, 1, 0)}
