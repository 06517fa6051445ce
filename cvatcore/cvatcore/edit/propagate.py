"""What is on one frame, repeated on the frames after or before it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Literal

import msgspec

from cvatcore.edit.change import ChangeSet
from cvatcore.edit.finding import find_objects
from cvatcore.edit.keeping import keep_seen
from cvatcore.edit.lines import Line, line_from, state_on
from cvatcore.edit.numbering import TakeIds, number_all
from cvatcore.edit.parts import absent, changed_lines, with_states
from cvatcore.edit.seen import is_seen, shape_on
from cvatcore.errors import InvalidInput
from cvatcore.geometry.interpolation import Dimension
from cvatcore.schema import Annotations, Shape, Track

Propagation = Literal["keyframes", "shapes"]
"""What repeats a track: keyframes of its own, or shapes."""


def propagate_objects(
    annotations: Annotations,
    numbers: Iterable[int],
    *,
    frame: int,
    to: int,
    ids: TakeIds,
    start: int = 0,
    stop: int,
    deleted: Collection[int] = (),
    tracks: Propagation = "keyframes",
    dimension: Dimension = "2d",
) -> ChangeSet:
    """Repeat what objects are on `frame` on all frames from there to `to`, which is later or earlier.

    Shapes and tags are copied to each frame, with everything but their ids. A track stays on those frames as it is on
    `frame`: keyframes say so there, and on the next frame it goes on as before.

    Args:
        annotations: the document.
        numbers: which objects.
        frame: the frame that they are on.
        to: the last frame to fill; before `frame` it is the first one.
        ids: where new shapes get their ids.
        start: the first frame of the job.
        stop: the last frame of the job.
        deleted: frames that get no copy.
        tracks: `shapes` makes copies of tracks too and leaves the tracks as they are, which is what CVAT does.
        dimension: what the task shows.

    Errors: InvalidInput when an object is not seen on `frame`, `to` is `frame`, or one of them is not of the job.
    """
    if not (start <= to <= stop and start <= frame <= stop) or to == frame:
        raise InvalidInput(
            f"Objects of frame {frame} cannot be repeated up to frame {to}.",
            hint=f"Give two frames from {start} to {stop}.",
        )
    skipped = frozenset(deleted)
    targets = range(frame + 1, to + 1) if to > frame else range(frame - 1, to - 1, -1)
    targets_left = sorted(target for target in targets if target not in skipped)
    changed: list[Track] = []
    copies: list[Shape] = []
    for item in find_objects(annotations, numbers):
        if isinstance(item, Track) and tracks == "keyframes":
            _must_be_seen(item, frame, seen=is_seen(item, frame))
            if targets_left:
                first, last = sorted((frame, targets_left[-1] if to > frame else targets_left[0]))
                changed.append(_held(item, frame, first=first, last=last, stop=stop, dimension=dimension))
            continue
        shape = shape_on(item, frame, dimension=dimension) if isinstance(item, Track) else item
        _must_be_seen(item, frame, seen=shape is not None and shape.frame == frame)
        assert shape is not None
        copies += (msgspec.structs.replace(shape, frame=target) for target in targets_left)
    return ChangeSet(shapes=number_all(copies, ids), tracks=tuple(changed))


def _held(track: Track, frame: int, *, first: int, last: int, stop: int, dimension: Dimension) -> Track:
    def held(line: Line) -> Line:
        state = state_on(line, frame, dimension=dimension)
        if state is None:
            # An element that begins later, at the next frame at the earliest.
            if last < stop or line[-1].frame > last:
                after = line_from(line, last + 1, dimension=dimension)
                return keep_seen(after, line, start=last + 1, stop=line[-1].frame, dimension=dimension)
            return absent(track, line, before=frame + 1)
        states = tuple(msgspec.structs.replace(state, frame=number) for number in (first, last))
        new = with_states(line, states, first=first, last=last, stop=stop, dimension=dimension)
        # A curve that has two points in one place does not even stay where it is without more keyframes.
        return keep_seen(new, states[:1], start=first, stop=last, dimension=dimension)

    return changed_lines(track, held)


def _must_be_seen(item: Shape | Track, frame: int, *, seen: bool) -> None:
    if not seen:
        raise InvalidInput(
            f"Object {item.id} is not seen on frame {frame}.",
            hint=f"It is on frame {item.frame}." if isinstance(item, Shape) else "Give a frame on which it is.",
        )
