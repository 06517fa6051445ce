"""Bringing single objects back beside what there is, and any state that a job ever had."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from cvatcore import ChangeSet, Workspace
from cvatcore.edit.label_edits import delete_labels, rename_label
from cvatcore.errors import InvalidInput, NotFound
from cvatcore.schema import Attribute, Keyframe, Label, Shape, Track
from cvatcore.store.layout import job_path, task_path
from cvatcore.workspace.labels import LabelSet
from kit.annotated import SKELETON, annotated, assert_sound, box, git, numbers, put
from kit.committed import remove_files, write


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Job 1 has the frames 0 to 49, job 2 those from 50; each save is a commit."""
    with annotated(tmp_path, segment_size=50, amend_seconds=0) as made:
        git(tmp_path, "commit", "-qam", "settings")
        yield made


def head(workspace: Workspace) -> str:
    return workspace.store.history.head()


def test_single_objects_come_back_beside_what_there_is(workspace: Workspace) -> None:
    job = workspace.job(1)
    put(job, box(1), box(2, 40))
    put(job, box(2, 45, at=6.0))
    job.apply(ChangeSet(delete=frozenset({1, 2})))
    put(job, box(3))
    workspace.restore(objects=[2])
    assert numbers(job.annotations) == [2, 3]
    assert next(shape for shape in job.annotations.shapes if shape.id == 2) == box(2, 45, at=6.0)
    assert_sound(workspace.root)


def test_an_object_as_it_was_at_a_revision(workspace: Workspace) -> None:
    job = workspace.job(1)
    put(job, box(1), box(2, 40))
    then = head(workspace)
    put(job, box(1, 7, at=5.0), box(2, 41), box(3))
    with pytest.raises(InvalidInput, match="Object 1 is here, in job 1"):
        workspace.restore(objects=[1])
    (item,) = workspace.restore(objects=[1], at=then).items
    assert (item.objects.changed, item.objects.added) == (1, 0)
    assert job.annotations.shapes == (box(1), box(3), box(2, 41))
    assert workspace.restore(objects=[1], at=then).commit == ""


def test_what_was_only_in_a_commit_that_was_amended(tmp_path: Path) -> None:
    """Drawn and removed within one commit: no branch ever had it."""
    with annotated(tmp_path) as workspace:
        job = workspace.job(1)
        put(job, box(1))
        put(job, box(2))
        put(job, box(2, at=7.0))
        job.apply(ChangeSet(delete=frozenset({2})))
        assert git(tmp_path, "log", "--format=%s").count("job 1") == 1
        workspace.restore(objects=[2])
        assert job.annotations.shapes == (box(1), box(2, at=7.0))


def test_what_a_reset_took_away(workspace: Workspace) -> None:
    put(workspace.job(1), box(1))
    before = head(workspace)
    put(workspace.job(1), box(2))
    workspace.tasks[1].delete_frames([5])
    git(workspace.root, "reset", "-q", "--hard", before)
    workspace.restore(objects=[2])
    assert numbers(workspace.job(1).annotations) == [1, 2]


def test_what_a_merge_removed(workspace: Workspace) -> None:
    root = workspace.root
    put(workspace.job(1), box(1), box(2))
    main = git(root, "branch", "--show-current").strip()
    git(root, "switch", "-q", "-c", "side")
    workspace.job(1).apply(ChangeSet(delete=frozenset({2})))
    git(root, "switch", "-q", main)
    put(workspace.job(2), box(3, 60))
    git(root, "merge", "-q", "--no-edit", "side")
    assert numbers(workspace.job(1).annotations) == [1]
    workspace.restore(objects=[2])
    assert numbers(workspace.job(1).annotations) == [1, 2]


def test_a_track_comes_back_with_all_its_keyframes(workspace: Workspace) -> None:
    job = workspace.job(1)
    keyframes = tuple(Keyframe(frame, 7, "rectangle", (1.0, 1.0, 9.0, 9.0)) for frame in (0, 33, 49))
    track = Track(id=7, label="car", keyframes=keyframes)
    job.apply(ChangeSet(tracks=(track,)))
    put(job, box(1))
    job.apply(ChangeSet(delete=frozenset({7})))
    (item,) = workspace.restore(objects=[7]).items
    assert job.annotations.tracks == (track,)
    assert item.files == 3


def test_a_joint_stands_for_its_skeleton(workspace: Workspace) -> None:
    from cvatcore.schema import Element

    joints = tuple(Element(20 + n, "points", joint.name, (1.0, 1.0)) for n, joint in enumerate(SKELETON.sublabels))
    body = Shape(frame=2, id=19, type="skeleton", label="body", elements=joints)
    put(workspace.job(1), body)
    workspace.job(1).apply(ChangeSet(delete=frozenset({19})))
    assert workspace.restore(objects=[21]).items[0].number == 19
    assert workspace.job(1).annotations.shapes == (body,)


