"""Git's objects as single files, written with as few calls of the system as that takes (docs/adr/0009)."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import zlib
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from cvatsync.tree_bytes import Tree

if TYPE_CHECKING:
    import pygit2

_LEVEL = 1
"""How hard zlib tries. Git and libgit2 take the fastest, too, and pack with the best."""

_STORED_BYTES = 8192
"""A tree longer than this is not compressed: ids make up most of it, and a save of one box would wait for the rest."""

_MODE = 0o444

_REMEMBERED = 64
"""So many of the trees that were written or read last are kept in memory."""

_numbers = itertools.count(1)


class LooseObjects:
    """Writes the objects of one repository, and remembers its trees. Used by one thread at a time.

    Nothing that is written here is durable by itself: see `taken`.
    """

    def __init__(self, repository: pygit2.Repository, folder: Path) -> None:
        self._repo = repository
        self._folder = os.fspath(folder)
        self._made: list[bytes] = []
        self._trees: OrderedDict[bytes, Tree] = OrderedDict()

    def taken(self) -> list[pygit2.Oid]:
        """The objects written since this was last asked for."""
        import pygit2

        made, self._made = self._made, []
        return [pygit2.Oid(raw=one) for one in made]

    def tree(self, oid: bytes) -> Tree:
        """A tree by its id; the empty one for no id.

        Errors: pygit2.GitError, KeyError.
        """
        import pygit2

        if not oid:
            return Tree(b"")
        known = self._trees.get(oid)
        if known is None:
            known = Tree(self._repo.read(pygit2.Oid(raw=oid))[1])
        self._remember(oid, known)
        return known

    def write_tree(self, tree: Tree) -> bytes:
        """Write a tree; returns its id, 20 bytes.

        Errors: OSError, pygit2.GitError.
        """
        oid = self._write("tree", tree.data, level=0 if len(tree.data) > _STORED_BYTES else _LEVEL)
        self._remember(oid, tree)
        return oid

    def write_blob(self, data: bytes) -> bytes:
        """Write the content of a file; returns its id, 20 bytes.

        Errors: OSError, pygit2.GitError.
        """
        return self._write("blob", data)

    def write_commit(self, data: bytes) -> bytes:
        """Write a commit as git encodes it; returns its id, 20 bytes.

        Errors: OSError, pygit2.GitError.
        """
        return self._write("commit", data)

    def _remember(self, oid: bytes, tree: Tree) -> None:
        self._trees[oid] = tree
        self._trees.move_to_end(oid)
        if len(self._trees) > _REMEMBERED:
            self._trees.popitem(last=False)

    def _write(self, kind: str, data: bytes, *, level: int = _LEVEL) -> bytes:
        if os.name == "nt":
            # Such files are read-only, and Windows flushes only what it may write: libgit2 flushes them as it writes.
            oid = self._repo.write(_kind_number(kind), data).raw
            self._made.append(oid)
            return oid
        whole = b"%s %d\0%s" % (kind.encode(), len(data), data)
        # Not for secrecy: git names objects so.
        checksum = hashlib.sha1(whole, usedforsecurity=False)
        name = checksum.hexdigest()
        folder = f"{self._folder}/{name[:2]}"
        # Git removes files of such names, where a crash leaves one.
        temporary = f"{folder}/tmp_obj_{os.getpid()}_{next(_numbers)}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        try:
            handle = os.open(temporary, flags, _MODE)
        except FileNotFoundError:
            os.makedirs(folder, exist_ok=True)
            handle = os.open(temporary, flags, _MODE)
        try:
            try:
                _write_all(handle, zlib.compress(whole, level))
            finally:
                os.close(handle)
            # One that is there already has the same content; git's clean-ups are to see that it is needed.
            os.replace(temporary, f"{folder}/{name[2:]}")
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
        self._made.append(checksum.digest())
        return checksum.digest()


def _write_all(handle: int, data: bytes) -> None:
    done = os.write(handle, data)
    while done < len(data):
        done += os.write(handle, data[done:])


def _kind_number(kind: str) -> int:
    from pygit2.enums import ObjectType

    return {"blob": ObjectType.BLOB, "tree": ObjectType.TREE, "commit": ObjectType.COMMIT}[kind]
