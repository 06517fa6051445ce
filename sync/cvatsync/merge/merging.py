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
from cvatsync.merge.appended_frames import move_appended
from cvatsync.merge.deletions import keep_needed
from cvatsync.merge.label_sides import LabelSides
from cvatsync.merge.line_merges import merge_lines
from cvatsync.merge.merged_files import is_job_folder, is_merged_by_meaning, merge_documents, merge_jobs
from cvatsync.merge.needed_labels import Labelled, bring_back_labels
from cvatsync.merge.recording import conflict_files
from cvatsync.merge.repeated_jobs import without_repeated_jobs
from cvatsync.merge.tree_walk import walk_trees
from cvatsync.trees import Change, Edits, Leaf, edit_tree, node_at, tree_changes

if TYPE_CHECKING:
    import pygit2

    from cvatsync.trees import Node


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
    """Folders and documents that one side deleted and the other needs: the tree has them; sorted."""
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
    sides = keep_needed(repository, bases=bases, ours=ours, theirs=theirs, prefix=prefix, written=written)
    other = move_appended(repository, bases=bases, ours=sides.ours, theirs=sides.theirs, prefix=prefix, written=written)
    here, there, *before = (_workspace(tree, prefix) for tree in (sides.ours, other, *bases))
    walked = walk_trees(
        repository,
        bases=bases,
        ours=sides.ours,
        theirs=other,
        is_unit=lambda path: path.startswith(prefix) and is_job_folder(path.removeprefix(prefix)),
        written=written,
    )
    inside = [(met.path.removeprefix(prefix), met) for met in walked.met if met.path.startswith(prefix)]
    meant = {met.path: (path, met) for path, met in inside if is_merged_by_meaning(path, met)}
    documents = merge_documents(one for one in meant.values() if not is_job_folder(one[0]))
    taken = _workspace(repository[walked.tree] if walked.tree else None, prefix)
    labels = LabelSides(ours=here, theirs=there, bases=tuple(before), taken=taken, merged=documents.files)
    jobs = merge_jobs((one for one in meant.values() if is_job_folder(one[0])), labels)
    strays = [met for met in walked.met if met.path not in meant]
    lines = merge_lines(repository, [*strays, *jobs.strays], written=written)
    edits: dict[str, bytes | Leaf | None] = {
        prefix + path: data for path, data in (documents.files | jobs.files).items()
    }
    tree = _edited(repository, walked.tree, edits | lines.files, written)
    merged = _workspace(tree, prefix)
    conflicts = (*documents.conflicts, *jobs.conflicts)
    more: dict[str, bytes | None] = without_repeated_jobs(ours=here, theirs=there, bases=before, merged=merged)
    more |= bring_back_labels(
        Labelled(
            ours=here,
            theirs=there,
            bases=tuple(before),
            merged=merged,
            kept=frozenset(sides.paths),
            used=jobs.used,
        )
    )
    if created:
        more |= conflict_files(conflicts, merged=merged, created=created)
    if more:
        tree = _edited(repository, tree.id, {prefix + path: data for path, data in more.items()}, written)
    return Merged(
        tree=str(tree.id),
        changes=tree_changes(ours, tree),
        conflicts=conflicts,
        blocked=lines.blocked,
        kept=tuple(sorted(prefix + path for path in (*sides.paths, *documents.kept))),
        written=tuple(written),
    )


def _workspace(tree: Node, prefix: str) -> Node:
    return node_at(tree, prefix.rstrip("/"))


def _edited(
    repository: pygit2.Repository, tree: pygit2.Oid | None, edits: Edits, written: list[pygit2.Oid]
) -> pygit2.Tree:
    import pygit2

    made = edit_tree(repository, None if tree is None else repository[tree], edits, written=written)
    if made is None:
        made = repository.TreeBuilder().write()
        written.append(made)
    return repository[made].peel(pygit2.Tree)
