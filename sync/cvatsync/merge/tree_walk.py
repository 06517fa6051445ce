"""The part of a merge that looks at no file's content: what one side left alone is taken from the other.

It walks only folders that differ, so its cost follows the size of the changes and not that of the workspace.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from cvatsync.trees import FOLDER, entries_of, is_folder, key_of

if TYPE_CHECKING:
    import pygit2

    from cvatsync.trees import Key, Node


class Met(msgspec.Struct, frozen=True):
    """A file, or a folder that is merged as one thing, which both sides changed in different ways."""

    path: str
    bases: tuple[Node, ...]
    ours: Node
    theirs: Node


class Walked(msgspec.Struct, frozen=True):
    """What a walk came to."""

    tree: pygit2.Oid | None
    """Everything that could be taken from one side, with ours where both changed something; None when it is empty."""
    met: tuple[Met, ...]
    """Sorted by path."""


def walk_trees(
    repository: pygit2.Repository,
    *,
    bases: Sequence[Node],
    ours: Node,
    theirs: Node,
    is_unit: Callable[[str], bool],
    written: list[pygit2.Oid],
) -> Walked:
    """Merge two trees as far as that goes without reading files.

    Args:
        repository: where the trees are, and where those of the merge are written.
        bases: the trees of the best common ancestors. A side counts as unchanged only where all of them equal it.
        ours: one side.
        theirs: the other.
        is_unit: tells folders that are not to be looked into where both sides changed them.
        written: collects the objects made.
    """
    walk = _Walk(repository, is_unit, written)
    key = walk.node("", tuple(bases), ours, theirs)
    return Walked(tree=None if key is None else repository[key[0]].id, met=tuple(walk.met))


class _Walk:
    def __init__(
        self, repository: pygit2.Repository, is_unit: Callable[[str], bool], written: list[pygit2.Oid]
    ) -> None:
        self._repo = repository
        self._is_unit = is_unit
        self._written = written
        self.met: list[Met] = []

    def node(self, path: str, bases: tuple[Node, ...], ours: Node, theirs: Node) -> Key:
        """What the merge has at a path."""
        our_key, their_key = key_of(ours), key_of(theirs)
        before = {key_of(base) for base in bases}
        if our_key == their_key or before == {their_key}:
            return our_key
        if before == {our_key}:
            return their_key
        both_folders = all(node is None or is_folder(node) for node in (ours, theirs))
        if both_folders and not self._is_unit(path):
            return self._folder(path, bases, ours, theirs)
        self.met.append(Met(path=path, bases=bases, ours=ours, theirs=theirs))
        return our_key

    def _folder(self, path: str, bases: tuple[Node, ...], ours: Node, theirs: Node) -> Key:
        # A folder that is not there is one without entries: what is in it decides, file by file.
        base_entries = [entries_of(base) for base in bases]
        our_entries, their_entries = entries_of(ours), entries_of(theirs)
        builder = self._repo.TreeBuilder()
        for name in sorted(our_entries.keys() | their_entries.keys()):
            merged = self.node(
                f"{path}/{name}" if path else name,
                tuple(entries.get(name) for entries in base_entries),
                our_entries.get(name),
                their_entries.get(name),
            )
            if merged is not None:
                builder.insert(name, merged[0], merged[1])
        if not len(builder):
            return None
        made = builder.write()
        self._written.append(made)
        return str(made), FOLDER
