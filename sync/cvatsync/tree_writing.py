"""The tree of a commit from the one before it: only the folders on the way to what changes are written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cvatcore.errors import InvalidInput
from cvatsync.tree_bytes import BLOB, FOLDER, Entry, edit_tree, find_entry

if TYPE_CHECKING:
    import pygit2

Changes = Mapping[str, "bytes | None"]
"""By path in the repository, the content that a file is to have; None removes it."""

_NO_NAMES = {"", ".", "..", ".git"}
"""What git refuses to have in a tree."""


def write_tree(
    repository: pygit2.Repository, tree: pygit2.Oid | None, changes: Changes, *, made: list[pygit2.Oid]
) -> pygit2.Oid:
    """Write a tree with changes; `made` collects the objects written.

    Errors: InvalidInput for a name that no tree can have; pygit2.GitError.
    """
    import pygit2
    from pygit2.enums import ObjectType

    written = _write(repository, tree.raw if tree is not None else b"", changes, made)
    if written:
        return pygit2.Oid(raw=written)
    made.append(repository.write(ObjectType.TREE, b""))
    return made[-1]


def _write(repository: pygit2.Repository, tree: bytes, changes: Changes, made: list[pygit2.Oid]) -> bytes:
    """The id of the tree with the changes, in bytes; empty for a tree with nothing in it."""
    import pygit2
    from pygit2.enums import ObjectType

    data = repository.read(pygit2.Oid(raw=tree))[1] if tree else b""
    below: dict[str, dict[str, bytes | None]] = {}
    entries: dict[bytes, Entry | None] = {}
    for path, content in changes.items():
        name, slash, rest = path.partition("/")
        if name in _NO_NAMES:
            raise InvalidInput(f"A file cannot be called {path!r}.")
        if slash:
            below.setdefault(name, {})[rest] = content
        elif content is not None:
            made.append(repository.create_blob(content))
            entries[name.encode()] = Entry(BLOB, made[-1].raw)
        else:
            entries[name.encode()] = None
    for name, inner in below.items():
        entry = find_entry(data, name.encode())
        folder = _write(repository, entry.id if entry is not None and entry.is_folder else b"", inner, made)
        if folder:
            entries[name.encode()] = Entry(FOLDER, folder)
        elif entry is not None and entry.is_folder:
            entries.setdefault(name.encode(), None)
    edited = edit_tree(data, entries)
    if edited == data:
        return tree
    if not edited:
        return b""
    made.append(repository.write(ObjectType.TREE, edited))
    return made[-1].raw
