"""Pixels that lie under other objects, taken out of masks."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

import msgspec

from cvatcore.edit.change import ChangeSet
from cvatcore.edit.finding import find_objects
from cvatcore.edit.frame_size import FrameSize
from cvatcore.edit.lines import Line, hidden, state_on
from cvatcore.edit.parts import changed_lines, with_states
from cvatcore.errors import InvalidInput
from cvatcore.geometry import mask_of_pixels, mask_pixels, mask_points, rasterize, read_mask
from cvatcore.geometry.mask import Mask
from cvatcore.schema import Annotations, Shape, Track
from cvatcore.tracks import TrackTable

if TYPE_CHECKING:
    from cvatcore.geometry.runs import Pixels

COVERING = frozenset(["mask", "polygon"])
"""What takes away pixels that lie under it."""


def remove_underlying(
    annotations: Annotations,
    *,
    frames: Iterable[int],
    size: FrameSize,
    stop: int,
    over: Iterable[int] | None = None,
) -> ChangeSet:
    """Take out of masks the pixels that lie under masks and polygons of a higher z-order.

    Of two at one height the one with the larger id, which was drawn later, lies over the other. A mask of which
    nothing is left is removed. A mask's track changes on the frames given only: keyframes say so there and on the
    next frame; where nothing is left it is outside.

    Args:
        annotations: the document.
        frames: the frames to look at.
        size: how large they are.
        stop: the last frame of the job.
        over: only what these objects cover; None: all.

    Errors: InvalidInput for an id that no object has, and for one that covers nothing.
    """
    chosen = None if over is None else _covering(annotations, over)
    wanted = sorted(set(frames))
    by_frame: dict[int, list[Shape]] = {frame: [] for frame in wanted}
    for shape in annotations.shapes:
        if shape.type in COVERING and shape.frame in by_frame:
            by_frame[shape.frame].append(shape)
    moving = {track.id: track for track in annotations.tracks if track.keyframes and not track.elements}
    moving = {number: track for number, track in moving.items() if track.keyframes[0].type in COVERING}
    table = TrackTable(moving.values()) if moving else None
    shapes: list[Shape] = []
    gone: set[int] = set()
    cut: dict[int, dict[int, tuple[float, ...] | None]] = {}
    for frame in wanted:
        items = by_frame[frame] + (table.on(frame) if table else [])
        for shape, points in _uncovered(items, chosen, *size(frame)):
            if shape.id in moving:
                cut.setdefault(shape.id, {})[frame] = points
            elif points is None:
                gone.add(shape.id)
            else:
                shapes.append(msgspec.structs.replace(shape, points=points))
    tracks = tuple(_with_cuts(moving[number], cuts, stop) for number, cuts in cut.items())
    return ChangeSet(shapes=tuple(shapes), tracks=tracks, delete=frozenset(gone))


def _uncovered(
    items: Iterable[Shape], chosen: Collection[int] | None, width: int, height: int
) -> Iterable[tuple[Shape, tuple[float, ...] | None]]:
    """The masks that lose pixels, from the top down, with what they have left."""
    import numpy as np

    covered: Pixels = np.zeros((height, width), dtype=np.bool_)
    any_covered = False
    for item in sorted(items, key=lambda item: (item.z_order, item.id), reverse=True):
        covers = chosen is None or item.id in chosen
        mask = read_mask(item.points) if item.type == "mask" else None
        if mask is not None and any_covered:
            left = _less(mask, covered)
            if left is not mask:
                yield item, None if left is None else mask_points(left)
        if covers:
            own = mask or rasterize(item.type, item.points, rotation=item.rotation, width=width, height=height)
            if own is not None:
                covered |= mask_pixels(own, width=width, height=height)
                any_covered = True


def _less(mask: Mask, covered: Pixels) -> Mask | None:
    """A mask without what is covered, the very one when nothing is."""
    import numpy as np

    height, width = covered.shape
    window = np.zeros_like(mask.bitmap)
    from_x, from_y = max(mask.left, 0), max(mask.top, 0)
    to_x, to_y = min(mask.left + mask.width, width), min(mask.top + mask.height, height)
    if from_x >= to_x or from_y >= to_y:
        return mask
    window[from_y - mask.top : to_y - mask.top, from_x - mask.left : to_x - mask.left] = covered[
        from_y:to_y, from_x:to_x
    ]
    if not (window & mask.bitmap).any():
        return mask
    return mask_of_pixels(np.greater(mask.bitmap, window), left=mask.left, top=mask.top)


def _with_cuts(track: Track, cuts: dict[int, tuple[float, ...] | None], stop: int) -> Track:
    def changed(line: Line) -> Line:
        new = line
        for frame, points in cuts.items():
            # As it was before any cut: each one puts the next frame back.
            state = state_on(line, frame)
            assert state is not None, "it was seen there"
            other = hidden(state) if points is None else msgspec.structs.replace(state, points=points)
            new = with_states(new, (other,), first=frame, last=frame, stop=stop)
        return new

    return changed_lines(track, changed)


def _covering(annotations: Annotations, numbers: Iterable[int]) -> frozenset[int]:
    found = find_objects(annotations, numbers)
    for item in found:
        kind = item.type if isinstance(item, Shape) else item.keyframes[0].type if item.keyframes else "skeleton"
        if kind not in COVERING:
            raise InvalidInput(f"Object {item.id} is a {kind}; masks and polygons cover what is under them.")
    return frozenset(item.id for item in found)
