"""Git's trees as bytes: a few entries changed without taking the rest apart."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

ID_BYTES = 20

BLOB = b"100644"
FOLDER = b"40000"


class Entry(msgspec.Struct, frozen=True):
    """What a tree holds under one name."""

    mode: bytes
    """As git writes it: octal digits without a leading zero."""
    id: bytes
    """20 bytes."""

    @property
    def is_folder(self) -> bool:
        """Whether it is another tree."""
        return self.mode == FOLDER


class Tree:
    """A tree that is looked at and edited more than once: where its entries are is found out once. Never changed."""

    def __init__(self, data: bytes, *, places: dict[bytes, int] | None = None) -> None:
        self.data = data
        self._known = places

    def find(self, name: bytes) -> Entry | None:
        """What it has under a name."""
        start = self._places().get(name)
        if start is None:
            return None
        end = self.data.index(b"\0", start)
        return Entry(
            mode=self.data[start : end - len(name) - 1],
            id=self.data[end + 1 : end + 1 + ID_BYTES],
        )

    def edited(self, changes: Mapping[bytes, Entry | None]) -> Tree:
        """It with some names set to other entries; None removes one."""
        data = bytearray(self.data)
        places = self._places()
        for name, entry in changes.items():
            start = places.get(name)
            if start is None or entry is None or not data.startswith(entry.mode + b" ", start):
                return Tree(edit_tree(self.data, changes))
            # Most often: another id under the same name, which moves nothing.
            place = start + len(entry.mode) + len(name) + 2
            data[place : place + ID_BYTES] = entry.id
        return Tree(bytes(data), places=places)

    def _places(self) -> dict[bytes, int]:
        """By name, where its entry starts. It takes half a microsecond an entry."""
        if self._known is None:
            found: dict[bytes, int] = {}
            data = self.data
            place = 0
            while place < len(data):
                end = data.index(b"\0", place)
                found[data[data.index(b" ", place) + 1 : end]] = place
                place = end + 1 + ID_BYTES
            self._known = found
        return self._known


def edit_tree(tree: bytes, changes: Mapping[bytes, Entry | None]) -> bytes:
    """A tree with some names set to other entries; None removes one.

    One pass over the entries up to the last that changes; what lies between the changes is copied as it is.
    """
    # Git sorts folders as if their names ended with a slash, so one name has two places: the other one becomes free.
    wanted: dict[bytes, bytes] = {}
    for name, entry in changes.items():
        for key in (name, name + b"/"):
            kept = entry is not None and entry.is_folder == key.endswith(b"/")
            wanted[key] = entry.mode + b" " + name + b"\0" + entry.id if kept and entry is not None else b""
    parts: list[bytes] = []
    copied = place = 0
    for key in sorted(wanted):
        while place < len(tree):
            end = tree.index(b"\0", place)
            mode, _, found = tree[place:end].partition(b" ")
            if mode == FOLDER:
                found += b"/"
            if found >= key:
                parts += tree[copied:place], wanted[key]
                copied = place
                if found == key:
                    copied = place = end + 1 + ID_BYTES
                break
            place = end + 1 + ID_BYTES
        else:
            parts += tree[copied:], wanted[key]
            copied = len(tree)
    parts.append(tree[copied:])
    return b"".join(parts)
