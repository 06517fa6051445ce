from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from cvatcore import ChangeSet, Keyframe, Track, Workspace
from cvatcore.errors import NotFound
from cvatcore.schema import Element, Shape
from cvatcore.store import Author
from cvatcore.store.layout import shard_path
from cvatcore.workspace.history.blaming import UNCOMMITTED, Mark, ObjectBlame, blame_jobs
from kit.annotated import annotated, box, git

ANN, BOB, EVE = (Author(name, f"{name}@example.org") for name in ("ann", "bob", "eve"))


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with annotated(tmp_path / "w", segment_size=50, amend_seconds=0) as made:
        git(made.root, "commit", "-qam", "settings")
        yield made


def save(workspace: Workspace, author: Author, *items: Shape | Track, delete: int = 0, job: int = 1) -> str:
    change = ChangeSet(
        shapes=tuple(item for item in items if isinstance(item, Shape)),
        tracks=tuple(item for item in items if isinstance(item, Track)),
        delete=frozenset({delete} - {0}),
    )
    return workspace.job(job).apply(change, author=author).commit


def who(found: ObjectBlame) -> dict[str, str]:
    return {field.field: _who(field.mark) for field in found.fields}


def _who(mark: Mark | None) -> str:
    return "?" if mark is None else mark.author or "nobody yet"


def test_each_field_has_who_set_it_to_what_it_is(workspace: Workspace) -> None:
    shape = msgspec.structs.replace(box(1), attributes={"color": "red"})
    made = save(workspace, ANN, shape)
    save(workspace, BOB, msgspec.structs.replace(shape, label="person", attributes={"color": "blue", "size": "1"}))
    save(workspace, EVE, box(2))  # In the same file, which is not hers to be blamed for.
    last = msgspec.structs.replace(box(1, at=3.0), label="person", attributes={"color": "red", "size": "1"})
    changed = save(workspace, EVE, last)
    (found,) = workspace.blame(1)
    fields = who(found)
    assert {fields[name] for name in ("frame", "type", "occluded", "source")} == {"ann"}
    assert (fields["label"], fields["attributes.size"]) == ("bob", "bob")
    assert (fields["points"], fields["attributes.color"]) == ("eve", "eve")
    assert found.object.made is not None
    assert found.object.changed is not None
    assert (found.object.made.commit, found.object.changed.commit) == (made, changed)
    assert not found.is_gone


def test_one_that_moved_to_another_file_is_followed(workspace: Workspace) -> None:
    save(workspace, ANN, box(1, 3))
    save(workspace, BOB, msgspec.structs.replace(box(1, 3), label="person"))
    save(workspace, EVE, msgspec.structs.replace(box(1, 40), label="person"))
    (found,) = workspace.blame(1)
    fields = who(found)
    assert (fields["frame"], fields["label"], fields["points"]) == ("eve", "bob", "ann")
    assert found.object.made is not None
    assert found.object.made.author == "ann"


def test_one_that_came_from_another_job_is_followed(workspace: Workspace) -> None:
    save(workspace, ANN, box(1, 3))
    task = workspace.tasks[1]
    empty = task.jobs[0].annotations
    moved = msgspec.structs.replace(empty, shapes=(box(1, 60),))
    task.replace({1: msgspec.structs.replace(empty, shapes=()), 2: moved}, author=EVE)
    (found,) = workspace.blame(1)
    assert found.object.job == 2
    fields = who(found)
    assert (fields["frame"], fields["label"]) == ("eve", "ann")


def track(*keys: tuple[int, float]) -> Track:
    keyframes = tuple(Keyframe(frame=f, track=20, type="rectangle", points=(x, 0.0, x + 9, 9.0)) for f, x in keys)
    return Track(id=20, label="car", keyframes=keyframes)


def test_each_keyframe(workspace: Workspace) -> None:
    save(workspace, ANN, track((0, 0.0), (40, 5.0)))
    save(workspace, BOB, track((0, 0.0), (10, 2.0), (40, 5.0)))
    save(workspace, EVE, track((0, 1.0), (10, 2.0), (40, 5.0)))
    (found,) = workspace.blame(20)
    fields = who(found)
    assert fields["label"] == "ann"
    assert [fields[f"keyframes.{frame}.points"] for frame in (0, 10, 40)] == ["eve", "bob", "ann"]


def test_a_keyframe_that_went_is_the_last_change(workspace: Workspace) -> None:
    save(workspace, ANN, track((0, 0.0), (40, 5.0)))
    save(workspace, BOB, track((0, 0.0)))
    (found,) = workspace.blame(20)
    assert found.object.changed is not None
    assert found.object.changed.author == "bob"


