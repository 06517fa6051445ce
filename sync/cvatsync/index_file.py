"""Git's index as bytes: some entries changed, the rest copied as it is (docs/adr/0009).

Versions 2 and 3 are understood. What else there is (prefix compression, a split or a sparse index) is left to libgit2.

An entry says how the file looked when it was read, so that git need not read it again. A file that was changed so soon
afterwards that its times are the same would be missed; git therefore distrusts entries that are not older than the
index itself. Who writes the index anew makes it younger, and has to look at these entries first: `edit` does.
"""

from __future__ import annotations

import hashlib
import os
import re
import struct
from bisect import bisect_left
from collections.abc import Callable, Mapping

import msgspec

_HEADER = struct.Struct(">4sLL")
_STATUS = struct.Struct(">10L")
_FLAGS = struct.Struct(">H")
_SIZE = struct.Struct(">L")
_ID_AT, _FLAGS_AT, _NAME_AT = 40, 60, 62
_MTIME_AT, _MODE_AT, _SIZE_AT = 8, 24, 36
_EXTENDED, _STAGE, _LENGTH = 0x4000, 0x3000, 0x0FFF
_ID_BYTES = 20
_NO_CHECKSUM = bytes(_ID_BYTES)
"""What git writes where `index.skipHash` is set."""

_SECOND = 1_000_000_000

_CHUNK = 1 << 16
"""What was hashed up to a multiple of this is remembered, and not hashed again when only what follows has changed."""

_KEPT = (b"REUC",)
"""Extensions that say nothing about the entries as they are now. Others are only for speed, and git makes them anew."""


class UnsupportedIndexError(Exception):
    """An index of a kind that this module leaves to libgit2."""


class DamagedIndexError(UnsupportedIndexError):
    """What no git wrote like this."""


class IndexEntry(msgspec.Struct, frozen=True):
    """A file as the index is to have it."""

    id: bytes
    """The id of its blob, 20 bytes."""
    mode: int
    status: os.stat_result
    """How the file looks on the disk."""


