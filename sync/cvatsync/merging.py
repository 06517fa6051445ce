"""Three-way merge of git trees, file by file.

It walks only folders that differ, so its cost follows the size of the changes and not that of the workspace. A file
that one side changed is taken from that side; a file that both sides changed alike is no conflict. Nothing is renamed
or merged by lines: equal paths are equal things.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import pygit2

    Node = pygit2.Object | None
    Key = tuple[str, int] | None


class Leaf(msgspec.Struct, frozen=True):
    """A file in a tree: the id of its blob, and git's mode."""

    id: str
    mode: int


class Change(msgspec.Struct, frozen=True):
    """What a merge does to one file of ours; None where there is none."""

    old: Leaf | None
    new: Leaf | None


class Merged(msgspec.Struct, frozen=True):
    """The outcome of a merge; with conflicts, the tree is of no use."""

    tree: str
    changes: dict[str, Change]
    """By path in the repository: what differs from our side."""
    conflicts: tuple[str, ...]
    """Files, or folders that are one thing, that both sides changed in different ways; sorted."""
    written: tuple[pygit2.Oid, ...]
    """Objects that the merge made."""


def merge_trees(
    repository: pygit2.Repository,
    *,
    bases: Sequence[pygit2.Tree],
    ours: pygit2.Tree,
    theirs: pygit2.Tree,
    is_one_thing: Callable[[str], bool] = lambda path: False,
) -> Merged:
    """Merge two trees.

    Args:
        repository: where the trees are, and where those of the merge are written.
        bases: the trees of the best common ancestors. A side counts as unchanged only where all bases say so.
        ours: the tree that changes are counted from.
        theirs: the other tree.
        is_one_thing: tells folders that cannot be removed on one side and changed on the other.
    """
    merge = _Merge(repository, is_one_thing)
    tree = merge.folder("", bases, ours, theirs)
    if tree is None:
        tree = repository.TreeBuilder().write()
    return Merged(
        tree=str(tree),
        changes=merge.changes,
        conflicts=tuple(sorted(merge.conflicts)),
        written=tuple(merge.written),
    )


class _Merge:
    def __init__(self, repository: pygit2.Repository, is_one_thing: Callable[[str], bool]) -> None:
        self._repo = repository
        self._is_one_thing = is_one_thing
        self.changes: dict[str, Change] = {}
        self.conflicts: list[str] = []
        self.written: list[pygit2.Oid] = []

    def folder(self, path: str, bases: Iterable[Node], ours: Node, theirs: Node) -> pygit2.Oid | None:
        """The merged tree, or None when nothing is left in it."""
        base_entries = [_entries(base) for base in bases]
        our_entries, their_entries = _entries(ours), _entries(theirs)
        builder = self._repo.TreeBuilder()
        for name in sorted(our_entries.keys() | their_entries.keys()):
            inner = f"{path}/{name}" if path else name
            merged = self._node(
                inner,
                [entries.get(name) for entries in base_entries],
                our_entries.get(name),
                their_entries.get(name),
            )
            if merged is not None:
                builder.insert(name, merged[0], merged[1])
        if not len(builder):
            return None
        tree = builder.write()
        self.written.append(tree)
        return tree

    def _node(self, path: str, bases: Sequence[Node], ours: Node, theirs: Node) -> Key:
        our_key, their_key = _key(ours), _key(theirs)
        base_keys = [_key(base) for base in bases]
        if our_key == their_key or all(key == their_key for key in base_keys):
            return our_key
        if all(key == our_key for key in base_keys):
            self._take(path, ours, theirs)
            return their_key
        if _is_folder(ours) and _is_folder(theirs):
            removed = ours is None or theirs is None
            if not (removed and self._is_one_thing(path)):
                tree = self.folder(path, bases, ours, theirs)
                return None if tree is None else (str(tree), _TREE)
        self.conflicts.append(path)
        return our_key

    def _take(self, path: str, ours: Node, theirs: Node) -> None:
        """Note every file in which their side differs from ours."""
        if _key(ours) == _key(theirs):
            return
        our_entries, their_entries = _entries(ours), _entries(theirs)
        for name in sorted(our_entries.keys() | their_entries.keys()):
            self._take(f"{path}/{name}", our_entries.get(name), their_entries.get(name))
        old, new = _leaf(ours), _leaf(theirs)
        if old != new:
            self.changes[path] = Change(old=old, new=new)


_TREE = 0o040000
"""Git's mode of a folder."""


def _key(node: Node) -> Key:
    return None if node is None else (str(node.id), int(node.filemode or 0))


def _is_folder(node: Node) -> bool:
    """Whether a side is a folder, or nothing, which is an empty folder."""
    return node is None or node.filemode == _TREE


def _leaf(node: Node) -> Leaf | None:
    if node is None or node.filemode == _TREE:
        return None
    return Leaf(id=str(node.id), mode=int(node.filemode or 0))


def _entries(node: Node) -> dict[str, pygit2.Object]:
    import pygit2

    if not isinstance(node, pygit2.Tree):
        return {}
    return {entry.name: entry for entry in node if entry.name is not None}
