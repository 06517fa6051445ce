"""Files that are none of the workspace's: merged by lines, as git merges them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from cvatsync.merge.tree_walk import Met
from cvatsync.trees import Leaf, edit_tree, key_of, leaf_of

if TYPE_CHECKING:
    import pygit2

    from cvatsync.trees import Node


class LineMerges(msgspec.Struct, frozen=True):
    """What came of some files."""

    files: dict[str, Leaf | None]
    """By path."""
    blocked: tuple[str, ...]
    """Those that need a person; sorted."""


def merge_lines(repository: pygit2.Repository, met: Sequence[Met], *, written: list[pygit2.Oid]) -> LineMerges:
    """Merge files that both sides changed. With several ancestors a file must come out the same from each."""
    picked = {
        one.path: leaf_of(one.theirs) for one in met if {key_of(base) for base in one.bases} == {key_of(one.ours)}
    }
    met = [one for one in met if one.path not in picked and not _is_settled(one)]
    if not met:
        return LineMerges(files=picked, blocked=())
    count = max(len(one.bases) for one in met)
    blocked = {one.path for one in met if not (_is_file(one.ours) and _is_file(one.theirs))}
    found: dict[str, set[Leaf | None]] = {one.path: set() for one in met if one.path not in blocked}
    ours, theirs = ({one.path: leaf_of(side(one)) for one in met if one.path in found} for side in (_ours, _theirs))
    for number in range(count):
        bases = {one.path: leaf_of(one.bases[min(number, len(one.bases) - 1)]) for one in met if one.path in found}
        base_tree, our_tree, their_tree = (_small_tree(repository, side) for side in (bases, ours, theirs))
        # Git's own merge of these files alone: it knows binary files, modes and the attributes of a path.
        from pygit2.enums import MergeFlag

        index = repository.merge_trees(base_tree, our_tree, their_tree, flags=MergeFlag(0))
        for sides in index.conflicts or ():
            blocked.update(side.path for side in sides if side is not None)
        merged = {entry.path: Leaf(id=str(entry.id), mode=int(entry.mode)) for entry in index}
        for path, leaves in found.items():
            leaves.add(merged.get(path))
    blocked.update(path for path, leaves in found.items() if len(leaves) > 1)
    files = picked | {path: next(iter(leaves)) for path, leaves in found.items() if path not in blocked}
    known = {leaf.id for side in (ours, theirs) for leaf in side.values() if leaf is not None}
    written += [repository[leaf.id].id for leaf in files.values() if leaf is not None and leaf.id not in known]
    return LineMerges(files=files, blocked=tuple(sorted(blocked)))


def _ours(met: Met) -> Node:
    return met.ours


def _theirs(met: Met) -> Node:
    return met.theirs


def _is_settled(met: Met) -> bool:
    """Whether ours stays: theirs is the same, or as it was."""
    return key_of(met.theirs) == key_of(met.ours) or {key_of(base) for base in met.bases} == {key_of(met.theirs)}


def _is_file(node: Node) -> bool:
    return leaf_of(node) is not None


def _small_tree(repository: pygit2.Repository, files: dict[str, Leaf | None]) -> pygit2.Tree:
    import pygit2

    made = edit_tree(repository, None, {path: leaf for path, leaf in files.items() if leaf}, written=[])
    return repository[made or repository.TreeBuilder().write()].peel(pygit2.Tree)
