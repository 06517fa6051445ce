"""What of a job is left when frames are deleted. Objects on them stay stored; they are not shown and not counted."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from cvatcore.edit.seen import seen_runs
from cvatcore.schema import Annotations, Track


def shown(objects: Annotations, *, deleted: Iterable[int], stop: int) -> Annotations:
    """The objects that are seen on a frame that is not deleted, as they are stored.

    Args:
        objects: those of a job or task.
        deleted: the deleted frames.
        stop: the last frame.
    """
    gone = sorted(set(deleted))
    if not gone:
        return objects
    hidden = frozenset(gone)
    return Annotations(
        shapes=tuple(shape for shape in objects.shapes if shape.frame not in hidden),
        tracks=tuple(track for track in objects.tracks if first_shown(track, deleted=gone, stop=stop) is not None),
    )


def first_shown(track: Track, *, deleted: Sequence[int], stop: int) -> int | None:
    """The first frame on which a track is seen and that is not deleted, up to `stop`; None when there is none.

    `deleted` is in order. A track that begins on a deleted frame is first seen on the next one that is left.
    """
    for run in seen_runs(track):
        end = stop if run.is_open else min(run.stop, stop)
        first = next_left(run.start, deleted=deleted)
        if first <= end:
            return first
    return None


def next_left(frame: int, *, deleted: Sequence[int]) -> int:
    """The first frame from `frame` on that is not deleted. `deleted` is in order, each frame once."""
    begin = bisect_left(deleted, frame)
    # In a gapless run of deleted frames, frame and place grow alike.
    low, high = begin, len(deleted)
    while low < high:
        middle = (low + high) // 2
        if deleted[middle] - middle == frame - begin:
            low = middle + 1
        else:
            high = middle
    return frame + low - begin
