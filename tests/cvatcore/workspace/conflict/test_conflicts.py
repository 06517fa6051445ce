"""Conflicts as people see them, and what choosing a side does."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cvatcore import ChangeSet, JobView, Workspace
from cvatcore.errors import InvalidDocument, InvalidInput, NotFound
from cvatcore.merge import issue_number, merge_annotations
from cvatcore.schema import Element, FieldConflict, Issue, Keyframe, Shape, Track
from cvatcore.store import encode_json, plain_message
from cvatcore.store.layout import conflict_path, issue_path
from cvatcore.workspace.conflict.resolving import Choice, resolve_conflict, resolve_conflicts
from kit.annotated import LABELS, annotated, assert_sound, box, git, numbers, put
from kit.conflicts import leave_conflict, points
from kit.sides import OURS, THEIRS, annotations, edited, files
from kit.tasks import make_task, numbered_pictures

ONE, TWO, THREE = "1111111111111111", "1122222222222222", "3333333333333333"


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """A task with one job, and box 7 in it at 20, which theirs has at 30 and the base at 1."""
    with annotated(tmp_path / "ws") as opened:
        put(opened.job(1), box(7, 5, at=20.0))
        leave_conflict(opened, ONE, points(base=1, ours=20, theirs=30), number=7, frame=5)
        yield opened


@pytest.fixture
def job(workspace: Workspace) -> JobView:
    return workspace.job(1)


def shapes(job: JobView) -> dict[int, Shape]:
    return {shape.id: shape for shape in job.annotations.shapes}


def issue_of(workspace: Workspace, id: str) -> Issue:
    issue = workspace.store.document(issue_path(1, issue_number(id)), Issue)
    assert issue is not None
    return issue


def track(number: int, *frames: int, label: str = "car", at: float = 1.0) -> Track:
    keyframes = tuple(
        Keyframe(frame=frame, track=number, type="rectangle", points=(at, at, at + 10, at + 20)) for frame in frames
    )
    return Track(id=number, label=label, frame=min(frames), keyframes=keyframes)


def test_a_conflict_is_listed_in_words(workspace: Workspace) -> None:
    (view,) = workspace.conflicts()
    assert (view.id, view.what, view.status) == (ONE, "rectangle 7 (car)", "open")
    (field,) = view.fields
    assert (field.title, field.words(field.ours), field.words(field.theirs)) == (
        "position",
        "20, 20 – 30, 40",
        "30, 30 – 40, 50",
    )
    assert field.now == field.ours == [20.0, 20.0, 30.0, 40.0]


def test_conflicts_of_a_task_or_a_job_alone(tmp_path: Path) -> None:
    with annotated(tmp_path / "ws", segment_size=50) as workspace:
        make_task(workspace, numbered_pictures(4), labels=LABELS, name="other")
        put(workspace.job(2), box(7, 60))
        put(workspace.job(3), box(8, 1))
        leave_conflict(workspace, THREE, points(base=1, ours=1, theirs=3), task=2, job=3, number=8, frame=1)
        leave_conflict(workspace, TWO, points(base=1, ours=1, theirs=3), job=2, number=7, frame=60)
        leave_conflict(workspace, ONE, FieldConflict("name", "w", "w", "v"), kind="settings", task=0, job=0)
        assert [view.id for view in workspace.conflicts()] == [ONE, TWO, THREE]
        assert [view.id for view in workspace.conflicts(task=1)] == [TWO]
        assert [view.id for view in workspace.conflicts(job=1)] == []
        assert [view.id for view in workspace.conflicts(job=3)] == [THREE]
        with pytest.raises(NotFound, match="job 9"):
            workspace.conflicts(job=9)
        with pytest.raises(NotFound, match="task 9"):
            workspace.conflicts(task=9)
        with pytest.raises(NotFound, match="not in task 1"):
            workspace.conflicts(task=1, job=3)


def test_nothing_of_the_annotations_is_read_but_the_shards_that_conflicts_are_about(
    workspace: Workspace, job: JobView, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(job, box(8, 70), box(9, 99))
    read: list[str] = []
    genuine = workspace.store.read

    def noted(path: str) -> bytes | None:
        read.append(path)
        return genuine(path)

    monkeypatch.setattr(workspace.store, "read", noted)
    workspace.conflicts()
    assert [path for path in read if "annotations" in path] == ["tasks/1/annotations/1/0.jsonl"]


def test_ours_changes_no_object_and_closes_the_conflict(workspace: Workspace, job: JobView) -> None:
    before = job.annotations
    commit = resolve_conflict(workspace, ONE, "ours")
    assert job.annotations == before
    assert workspace.conflicts() == []
    issue = issue_of(workspace, ONE)
    assert issue.resolved
    assert issue.comments[-1].owner == workspace.me.username
    assert issue.comments[-1].message == (
        f"{workspace.me.username} kept ours. Rectangle 7 (car): position: 20, 20 – 30, 40, not 30, 30 – 40, 50."
    )
    assert git(workspace.root, "log", "-1", "--format=%H %s").strip() == (
        f"{commit} street, job 1: Kept ours in a conflict about rectangle 7 (car) (position)"
    )
    assert_sound(workspace.root)


def test_theirs_is_one_commit_of_the_object_the_conflict_and_the_issue(workspace: Workspace, job: JobView) -> None:
    before = git(workspace.root, "rev-parse", "HEAD").strip()
    resolve_conflict(workspace, ONE, "theirs")
    assert shapes(job) == {7: box(7, 5, at=30.0)}
    assert git(workspace.root, "rev-parse", "HEAD^").strip() == before
    assert git(workspace.root, "diff", "--name-only", "HEAD^").split() == [
        "tasks/1/annotations/1/0.jsonl",
        f"tasks/1/conflicts/{ONE}.json",
        f"tasks/1/issues/{issue_number(ONE)}.json",
    ]
    assert "took theirs" in issue_of(workspace, ONE).comments[-1].message
    with Workspace(workspace.root) as again:
        assert again.job(1).annotations == job.annotations
    assert_sound(workspace.root)


def test_both_keeps_ours_and_adds_theirs_under_a_new_id(workspace: Workspace, job: JobView) -> None:
    done = resolve_conflicts(workspace, [ONE], "both")
    (new,) = done.added
    assert new > 1000
    assert shapes(job) == {7: box(7, 5, at=20.0), new: box(new, 5, at=30.0)}
    assert workspace.conflicts() == []


def test_both_of_a_skeleton_gives_its_joints_new_ids_too(workspace: Workspace, job: JobView) -> None:
    elements = tuple(
        Element(id=21 + place, type="points", label=name, points=(5.0, float(place)))
        for place, name in enumerate(("knee", "hip", "toe"))
    )
    body = Shape(frame=5, id=20, type="skeleton", label="body", elements=elements)
    put(job, body)
    joint = body.elements[0]
    leave_conflict(
        workspace,
        TWO,
        FieldConflict(f"elements.{joint.id}.points", [0.0, 0.0], list(joint.points), [9.0, 9.0]),
        number=20,
        frame=5,
    )
    (new,) = resolve_conflicts(workspace, [TWO], "both").added
    copy = shapes(job)[new]
    assert copy.elements[0].points == (9.0, 9.0)
    assert shapes(job)[20] == body
    assert not {element.id for element in copy.elements} & {element.id for element in body.elements}


def test_ids_may_be_abbreviated(workspace: Workspace) -> None:
    leave_conflict(workspace, TWO, FieldConflict("occluded", None, False, True), number=7, frame=5)
    with pytest.raises(InvalidInput, match="Several conflicts begin with '11'"):
        resolve_conflict(workspace, "11", "ours")
    with pytest.raises(NotFound, match="no conflict '4'"):
        resolve_conflict(workspace, "4", "ours")
    with pytest.raises(NotFound, match="no conflict ''"):
        resolve_conflict(workspace, "", "ours")
    resolve_conflict(workspace, "112", "theirs")
    assert [view.id for view in workspace.conflicts()] == [ONE]


def test_what_was_changed_since_is_shown_as_such(workspace: Workspace, job: JobView) -> None:
    put(job, box(7, 5, at=50.0))
    (view,) = workspace.conflicts()
    assert view.status == "changed since"
    resolve_conflict(workspace, ONE, "ours")
    assert shapes(job)[7] == box(7, 5, at=50.0)


def test_a_clone_where_the_sides_are_the_other_way_round_keeps_what_its_file_has(
    workspace: Workspace, job: JobView
) -> None:
    put(job, box(7, 5, at=30.0))
    (view,) = workspace.conflicts()
    assert view.status == "open"
    assert view.fields[0].ours == view.fields[0].now == [30.0, 30.0, 40.0, 50.0]
    resolve_conflict(workspace, ONE, "theirs")
    assert shapes(job)[7] == box(7, 5, at=20.0)


@pytest.mark.parametrize("choice", ["theirs", "both"])
def test_what_is_gone_comes_back_only_by_a_restore(workspace: Workspace, job: JobView, choice: Choice) -> None:
    job.apply(ChangeSet(delete=frozenset({7})))
    (view,) = workspace.conflicts()
    assert (view.what, view.status) == ("object 7", "gone")
    head = git(workspace.root, "rev-parse", "HEAD")
    with pytest.raises(NotFound, match="is gone") as caught:
        resolve_conflict(workspace, ONE, choice)
    assert "--ours" in caught.value.hint
    assert git(workspace.root, "rev-parse", "HEAD") == head
    resolve_conflict(workspace, ONE, "ours")
    assert workspace.conflicts() == []
    assert shapes(job) == {}
    assert "gone" in issue_of(workspace, ONE).comments[-1].message


def test_keyframes_of_a_track_are_chosen_one_by_one(workspace: Workspace, job: JobView) -> None:
    job.apply(ChangeSet(tracks=(track(9, 0, 40, at=2.0),)))
    leave_conflict(workspace, TWO, points(base=1, ours=2, theirs=3), kind="keyframe", number=9, frame=0)
    leave_conflict(workspace, THREE, points(base=1, ours=2, theirs=4), kind="keyframe", number=9, frame=40)
    assert [view.what for view in workspace.conflicts()[::2]] == ["keyframe of track 9 (car)"] * 2
    with pytest.raises(InvalidInput, match="cannot be two"):
        resolve_conflict(workspace, THREE, "both")
    resolve_conflict(workspace, THREE, "theirs")
    (changed,) = job.annotations.tracks
    assert [key.points[0] for key in changed.keyframes] == [2.0, 4.0]
    assert [view.id for view in workspace.conflicts()] == [TWO, ONE]


def test_both_of_a_track_takes_their_keyframes_too(workspace: Workspace, job: JobView) -> None:
    job.apply(ChangeSet(tracks=(track(9, 0, 40, at=2.0),)))
    leave_conflict(workspace, TWO, FieldConflict("label", "car", "car", "person"), kind="track", number=9, frame=0)
    leave_conflict(workspace, THREE, points(base=1, ours=2, theirs=4), kind="keyframe", number=9, frame=40)
    (new,) = resolve_conflicts(workspace, [TWO], "both").added
    found = {one.id: one for one in job.annotations.tracks}
    assert found[9] == track(9, 0, 40, at=2.0)
    assert (found[new].label, [key.points[0] for key in found[new].keyframes]) == ("person", [2.0, 4.0])
    assert {key.track for key in found[new].keyframes} == {new}


def test_the_keyframe_of_a_joint_is_found_in_its_skeleton(workspace: Workspace, job: JobView) -> None:
    joints = tuple(
        Track(
            id=31 + place,
            label=name,
            keyframes=(Keyframe(frame=0, track=31 + place, type="points", points=(5.0, float(place))),),
        )
        for place, name in enumerate(("knee", "hip", "toe"))
    )
    body = Track(id=30, label="body", elements=joints, keyframes=(Keyframe(frame=0, track=30, type="skeleton"),))
    job.apply(ChangeSet(tracks=(body,)))
    leave_conflict(
        workspace, TWO, FieldConflict("points", [0.0, 0.0], [5.0, 1.0], [8.0, 8.0]), kind="keyframe", number=32, frame=0
    )
    assert workspace.conflicts()[0].what == "keyframe of track 32 (hip)"
    resolve_conflict(workspace, TWO, "theirs")
    (changed,) = job.annotations.tracks
    assert [element.keyframes[0].points for element in changed.elements] == [(5.0, 0.0), (8.0, 8.0), (5.0, 2.0)]


def test_several_of_one_object_are_one_commit(workspace: Workspace, job: JobView) -> None:
    leave_conflict(workspace, TWO, FieldConflict("attributes.a.b", None, None, "x"), number=7, frame=5)
    leave_conflict(workspace, THREE, FieldConflict("label", "car", "car", "person"), number=7, frame=5)
    before = git(workspace.root, "rev-parse", "HEAD").strip()
    done = resolve_conflicts(workspace, None, "theirs", task=1)
    assert len(done.resolved) == 3
    assert shapes(job)[7] == msgspec.structs.replace(box(7, 5, at=30.0, label="person"), attributes={"a.b": "x"})
    assert git(workspace.root, "rev-parse", "HEAD^").strip() == before


def test_all_leaves_out_what_the_choice_means_nothing_to(workspace: Workspace, job: JobView) -> None:
    leave_conflict(workspace, TWO, points(base=1, ours=2, theirs=3), number=8, frame=5)
    done = resolve_conflicts(workspace, None, "theirs")
    assert [view.id for view in done.resolved] == [ONE]
    assert [(one.id, "gone" in one.reason) for one in done.skipped] == [(TWO, True)]
    assert [view.id for view in workspace.conflicts()] == [TWO]


def test_named_ones_are_resolved_all_or_none(workspace: Workspace, job: JobView) -> None:
    leave_conflict(workspace, TWO, points(base=1, ours=2, theirs=3), number=8, frame=5)
    with pytest.raises(NotFound):
        resolve_conflicts(workspace, [ONE, TWO], "theirs")
    assert shapes(job)[7] == box(7, 5, at=20.0)
    assert len(workspace.conflicts()) == 2


def test_a_value_that_does_not_fit_any_more_is_refused(workspace: Workspace, job: JobView) -> None:
    leave_conflict(workspace, TWO, FieldConflict("label", "car", "car", "tram"), number=7, frame=5)
    with pytest.raises(InvalidInput, match="tram"):
        resolve_conflict(workspace, TWO, "theirs")
    leave_conflict(workspace, THREE, FieldConflict("points", None, [1.0], ["x"]), number=7, frame=5)
    with pytest.raises(InvalidInput, match="points"):
        resolve_conflict(workspace, THREE, "theirs")
    done = resolve_conflicts(workspace, None, "theirs")
    assert [one.id for one in done.skipped] == [TWO, THREE]
    assert numbers(job.annotations) == [7]


def test_a_track_whose_keyframes_can_be_taken_from_one_side_only(workspace: Workspace, job: JobView) -> None:
    job.apply(ChangeSet(tracks=(track(9, 10, 40, at=2.0),)))
    theirs = msgspec.to_builtins(track(9, 5, 20, at=6.0).keyframes)
    ours = msgspec.to_builtins(job.annotations.tracks[0].keyframes)
    leave_conflict(workspace, TWO, FieldConflict("keyframes", [], ours, theirs), kind="track", number=9, frame=10)
    assert workspace.conflicts()[1].status == "open"
    resolve_conflict(workspace, TWO, "theirs")
    (changed,) = job.annotations.tracks
    assert [key.frame for key in changed.keyframes] == [5, 20]
    assert changed.frame == 5


def test_a_shape_that_theirs_made_a_track_of(workspace: Workspace, job: JobView) -> None:
    shape = box(12, 3, at=4.0)
    put(job, shape)
    values = [msgspec.json.decode(msgspec.json.encode(one)) for one in (shape, track(12, 3, 8, at=5.0))]
    conflict = FieldConflict("object", None, *values)
    leave_conflict(workspace, TWO, conflict, kind="track", number=12, frame=3)
    assert workspace.conflicts()[0].status == "open"
    (new,) = resolve_conflicts(workspace, [TWO], "both").added
    assert (shapes(job)[12], [one.id for one in job.annotations.tracks]) == (shape, [new])
    leave_conflict(workspace, TWO, conflict, kind="track", number=12, frame=3)
    resolve_conflict(workspace, TWO, "theirs")
    assert 12 not in shapes(job)
    assert [one.id for one in job.annotations.tracks] == [12, new]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(sides=st.data())
def test_whatever_a_merge_leaves_is_open_and_theirs_can_be_taken(workspace: Workspace, sides: st.DataObject) -> None:
    base = sides.draw(annotations())
    ours, theirs = sides.draw(edited(base, OURS)), sides.draw(edited(base, THEIRS))
    merged = merge_annotations([base], ours, theirs, task=1, job=1)
    resolve_conflicts(workspace, None, "ours")
    workspace.job(1).replace(())
    left: dict[str, bytes | None] = {conflict_path(one): encode_json(one) for one in merged.conflicts}
    written = left | files(merged.annotations)
    workspace.store.commit(written, message=plain_message("Merge"), author=workspace.author)
    views = workspace.conflicts()
    assert [view for view in views if view.status != "open"] == []
    assert len(views) == len(merged.conflicts)
    assert all(one.now == one.ours for view in views for one in view.fields)
    done = resolve_conflicts(workspace, None, "theirs")
    # A rotation, say, does not go with every type of shape: what does not fit stays in conflict.
    assert len(done.resolved) + len(done.skipped) == len(views)
    kept = {one.id for one in done.skipped}
    leave_again = {path: data for path, data in left.items() if Path(path).stem not in kept}
    workspace.store.commit(leave_again, message=plain_message("Merge"), author=workspace.author)
    for view in workspace.conflicts():
        if view.id not in kept:
            # The values of theirs are what the files have now, so they are the ones that are shown as ours.
            assert [one.now for one in view.fields] == [one.ours for one in view.fields], view
            before = {one.field: one for one in next(one for one in views if one.id == view.id).fields}
            assert all(one.now == before[one.field].theirs for one in view.fields), view
    resolve_conflicts(workspace, None, "ours")


def test_a_conflict_file_that_is_spoilt_is_named(workspace: Workspace) -> None:
    path = workspace.root / f"tasks/1/conflicts/{TWO}.json"
    path.write_bytes((workspace.root / f"tasks/1/conflicts/{ONE}.json").read_bytes())
    with pytest.raises(InvalidDocument, match=f"tasks/1/conflicts/{TWO}.json"):
        workspace.conflicts()
    path.write_text("{", encoding="utf-8")
    with pytest.raises(InvalidDocument, match=f"tasks/1/conflicts/{TWO}.json"):
        workspace.conflicts()


def test_a_conflict_without_an_issue_is_resolved_all_the_same(workspace: Workspace) -> None:
    (workspace.root / issue_path(1, issue_number(ONE))).unlink()
    resolve_conflict(workspace, ONE, "ours")
    assert workspace.conflicts() == []


def test_the_past_has_its_conflicts_and_is_not_resolved(workspace: Workspace) -> None:
    resolve_conflict(workspace, ONE, "ours")
    with workspace.at("HEAD^") as then:
        (view,) = then.conflicts()
        assert (view.id, view.status, view.path) == (ONE, "open", conflict_path(view.document))
        with pytest.raises(InvalidInput):
            resolve_conflict(then, ONE, "ours")


def test_a_choice_that_does_not_exist(workspace: Workspace) -> None:
    with pytest.raises(InvalidInput, match="no choice"):
        resolve_conflict(workspace, ONE, "mine")  # type: ignore[arg-type]  # That is what is tested.
