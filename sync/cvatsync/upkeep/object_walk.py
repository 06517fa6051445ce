"""From commits to all that they hold, on git's objects as bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pygit2

ID_BYTES = 20
_COMMIT, _TREE, _BLOB, _TAG = 1, 2, 3, 4
_LINK = b"160000"
"""Git's mode of a submodule, whose commit is in another repository."""
_FOLDER = b"40000"
_ENTRY = re.compile(rb"(\d+) ([^\0]+)\0(.{20})", re.DOTALL)
_NAMED = re.compile(rb"(?:tree|parent|object) ([0-9a-f]{40})\n")

Missing = Callable[[bytes, str, str], None]
"""Told the id of an object that cannot be read, the path that it has in a commit, and why."""


class Reached:
    """The objects that were reached so far, by id in bytes."""

    def __init__(self, repository: pygit2.Repository, *, missing: Missing | None = None, reads_files: bool = False):
        """Begin with nothing.

        Args:
            repository: where the objects are.
            missing: told of objects that cannot be read; without it they are passed over.
            reads_files: whether to read the contents of files, too, and not only to note them.
        """
        self._repo = repository
        self._missing = missing
        self._reads_files = reads_files
        self.ids: set[bytes] = set()
        self.broken: set[bytes] = set()
        """Those that could not be read."""

    def add(self, roots: Iterable[bytes], *, under: str = "") -> None:
        """Go on from these objects, of whatever kind, to all that they hold."""
        waiting = [(root, under) for root in roots]
        while waiting:
            number, path = waiting.pop()
            if number in self.ids:
                continue
            self.ids.add(number)
            found = self._read(number, path)
            if found is None:
                continue
            kind, data = found
            if kind == _TREE:
                for mode, name, inner in tree_entries(data):
                    if inner in self.ids or mode == _LINK:
                        continue
                    place = f"{path}/{name}" if path else name
                    if mode == _FOLDER or self._reads_files:
                        waiting.append((inner, place))
                    else:
                        self.ids.add(inner)
            elif kind in {_COMMIT, _TAG}:
                waiting += ((one, "") for one in named_in(data))

    def _read(self, number: bytes, path: str) -> tuple[int, bytes] | None:
        import pygit2

        try:
            return self._repo.read(pygit2.Oid(raw=number))
        except (KeyError, pygit2.GitError, ValueError, OSError) as error:
            self.broken.add(number)
            if self._missing is not None:
                self._missing(number, path, str(error).strip("'\""))
            return None


def tree_entries(data: bytes) -> Iterator[tuple[bytes, str, bytes]]:
    """The entries of a tree: mode, name, id."""
    for entry in _ENTRY.finditer(data):
        yield entry[1], entry[2].decode(errors="surrogateescape"), entry[3]


def named_in(data: bytes) -> Iterator[bytes]:
    """The objects that a commit or an annotated tag names: tree, parents, what is tagged."""
    place = 0
    while (line := _NAMED.match(data, place)) is not None:
        yield bytes.fromhex(line[1].decode())
        place = line.end()