def test_labels_and_attributes_that_are_gone_come_back_with_their_objects(workspace: Workspace) -> None:
    color = Attribute(id=50, name="color", input_type="text")
    task = workspace.tasks[1].document
    car, person, skeleton = task.labels
    write(
        workspace,
        **{
            task_path(1): msgspec.structs.replace(
                task, labels=(msgspec.structs.replace(car, attributes=(color,)), person, skeleton)
            )
        },
    )
    red = msgspec.structs.replace(box(1), attributes={"color": "red"})
    put(workspace.job(1), red, box(2, label="person"))
    workspace.job(1).apply(ChangeSet(delete=frozenset({1, 2})))
    labels = LabelSet(workspace, task=1)
    labels.apply(lambda known: delete_labels(known, ["person"]))
    labels.apply(lambda known: rename_label(known, "car", "auto"))
    auto, *others = labels.labels
    document = msgspec.structs.replace(
        workspace.tasks[1].document, labels=(msgspec.structs.replace(auto, attributes=()), *others)
    )
    write(workspace, **{task_path(1): document})
    commits = int(git(workspace.root, "rev-list", "--count", "HEAD"))
    workspace.restore(objects=[1, 2])
    assert int(git(workspace.root, "rev-list", "--count", "HEAD")) == commits + 1
    after: dict[str, Label] = {label.name: label for label in labels.labels}
    assert list(after) == ["auto", "body", "person"]
    assert after["auto"].attributes == (color,)
    assert after["person"] == person
    assert workspace.job(1).annotations.shapes == (red, box(2, label="person"))


def test_an_object_whose_job_is_gone_needs_the_job(workspace: Workspace) -> None:
    put(workspace.job(2), box(3, 60))
    workspace.job(2).apply(ChangeSet(delete=frozenset({3})))
    remove_files(workspace, job_path(1, 2))
    with pytest.raises(InvalidInput, match="in job 2 of task 1, which is gone") as caught:
        workspace.restore(objects=[3])
    assert "job:2" in caught.value.hint


def test_one_id_in_two_jobs_comes_back_in_both(workspace: Workspace) -> None:
    task = workspace.tasks[1]
    put(workspace.job(1), box(1, 49))
    put(workspace.job(2), box(1, 50))
    remove_files(workspace, "tasks/1/annotations")
    assert [item.task for item in workspace.restore(objects=[1]).items] == [1, 1]
    assert [numbers(job.annotations) for job in task.jobs] == [[1], [1]]


def test_objects_are_looked_for_where_it_is_said(workspace: Workspace) -> None:
    put(workspace.job(1), box(1))
    workspace.job(1).apply(ChangeSet(delete=frozenset({1})))
    with pytest.raises(NotFound, match="no object 1 in tasks/1/annotations/2"):
        workspace.restore(objects=[1], within="job:2")
    with pytest.raises(InvalidInput, match="neither a task nor a job"):
        workspace.restore(objects=[1], within="cvat.toml")
    workspace.restore(objects=[1], within="street")
    assert numbers(workspace.job(1).annotations) == [1]


# --- any history ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with annotated(tmp_path_factory.mktemp("restore") / "workspace", segment_size=50) as made:
        yield made


EDIT = st.tuples(st.booleans(), st.integers(1, 4), st.sampled_from([0, 31, 32, 49]), st.integers(0, 9))


@settings(max_examples=20, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(edits=st.lists(EDIT, min_size=2, max_size=8), chosen=st.data())
def test_any_state_can_be_gone_back_to(
    kept: Workspace, edits: list[tuple[bool, int, int, int]], chosen: st.DataObject
) -> None:
    job = kept.job(1)
    states: list[tuple[str, dict[int, Shape]]] = []
    last: dict[int, Shape] = {}
    for is_put, number, frame, at in edits:
        change = (
            ChangeSet(shapes=(box(number, frame, at=float(at)),)) if is_put else ChangeSet(delete=frozenset({number}))
        )
        job.apply(change)
        now = {shape.id: shape for shape in job.annotations.shapes}
        states.append((head(kept), now))
        last |= now
    here = states[-1][1]
    if gone := sorted(last.keys() - here.keys()):
        # Also out of commits that were amended since.
        kept.restore(objects=gone)
        assert {shape.id: shape for shape in job.annotations.shapes} == here | {number: last[number] for number in gone}
    commit, then = chosen.draw(st.sampled_from(states))
    if then:
        kept.restore("job:1", at=commit)
        assert {shape.id: shape for shape in job.annotations.shapes} == then
