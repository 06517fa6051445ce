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


def find_entry(tree: bytes, name: bytes) -> Entry | None:
    """What a tree has under a name."""
    place = 0
    while place < len(tree):
        end = tree.index(b"\0", place)
        mode, _, found = tree[place:end].partition(b" ")
        if found == name:
            return Entry(mode=mode, id=tree[end + 1 : end + 1 + ID_BYTES])
        place = end + 1 + ID_BYTES
    return None


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
