"""The tree of a commit from the one before it: only the folders on the way to what changes are written."""

from __future__ import annotations

from collections.abc import Mapping

from cvatcore.errors import InvalidInput
from cvatsync.loose_objects import LooseObjects
from cvatsync.tree_bytes import BLOB, FOLDER, Entry, Tree

Changes = Mapping[str, "bytes | None"]
"""By path in the repository, the content that a file is to have; None removes it."""

_NO_NAMES = {"", ".", "..", ".git"}
"""What git refuses to have in a tree."""


def write_tree(objects: LooseObjects, tree: bytes, changes: Changes) -> bytes:
    """Write a tree with changes; returns its id. No id (`tree`) stands for the empty one.

    Errors: InvalidInput for a name that no tree can have; OSError, pygit2.GitError.
    """
    return _write(objects, tree, changes) or objects.write_tree(Tree(b""))


def _write(objects: LooseObjects, oid: bytes, changes: Changes) -> bytes:
    """The id of the tree with the changes; empty for a tree with nothing in it."""
    tree = objects.tree(oid)
    below: dict[str, dict[str, bytes | None]] = {}
    entries: dict[bytes, Entry | None] = {}
    for path, content in changes.items():
        name, slash, rest = path.partition("/")
        if name in _NO_NAMES:
            raise InvalidInput(f"A file cannot be called {path!r}.")
        if slash:
            below.setdefault(name, {})[rest] = content
        elif content is not None:
            entries[name.encode()] = Entry(BLOB, objects.write_blob(content))
        else:
            entries[name.encode()] = None
    for name, inner in below.items():
        entry = tree.find(name.encode())
        folder = _write(objects, entry.id if entry is not None and entry.is_folder else b"", inner)
        if folder:
            entries[name.encode()] = Entry(FOLDER, folder)
        elif entry is not None and entry.is_folder:
            entries.setdefault(name.encode(), None)
    edited = tree.edited(entries)
    if edited.data == tree.data:
        return oid
    return objects.write_tree(edited) if edited.data else b""
