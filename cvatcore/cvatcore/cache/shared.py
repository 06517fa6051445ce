"""One open LMDB environment a folder and process, however many caches are open on it: LMDB demands it."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path

from cvatcore.cache.lmdb_store import SMALLEST_CAP, LmdbStore, OversizedError, UnusableError
from cvatcore.cache.store import Cache, CacheStats, NullCache

ASIDE = "data.mdb.aside"
"""Where a file is moved that is damaged or not ours; one is kept."""


def open_cache(folder: Path, *, max_bytes: int) -> Cache:
    """Open the cache in a folder, making it where it is missing.

    Its files never grow above `max_bytes`. A folder that cannot be written to gives a cache that keeps nothing; what
    is broken or not ours in the folder is moved aside. Never raises. Of caches open on one folder in one process the
    first one's `max_bytes` counts.
    """
    if max_bytes < SMALLEST_CAP:
        return NullCache()
    # A forked child must not use its parent's environment.
    place = (os.getpid(), os.path.realpath(folder))
    with _guard:
        shared = _open.get(place)
        if shared is None:
            store = _open_store(folder, max_bytes=max_bytes)
            if store is None:
                return NullCache()
            shared = _open[place] = _Shared(store)
        shared.handles += 1
        return SharedCache(shared, place)


class SharedCache:
    """One of the caches open on a folder."""

    def __init__(self, shared: _Shared, place: tuple[int, str]) -> None:
        self._shared = shared
        self._place = place
        self._closed = False

    def get(self, key: bytes) -> bytes | None:
        """The value of a key, or None."""
        return None if self._closed else self._shared.store.get(key)

    def put(self, key: bytes, value: bytes) -> None:
        """Keep a value, dropping what was used least recently where space is needed."""
        if not self._closed:
            self._shared.store.put(key, value)

    def close(self) -> None:
        """Let go of the cache; the last one closes the file."""
        with _guard:
            if self._closed:
                return
            self._closed = True
            self._shared.handles -= 1
            if not self._shared.handles:
                del _open[self._place]
                self._shared.store.close()

    @property
    def stats(self) -> CacheStats:
        """What the folder holds, and how this process was served by all caches open on it."""
        return CacheStats() if self._closed else self._shared.store.stats


class _Shared:
    def __init__(self, store: LmdbStore) -> None:
        self.store = store
        self.handles = 0


_guard = threading.Lock()
_open: dict[tuple[int, str], _Shared] = {}


def _open_store(folder: Path, *, max_bytes: int) -> LmdbStore | None:
    import lmdb

    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            return LmdbStore(folder, max_bytes=max_bytes)
        except OversizedError:
            (folder / "data.mdb").unlink()
        except (
            UnusableError,
            lmdb.InvalidError,
            lmdb.CorruptedError,
            lmdb.PageNotFoundError,
            lmdb.VersionMismatchError,
            lmdb.IncompatibleError,
            lmdb.BadTxnError,
        ):
            (folder / "data.mdb").replace(folder / ASIDE)
        # The lock file belongs to the file that is gone.
        with suppress(FileNotFoundError):
            (folder / "lock.mdb").unlink()
        return LmdbStore(folder, max_bytes=max_bytes)
    except (OSError, UnusableError, lmdb.Error):
        return None
