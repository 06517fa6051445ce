"""Plans over shards against the same change of the annotations in memory."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cvatcore import Annotations, Label, Shape, TaskView, Track
from cvatcore.edit.label_objects import Tally, apply_label_change
from cvatcore.schema import object_ids
from cvatcore.store import Shard, encode_shard, encode_tracks
from cvatcore.store.layout import shard_path, shard_start, tracks_path
from cvatcore.workspace.label_plan import plan_task
from kit.label_changes import NAMES, label_changes, objects
from kit.labels import label_lists
from kit.tasks import make_task, new_workspace, numbered_pictures


@pytest.fixture
def task(tmp_path: Path) -> TaskView:
    return make_task(new_workspace(tmp_path / "ws"), numbered_pictures(100), labels=())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data(), label_lists(names=NAMES))
def test_a_plan_over_shards_is_the_change_of_the_whole(
    task: TaskView, data: st.DataObject, labels: tuple[Label, ...]
) -> None:
    """Outlines count as the whole lines do, and the files are those of the annotations changed in memory."""
    store = task.workspace.store
    before = data.draw(objects(labels))
    change = data.draw(label_changes(labels))
    written = _files(before)
    for path in (store.root / "tasks/1/annotations").rglob("*.jsonl"):
        path.unlink()
    for name, text in written.items():
        (store.root / name).parent.mkdir(parents=True, exist_ok=True)
        (store.root / name).write_bytes(text)
    after, tally = apply_label_change(before, change)
    plans = [list(plan_task(store, 1, change, outlines=outlines)) for outlines in (True, False)]
    for found in plans:
        counted = Tally()
        for plan in found:
            counted.add(plan.tally)
        assert vars(counted) == vars(tally)
    files: dict[str, bytes | None] = {}
    for plan in plans[1]:
        files |= plan.files()
    wanted = _files(after)
    changed = {
        name: wanted.get(name) for name in written.keys() | wanted.keys() if written.get(name) != wanted.get(name)
    }
    assert files == changed
    assert _ids(after.shapes, after.tracks) <= _ids(before.shapes, before.tracks)


def _ids(*items: Iterable[Shape | Track]) -> set[int]:
    return {number for some in items for item in some for number in object_ids(item)}


def _files(annotations: Annotations) -> dict[str, bytes]:
    """The files of job 1 with these objects."""
    shards: dict[int, Shard] = {}
    for shape in annotations.shapes:
        first = shard_start(shape.frame)
        old = shards.get(first, Shard())
        shards[first] = Shard(shapes=(*old.shapes, shape), keyframes=old.keyframes)
    for item in annotations.tracks:
        for keyframe in (*item.keyframes, *(key for element in item.elements for key in element.keyframes)):
            first = shard_start(keyframe.frame)
            old = shards.get(first, Shard())
            shards[first] = Shard(shapes=old.shapes, keyframes=(*old.keyframes, keyframe))
    files = {shard_path(1, 1, first): encode_shard(shard) for first, shard in shards.items()}
    if annotations.tracks:
        files[tracks_path(1, 1)] = encode_tracks(annotations.tracks)
    return files
