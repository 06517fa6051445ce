"""From files on disk to the sources and the manifest of a task."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from cvatcore.schema import Manifest, MediaSource

Progress = Callable[[int, int], None]
"""Called with what is done and what there is, in the same unit."""


class Scan(msgspec.Struct, frozen=True):
    """Media ready to become a task."""

    sources: tuple[MediaSource, ...]
    manifest: Manifest
    videos_left_out: tuple[str, ...] = ()
    """Videos in the folders given, which were not taken because a task has pictures or one video."""


def scan(inputs: Sequence[Path], *, root: Path, progress: Progress | None = None) -> Scan:
    """Read the headers of pictures, folders and zip archives, or the index of one video.

    Frames are sorted by name. Names are relative to the one folder or archive given; of several inputs, to their
    common parent, where an archive counts as a folder of its name. `MediaSource.path` is relative to `root`, the
    workspace, where the media lie inside it.

    Errors: InvalidMedia naming the file, with what to do.
    """
    raise NotImplementedError