class IndexFile:
    """The entries of an index, held as bytes that `edit` changes in place."""

    def __init__(self, data: bytes, *, written_ns: int) -> None:
        """Read an index.

        Args:
            data: all of the file.
            written_ns: when it was written, in ns since 1970.

        Errors: UnsupportedIndexError, DamagedIndexError.
        """
        if len(data) < _HEADER.size + _ID_BYTES:
            raise DamagedIndexError("it is too short")
        magic, version, count = _HEADER.unpack_from(data)
        if magic != b"DIRC" or version < 2:
            raise DamagedIndexError("it does not begin like one")
        if version not in {2, 3}:
            raise UnsupportedIndexError(f"it is of version {version}")
        self._written_ns = written_ns
        self._starts: list[int] = []
        """Where each entry starts, in the order of names."""
        self._young: set[int] = set()
        """Entries of files that were changed when the index was written, or later; by where they start."""
        end = self._walk(data, count)
        self._entries = bytearray(memoryview(data)[:end])
        self._hashed: list[hashlib._Hash] = []
        """The checksum's state after each chunk of the entries."""
        self._has_checksum = not data.endswith(_NO_CHECKSUM)
        if self._has_checksum:
            checksum = self._hash_entries()
            checksum.update(memoryview(data)[end:-_ID_BYTES])
            if checksum.digest() != data[-_ID_BYTES:]:
                raise DamagedIndexError("its checksum does not fit")
        self._trees = TreeCache()
        self._others = self._read_extensions(data, end)

    def __len__(self) -> int:
        return len(self._starts)

    def find(self, path: bytes) -> bytes | None:
        """The id of the blob that a path has, or None; None too while it is in conflict."""
        place = self._place(path)
        if place == len(self._starts) or self._name(self._starts[place]) != path:
            return None
        start = self._starts[place]
        if _FLAGS.unpack_from(self._entries, start + _FLAGS_AT)[0] & _STAGE:
            return None
        return bytes(self._entries[start + _ID_AT : start + _FLAGS_AT])

    def edit(
        self,
        changes: Mapping[bytes, IndexEntry | None],
        *,
        is_changed: Callable[[bytes, bytes], bool],
        root: str,
    ) -> None:
        """Set some entries and remove others (None).

        Args:
            changes: by path in the repository.
            is_changed: asked about other files that may have been changed since the index was written, with the path
                and the blob that the index has: whether the content is another now.
            root: the working tree.
        """
        self._distrust(changes, is_changed=is_changed, root=root)
        for path, entry in sorted(changes.items()):
            self._trees.forget(path)
            self._remove_below(path)
            if entry is not None:
                self._remove_above(path)
            self._set(path, entry)

    @property
    def entries(self) -> bytearray:
        """The beginning of the file: all of it but for the tail. Good until the next `edit`."""
        return self._entries

    @property
    def tail_length(self) -> int:
        """The length of the tail, which is known before it is."""
        return len(self._trees.encode()) + len(self._others) + _ID_BYTES

    def tail(self) -> bytes:
        """What follows the entries: extensions and the checksum, for which the changed part is hashed."""
        body = self._trees.encode() + self._others
        if not self._has_checksum:
            return body + _NO_CHECKSUM
        checksum = self._hash_entries()
        checksum.update(body)
        return body + checksum.digest()

    def wrote(self, *, written_ns: int) -> None:
        """Take note of when it was written: which entries are young is told from this now."""
        self._written_ns = written_ns
        self._young = {start for start in self._young if self._mtime(start) >= written_ns // _SECOND}

    def _hash_entries(self) -> hashlib._Hash:
        known = self._hashed
        checksum = known[-1].copy() if known else hashlib.sha1(usedforsecurity=False)
        with memoryview(self._entries) as whole:
            for start in range(len(known) * _CHUNK, len(whole), _CHUNK):
                with whole[start : start + _CHUNK] as part:
                    checksum.update(part)
                    if len(part) == _CHUNK:
                        known.append(checksum.copy())
        return checksum

    def _walk(self, data: bytes, count: int) -> int:
        """Find all entries; returns where they end. It takes a quarter of a microsecond an entry."""
        place = _HEADER.size
        starts, young = self._starts, self._young
        written_at = _SIZE.pack(self._written_ns // _SECOND & 0xFFFFFFFF)
        try:
            for _ in range(count):
                starts.append(place)
                if data[place + 8 : place + 12] >= written_at:
                    young.add(place)
                if data[place + 60]:  # A long name, or flags.
                    place = _end_of_name(data, place)
                elif data[place + 61]:
                    place += _NAME_AT + data[place + 61]
                else:
                    raise DamagedIndexError("an entry has no name")
                place += 4 - place & 7 or 8  # The first one starts at 12, all are multiples of 8 long.
        except (IndexError, struct.error, ValueError):
            raise DamagedIndexError("it ends in the middle of an entry") from None
        if place > len(data) - _ID_BYTES:
            raise DamagedIndexError("it ends in the middle of an entry")
        return place

    def _read_extensions(self, data: bytes, place: int) -> bytes:
        kept: list[bytes] = []
        last = len(data) - _ID_BYTES
        while place < last:
            kind = data[place : place + 4]
            length = _SIZE.unpack_from(data, place + 4)[0] if place + 8 <= last else last
            end = place + 8 + length
            if end > last:
                raise DamagedIndexError("it ends in the middle of an extension")
            if not kind[:1].isupper():
                raise UnsupportedIndexError(f"it has the extension {kind!r}")
            if kind == b"TREE":
                self._trees = TreeCache(data[place + 8 : end])
            elif kind in _KEPT:
                kept.append(data[place:end])
            place = end
        return b"".join(kept)

    def _name(self, start: int) -> bytes:
        name = start + (_NAME_AT + 2 if self._entries[start + _FLAGS_AT] & 0x40 else _NAME_AT)
        return bytes(self._entries[name : _end_of_name(self._entries, start)])

    def _mtime(self, start: int) -> int:
        return int(_SIZE.unpack_from(self._entries, start + _MTIME_AT)[0])

    def _place(self, path: bytes) -> int:
        """Where the first entry of a path is, or would be."""
        return bisect_left(self._starts, path, key=self._name)

    def _set(self, path: bytes, entry: IndexEntry | None) -> None:
        place = after = self._place(path)
        while after < len(self._starts) and self._name(self._starts[after]) == path:
            after += 1  # The sides of a conflict, too.
        self._splice(place, after, _encode(path, entry) if entry is not None else b"")
        if entry is not None and _seconds(entry.status) >= self._written_ns // _SECOND:
            self._young.add(self._starts[place])

    def _remove_below(self, path: bytes) -> None:
        """A path that becomes a file, or nothing, is no folder."""
        folder = path + b"/"
        place = after = self._place(folder)
        while after < len(self._starts) and self._name(self._starts[after]).startswith(folder):
            after += 1
        self._splice(place, after, b"")

    def _remove_above(self, path: bytes) -> None:
        """What lies in a folder makes a folder of every name above it."""
        slash = path.rfind(b"/")
        while slash > 0:
            above = path[:slash]
            place = self._place(above)
            if place < len(self._starts) and self._name(self._starts[place]) == above:
                self._set(above, None)
            slash = path.rfind(b"/", 0, slash)

    def _splice(self, place: int, after: int, new: bytes) -> None:
        """Put the bytes of one entry, or none, in the place of those from `place` up to `after`."""
        if place == after and not new:
            return
        starts = self._starts
        start = starts[place] if place < len(starts) else len(self._entries)
        end = starts[after] if after < len(starts) else len(self._entries)
        self._entries[start:end] = new
        moved = len(new) - (end - start)
        del self._hashed[start // _CHUNK :]
        self._young.difference_update(starts[place:after])
        if moved:
            starts[after:] = [one + moved for one in starts[after:]]
            self._young = {one + moved if one >= end else one for one in self._young}
        starts[place:after] = [start] if new else []
        count = len(starts)
        if _SIZE.unpack_from(self._entries, 8)[0] != count:
            _SIZE.pack_into(self._entries, 8, count)
            self._hashed.clear()

    def _distrust(
        self,
        changes: Mapping[bytes, IndexEntry | None],
        *,
        is_changed: Callable[[bytes, bytes], bool],
        root: str,
    ) -> None:
        """Make git read the files again that were changed just after the index was written: their length becomes 0."""
        for start in sorted(self._young):
            path = self._name(start)
            if path in changes or not _SIZE.unpack_from(self._entries, start + _SIZE_AT)[0]:
                continue
            try:
                status = os.lstat(os.path.join(root, os.fsdecode(path)))
            except OSError:
                continue  # Gone: git sees that by itself.
            known = bytes(self._entries[start : start + _ID_AT])
            if known == _status(status, mode=_SIZE.unpack_from(known, _MODE_AT)[0]):
                if max(status.st_mtime_ns, status.st_ctime_ns) < self._written_ns:
                    continue
            elif self._mtime(start) != _seconds(status) & 0xFFFFFFFF:
                continue  # Every git sees by itself that it is another one; not all look at parts of seconds.
            if is_changed(path, bytes(self._entries[start + _ID_AT : start + _FLAGS_AT])):
                _SIZE.pack_into(self._entries, start + _SIZE_AT, 0)
                del self._hashed[start // _CHUNK :]


class TreeCache:
    """The extension in which git remembers the trees of folders that nothing was staged in since."""

    def __init__(self, data: bytes = b"") -> None:
        self._nodes: list[bytes] = []
        self._at: dict[bytes, int] = {}
        """By path, where a folder's node is."""
        self._encoded: bytes | None = None
        if data:
            try:
                self._read(data)
            except (ValueError, IndexError):
                self._nodes, self._at = [], {}  # Git makes it anew.

    def forget(self, path: bytes) -> None:
        """Something changes at a path: the trees of the folders above it are not known any more."""
        while path:
            path = path.rpartition(b"/")[0]
            number = self._at.get(path)
            if number is None:
                continue
            name, _, rest = self._nodes[number].partition(b"\0")
            count, _, rest = rest.partition(b" ")
            if not count.startswith(b"-"):
                self._nodes[number] = name + b"\0-1 " + rest[: rest.index(b"\n") + 1]
                self._encoded = None

    def encode(self) -> bytes:
        """The whole extension; nothing where there was none."""
        if self._encoded is None:
            body = b"".join(self._nodes)
            self._encoded = b"TREE" + _SIZE.pack(len(body)) + body if body else b""
        return self._encoded

    def _read(self, data: bytes) -> None:
        place = 0
        at, nodes = self._at, self._nodes
        folders: list[bytes] = []
        """Those that more nodes belong to, with a slash at the end."""
        left: list[int] = []
        """How many more nodes belong to each."""
        while place < len(data):
            node = _NODE.match(data, place)
            if node is None:
                raise ValueError(place)
            name, below = node[1], node[2] or node[3]
            while left and not left[-1]:
                left.pop()
                folders.pop()
            if left:
                left[-1] -= 1
                name = folders[-1] + name
            at[name] = len(nodes)
            nodes.append(node[0])
            if below != b"0":
                folders.append(name + b"/" if name else b"")
                left.append(int(below))
            place = node.end()


_NODE = re.compile(rb"([^\0]*)\0(?:-\d+ (\d+)\n|\d+ (\d+)\n.{20})", re.DOTALL)
"""A folder's name, the number of its entries, that of the folders in it that follow, the id of its tree if known."""


def _end_of_name(entries: bytes | bytearray, start: int) -> int:
    flags = _FLAGS.unpack_from(entries, start + _FLAGS_AT)[0]
    name = start + (_NAME_AT + 2 if flags & _EXTENDED else _NAME_AT)
    length = flags & _LENGTH
    return entries.index(b"\0", name) if length == _LENGTH else name + length


def _encode(path: bytes, entry: IndexEntry) -> bytes:
    head = _status(entry.status, mode=entry.mode) + entry.id + _FLAGS.pack(min(len(path), _LENGTH)) + path
    return head + bytes(8 - len(head) % 8)


def _status(status: os.stat_result, *, mode: int) -> bytes:
    """What the index keeps of a file's status; each number's lower 32 bits, as git does."""
    numbers = (
        status.st_ctime_ns // _SECOND,
        status.st_ctime_ns % _SECOND,
        status.st_mtime_ns // _SECOND,
        status.st_mtime_ns % _SECOND,
        status.st_dev,
        status.st_ino,
        mode,
        status.st_uid,
        status.st_gid,
        status.st_size,
    )
    return _STATUS.pack(*(number & 0xFFFFFFFF for number in numbers))


def _seconds(status: os.stat_result) -> int:
    return status.st_mtime_ns // _SECOND


def empty_index() -> bytes:
    """The index of a repository that has none yet."""
    header = _HEADER.pack(b"DIRC", 2, 0)
    return header + hashlib.sha1(header, usedforsecurity=False).digest()
