"""Values in one LMDB environment, the least recently used out first.

Three tables: `values` holds checksum and value by key; `entries` holds when a key was used last (a tick) and its cost;
`order` holds keys by tick, so that the oldest is found without a search. All change in one transaction a put.
Keys are hashed, so that any key fits.
"""

from __future__ import annotations

import hashlib
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cvatcore.cache.store import CacheStats

if TYPE_CHECKING:
    import lmdb

FORMAT = b"cvatd cache 1"
"""Marks an environment as ours."""

SMALLEST_CAP = 1 << 18
"""In bytes: below it LMDB's own pages leave no room to speak of."""

LARGEST_SHARE = 8
"""A value that takes more than this part (1/8) of the room is not kept: it would push everything else out."""

PENDING_TOUCHES = 4096
"""Uses of entries that are remembered until the next put; beyond it the oldest are forgotten."""

_PAGE = 4096
_INLINE = 1900
"""LMDB gives larger values pages of their own."""
_ENTRY = struct.Struct(">QQ")
_NUMBER = struct.Struct(">Q")
_CHECKSUM = struct.Struct(">I")


class UnusableError(Exception):
    """The files in the folder are not a cache of ours, or are damaged."""


class OversizedError(Exception):
    """The cache was made with a larger cap, and LMDB files never shrink."""


