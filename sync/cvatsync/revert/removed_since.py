"""What was removed after a change stays away when the change is taken back.

A merge of two people's work brings back what one of them deleted and the other changed. Taking back is another thing:
the deletion came later, and whoever did it knew the change.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cvatcore.store.layout import place_of
from cvatcore.store.removed_objects import leave_out_removed
from cvatsync.trees import Change, bytes_of, edit_tree, node_at, tree_changes

if TYPE_CHECKING:
    import pygit2

    from cvatsync.trees import Node

_JOB_FOLDER = re.compile(r"(tasks/\d+/annotations/\d+)/")


def leave_out_removed_since(
    repository: pygit2.Repository,
    *,
    after: pygit2.Tree,
    ours: pygit2.Tree,
    before: pygit2.Tree,
    prefix: str,
    written: list[pygit2.Oid],
) -> tuple[pygit2.Tree, pygit2.Tree]:
    """The states after and before a change without what is gone by now, where the change touched it.

    Args:
        repository: where the trees are.
        after: the state after the change.
        ours: the state now.
        before: the state before the change.
        prefix: the folder of the workspace, with a slash at its end; empty where it is the whole repository.
        written: collects the objects that are made.

    Errors: InvalidDocument for a file that cannot be read.
    """
    edits: tuple[dict[str, bytes | None], dict[str, bytes | None]] = {}, {}
    jobs: dict[str, None] = {}
    for path, change in tree_changes(after, before).items():
        inside = path.removeprefix(prefix) if path.startswith(prefix) else ""
        if (found := _JOB_FOLDER.match(inside)) and place_of(inside) is not None:
            jobs[found[1]] = None
        elif change.old is not None and node_at(ours, path) is None:
            for side in edits:
                side[path] = None
    for folder in jobs:
        now, old, older = (node_at(tree, prefix + folder) for tree in (ours, after, before))
        met = tree_changes(old, now)
        if not met:
            continue  # Nobody was there since.
        files = [_files(side, folder, met) for side in (old, now)]
        # Of the state before, all that either of the others has in another version.
        older_files = _files(older, folder, met | tree_changes(old, older))
        for side, changed in zip(edits, leave_out_removed(*files, older_files), strict=True):
            side.update({prefix + path: data for path, data in changed.items()})
    made = [_edited(repository, tree, side, written) for tree, side in zip((after, before), edits, strict=True)]
    return made[0], made[1]


def _files(side: Node, folder: str, met: dict[str, Change]) -> dict[str, bytes]:
    """Of these files of a job's folder, those that one side has."""
    found = ((f"{folder}/{inner}", bytes_of(node_at(side, inner))) for inner in met)
    return {path: data for path, data in found if data is not None and place_of(path) is not None}


def _edited(
    repository: pygit2.Repository, tree: pygit2.Tree, edits: dict[str, bytes | None], written: list[pygit2.Oid]
) -> pygit2.Tree:
    import pygit2

    if not edits:
        return tree
    made = edit_tree(repository, tree, edits, written=written)
    if made is None:
        made = repository.TreeBuilder().write()
        written.append(made)
    return repository[made].peel(pygit2.Tree)
