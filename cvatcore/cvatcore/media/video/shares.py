"""What one open decoder may take of the memory that all videos share: its own pictures, and the frames kept of it."""

from __future__ import annotations

import os

import msgspec

MOST_KEPT = 72
"""Frames that are kept of one decoder, however small they are."""

MOST_AT_ONCE = 3
"""Decoders that fit into the memory together, where frames are small enough."""

_FEWEST_KEPT = 8
"""Frames: rather fewer decoders than ones that keep less."""

_FEWEST_ALONE = 4
"""Frames: rather fewer threads than a single decoder that keeps less."""

_HELD = 11
"""Pictures that a decoder holds (measured: 8 to 12), those that others refer to among them, and one for each thread."""

_MOST_THREADS = 16
"""FFmpeg starts no more by itself."""

_FEWEST_THREADS = 3


class Share(msgspec.Struct, frozen=True):
    """Of one decoder of frames of a size."""

    threads: int
    """That decode at once."""
    kept: int
    """Frames that are kept of it."""
    held: int
    """Bytes for the pictures that the decoder holds itself."""
    kept_bytes: int
    """Bytes for the frames that are kept of it."""

    @property
    def size(self) -> int:
        """All of it in bytes."""
        return self.held + self.kept_bytes

    @property
    def behind(self) -> int:
        """Frames before a sought one that are kept with it: who steps back has the run before this one meanwhile."""
        return max(1, self.kept * 2 // 3)


def share_of(budget: int, frame_bytes: int) -> Share:
    """What a decoder may take of a budget in bytes, for frames of so many bytes.

    One decoder and one frame are always allowed, however large: a share may be larger than the budget.
    """
    frames = budget // frame_bytes
    threads = min(_MOST_THREADS, max(_FEWEST_THREADS, frames - _HELD - _FEWEST_ALONE), (os.cpu_count() or 1) + 1)
    held = _HELD + threads
    together = max(1, min(MOST_AT_ONCE, frames // (held + _FEWEST_KEPT)))
    kept = max(1, min(MOST_KEPT, frames // together - held))
    return Share(threads=threads, kept=kept, held=held * frame_bytes, kept_bytes=kept * frame_bytes)
