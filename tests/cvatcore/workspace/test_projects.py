"""Projects made, changed, removed; tasks put into them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cvatcore import Label, Shape, Workspace
from cvatcore.edit.label_edits import rename_label
from cvatcore.errors import InvalidInput, NotFound
from cvatcore.merge.document_diff import diff_documents
from cvatcore.schema import Attribute, Keyframe, StoragePlace, Track
from cvatcore.workspace.labels import LabelSet
from kit.annotated import git
from kit.clouds import columns_of, pcd
from kit.labels import skeleton_label
from kit.pictures import write_picture

CAR = Label(
    0,
    "car",
    "#ff0000",
    attributes=(Attribute(0, "plate"), Attribute(0, "color", "select", default_value="red", values=("red", "blue"))),
)


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    """A task `street` of four pictures in two jobs, with the labels car and person."""
    (tmp_path / "pictures").mkdir()
    for number in range(4):
        write_picture(tmp_path / "pictures" / f"{number}.png", (40, 30))
    with Workspace.init(tmp_path / "ws") as made:
        made.create_task("street", labels=[CAR, "person"], data=[tmp_path / "pictures"], segment_size=2)
        yield made


def commits(ws: Workspace) -> int:
    return int(git(ws.root, "rev-list", "--count", "HEAD"))


def test_a_project_is_made_changed_and_removed(ws: Workspace) -> None:
    ws.add_member("ann")
    place = StoragePlace("cloud_storage", 3)
    made = ws.create_project(
        "city", labels=["bus", CAR], assignee="ann", bug_tracker=" https://bugs ", source_storage=place
    )
    assert (made.name, made.owner, made.assignee, made.bug_tracker) == ("city", ws.me.username, "ann", "https://bugs")
    assert [label.name for label in made.labels] == ["bus", "car"]
    ids = [label.id for label in made.labels] + [attribute.id for attribute in made.labels[1].attributes]
    assert len(set(ids)) == 4
    assert 0 not in ids
    assert ws.project(made.id) == made
    before = commits(ws)
    changed = ws.update_project(made.id, name="town", assignee="", owner="ann", target_storage=StoragePlace("local"))
    assert (changed.name, changed.assignee, changed.owner) == ("town", "", "ann")
    assert (changed.source_storage, changed.target_storage) == (place, StoragePlace("local"))
    assert commits(ws) == before + 1
    assert ws.update_project(made.id, name="town") == changed == ws.project(made.id)
    assert commits(ws) == before + 1, "nothing differs, so there is no commit"
    assert ws.update_project(made.id, source_storage=None).source_storage is None
    changed = ws.project(made.id)
    inside = ws.create_task("night", data=None, project="town")
    ws.delete_project(made.id)
    assert ws.projects == ()
    assert [task.name for task in ws.tasks] == ["street"]
    git(ws.root, "revert", "--no-edit", "HEAD")
    assert ws.project(made.id) == changed
    assert ws.tasks[inside.id].name == "night"


def test_what_no_project_can_be(ws: Workspace) -> None:
    before = commits(ws)
    with pytest.raises(InvalidInput):
        ws.create_project(" ")
    with pytest.raises(InvalidInput):
        ws.create_project("x", bug_tracker="b" * 2001)
    with pytest.raises(InvalidInput):
        ws.create_project("x", labels=["a", "a"])
    with pytest.raises(NotFound):
        ws.create_project("x", owner="stranger")
    with pytest.raises(NotFound):
        ws.update_project(9, name="x")
    with pytest.raises(NotFound):
        ws.delete_project(9)
    assert commits(ws) == before


def test_a_task_comes_into_a_project_with_its_objects(ws: Workspace) -> None:
    task = ws.tasks["street"]
    LabelSet(ws, task=task.id).apply(lambda known: rename_label(known, "person", "human"))
    one, two = task.jobs
    one.add(
        Shape(0, 0, "rectangle", "car", points=(1, 1, 5, 5), attributes={"plate": "A", "color": "red"}),
        Shape(0, 0, "rectangle", "human", points=(1, 1, 5, 5)),
        Shape(1, 0, "rectangle", "person", points=(2, 2, 5, 5)),
    )
    keyframes = (Keyframe(2, 900, "rectangle", (1, 1, 5, 5)),)
    two.replace((), [Track(900, "car", 2, attributes={"plate": "B"}, keyframes=keyframes)])
    project = ws.create_project("city", labels=[CAR, "walker"])
    human = task.labels[1].id
    with pytest.raises(InvalidInput, match="human"):
        task.move(project.id)
    before = commits(ws)
    task.move(project.id, labels={human: "walker"})
    assert commits(ws) == before + 1
    assert task.document.project == project.id
    assert task.document.labels == ()
    assert task.labels == project.labels
    assert [shape.label for shape in one.annotations.shapes] == ["car", "walker", "walker"]
    assert one.annotations.shapes[0].attributes == {"plate": "A", "color": "red"}
    assert two.annotations.tracks[0].attributes == {"plate": "B"}
    task.move(project.id)
    assert commits(ws) == before + 1, "it is there already"
    git(ws.root, "revert", "--no-edit", "HEAD")
    assert [shape.label for shape in one.annotations.shapes] == ["car", "human", "person"]


def test_what_keeps_a_task_out_of_a_project(ws: Workspace) -> None:
    task = ws.tasks["street"]
    bare = ws.create_project("bare", labels=["car", "person"])
    with pytest.raises(InvalidInput) as caught:
        task.move(bare.id)
    assert caught.value.message == 'Target project does not have "car" label with "plate" attribute'
    with pytest.raises(NotFound):
        task.move(77)
    skeletons = ws.create_task("bones", labels=[skeleton_label("nose", "hip")], data=None)
    joints = ws.create_project("joints", labels=[skeleton_label("nose", "knee")])
    with pytest.raises(InvalidInput, match="hip"):
        skeletons.move(joints.id)
    assert task.document.project == skeletons.document.project == 0


def test_pictures_do_not_come_among_point_clouds(ws: Workspace, tmp_path: Path) -> None:
    (tmp_path / "a.pcd").write_bytes(pcd(columns_of(3)))
    ws.create_task("cloud", labels=[CAR, "person"], data=[tmp_path / "a.pcd"], project="city")
    with pytest.raises(InvalidInput) as caught:
        ws.tasks["street"].move("city")
    assert caught.value.message == "Dimension (2d) of the task must be the same as other tasks in project (3d)"


def test_what_changes_is_told_in_words(ws: Workspace) -> None:
    made = ws.create_project("city")
    ws.update_project(made.id, target_storage=StoragePlace("cloud_storage", 3))
    (change,) = diff_documents(made, ws.project(made.id))
    assert change.words == "target storage: none -> location cloud_storage, cloud storage 3"


def test_a_task_goes_from_one_project_to_another(ws: Workspace) -> None:
    first, second = (ws.create_project(name, labels=[CAR, "person"]) for name in ("first", "second"))
    task = ws.tasks["street"]
    task.move("first")
    task.move("second")
    assert task.labels == ws.project(second.id).labels
    assert first.labels != second.labels
