"""Trees of git: what they hold under a name, and the files in which two of them differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import pygit2

    Node = pygit2.Object | None
    """What a tree holds under a name: a file, a folder, or nothing."""
    Key = tuple[str, int] | None
    """What tells two nodes apart: id and mode."""

FOLDER = 0o040000
"""Git's mode of a folder."""
REGULAR = 0o100644
EXECUTABLE = 0o100755
LINK = 0o120000


class Leaf(msgspec.Struct, frozen=True):
    """A file in a tree: the id of its blob, and git's mode."""

    id: str
    mode: int


class Change(msgspec.Struct, frozen=True):
    """What happens to one file; None where there is none."""

    old: Leaf | None
    new: Leaf | None


def tree_changes(old: Node, new: Node) -> dict[str, Change]:
    """By path, the files in which two trees differ. Folders that are equal are not looked into."""
    changes: dict[str, Change] = {}
    _collect("", old, new, changes)
    return changes


def _collect(path: str, old: Node, new: Node, into: dict[str, Change]) -> None:
    if key_of(old) == key_of(new):
        return
    before, after = entries_of(old), entries_of(new)
    for name in sorted(before.keys() | after.keys()):
        _collect(f"{path}/{name}" if path else name, before.get(name), after.get(name), into)
    if (one := leaf_of(old)) != (other := leaf_of(new)):
        into[path] = Change(old=one, new=other)


def key_of(node: Node) -> Key:
    """What tells a node from another; None for nothing."""
    return None if node is None else (str(node.id), int(node.filemode or FOLDER))


def is_folder(node: Node) -> bool:
    """Whether a node is a folder."""
    import pygit2

    return isinstance(node, pygit2.Tree)


def leaf_of(node: Node) -> Leaf | None:
    """A node as a file; None for a folder and for nothing."""
    if node is None or is_folder(node):
        return None
    return Leaf(id=str(node.id), mode=int(node.filemode or 0))


def entries_of(node: Node) -> dict[str, pygit2.Object]:
    """What a folder holds, by name; empty for anything else."""
    import pygit2

    if not isinstance(node, pygit2.Tree):
        return {}
    return {entry.name: entry for entry in node if entry.name is not None}


def node_at(tree: Node, path: str) -> Node:
    """What lies at a path below a tree (the tree itself: empty), or None."""
    import pygit2

    if not path:
        return tree
    try:
        return tree[path] if isinstance(tree, pygit2.Tree) else None
    except KeyError:
        return None


def bytes_of(node: Node) -> bytes | None:
    """The content of a file; None for anything else."""
    import pygit2

    return node.data if isinstance(node, pygit2.Blob) else None


Edits = Mapping[str, "bytes | Leaf | None"]
"""By path: the bytes of a file, a file that the repository has already, or None for one that goes."""


def edit_tree(
    repository: pygit2.Repository, tree: Node, edits: Edits, *, written: list[pygit2.Oid]
) -> pygit2.Oid | None:
    """A tree with some files changed, or None when nothing is left in it; `written` collects the objects made.

    Where a file and a folder want the same name the folder has it.
    """
    here: dict[str, bytes | Leaf | None] = {}
    below: dict[str, dict[str, bytes | Leaf | None]] = {}
    for path, content in edits.items():
        name, slash, rest = path.partition("/")
        if slash:
            below.setdefault(name, {})[rest] = content
        else:
            here[name] = content
    before = entries_of(tree)
    builder = repository.TreeBuilder(tree) if is_folder(tree) else repository.TreeBuilder()  # type: ignore[arg-type]  # a tree
    for name, content in here.items():
        if isinstance(content, bytes):
            blob = repository.create_blob(content)
            written.append(blob)
            builder.insert(name, blob, REGULAR)
        elif content is not None:
            builder.insert(name, content.id, content.mode)
        elif name in before:
            builder.remove(name)
    for name, inner in below.items():
        old = before.get(name) if is_folder(before.get(name)) else None
        made = edit_tree(repository, old, inner, written=written)
        if made is not None:
            builder.insert(name, made, FOLDER)
        elif old is not None:
            builder.remove(name)
    if not len(builder):
        return None
    made = builder.write()
    written.append(made)
    return made
