"""A task's jobs as one: read, written, stitched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cvatcore import Workspace
from cvatcore.edit import ChangeSet
from cvatcore.errors import InvalidInput
from cvatcore.schema import Annotations, Element, Keyframe, Shape, Track, object_ids
from cvatcore.store import Author, encode_json, plain_message
from cvatcore.store.layout import job_path
from cvatcore.workspace import TaskView
from kit.annotated import LABELS, box, git, numbers, put
from kit.tasks import make_task, new_workspace, numbered_pictures


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    with new_workspace(tmp_path / "w") as workspace:
        yield workspace


@pytest.fixture
def apart(ws: Workspace) -> TaskView:
    """Jobs of frames 0 to 9, 10 to 19 and 20 to 29."""
    return make_task(ws, numbered_pictures(30), labels=LABELS, segment_size=10)


@pytest.fixture
def shared(ws: Workspace) -> TaskView:
    """Jobs of frames 0 to 9, 8 to 17, 16 to 25 and 24 to 29."""
    return make_task(ws, numbered_pictures(30), labels=LABELS, segment_size=10, overlap=2)


def car(*places: tuple[int, float], number: int = 0, **fields: Any) -> Track:
    keyframes = tuple(
        Keyframe(frame=frame, track=number, type="rectangle", points=(x, 0, x + 10, 10)) for frame, x in places
    )
    return Track(id=number, label="car", frame=keyframes[0].frame, keyframes=keyframes, **fields)


def frames(objects: Annotations) -> list[list[tuple[int, bool]]]:
    return [[(key.frame, key.outside) for key in track.keyframes] for track in objects.tracks]


def test_what_is_written_is_dealt_and_read_as_cvat_does_it(apart: TaskView) -> None:
    saved = apart.write([box(7, 3), box(7, 12)], [car((0, 0), (15, 150))])
    first, second, third = (job.annotations for job in apart.jobs)
    assert [[shape.frame for shape in part.shapes] for part in (first, second, third)] == [[3], [12], []]
    assert frames(first) == [[(0, False)]]
    assert frames(second) == [[(10, False), (15, False)]]
    assert frames(third) == [[(20, False)]]
    closed = [[(0, False), (10, True)], [(10, False), (15, False), (20, True)], [(20, False)]]
    assert frames(apart.annotations) == frames(saved.objects) == closed
    assert saved.counts.added == 5
    assert saved.objects == apart.annotations
    ids = numbers(first) + numbers(second) + numbers(third)
    assert len(set(ids)) == len(ids)
    again = apart.write([])
    assert (again.counts.added, again.counts.removed) == (0, 5)
    assert apart.annotations == Annotations()


def test_it_is_one_commit_of_its_author(apart: TaskView) -> None:
    before = git(apart.workspace.root, "rev-list", "--count", "HEAD")
    saved = apart.write([box(1, 3), box(2, 12)], author=Author(name="Mara", email="mara@example.org"))
    assert int(git(apart.workspace.root, "rev-list", "--count", "HEAD")) == int(before) + 1
    log = git(apart.workspace.root, "log", "-1", "--format=%H|%an|%s").strip()
    assert log == f"{saved.commit}|Mara|street, 2 jobs: 2 added"


def test_nothing_wrong_is_written(apart: TaskView) -> None:
    apart.write([box(1, 3)])
    before = apart.annotations
    with pytest.raises(InvalidInput, match="nobody"):
        apart.write([box(1, 3), box(2, 12, label="nobody")])
    with pytest.raises(InvalidInput, match="comes twice"):
        apart.apply(ChangeSet(shapes=(before.shapes[0], before.shapes[0])))
    assert apart.annotations == before


def test_doubles_are_read_once_and_changed_together(shared: TaskView) -> None:
    shared.write([box(0, 8)])
    first, second, *_ = shared.jobs
    (mine,), (double,) = first.annotations.shapes, second.annotations.shapes
    assert mine.id != double.id
    (seen,) = shared.annotations.shapes
    assert seen == mine
    assert shared.merged.united == 1
    moved = msgspec.structs.replace(seen, points=(50.0, 50.0, 60.0, 60.0))
    saved = shared.apply(ChangeSet(shapes=(moved,)))
    assert saved.objects.shapes == (moved,)
    assert [shape.id for shape in second.annotations.shapes] == [double.id]
    assert shared.annotations.shapes == (moved,)
    shared.apply(ChangeSet(delete=frozenset({seen.id, 999_999})))
    assert all(job.annotations == Annotations() for job in shared.jobs)


def test_an_object_that_moves_to_another_job_keeps_its_id(apart: TaskView) -> None:
    apart.write([box(0, 3)], [car((0, 0), (5, 50))])
    (shape,), track = apart.annotations.shapes, apart.annotations.tracks[0]
    longer = car((0, 0), (25, 250), number=track.id)
    apart.apply(ChangeSet(shapes=(msgspec.structs.replace(shape, frame=13),), tracks=(longer,)))
    assert [[shape.id for shape in job.annotations.shapes] for job in apart.jobs] == [[], [shape.id], []]
    # The track is one object now, and what was cut off before is still there.
    assert frames(apart.annotations)[0] == [(0, False), (10, False), (20, False), (25, False)]
    assert apart.annotations.tracks[0].id == track.id


def test_joints_keep_their_ids(shared: TaskView) -> None:
    pose = Shape(frame=8, id=0, type="skeleton", label="body", elements=(joint(0, 1),))
    shared.write([pose])
    parts = [job.annotations.shapes[0] for job in shared.jobs[:2]]
    assert len({number for part in parts for number in object_ids(part)}) == 4
    changed = msgspec.structs.replace(parts[0], elements=(joint(0, 5),))
    shared.apply(ChangeSet(shapes=(changed,)))
    after = shared.jobs[0].annotations.shapes[0]
    assert object_ids(after) == object_ids(parts[0])
    assert after.elements[0].points == (5, 5)


def joint(number: int, x: float) -> Element:
    return Element(id=number, type="points", label="knee", points=(x, x))


def test_new_objects_get_ids_of_their_own(shared: TaskView) -> None:
    saved = shared.apply(ChangeSet(shapes=(box(0, 8), box(77, 9)), tracks=(car((7, 0)),)))
    ids = [number for part in saved.parts.values() for number in numbers(part)]
    assert len(ids) == len(set(ids)) == 2 * 2 + 4
    assert 77 not in ids


def test_ground_truth_is_left_alone(apart: TaskView) -> None:
    truth = apart.jobs[2].document
    changed = msgspec.structs.replace(truth, type="ground_truth", start=0, stop=29)
    ws = apart.workspace
    ws.store.commit(
        {job_path(apart.id, truth.id): encode_json(changed)}, message=plain_message("Check"), author=ws.author
    )
    put(apart.jobs[2], box(5, 2))
    apart.write([box(0, 3), box(0, 25)])
    assert [shape.frame for shape in apart.annotations.shapes] == [3]
    assert [shape.id for shape in apart.jobs[2].annotations.shapes] == [5]


def tree(folder: Path) -> str:
    return git(folder, "rev-parse", "HEAD^{tree}")


def test_done_and_undone_the_workspace_is_identical(apart: TaskView) -> None:
    apart.write([box(0, 3)], [car((0, 0), (25, 250)), car((2, 400))])
    root, before = apart.workspace.root, apart.annotations
    old = tree(root)
    plan = apart.plan_stitch()
    assert tree(root) == old
    done, saved = apart.stitch()
    assert done == plan
    assert saved is not None
    assert frames(apart.annotations) == [
        [(0, False), (10, False), (20, False), (25, False)],
        [(2, False), (10, False), (20, False)],
    ]
    subject = git(root, "log", "-1", "--format=%s").strip()
    assert subject == "street, 2 jobs stitched: 4 tracks (task 1)"
    assert apart.stitch() == (apart.plan_stitch(), None)
    assert git(root, "rev-parse", "HEAD").strip() == saved.commit
    git(root, "revert", "--no-edit", saved.commit)
    assert tree(root) == old
    assert apart.annotations == before


def test_what_was_edited_by_hand_survives_the_revert(shared: TaskView) -> None:
    shared.write([box(0, 8)])
    root = shared.workspace.root
    shard = root / "tasks/1/annotations/2/0.jsonl"
    shard.write_text(shard.read_text(encoding="utf-8").replace("11.0", "12.0"), encoding="utf-8", newline="\n")
    edited = shard.read_bytes()
    _, saved = shared.stitch()
    assert saved is not None
    assert shard.read_bytes() != edited
    git(root, "revert", "--no-edit", saved.commit)
    assert shard.read_bytes() == edited


def test_a_stitch_of_one_job_amends_no_save(shared: TaskView) -> None:
    first, second, *_ = shared.jobs
    mask = Shape(frame=8, id=1, type="mask", label="car", points=(0.0, 4.0, 0.0, 0.0, 1.0, 1.0))
    put(first, mask)
    before = put(second, msgspec.structs.replace(mask, id=2))
    _, saved = shared.stitch()
    assert saved is not None
    assert git(shared.workspace.root, "rev-parse", "HEAD^").strip() == before
    assert [[shape.id for shape in job.annotations.shapes] for job in (first, second)] == [[1], [1]]
    assert [shape.id for shape in shared.annotations.shapes] == [1]
    # A later save does not disappear in it either.
    put(second, box(3, 9))
    assert git(shared.workspace.root, "rev-parse", "HEAD^").strip() == saved.commit
