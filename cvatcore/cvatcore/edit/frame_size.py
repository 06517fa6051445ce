"""How large frames are, for operations that need to know."""

from __future__ import annotations

from collections.abc import Callable

FrameSize = Callable[[int], tuple[int, int]]
"""Width and height of a frame in pixels, by its number: `task.manifest.frame_size`."""
