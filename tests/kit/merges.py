"""Merges of workspaces that are dictionaries of files, through git trees."""

import msgspec
import pygit2

from cvatcore.schema import Comment, Issue, Label, Project, Shape, Task
from cvatcore.store import decode_json, decode_shard, decode_tracks, place_of
from cvatcore.store.layout import project_path, task_path
from cvatsync.merge.merging import Merged, merge_trees
from kit.tasks import CREATED
from kit.trees import Files, Plain, box, moving, objects_of, read_tree, write_tree

BASE = Plain(
    shapes={1: [box(1), box(2, frame=1)], 2: [box(3, frame=40, label="person")]},
    tracks={1: [moving(4, 2, 9)]},
    issues=(
        Issue(id=7, job=1, frame=3, created=CREATED, comments=(Comment(id=1, message="look", created=CREATED),)),
        Issue(id=8, job=2, frame=33, created=CREATED),
    ),
)


class Result(msgspec.Struct, frozen=True):
    merged: Merged
    files: dict[str, bytes]

    @property
    def shapes(self) -> dict[int, Shape]:
        return {
            shape.id: shape
            for path, data in self.files.items()
            if (place := place_of(path)) is not None and place.kind == "shard"
            for shape in decode_shard(data, path=path).shapes
        }

    @property
    def tracks(self) -> dict[int, list[int]]:
        """The frames of their keyframes, by track; of none that has no head."""
        heads = [
            track.id
            for path, data in self.files.items()
            if path.endswith("tracks.jsonl")
            for track in decode_tracks(data, path=path)
        ]
        found: dict[int, list[int]] = {number: [] for number in heads}
        for path, data in self.files.items():
            if (place := place_of(path)) is not None and place.kind == "shard":
                for keyframe in decode_shard(data, path=path).keyframes:
                    found[keyframe.track].append(keyframe.frame)
        return found

    @property
    def label_documents(self) -> tuple[Label, ...]:
        task = decode_json(self.files[task_path(1)], Task, path="task.json")
        if not task.project:
            return task.labels
        path = project_path(task.project)
        return decode_json(self.files[path], Project, path=path).labels

    @property
    def labels(self) -> list[str]:
        return [label.name for label in self.label_documents]


def merge(
    repository: pygit2.Repository, base: Files, ours: Files, theirs: Files, *, prefix: str = "", created: str = CREATED
) -> Result:
    trees = [
        write_tree(repository, {prefix + path: data for path, data in side.items()}) for side in (base, ours, theirs)
    ]
    merged = merge_trees(repository, bases=[trees[0]], ours=trees[1], theirs=trees[2], prefix=prefix, created=created)
    tree = repository[merged.tree].peel(pygit2.Tree)
    # What is new must be known, to be made durable before the branch stands on it.
    known = set().union(*map(objects_of, trees))
    assert objects_of(tree) - known <= {str(made) for made in merged.written}
    return Result(merged, {path.removeprefix(prefix): data for path, data in read_tree(tree).items()})


def both_ways(repository: pygit2.Repository, base: Files, one: Files, other: Files, *, prefix: str = "") -> Result:
    """The merge, which must not depend on whose side is ours."""
    here = merge(repository, base, one, other, prefix=prefix)
    there = merge(repository, base, other, one, prefix=prefix)
    assert here.files == there.files
    assert here.merged.kept == there.merged.kept
    assert not here.merged.conflicts
    assert not here.merged.blocked
    # The changes are counted from the real sides, whatever was put back for the merge.
    for result, side in ((here, one), (there, other)):
        changed = {path for path in side.keys() | result.files.keys() if side.get(path) != result.files.get(path)}
        assert {path.removeprefix(prefix) for path in result.merged.changes} == changed
    return here


def without(files: Files, *beginnings: str) -> dict[str, bytes]:
    return {path: data for path, data in files.items() if not path.startswith(beginnings)}
