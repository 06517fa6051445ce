"""Frames whose files were moved: the same numbers, under the paths that the files have now."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from cvatcore.media.appending import Placing, base_of
from cvatcore.schema import DataSpec, ImageFrame, Manifest, MediaSource


class Relinked(msgspec.Struct, frozen=True):
    """A task's media after frames were found elsewhere."""

    data: DataSpec
    manifest: Manifest
    frames: tuple[int, ...]
    """Those that were changed, ascending."""


def relink_frames(
    data: DataSpec, manifest: Manifest, found: Mapping[int, ImageFrame], source: MediaSource, *, root: Path
) -> Relinked:
    """Give frames the paths that their files have now; all else stays.

    A file that is another frame's already is passed over.

    Args:
        data: the task's sources.
        manifest: its frames.
        found: the frames as they were found, by their number; named within `source`.
        source: the folder in which they were found.
        root: the workspace.
    """
    images = list(manifest.images)
    others = [image for number, image in enumerate(images) if number not in found]
    placing = Placing(data.sources, others, root=root)
    base = base_of(source, root=root)
    changed = []
    for number, image in sorted(found.items()):
        now, before = placing.place(image, source, base=base), images[number]
        if now is None:
            continue
        # Context images did not move with it, as far as is known, unless some lie with it.
        is_kept = not now.related and now.source == before.source
        images[number] = msgspec.structs.replace(now, meta=before.meta) if is_kept else now
        changed.append(number)
    return Relinked(
        data=msgspec.structs.replace(data, sources=tuple(placing.sources)),
        manifest=msgspec.structs.replace(manifest, images=tuple(images)),
        frames=tuple(changed),
    )