def test_joints_and_who_asks_by_their_id(workspace: Workspace) -> None:
    knee = Element(id=31, type="points", label="knee", points=(1.0, 1.0))
    body = Shape(frame=0, id=30, type="skeleton", label="body", elements=(knee,))
    save(workspace, ANN, body)
    save(workspace, BOB, msgspec.structs.replace(body, elements=(msgspec.structs.replace(knee, points=(2.0, 2.0)),)))
    (found,) = workspace.blame(31)
    assert found.object.id == 30
    assert (who(found)["elements.31.points"], who(found)["elements.31.label"]) == ("bob", "ann")


def test_joints_of_tracks(workspace: Workspace) -> None:
    def walker(x: float) -> Track:
        keys = tuple(Keyframe(frame=frame, track=41, type="points", points=(x, frame)) for frame in (0, 40))
        return Track(id=40, label="body", elements=(Track(id=41, label="knee", keyframes=keys),))

    save(workspace, ANN, walker(1.0))
    save(workspace, BOB, walker(2.0))
    (found,) = workspace.blame(40)
    assert who(found)["elements.41.keyframes.40.points"] == "bob"
    assert who(found)["elements.41.keyframes.40.occluded"] == "ann"


def test_who_deleted_it(workspace: Workspace) -> None:
    save(workspace, ANN, box(1), box(2))
    save(workspace, BOB, box(1, at=3.0))
    gone = save(workspace, EVE, delete=1)
    (found,) = workspace.blame(1)
    assert found.is_gone
    assert found.removed is not None
    assert (found.removed.commit, found.removed.author) == (gone, "eve")
    assert (who(found)["points"], who(found)["label"]) == ("bob", "ann")


def test_with_its_whole_task(workspace: Workspace) -> None:
    save(workspace, ANN, box(1))
    workspace.tasks[1].delete(author=EVE)
    (found,) = workspace.blame(1)
    assert found.removed is not None
    assert found.removed.author == "eve"


def test_what_is_not_committed_yet(workspace: Workspace) -> None:
    save(workspace, ANN, box(1))
    shard = workspace.root / shard_path(1, 1, 0)
    text = shard.read_text(encoding="utf-8").replace('"label":"car"', '"label":"person"')
    text += '{"frame":2,"id":9,"type":"tag","label":"car"}\n'
    shard.write_text(text, encoding="utf-8", newline="\n")
    (found,) = workspace.blame(1)
    assert (who(found)["label"], who(found)["points"]) == ("nobody yet", "ann")
    assert found.object.changed == UNCOMMITTED
    (new,) = workspace.blame(9)
    assert new.object.made == UNCOMMITTED


def test_through_a_merge_each_side_keeps_its_own(workspace: Workspace) -> None:
    root = workspace.root
    save(workspace, ANN, box(1), box(2, 40))
    git(root, "switch", "-qc", "side")
    save(workspace, BOB, box(2, 40, at=3.0))
    git(root, "switch", "-q", "main")
    save(workspace, EVE, box(1, at=4.0))
    git(root, "merge", "-q", "-m", "both", "side")
    assert [who(workspace.blame(number)[0])["points"] for number in (1, 2)] == ["eve", "bob"]
    assert who(workspace.blame(2)[0])["label"] == "ann"


def test_an_id_that_nobody_had(workspace: Workspace) -> None:
    with pytest.raises(NotFound, match="object 77"):
        workspace.blame(77)
    save(workspace, ANN, box(1))
    with pytest.raises(NotFound, match="job 2"):
        workspace.blame(1, job=2)


def test_the_objects_of_a_frame(workspace: Workspace) -> None:
    save(workspace, ANN, box(1, 3), box(2, 4), track((0, 0.0), (10, 5.0)))
    save(workspace, BOB, box(1, 3, at=3.0), box(3, 3))
    rows = blame_jobs(workspace, [(1, 1)], frame=3)
    assert [(row.id, _who(row.made), _who(row.changed)) for row in rows] == [
        (20, "ann", "ann"),
        (1, "ann", "bob"),
        (3, "bob", "bob"),
    ]
    assert [row.id for row in blame_jobs(workspace, [(1, 1), (1, 2)])] == [20, 1, 3, 2]


def test_of_a_view_of_the_past(workspace: Workspace) -> None:
    save(workspace, ANN, box(1))
    save(workspace, BOB, box(1, at=3.0))
    with workspace.at("HEAD~1") as then:
        (found,) = then.blame(1)
    assert who(found)["points"] == "ann"
