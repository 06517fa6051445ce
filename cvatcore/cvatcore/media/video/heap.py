"""What the C library does with memory that was freed: pictures are large, and it keeps what it gets back.

Only glibc has these settings; elsewhere they do nothing.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ctypes

HEAPS = 4
"""Separate heaps for all threads together. glibc would have eight for each core, and each keeps what it has left."""

_ARENA_MAX = -8
"""glibc's number of that setting."""


def share_heaps() -> None:
    """Let the threads of this process share few heaps: for a program with many, before it starts them.

    `MALLOC_ARENA_MAX` in the environment goes before it.
    """
    library = _library()
    if library is not None and "MALLOC_ARENA_MAX" not in os.environ:
        library.mallopt(_ARENA_MAX, HEAPS)


def give_back_memory() -> None:
    """Give what is free back to the system. Takes some milliseconds."""
    library = _library()
    if library is not None:
        library.malloc_trim(0)


@cache
def _library() -> ctypes.CDLL | None:
    import ctypes

    try:
        library = ctypes.CDLL(None)
    except (OSError, TypeError):  # Windows has no such library.
        return None
    return library if hasattr(library, "malloc_trim") and hasattr(library, "mallopt") else None