class LmdbStore:
    """A cache in an open environment; safe to use from several threads and processes.

    Its file stays below `max_bytes`: LMDB itself refuses to grow it further. The room for entries is three quarters of
    that, because replaced pages are free only some transactions later.

    Errors: UnusableError, OversizedError, lmdb.Error, OSError from opening; none from its methods.
    """

    def __init__(self, folder: Path, *, max_bytes: int) -> None:
        import lmdb

        self._failure: type[Exception] = lmdb.Error
        self._full: type[Exception] = lmdb.MapFullError
        map_size = max_bytes // 65536 * 65536
        self._room = map_size * 3 // 4
        # Without `metasync` a power cut can lose the last transactions, never the whole.
        self._env = lmdb.open(
            str(folder), map_size=map_size, max_dbs=3, metasync=False, readahead=False, max_readers=512
        )
        try:
            self._check(folder, max_bytes=max_bytes)
            self._values = self._env.open_db(b"values")
            self._entries = self._env.open_db(b"entries")
            self._order = self._env.open_db(b"order")
            self._env.reader_check()
        except BaseException:
            self._env.close()
            raise
        self._writing = threading.Lock()
        self._state = threading.Condition()
        self._touched: dict[bytes, None] = {}
        self._readers = 0
        self._closed = False
        self._hits = self._misses = self._evictions = 0

    def get(self, key: bytes) -> bytes | None:
        """The value of a key, or None."""
        name = _name(key)
        with self._reading() as is_open:
            value = self._read(name) if is_open else None
        with self._state:
            if value is None:
                self._misses += 1
                return None
            self._hits += 1
            self._touched.pop(name, None)
            self._touched[name] = None
            if len(self._touched) > PENDING_TOUCHES:
                del self._touched[next(iter(self._touched))]
        return value

    def put(self, key: bytes, value: bytes) -> None:
        """Keep a value; drop what was used least recently where there is no room."""
        name = _name(key)
        cost = _cost(value)
        kept = value if cost * LARGEST_SHARE <= self._room else None
        with self._writing:
            if self._closed:
                return
            try:
                self._write(name, kept, cost)
            except self._full:
                self._make_room_and_write(name, kept, cost)
            except self._failure:
                pass  # the disk is full or the file damaged: a cache may forget

    def close(self) -> None:
        """Write the remembered uses and close the environment, when nobody is reading."""
        with self._writing:
            try:
                with self._env.begin(write=True) as txn:
                    self._write_touches(txn)
            except self._failure:
                pass  # only the order of eviction suffers
            with self._state:
                self._closed = True
                self._state.wait_for(lambda: not self._readers)
            self._env.close()

    @property
    def stats(self) -> CacheStats:
        """What it holds, and how it served this process."""
        entries = size = 0
        with self._reading() as is_open:
            if is_open:
                try:
                    with self._env.begin() as txn:
                        entries = txn.stat(db=self._entries)["entries"]
                        size = _number(txn, b"total")
                except self._failure:
                    pass  # counts are a courtesy
        return CacheStats(entries=entries, bytes=size, hits=self._hits, misses=self._misses, evictions=self._evictions)

    def _check(self, folder: Path, *, max_bytes: int) -> None:
        size = (folder / "data.mdb").stat().st_size
        # LMDB maps the file: reading a page beyond its end would kill the process.
        if (self._env.info()["last_pgno"] + 1) * self._env.stat()["psize"] > size:
            raise UnusableError("The file is shorter than its own index says.")
        with self._env.begin() as txn:
            is_empty = not txn.stat()["entries"]
            if not is_empty and txn.get(b"format") != FORMAT:
                raise UnusableError("This is not a cache of cvatd.")
        if size > max_bytes:
            raise OversizedError
        if is_empty:
            with self._env.begin(write=True) as txn:
                txn.put(b"format", FORMAT)

    @contextmanager
    def _reading(self) -> Iterator[bool]:
        with self._state:
            is_open = not self._closed
            self._readers += is_open
        try:
            yield is_open
        finally:
            with self._state:
                self._readers -= is_open
                self._state.notify_all()

    def _read(self, name: bytes) -> bytes | None:
        try:
            with self._env.begin(db=self._values, buffers=True) as txn:
                stored = txn.get(name)
                if stored is None:
                    return None
                value = bytes(stored[_CHECKSUM.size :])
                intact = _CHECKSUM.unpack_from(stored)[0] == zlib.crc32(value, zlib.crc32(name))
        except (self._failure, struct.error):
            return None
        return value if intact else None

    def _write(self, name: bytes, value: bytes | None, cost: int) -> None:
        with self._env.begin(write=True) as txn:
            self._write_touches(txn)
            total = _number(txn, b"total") - self._remove(txn, name)
            if value is not None:
                total = self._evict(txn, total, limit=self._room - cost) + cost
                checksum = _CHECKSUM.pack(zlib.crc32(value, zlib.crc32(name)))
                txn.put(name, checksum + value, db=self._values)
                self._stamp(txn, name, cost)
            txn.put(b"total", _NUMBER.pack(total))
        self._touched.pop(name, None)

    def _make_room_and_write(self, name: bytes, value: bytes | None, cost: int) -> None:
        # There is room by our count, but no run of free pages long enough. Pages of removed entries can be used again
        # two transactions later.
        try:
            with self._env.begin(write=True) as txn:
                total = self._evict(txn, _number(txn, b"total"), limit=self._room // 2)
                txn.put(b"total", _NUMBER.pack(total))
            for _ in range(2):
                with self._env.begin(write=True) as txn:
                    txn.put(b"format", FORMAT)
            self._write(name, value, cost)
        except self._failure:
            pass  # not kept, then

    def _write_touches(self, txn: lmdb.Transaction) -> None:
        with self._state:
            touched, self._touched = self._touched, {}
        for name in touched:
            entry = txn.get(name, db=self._entries)
            if entry is not None:
                tick, cost = _ENTRY.unpack(entry)
                txn.delete(_NUMBER.pack(tick), db=self._order)
                self._stamp(txn, name, cost)

    def _stamp(self, txn: lmdb.Transaction, name: bytes, cost: int) -> None:
        tick = _number(txn, b"tick") + 1
        txn.put(b"tick", _NUMBER.pack(tick))
        txn.put(name, _ENTRY.pack(tick, cost), db=self._entries)
        txn.put(_NUMBER.pack(tick), name, db=self._order)

    def _remove(self, txn: lmdb.Transaction, name: bytes) -> int:
        entry = txn.pop(name, db=self._entries)
        if entry is None:
            return 0
        tick, cost = _ENTRY.unpack(entry)
        txn.delete(_NUMBER.pack(tick), db=self._order)
        txn.delete(name, db=self._values)
        return int(cost)

    def _evict(self, txn: lmdb.Transaction, total: int, *, limit: int) -> int:
        while total > limit:
            with txn.cursor(db=self._order) as cursor:
                if not cursor.first():
                    return 0
                name = bytes(cursor.value())
            total -= self._remove(txn, name)
            self._evictions += 1
        return total


def _name(key: bytes) -> bytes:
    return hashlib.blake2b(key, digest_size=16).digest()


def _number(txn: lmdb.Transaction, field: bytes) -> int:
    stored = txn.get(field)
    return _NUMBER.unpack(stored)[0] if stored is not None else 0


def _cost(value: bytes) -> int:
    # Beside the value: three small nodes in pages that are rarely full.
    size = len(value) + 32
    return 512 + (size if size <= _INLINE else -(-size // _PAGE) * _PAGE)
