"""What a cache is, whatever holds it.

A cache never fails an operation: a full disk, a read-only folder or a broken file means that nothing is found and
nothing is kept, never an error.
"""

from __future__ import annotations

from typing import Protocol

import msgspec


class CacheStats(msgspec.Struct, frozen=True):
    """What a cache holds, and how it served this process."""

    entries: int = 0
    bytes: int = 0
    """The space that the entries take, whole pages and keys included."""
    hits: int = 0
    misses: int = 0
    evictions: int = 0


class Cache(Protocol):
    """Bytes by key. What is found is exactly what was put there last; what was put may not be found."""

    def get(self, key: bytes) -> bytes | None:
        """The value of a key, or None."""

    def put(self, key: bytes, value: bytes) -> None:
        """Keep a value, dropping what was used least recently where space is needed."""

    def close(self) -> None:
        """Let go of the cache; afterwards it finds and keeps nothing."""

    @property
    def stats(self) -> CacheStats:
        """What it holds now."""


class NullCache:
    """A cache that keeps nothing."""

    def get(self, key: bytes) -> bytes | None:
        """Always None."""
        return None

    def put(self, key: bytes, value: bytes) -> None:
        """Keep nothing."""

    def close(self) -> None:
        """Nothing to let go of."""

    @property
    def stats(self) -> CacheStats:
        """All zero."""
        return CacheStats()
